// What the page knows: the parts that the server told, how fresh they are, and the server's clock.

const SILENCE_MS = 5000;
const BEAT_MS = 3000; // the server says something more often than that
const DRIFT_MS = 250;

export const known = { parts: {}, head: null };

let heardAt = null; // by this page's own clock, which nobody sets
let ahead = null; // of the server's clock before it

// Takes a message over; answers the names of the parts that it changed.
export function take(message) {
  const { parts, ...head } = message;
  heardAt = performance.now();
  // The message that took the shortest way tells the clock best; a clock that was set anew is followed at once.
  const told = head.now - heardAt;
  if (ahead === null || Math.abs(told - ahead) > DRIFT_MS || told > ahead) ahead = told;
  known.head = head;
  if (head.whole) {
    const changed = new Set([...Object.keys(known.parts), ...Object.keys(parts)]);
    known.parts = parts;
    return changed;
  }
  for (const [name, part] of Object.entries(parts)) {
    if (part === null) delete known.parts[name];
    else known.parts[name] = part;
  }
  return new Set(Object.keys(parts));
}

export function part(name) {
  return known.parts[name] ?? null;
}

export function board() {
  return part("board");
}

export function now() {
  return ahead === null ? Date.now() : performance.now() + ahead;
}

export function silentFor() {
  return heardAt === null ? Infinity : performance.now() - heardAt;
}

// Why figures are not fresh, as a word; "" when they are.
export function staleness() {
  const { head } = known;
  if (silentFor() > SILENCE_MS) return head === null ? "waiting_for" : "silence";
  if (head.until === null) return head.reason || "lag";
  if (now() > head.until) return silentFor() > BEAT_MS ? "silence" : head.reason === "no_redis" ? "no_redis" : "no_beat";
  return "";
}

// The instant up to which figures hold.
export function asOf() {
  return known.head?.watermark ?? null;
}

// The value of a field of a scope, and as of when: as `live.open`, `1h.first_response.p90_s`, `budget.<objective>.left`.
export function figure(scope, field) {
  const [first, ...rest] = field.split(".");
  if (first === "budget") {
    const objective = (part("objectives") ?? []).find((one) => field.startsWith(`budget.${one.name}.`));
    const budget = objective && part(`budget ${objective.name}`);
    const path = objective ? field.slice(`budget.${objective.name}.`.length).split(".") : [];
    return { scope: objective?.scope ?? scope, value: at(budget, path), asOf: budget?.as_of ?? null };
  }
  if (first === "month") {
    const month = part(`month ${scope}`);
    return { scope, value: month?.values[rest.join(".")] ?? null, asOf: month?.as_of ?? null };
  }
  const found = part(first === "live" ? `live ${scope}` : `kpi ${scope} ${first}`);
  return { scope, value: at(found, rest), asOf: found?.as_of ?? null };
}

function at(value, path) {
  return path.reduce((found, name) => found?.[name] ?? null, value ?? null);
}

// Which limit a value has passed: "red", "amber" or "".
export function levelOf(value, [amber, red] = [null, null], better = "less") {
  if (value === null) return "";
  const passed = (limit) => limit !== null && (better === "more" ? value < limit : value >= limit);
  return passed(red) ? "red" : passed(amber) ? "amber" : "";
}
