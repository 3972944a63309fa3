// Objectives: how much was in time, what may still be breached, how fast that is spent, and how it went day by day.
import { board, levelOf, part } from "./board.data.js";
import { attribute, el, keyed, text } from "./dom.js";
import { mark, names, SHAPES } from "./figure.js";
import { count, NONE, percent, rate } from "./numbers.js";
import { say, word } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const BURNS = ["5m", "30m", "1h", "6h", "24h"];
const LEFT_LIMITS = [0.25, 0];
// From here a budget would be spent within days: what pages whoever is on duty.
const FAST = { "5m": 14.4, "1h": 14.4, "30m": 6, "6h": 6 };

export function budget(root) {
  const list = el("div", { class: "objectives" });
  const none = el("p", { class: "none" });
  root.classList.add("budget");
  root.append(list, none);

  function update(changed) {
    if (changed && ![...changed].some((name) => name.startsWith("budget ") || name === "objectives" || name === "board")) return;
    const objectives = part("objectives") ?? [];
    list.style.setProperty("--columns", String(objectives.length === 4 ? 2 : Math.min(3, Math.max(1, objectives.length))));
    keyed(list, objectives, (one) => one.name, make, draw);
    text(none, objectives.length ? "" : say("no_objectives", { scope: Object.values(names(board()?.scope ?? "all")).join(" · ") || word("all") }));
  }

  return { update };
}

function make() {
  const line = document.createElementNS(SVG, "svg");
  line.setAttribute("preserveAspectRatio", "none");
  line.setAttribute("viewBox", "0 0 100 40");
  line.append(...["base", "line"].map((name) => {
    const shape = document.createElementNS(SVG, "polyline");
    shape.setAttribute("class", name);
    return shape;
  }));
  return el("article", { class: "card objective" },
    el("h2"),
    el("div", { class: "heads" },
      el("p", { class: "rest" }, el("strong", {}, el("span", { class: "shape", "aria-hidden": "true" }), el("span", { class: "left" })), el("span", {}, word("left"))),
      el("p", { class: "kept" }, el("strong", { class: "share" }), el("span", { class: "promised" }))),
    el("meter", { min: 0, max: 1 }),
    el("p", { class: "allowed" }),
    el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, word("burn_rate")), ...BURNS.map((name) => el("th", { scope: "col", class: "figure" }, word(name))))),
      el("tbody", {}, el("tr", {}, el("td"), ...BURNS.map(() => el("td", { class: "figure burn" }))))),
    el("h3", {}, word("days")), line);
}

function draw(card, objective) {
  const told = part(`budget ${objective.name}`);
  const field = (leaf) => `budget.${objective.name}.${leaf}`;
  const figure = (element, leaf, value) => mark(element, { scope: objective.scope, field: field(leaf), value, asOf: told?.as_of });
  text(card.querySelector("h2"), `${objective.name} · ${word(objective.period)}`);
  const kept = told?.decided ? 1 - told.breached / told.decided : null;
  text(card.querySelector(".share"), percent(kept));
  text(card.querySelector(".promised"), say("of_target", { target: percent(objective.attainment) }));
  const left = told?.left ?? null;
  figure(card.querySelector(".left"), "left", left);
  text(card.querySelector(".left"), percent(left));
  const level = levelOf(left, LEFT_LIMITS, "more");
  attribute(card, "data-level", level);
  text(card.querySelector(".shape"), SHAPES[level]);
  const meter = card.querySelector("meter");
  attribute(meter, "value", left === null ? "0" : String(Math.min(1, Math.max(0, left))));
  meter.hidden = left === null;
  const allowed = card.querySelector(".allowed");
  text(allowed, verdict(objective, told));
  card.querySelectorAll(".burn").forEach((cell, place) => {
    const value = told?.burn?.[BURNS[place]] ?? null;
    figure(cell, `burn.${BURNS[place]}`, value);
    text(cell, value === null ? NONE : rate(value));
    attribute(cell, "data-level", value !== null && value >= (FAST[BURNS[place]] ?? Infinity) ? "red" : "");
  });
  drawDays(card.querySelector("svg"), told?.days ?? []);
}

function verdict(objective, told) {
  if (!told || !told.decided) return word("no_data");
  if (told.decided < objective.minimum) return say("too_few", { minimum: count(objective.minimum) });
  const allowed = Math.floor(told.allowed * 10) / 10;
  const left = Math.round((told.allowed - told.breached) * 10) / 10;
  return left < 0 ? say("overspent", { over: count(-left) }) : say("allowed_left", { left: count(left), allowed: count(allowed) });
}

// From full on the left down to today; below the base line more was breached than allowed.
function drawDays(svg, days) {
  const [base, line] = svg.children;
  const shown = days.filter((day) => day.left !== null).map((day) => Math.max(-0.6, day.left));
  const least = Math.min(0, ...shown);
  const y = (left) => 2 + ((1 - left) / (1 - least)) * 36;
  base.setAttribute("points", `0,${y(0)} 100,${y(0)}`);
  const width = 100 / Math.max(1, days.length - 1 || 1);
  line.setAttribute("points", shown.length < 2 ? "" : days.map((day, place) => (day.left === null ? "" : `${place * width},${y(Math.max(-0.6, day.left))}`)).filter(Boolean).join(" "));
}
