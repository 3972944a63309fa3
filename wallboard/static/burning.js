// A burning P0 owns the screen: the soonest due one in full, the others below it, and what else stands open.
import { ticket } from "./address.js";
import { board, figure, now, part } from "./board.data.js";
import { count as countDown } from "./deadlines.js";
import { attribute, el, idText, keyed, text } from "./dom.js";
import { mark } from "./figure.js";
import { count, timeIn } from "./numbers.js";
import { say, word } from "./words.js";

const BELOW = ["live.open", "live.at_risk", "live.breached"];
const MOST_OTHERS = 6;

export function burning(root) {
  const left = el("p", { class: "left countdown" });
  const title = el("h2", { role: "alert" });
  const id = el("a", { class: "ticket" });
  const facts = el("div", { class: "facts" }, el("span", { class: "fact" }, el("small", {}, word("team")), el("strong", { class: "team" })),
    el("span", { class: "fact" }, el("small", {}, word("assignee")), el("strong", { class: "assignee" })), el("strong", { class: "due" }), el("strong", { class: "ack" }));
  const others = el("ol", { class: "others" });
  const more = el("p", { class: "more" });
  const strip = el("div", { class: "strip fire" }, ...BELOW.map((field) => el("p", {}, el("strong", {}), el("span", {}, word(field.slice(5))))));
  root.append(el("div", { class: "first fire" }, title, left, id, facts), el("div", { class: "rest" }, el("h3", {}, word("burning_more")), others, more), strip);

  function update() {
    const told = part("burning");
    const found = told?.clocks ?? [];
    root.hidden = !found.length;
    document.body.classList.toggle("burns", !root.hidden);
    if (root.hidden) return;
    const [first, ...rest] = found;
    text(title, told.count > 1 ? say("burning_of", { count: count(told.count) }) : word("burning"));
    text(id, first.ticket);
    attribute(id, "href", ticket(first.ticket));
    attribute(root, "data-length", first.ticket.length > 16 ? "long" : null);
    text(facts.querySelector(".team"), first.team ?? word("no_team"));
    text(facts.querySelector(".assignee"), first.assignee ?? word("nobody"));
    drawClock(left, first);
    drawAcknowledged(facts.querySelector(".ack"), first);
    keyed(others, rest.slice(0, MOST_OTHERS), (clock) => clock.id, makeOther, drawOther);
    const hidden = told.count - 1 - Math.min(rest.length, MOST_OTHERS);
    text(more, hidden > 0 ? `+ ${count(hidden)}` : "");
    root.querySelector(".rest").hidden = !rest.length;
    [...strip.children].forEach((element, place) => {
      const shown = figure(board().scope, BELOW[place]);
      mark(element.firstElementChild, { ...shown, field: BELOW[place] });
      text(element.firstElementChild, count(shown.value));
    });
    tick();
  }

  function tick() {
    if (root.hidden) return;
    root.querySelectorAll(".left").forEach(countDown);
    const due = Number(left.dataset.value);
    const over = left.dataset.paused === undefined ? due < now() : Number(left.dataset.paused) < 0;
    attribute(root, "data-over", String(over));
    const time = timeIn(board().zone, due, true);
    text(facts.querySelector(".due"), left.dataset.paused !== undefined && !over ? word("paused") : say(over ? "overdue_since" : "answer_by", { time }));
  }

  return { update, tick, isBurning: () => !root.hidden };
}

function drawClock(element, clock) {
  mark(element, { scope: board().scope, field: `due.${clock.id}`, value: clock.due_at, asOf: part(`live ${board().scope}`)?.as_of });
  attribute(element, "data-paused", clock.paused ? String(clock.remaining_s) : null);
}

function drawAcknowledged(element, clock) {
  text(element, clock.acknowledged_by ? say("acknowledged", { name: clock.acknowledged_by }) : word("not_acknowledged"));
  attribute(element, "data-acknowledged", String(Boolean(clock.acknowledged_by)));
}

function makeOther() {
  return el("li", {}, el("span", { class: "left" }), el("a", { class: "ticket" }), el("span", { class: "team" }), el("span", { class: "assignee" }), el("span", { class: "ack" }));
}

function drawOther(row, clock) {
  const [left, id, team, assignee, ack] = row.children;
  drawClock(left, clock);
  idText(id, clock.ticket);
  attribute(id, "href", ticket(clock.ticket));
  text(team, clock.team ?? word("no_team"));
  text(assignee, clock.assignee ?? word("nobody"));
  drawAcknowledged(ack, clock);
}
