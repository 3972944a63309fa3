// Teams by priority: how many are open, and how many of these are at risk or breached.
import { ofScope, ticketsBehind } from "./address.js";
import { board, levelOf, part } from "./board.data.js";
import { attribute, el, keyed, text } from "./dom.js";
import { mark, SHAPES, unmark } from "./figure.js";
import { compact, count, NONE, percent } from "./numbers.js";
import { say, word } from "./words.js";

const ALL = "";

export function heat(root) {
  const head = el("tr");
  const body = el("tbody");
  const more = el("p", { class: "more" });
  const empty = el("p", { class: "none" }, word("no_teams"));
  root.classList.add("card", "heat");
  root.append(el("h2", {}, word("teams"), el("small", {}, word("heat_hint"), el("span", { class: "attainment" }, ` · ${word("heat_hint_more")}`))),
    el("table", {}, el("thead", {}, head), body), more, empty);

  // How many teams there is room for above their sum; a row is as low as the style lets it be.
  function room() {
    const style = getComputedStyle(root);
    const row = parseFloat(style.getPropertyValue("--row")) * parseFloat(getComputedStyle(document.documentElement).fontSize);
    const above = head.getBoundingClientRect().bottom - root.getBoundingClientRect().top;
    return Math.max(1, Math.floor((root.clientHeight - above - row * 0.6) / row) - 1);
  }

  function update(changed) {
    if (changed && !["heat", "board"].some((name) => changed.has(name))) return;
    const found = part("heat");
    if (!found) return;
    const columns = [...found.priorities, ALL];
    keyed(head, ["team", ...columns], (name) => `h${name}`, () => el("th", { scope: "col" }),
      (cell, name) => text(cell, name === "team" ? word("team") : name || word("all_teams")));
    const { teams, left } = choose(found, room());
    keyed(body, [...teams, ALL], (team) => `t${team}`, makeRow, (row, team) => drawRow(row, team, columns, found.cells));
    root.style.setProperty("--rows", String(teams.length + 2));
    text(more, left ? say("more_teams", { count: count(left) }) : "");
    empty.hidden = teams.length > 0;
  }

  return { update, resize: () => update(null) };
}

// Where there is no room for all teams, those in trouble are shown, in the order of their names.
function choose({ teams, cells }, room) {
  if (teams.length <= room) return { teams, left: 0 };
  const trouble = (team) => {
    const cell = cells[scopeOf(team, ALL)] ?? {};
    return (cell.breached ?? 0) * 1e6 + (cell.at_risk ?? 0) * 1e3 + (cell.open ?? 0);
  };
  const worst = new Set([...teams].sort((a, b) => trouble(b) - trouble(a)).slice(0, room));
  return { teams: teams.filter((team) => worst.has(team)), left: teams.length - worst.size };
}

// Names inside scopes are encoded as keys have them.
export function encode(name) {
  return name.replace(/[%:|/\u0000-\u001f\u007f-\u009f]/g, (character) =>
    [...new TextEncoder().encode(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""));
}

function scopeOf(team, priority) {
  if (!team && !priority) return "all";
  if (!team) return `priority:${encode(priority)}`;
  return priority ? `team:${encode(team)}|priority:${encode(priority)}` : `team:${encode(team)}`;
}

function makeRow(team) {
  return el("tr", { class: team ? null : "sum" }, el("th", { scope: "row" }, el("a", {})));
}

function drawRow(row, team, columns, cells) {
  const link = row.firstElementChild.firstElementChild;
  text(link, team || word("all_teams"));
  attribute(link, "title", team || null);
  attribute(link, "href", team ? ofScope({ team }) : ofScope({}));
  while (row.children.length > columns.length + 1) row.lastElementChild.remove();
  columns.forEach((priority, place) => {
    const cell = row.children[place + 1] ?? row.appendChild(makeCell());
    drawCell(cell, scopeOf(team, priority), cells[scopeOf(team, priority)]);
  });
}

function makeCell() {
  return el("td", {}, el("a", { class: "open" }), el("span", { class: "marks" }, el("a", { class: "at_risk" }), el("a", { class: "breached" }), el("a", { class: "attainment" })));
}

function drawCell(cell, scope, told) {
  const [open, atRisk, breached, attainment] = cell.querySelectorAll("a");
  const limits = board().limits["today.sla.attainment"] ?? [null, null];
  const figures = [
    [open, "live.open", told?.open ?? null, compact],
    [atRisk, "live.at_risk", told?.at_risk ?? null, (value) => (value ? `${SHAPES.amber}${compact(value)}` : "")],
    [breached, "live.breached", told?.breached ?? null, (value) => (value ? `${SHAPES.red}${compact(value)}` : "")],
    [attainment, "today.sla.attainment", told?.attainment ?? null, percent],
  ];
  for (const [element, field, value, show] of figures) {
    text(element, told ? show(value) : field === "live.open" ? NONE : "");
    if (element.textContent) mark(element, { scope, field, value, asOf: field === "today.sla.attainment" ? told?.kpi_as_of : told?.as_of });
    else unmark(element);
    attribute(element, "href", told && value !== null ? ticketsBehind(scope, field) : null);
  }
  const marks = atRisk.textContent.length + breached.textContent.length;
  attribute(cell, "data-dense", marks > 10 ? "very" : marks > 7 ? "true" : null);
  attribute(attainment, "data-level", levelOf(told?.attainment ?? null, limits, "more"));
  attribute(cell, "data-level", told?.breached ? "red" : told?.at_risk ? "amber" : told?.open ? "some" : "");
}
