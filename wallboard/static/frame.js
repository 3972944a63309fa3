// What stands around every view: whose figures these are, the views, the time, and how fresh all of it is.
import { filters, ofScope, VIEWS, withChanges } from "./address.js";
import { asOf, board, known, now, part, staleness } from "./board.data.js";
import { attribute, el, text } from "./dom.js";
import { markStale, names } from "./figure.js";
import { dayIn, NONE, timeIn } from "./numbers.js";
import { LANG, say, word } from "./words.js";

const by = (selector) => document.querySelector(selector);
const DAY_MS = 86400000;

export function scopeTitle(scope) {
  const found = Object.entries(names(scope));
  return found.length ? found.map(([kind, name]) => (kind === "team" || kind === "priority" ? name : `${word(kind)} ${name}`)).join(" · ") : word("all");
}

export function drawFrame() {
  const { scope, lists } = board();
  const title = scopeTitle(scope);
  const listed = Object.values(lists).map((values) => values.join(", ")).join(" · ");
  const same = listed === Object.values(names(scope)).join(" · ");
  text(by("#scope"), same ? title : `${say("lists_of", { lists: listed })} — ${say("figures_of", { scope: title })}`);
  document.title = `${title} · slawatch`;
  text(by("#zone"), board().zone);
}

export function drawViews(shown) {
  const links = VIEWS.map((name) => el("a", { href: withChanges({ view: name === "overview" ? null : name }), "data-view": name, "aria-current": name === shown ? "page" : null }, word(name)));
  const shade = document.documentElement.dataset.theme === "light" ? "dark" : "light";
  links.push(el("a", { class: "switch", href: withChanges({ theme: shade }), title: shade, "aria-label": shade }, shade === "light" ? "☀" : "☾"));
  const other = LANG === "zh" ? "en" : "zh";
  links.push(el("a", { class: "switch", href: withChanges({ lang: other }), hreflang: other }, other === "zh" ? "中" : "EN"));
  by("#views").replaceChildren(...links);
  attribute(by(".home"), "href", ofScope({}));
  attribute(document.body, "data-view", shown);
}

// Whether the desk knows nothing of this scope, or has nothing open: said in words, for a nought could be a fault.
export function notice() {
  if (!board()) return "";
  const { scope } = board();
  const live = part(`live ${scope}`);
  if (!live) return known.head?.reason === "no_worker" ? "" : filters().length ? say("no_data_scope", { scope: scopeTitle(scope) }) : word("no_data");
  return live.open === 0 && !part("clocks")?.due.length ? word("empty") : "";
}

export function tickFrame() {
  const reason = staleness();
  const box = by("#freshness");
  const upTo = asOf();
  const zone = board()?.zone ?? "UTC";
  const waiting = reason !== "" && upTo === null;
  attribute(box, "data-state", waiting ? "waiting" : reason ? "stale" : "fresh");
  text(by("#freshness-word"), waiting ? word(reason) : reason ? `${word("stale")} · ${word(reason)}` : word("fresh"));
  text(by("#as-of"), upTo === null ? "" : say("as_of", { time: dated(zone, upTo) }));
  const since = upTo === null ? NONE : say("as_of", { time: dated(zone, upTo) });
  if (reason) document.body.style.setProperty("--as-of", JSON.stringify(since));
  document.body.classList.toggle("is-stale", reason !== "");
  markStale(reason !== "");
  if (board()) text(by("#clock time"), timeIn(zone, now(), true));
}

// What is older than a day says which day it is of.
function dated(zone, ms) {
  const time = timeIn(zone, ms, true);
  return now() - ms < DAY_MS && dayIn(zone, ms) === dayIn(zone, now()) ? time : `${dayIn(zone, ms)} ${time}`;
}
