// The page's address: every state of the page has one, and what is shown follows from it.

export const VIEWS = ["overview", "deadlines", "heat", "trend", "budget"];
const FILTERS = ["team", "priority", "channel", "tier", "agent"];
const DURATION = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/;
const LEAST_S = 1;

export const mayOpenTickets = (document.documentElement.dataset.rights ?? "").split(" ").includes("desk");

let parameters = new URLSearchParams(location.search);

export function read() {
  parameters = new URLSearchParams(location.search);
}

export function view() {
  return VIEWS.includes(parameters.get("view")) ? parameters.get("view") : "overview";
}

export function teams() {
  return [...new Set(parameters.getAll("team").filter(Boolean))];
}

// How long each view or team is shown, in seconds; null: the page does not walk.
export function rotateSeconds() {
  const found = DURATION.exec(parameters.get("rotate") ?? "");
  if (!found || !found[0]) return null;
  const [hours, minutes, seconds] = found.slice(1).map((number) => Number(number ?? 0));
  return Math.max(LEAST_S, hours * 3600 + minutes * 60 + seconds) || null;
}

// What the server is asked for: the filters, and whose turn it is among several teams.
export function selection(show) {
  const asked = new URLSearchParams();
  for (const name of FILTERS) for (const value of parameters.getAll(name)) if (value) asked.append(name, value);
  if (show) asked.set("show", show);
  return asked.toString();
}

// The filters as pairs of a kind and its values.
export function filters() {
  return FILTERS.map((name) => [name, parameters.getAll(name).filter(Boolean)]).filter(([, values]) => values.length);
}

// This address with some parameters changed; null takes one out.
export function withChanges(changes) {
  const changed = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) changed.delete(name);
    else changed.set(name, value);
  }
  const query = changed.toString();
  return query ? `/?${query}` : "/";
}

// The page of one scope, with this one's language and theme.
export function ofScope(kinds) {
  const asked = new URLSearchParams(kinds);
  for (const name of ["theme", "lang"]) if (parameters.has(name)) asked.set(name, parameters.get(name));
  const query = asked.toString();
  return query ? `/?${query}` : "/";
}

// The tickets behind a figure; null where there are none, or they are not for this viewer.
export function ticketsBehind(scope, field) {
  if (!mayOpenTickets) return null;
  const at = field.indexOf(".");
  const [first, rest] = [field.slice(0, at), field.slice(at + 1)];
  if (first === "month" || first === "budget") return null;
  const asked = new URLSearchParams({ scope, what: rest });
  if (first !== "live") asked.set("window", first);
  return `/tickets?${kept(asked)}`;
}

export function ticket(id) {
  if (!mayOpenTickets) return null;
  const query = kept(new URLSearchParams()).toString();
  return `/tickets/${encodeURIComponent(id)}${query ? `?${query}` : ""}`;
}

function kept(asked) {
  for (const name of ["lang", "theme"]) if (parameters.has(name)) asked.set(name, parameters.get(name));
  return asked;
}
