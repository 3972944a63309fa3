// The tiles: one figure each, with its limits, its target, and the same time last week.
import { ticket, ticketsBehind } from "./address.js";
import { board, figure, levelOf, now, part } from "./board.data.js";
import { attribute, el, fit, idText, keyed, text } from "./dom.js";
import { mark, names, SHAPES } from "./figure.js";
import { NONE, read, seconds } from "./numbers.js";
import { LANG, say, word } from "./words.js";

const HEADLINE = /^live\./;
const IN_A_ROW = 7;
const IN_A_LONG_ROW = 10; // from more than three rows on
const MOST_HEADLINES = 6;

// `only` "headlines" shows the live figures alone, as the strip above the other views.
export function tiles(root, only) {
  const large = el("div", { class: "tiles headlines" });
  const small = el("div", { class: "tiles" });
  root.append(large, small);

  function update() {
    const all = board()?.tiles ?? [];
    const first = all.filter((tile) => HEADLINE.test(tile.field)).slice(0, MOST_HEADLINES);
    const rest = only === "headlines" ? [] : all.filter((tile) => !first.includes(tile));
    draw(large, first, first.length);
    const most = rest.length > 3 * IN_A_ROW ? IN_A_LONG_ROW : IN_A_ROW;
    draw(small, rest, Math.ceil(rest.length / Math.max(1, Math.ceil(rest.length / most))));
    small.hidden = !rest.length;
    large.hidden = !first.length;
  }

  function tick() {
    for (const element of root.querySelectorAll("[data-since]")) showAge(element);
  }

  return { update, tick, resize: () => root.querySelectorAll(".value, .label").forEach(fit) };
}

function draw(row, list, columns) {
  row.style.setProperty("--columns", String(Math.max(1, columns)));
  keyed(row, list, (tile) => `${tile.scope} ${tile.field}`, make, update);
}

function make(tile) {
  return el("a", { class: "tile" },
    el("span", { class: "label" }),
    el("strong", { class: "value" }, el("span", { class: "shape", "aria-hidden": "true" }), el("span", { class: "number" })),
    el("span", { class: "notes" }, el("span", { class: "beside" }), el("span", { class: "before" }), el("span", { class: "limits" })));
}

function update(element, tile) {
  const found = figure(tile.scope, tile.field);
  const shown = { ...found, field: tile.field };
  const number = element.querySelector(".number");
  mark(number, shown);
  const label = element.querySelector(".label");
  if (label.textContent !== labelOf(tile)) {
    text(label, labelOf(tile));
    fit(label);
  }
  const isTicket = tile.unit === "ticket";
  const beside = element.querySelector(".beside");
  if (isTicket) {
    idText(number, found.value ?? NONE);
    const since = found.value && figure(tile.scope, "live.oldest_open_at").value;
    attribute(beside, "data-since", since || null);
    attribute(beside, "data-limits", JSON.stringify(tile.limits));
    if (since) showAge(beside);
    else text(beside, found.asOf ? word("none_open") : "");
    attribute(element, "data-long", found.value?.length > 12 ? "very" : found.value?.length > 7 ? "true" : null);
  } else {
    text(number, read(tile.unit, found.value));
    text(beside, tile.target === null ? "" : say("target", { value: read(tile.unit, tile.target) }));
    setLevel(element, levelOf(found.value, tile.limits, tile.better));
  }
  const value = element.querySelector(".value");
  if (value.dataset.fitted !== value.textContent) {
    value.dataset.fitted = value.textContent;
    fit(value);
  }
  text(element.querySelector(".before"), before(tile));
  text(element.querySelector(".limits"), limits(tile));
  attribute(element, "href", isTicket ? found.value && ticket(found.value) : ticketsBehind(tile.scope, tile.field));
  attribute(element, "title", tile.last_week ? word("last_week_long") : null);
}

function labelOf(tile) {
  const label = tile.label[LANG] ?? tile.field.split(".").map(word).join(" · ");
  if (tile.scope === board().scope || tile.field.startsWith("budget.")) return label;
  return `${label} · ${Object.values(names(tile.scope)).join(" · ") || word("all")}`;
}

function before(tile) {
  const told = part("last week") ?? {};
  if (!tile.last_week || tile.scope !== board().scope || !(tile.field in told)) return "";
  return say("last_week", { value: read(tile.unit, told[tile.field]) });
}

function limits(tile) {
  const unit = tile.unit === "ticket" ? "s" : tile.unit;
  return ["amber", "red"].map((level, place) => {
    const limit = tile.limits[place];
    if (limit === null) return "";
    return `${SHAPES[level]} ${tile.better === "more" ? "<" : "≥"} ${read(unit, limit)}`;
  }).filter(Boolean).join("   ");
}

function showAge(element) {
  const age = (now() - Date.parse(element.dataset.since)) / 1000;
  text(element, say("age", { age: seconds(Math.max(0, age < 60 ? Math.floor(age) : age)) }));
  setLevel(element.closest(".tile"), levelOf(age, JSON.parse(element.dataset.limits)));
}

function setLevel(element, level) {
  attribute(element, "data-level", level);
  text(element.querySelector(".shape"), SHAPES[level]);
  attribute(element, "aria-label", level ? `${element.querySelector(".label").textContent} ${word(level)}` : null);
}
