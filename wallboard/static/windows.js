// The figures of a scope by window: a table for whoever wants to know more.
import { ticketsBehind } from "./address.js";
import { board, figure, levelOf, part } from "./board.data.js";
import { attribute, el, keyed, text } from "./dom.js";
import { mark } from "./figure.js";
import { read } from "./numbers.js";
import { word } from "./words.js";

const WINDOWS = ["5m", "30m", "1h", "6h", "24h", "today"];
const ROWS = [
  ["created", "count", "less"], ["solved", "count", "more"], ["reopened", "count", "less"],
  ["sla.attainment", "ratio"], ["first_response.attainment", "ratio"], ["first_response.p50_s", "s"], ["first_response.p90_s", "s"],
  ["next_response.attainment", "ratio"], ["resolution.attainment", "ratio"], ["resolution.p50_s", "s"], ["resolution.p90_s", "s"],
  ["fcr_rate", "ratio"], ["csat.mean_pct", "points"],
];

export function windows(root) {
  const head = el("tr", {}, el("th"), ...WINDOWS.map((name) => el("th", { scope: "col", class: "figure" }, word(name))));
  const body = el("tbody");
  root.classList.add("card", "windows");
  root.append(el("h2", {}, word("windows")), el("table", {}, el("thead", {}, head), body));

  function update() {
    if (!board()) return;
    const { scope } = board();
    const shown = WINDOWS.filter((name) => !scope.startsWith("agent:") || name === "today");
    head.querySelectorAll(".figure").forEach((cell, place) => { cell.hidden = !shown.includes(WINDOWS[place]); });
    keyed(body, ROWS, ([path]) => path, makeRow, (row, [path, unit, better = unit === "s" ? "less" : "more"]) => {
      WINDOWS.forEach((name, place) => {
        const link = row.children[place + 1].firstElementChild;
        row.children[place + 1].hidden = !shown.includes(name);
        const field = `${name}.${path}`;
        const found = figure(scope, field);
        mark(link, { ...found, field });
        text(link, read(unit, found.value));
        attribute(link, "href", found.value === null ? null : ticketsBehind(scope, field));
        attribute(link, "data-level", levelOf(found.value, board().limits[field] ?? like(path), better));
      });
    });
  }

  return { update: (changed) => (!changed || [...changed].some((name) => name.startsWith("kpi ") || name === "board") ? update() : part("board")) };
}

// Shares in time are held against the limits of today's, whatever the window.
function like(path) {
  return path.endsWith(".attainment") ? board().limits["today.sla.attainment"] ?? [null, null] : [null, null];
}

function makeRow([path]) {
  return el("tr", {}, el("th", { scope: "row" }, path.split(".").map(word).join(" · ")),
    ...WINDOWS.map(() => el("td", { class: "figure" }, el("a", {}))));
}
