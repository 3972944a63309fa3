// The board: hears the server, shows the view that the address names, and counts down in between.
import { read, rotateSeconds, selection, teams, view, VIEWS } from "./address.js";
import { board, part } from "./board.data.js";
import { budget } from "./budget.js";
import { burning } from "./burning.js";
import { ahead, deadlines, mixed, overdue, paused } from "./deadlines.js";
import { attribute, el, text } from "./dom.js";
import { drawFrame, drawViews, notice, tickFrame } from "./frame.js";
import { heat } from "./heat.js";
import { chime, setUpScreen } from "./screen.js";
import { keepListening, listen } from "./stream.js";
import { tiles } from "./tiles.js";
import { trend } from "./trend.js";
import { windows } from "./windows.js";

const root = document.querySelector("#view");
const fire = burning(document.querySelector("#burning"));
const LISTS = { mixed: { title: "next_deadlines", pick: mixed, none: "no_deadlines" }, ahead: { title: "ahead", pick: ahead, none: "no_deadlines" }, overdue: { title: "overdue", pick: overdue, none: "no_overdue" }, paused: { title: "paused_clocks", pick: paused, none: "no_paused" } };

let blocks = [];
let shownView = null;
let turn = null; // which view or team is shown while the page walks
let turnEnds = 0;
let burned = new Set();

function section(name, build, option) {
  const element = el("section", { class: name });
  root.append(element);
  blocks.push(build(element, option));
}

const LAYOUTS = {
  overview() {
    section("all-tiles", tiles);
    section("list", deadlines, LISTS.mixed);
    section("line", trend, "sums");
    section("map", heat);
  },
  deadlines() {
    section("all-tiles", tiles, "headlines");
    section("list", deadlines, LISTS.ahead);
    section("list-over", deadlines, LISTS.overdue);
    section("list-paused", deadlines, LISTS.paused);
  },
  heat() {
    section("all-tiles", tiles, "headlines");
    section("map", heat);
  },
  trend() {
    section("all-tiles", tiles, "headlines");
    section("line", trend, "sums");
    section("line-open", trend, "open");
    section("table", windows);
  },
  budget() {
    section("all-tiles", tiles, "headlines");
    section("goals", budget);
  },
};

function show(name) {
  for (const block of blocks) block.leave?.();
  blocks = [];
  root.replaceChildren(el("p", { id: "notice", role: "status" }));
  root.className = name;
  shownView = name;
  LAYOUTS[name]();
  drawViews(name);
  if (board()) paint(null);
}

function paint(changed) {
  if (!board()) return tick();
  if (!changed || changed.has("board")) drawFrame();
  text(document.querySelector("#notice"), notice());
  attribute(root, "data-notice", notice() ? "" : null);
  for (const block of blocks) block.update(changed);
  fire.update();
  ring();
  tick();
}

// A sound for each P0 that has begun to burn since the last look.
function ring() {
  const now = new Set((part("burning")?.clocks ?? []).map((clock) => clock.id));
  if (board().chime && [...now].some((id) => !burned.has(id))) chime();
  burned = now;
}

function tick() {
  for (const block of blocks) block.tick?.();
  fire.tick();
  tickFrame();
  keepListening();
  walk();
}

// The page walks: through its teams where it has several, else through the views. It stays while something burns.
function walk() {
  const seconds = rotateSeconds();
  const now = performance.now();
  if (seconds === null) return;
  const stops = teams().length > 1 ? teams() : VIEWS;
  if (turn === null) {
    turn = Math.max(0, stops.indexOf(teams().length > 1 ? teams()[0] : view()));
    turnEnds = now + seconds * 1000;
  }
  if (fire.isBurning()) turnEnds = Math.max(turnEnds, now + 1000);
  if (now < turnEnds) return;
  turn = (turn + 1) % stops.length;
  turnEnds = now + seconds * 1000;
  if (teams().length > 1) listen(selection(stops[turn]));
  else show(stops[turn]);
}

// What the address says now: another view is shown at once, other filters are asked for.
function follow() {
  const before = selection();
  read();
  turn = null;
  if (selection() !== before) listen(selection(first()));
  if (view() !== shownView) show(view());
  else drawViews(shownView);
}

function first() {
  return rotateSeconds() !== null && teams().length > 1 ? teams()[0] : null;
}

addEventListener("popstate", follow);
document.querySelector("#views").addEventListener("click", (event) => {
  const link = event.target.closest("a[data-view]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  follow();
});
new ResizeObserver(() => { for (const block of blocks) if (board()) block.resize?.(); }).observe(root);
document.addEventListener("visibilitychange", tick);

setUpScreen();
show(view());
listen(selection(first()), paint);
try {
  new Worker("/static/heart.js").onmessage = tick;
} catch {
  setInterval(tick, 250);
}
