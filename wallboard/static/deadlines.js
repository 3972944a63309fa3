// What is due next, counted down by the server's clock, and what is overdue.
import { ticket } from "./address.js";
import { board, now, part } from "./board.data.js";
import { attribute, el, idText, keyed, text } from "./dom.js";
import { mark } from "./figure.js";
import { countdown, NONE, timeIn } from "./numbers.js";
import { word } from "./words.js";

const SOON_MS = 900000;

// One list of clocks under a title; `pick` chooses them from the part `clocks`, as many as there is room for.
export function deadlines(root, { title, pick, none }) {
  const list = el("ol", { class: "clocks" });
  const empty = el("p", { class: "none" }, word(none));
  root.classList.add("card", "deadlines");
  root.append(el("h2", {}, word(title)), list, empty);

  function room() {
    const row = list.firstElementChild?.getBoundingClientRect().height;
    return row > 1 ? Math.max(1, Math.floor(list.clientHeight / row + 0.05)) : 1;
  }

  function update() {
    const clocks = part("clocks");
    const found = clocks ? pick(clocks) : [];
    list.hidden = !found.length;
    if (!list.children.length) keyed(list, found.slice(0, 1), (clock) => clock.id, make, draw);
    keyed(list, found.slice(0, room()), (clock) => clock.id, make, draw);
    empty.hidden = found.length > 0 || clocks === null;
  }

  return { update, tick: () => list.querySelectorAll(".left").forEach(count), resize: update };
}

function make() {
  return el("li", {},
    el("span", { class: "left" }), el("a", { class: "ticket" }), el("span", { class: "metric" }),
    el("span", { class: "priority" }), el("span", { class: "team" }), el("span", { class: "assignee" }));
}

function draw(row, clock) {
  const [left, id, metric, priority, team, assignee] = row.children;
  mark(left, { scope: board().scope, field: `due.${clock.id}`, value: clock.due_at, asOf: null });
  attribute(left, "data-as-of", part(`live ${board().scope}`)?.as_of ?? "");
  attribute(left, "data-paused", clock.paused ? String(clock.remaining_s) : null);
  attribute(left, "title", timeIn(board().zone, clock.due_at, true));
  attribute(row, "data-priority", clock.priority);
  idText(id, clock.ticket);
  attribute(id, "href", ticket(clock.ticket));
  attribute(id, "title", clock.ticket);
  text(metric, word(clock.metric) + (clock.cycle > 1 ? ` ${clock.cycle}` : ""));
  text(priority, clock.priority ?? NONE);
  text(team, clock.team ?? NONE);
  text(assignee, clock.assignee ?? "");
  count(left);
}

export function count(element) {
  const paused = element.dataset.paused;
  const left = paused === undefined ? Number(element.dataset.value) - now() : Number(paused) * 1000;
  text(element, paused === undefined ? countdown(left) : `${countdown(left)} ${word("paused")}`);
  attribute(element, "data-state", left < 0 ? "over" : left < SOON_MS ? "soon" : "");
}

// The next ones, with the latest of those overdue above them: what a wall wants to see.
export function mixed({ due, overdue }) {
  const over = overdue.slice(0, 3).reverse();
  return [...over, ...due];
}

export const ahead = ({ due }) => due;
export const overdue = (clocks) => clocks.overdue;
export const paused = (clocks) => clocks.paused;
