// Every figure's element says what it shows, raw, as of when, and whether it is stale.
import { attribute } from "./dom.js";
import { staleness } from "./board.data.js";

export function mark(element, { scope, field, value, asOf }) {
  attribute(element, "data-scope", scope);
  attribute(element, "data-field", field);
  attribute(element, "data-value", value === null || value === undefined ? "" : String(value));
  attribute(element, "data-as-of", asOf ?? "");
  attribute(element, "data-stale", String(Boolean(staleness())));
}

// An element that shows nothing is no figure.
export function unmark(element) {
  for (const name of ["scope", "field", "value", "asOf", "stale"]) delete element.dataset[name];
}

export function markStale(stale) {
  const said = String(stale);
  for (const element of document.querySelectorAll("[data-stale]")) {
    if (element.dataset.stale !== said) element.dataset.stale = said;
  }
}

// A shape for each level, so that colour is never alone.
export const SHAPES = { red: "◆", amber: "▲", "": "" };

export function names(scope) {
  if (scope === "all") return {};
  return Object.fromEntries(scope.split("|").map((piece) => {
    const at = piece.indexOf(":");
    return [piece.slice(0, at), decodeURIComponent(piece.slice(at + 1))];
  }));
}
