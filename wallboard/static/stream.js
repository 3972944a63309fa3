// The connection to the server: opens it, and opens it again whenever nothing is heard.
import { silentFor, take } from "./board.data.js";

const PATIENCE_MS = 6000;
const RELOAD_MS = 60000;

let source = null;
let asked = "";
let openedAt = 0;
let hear = () => {};

// Asks for what a query selects; `onParts` hears the names of the parts that each message changed.
export function listen(query, onParts) {
  hear = onParts ?? hear;
  asked = query;
  source?.close();
  openedAt = performance.now();
  source = new EventSource(`/events${asked ? `?${asked}` : ""}`);
  source.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.build !== document.documentElement.dataset.build && reload(message.build)) return;
    hear(take(message));
  };
}

// A browser gives up on a server that refuses, and may wait long for one that went away: this does neither.
export function keepListening() {
  const waited = performance.now() - openedAt;
  if (waited > PATIENCE_MS && silentFor() > PATIENCE_MS) listen(asked);
}

// Another build of the page has come. Should it be told again at once, two servers disagree: then it is left at that.
function reload(build) {
  const before = Number(sessionStorage.getItem("reloaded") ?? 0);
  if (Date.now() - before < RELOAD_MS) return false;
  sessionStorage.setItem("reloaded", String(Date.now()));
  source.close();
  location.reload();
  return true;
}
