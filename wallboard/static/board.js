// The board: takes documents from /events, shows them, and counts down between them by the server's clock.
"use strict";

const PARAMETERS = new URLSearchParams(location.search);
const TILES = ["open", "unassigned", "waiting", "at_risk", "breached"];
const WINDOWS = ["5m", "30m", "1h", "6h", "24h", "today"];
const ROWS = [
  ["created", count], ["solved", count], ["reopened", count],
  ["sla.attainment", percent], ["first_response.attainment", percent], ["first_response.p90_s", seconds],
  ["next_response.attainment", percent], ["resolution.attainment", percent], ["resolution.p90_s", seconds],
  ["csat.satisfied_rate", percent],
];
const SILENCE_MS = 5000;

let board = null;
let heardAt = null;
let ahead = 0; // of the server's clock before this machine's
let drawnMinute = null;

const by = (selector) => document.querySelector(selector);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// How values read. No data is a dash, never a nought.
function count(value) {
  return value === null ? "–" : value.toLocaleString(LANG);
}

function percent(value) {
  if (value === null) return "–";
  const shown = Math.floor(value * 1000) / 10; // never rounded up to a promise that was not kept
  return `${shown.toLocaleString(LANG, { maximumFractionDigits: 1 })} %`;
}

function seconds(value) {
  if (value === null) return "–";
  if (value < 60) return `${value.toLocaleString(LANG, { maximumFractionDigits: 1 })} s`;
  if (value < 3600) return `${Math.floor(value / 60)} m ${Math.floor(value % 60)} s`;
  if (value < 86400) return `${Math.floor(value / 3600)} h ${Math.floor((value % 3600) / 60)} m`;
  return `${Math.floor(value / 86400)} d ${Math.floor((value % 86400) / 3600)} h`;
}

function countdown(ms) {
  const total = Math.floor(Math.abs(ms) / 1000);
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  const two = (number) => String(number).padStart(2, "0");
  let text = hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
  if (hours >= 24) text = `${Math.floor(hours / 24)} d ${two(hours % 24)}:${two(minutes)}`;
  return ms < 0 ? `+${text}` : text;
}

function clockTime(ms, withSeconds) {
  const style = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: board?.zone ?? "UTC" };
  if (withSeconds) style.second = "2-digit";
  return new Intl.DateTimeFormat("en-GB", style).format(ms);
}

// Every figure's element says what it shows, raw, as of when, and whether it is stale.
function mark(element, field, value) {
  element.dataset.scope = board.scope;
  element.dataset.field = field;
  element.dataset.value = value ?? "";
  element.dataset.asOf = board.as_of ?? "";
  element.dataset.stale = String(isStale());
}

function serverNow() {
  return Date.now() + ahead;
}

function isSilent() {
  return heardAt === null || performance.now() - heardAt > SILENCE_MS;
}

function isStale() {
  return board === null || board.stale || isSilent();
}

function at(document, path) {
  return path.split(".").reduce((found, name) => found?.[name] ?? null, document);
}

function scopeTitle(scope) {
  if (scope === "all") return word("all");
  return scope.split("|").map((part) => {
    const [kind, name] = part.split(":");
    return `${word(kind)} ${decodeURIComponent(name)}`;
  }).join(" · ");
}

function drawTiles() {
  const tiles = TILES.map((name) => {
    const value = board.live[name] ?? null;
    const figure = make("strong", {}, count(value));
    mark(figure, `live.${name}`, value);
    return make("div", { class: `tile ${name}${value ? " some" : ""}` }, figure, make("span", {}, word(name)));
  });
  by("#tiles").replaceChildren(...tiles);
}

function drawFigures() {
  const head = make("tr", {}, make("th"), ...WINDOWS.map((name) => make("th", { class: "number" }, word(name))));
  by("#figures thead").replaceChildren(head);
  const rows = ROWS.map(([path, show]) => {
    const title = path.split(".").filter((name) => name !== "satisfied_rate").map(word).join(" · ");
    const cells = WINDOWS.map((name) => {
      const value = at(board.kpis[name], path);
      const cell = make("td", { class: `number ${grade(path, value)}` }, show(value));
      mark(cell, `${name}.${path}`, value);
      return cell;
    });
    return make("tr", {}, make("th", { scope: "row" }, title), ...cells);
  });
  by("#figures tbody").replaceChildren(...rows);
}

function grade(path, value) {
  if (value === null) return "none";
  if (!path.endsWith("attainment")) return "";
  return value >= 0.95 ? "good" : value >= 0.85 ? "fair" : "poor";
}

function drawDeadlines() {
  const overdue = [...board.overdue].reverse();
  const room = Math.max(6, 15 - overdue.length);
  const rows = [...overdue, ...board.due.slice(0, room)].map((clock) => {
    const left = make("td", { class: "number left", "data-due": clock.due_at });
    mark(left, `due.${clock.id}`, clock.due_at);
    return make("tr", { "data-priority": clock.priority ?? "" },
      left,
      make("td", { class: "ticket", title: clock.ticket }, clock.ticket),
      make("td", {}, word(clock.metric) + (clock.cycle > 1 ? ` ${clock.cycle}` : "")),
      make("td", {}, make("span", { class: "priority" }, clock.priority ?? "–")),
      make("td", {}, clock.team ?? "–"),
      make("td", { class: clock.assignee ? "" : "none" }, clock.assignee ?? word("nobody")));
  });
  if (!rows.length) rows.push(make("tr", {}, make("td", { colspan: 6, class: "none" }, word("no_deadlines"))));
  by("#deadlines tbody").replaceChildren(...rows);
}

function drawFreshness() {
  const box = by("#freshness");
  const silent = isSilent();
  if (board === null || (board.as_of === null && !silent)) {
    box.dataset.state = "waiting";
    by("#freshness-word").textContent = word(board?.stale_reason || "waiting_for");
    by("#as-of").textContent = "";
  } else {
    const stale = isStale();
    box.dataset.state = stale ? "stale" : "fresh";
    const reason = stale ? `${word(silent ? "silence" : board.stale_reason)} · ` : "";
    by("#freshness-word").textContent = reason + word(stale ? "stale" : "fresh");
    const asOf = board.watermark ?? board.as_of;
    by("#as-of").textContent = asOf ? clockTime(Date.parse(asOf), true) : "–";
  }
  document.body.classList.toggle("is-stale", isStale());
  for (const element of document.querySelectorAll("[data-stale]")) element.dataset.stale = String(isStale());
}

function tick() {
  if (board === null) return;
  const now = serverNow();
  by("#clock time").textContent = clockTime(now, true);
  for (const cell of document.querySelectorAll("[data-due]")) {
    const left = Number(cell.dataset.due) - now;
    cell.textContent = countdown(left);
    cell.classList.toggle("over", left < 0);
    cell.classList.toggle("soon", left >= 0 && left < 900000);
  }
  drawFreshness();
}

function draw() {
  document.title = `slawatch · ${scopeTitle(board.scope)}`;
  by("#scope").textContent = scopeTitle(board.scope);
  by("#zone").textContent = board.zone;
  drawTiles();
  drawFigures();
  drawDeadlines();
  const minute = `${Math.floor(board.now / 60000)} ${board.day.length} ${board.day.at(-1)}`;
  if (minute !== drawnMinute) drawTrend(by("#trend svg"), board.day, board.now);
  drawnMinute = minute;
  tick();
}

document.documentElement.lang = LANG;
if (PARAMETERS.get("theme") === "light") document.documentElement.dataset.theme = "light";
for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
drawFreshness();
setInterval(tick, 250);
addEventListener("resize", () => board && drawTrend(by("#trend svg"), board.day, board.now));

const source = new EventSource(`/events${location.search}`);
source.onmessage = (message) => {
  board = JSON.parse(message.data);
  ahead = board.now - Date.now();
  heardAt = performance.now();
  draw();
};
