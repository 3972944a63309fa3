// The day as lines, with last week's behind them. Lines carry their names at their ends: colour is never alone.
/* global uPlot */
import { board, part } from "./board.data.js";
import { el, text } from "./dom.js";
import { names } from "./figure.js";
import { count, timeIn } from "./numbers.js";
import { say, word } from "./words.js";

const DAY_S = 86400;
const TICK_S = [3600, 7200, 10800, 14400, 21600];

// `kind` "sums": created and solved since midnight; "open": tickets open at the end of each five minutes.
export function trend(root, kind) {
  const box = el("div", { class: "chart" });
  const none = el("p", { class: "none" });
  root.classList.add("card", "trend");
  root.append(el("h2", {}, word(kind === "sums" ? "day_line" : "open_line"), el("small", {}, `╌╌ ${word("last_week_line")}`)), box, none);
  let chart = null;

  function data() {
    const told = part("trend");
    if (!told || told.now.open.every((value) => value === null)) return null;
    const lines = kind === "sums" ? ["created", "solved"] : ["open"];
    const length = Math.max(told.now.open.length, told.last?.open.length ?? 0);
    const steps = Array.from({ length: length + 1 }, (_, place) => (place * told.step) / 1000);
    const line = (from, name) => {
      let sum = 0;
      const values = from[name].map((value) => (kind === "sums" ? (sum += value ?? 0) : value));
      const whole = kind === "sums" ? [0, ...values] : [values[0] ?? null, ...values];
      return [...whole, ...Array(Math.max(0, steps.length - whole.length)).fill(null)];
    };
    return {
      told,
      lines,
      values: [steps, ...lines.map((name) => (told.last ? line(told.last, name) : steps.map(() => null))), ...lines.map((name) => line(told.now, name))],
    };
  }

  function draw() {
    chart?.destroy();
    chart = null;
    const found = data();
    const { scope } = board();
    const kept = part("trend") !== null;
    text(none, found ? "" : kept ? word("no_day") : say("no_trend", { scope: Object.values(names(scope)).join(" · ") || word("all") }));
    if (!found || box.clientHeight < 20) return;
    chart = new uPlot(options(box, found), found.values, box);
  }

  function update(changed) {
    if (changed && !["trend", "board"].some((name) => changed.has(name))) return;
    if (!board()) return;
    const found = chart && data();
    if (found && found.told.begin === chart.begin && found.values.length === chart.data.length) chart.setData(found.values);
    else draw();
    if (chart) chart.begin = part("trend").begin;
  }

  return { update, resize: draw, leave: () => chart?.destroy() };
}

function options(box, { told, lines }) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const rem = parseFloat(style.fontSize);
  const font = `${Math.round(rem * 0.95)}px ${style.fontFamily}`;
  const length = Math.max(DAY_S, (told.end - told.begin) / 1000);
  const step = TICK_S.find((seconds) => (box.clientWidth / length) * seconds > rem * 4.5) ?? TICK_S.at(-1);
  const axis = { stroke: colour("dim"), font, grid: { stroke: colour("line"), width: 1 }, ticks: { show: false } };
  const tones = { created: colour("blue"), solved: colour("good"), open: colour("blue") };
  return {
    width: box.clientWidth,
    height: box.clientHeight,
    padding: [rem * 0.4, rem * 6.4, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: [0, length] }, y: { range: (_, __, most) => [0, Math.max(4, most * 1.06)] } },
    axes: [
      { ...axis, size: rem * 1.7, gap: rem * 0.3, splits: () => ticks(length, step), values: (_, found) => found.map((at) => timeIn(board().zone, told.begin + at * 1000)) },
      { ...axis, size: rem * 3, gap: rem * 0.4, incrs: [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000], values: (_, found) => found.map(count), space: rem * 2.6 },
    ],
    series: [
      {},
      ...lines.map((name) => ({ label: name, stroke: tones[name], alpha: 0.45, width: rem / 12, dash: [rem / 3, rem / 4], points: { show: false } })),
      ...lines.map((name) => ({ label: name, stroke: tones[name], width: rem / 5, points: { show: false } })),
    ],
    hooks: { draw: [(chart) => nameLines(chart, lines, tones, colour("dim"), font)] },
  };
}

function ticks(length, step) {
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, place) => place * step);
}

// Writes at the end of each line what it is and where it stands; names that would lie upon each other step aside.
function nameLines(chart, lines, tones, dim, font) {
  const { ctx } = chart;
  const [, size, family] = /^(\d+)px (.*)$/.exec(font);
  const height = Number(size) * devicePixelRatio * 1.3;
  const ends = [];
  lines.forEach((name, place) => {
    const last = end(chart.data[1 + place]);
    const now = end(chart.data[1 + lines.length + place]);
    if (now) ends.push({ ...now, label: `${word(lines.length > 1 ? `${name}_sum` : name)} ${count(now.value)}`, tone: tones[name], bold: true });
    if (last) ends.push({ ...last, label: `${word(lines.length > 1 ? `${name}_sum` : name)} ${count(last.value)}`, tone: dim, bold: false });
  });
  // Today's names stand behind its lines, last week's at the end of the day: each column keeps its distances.
  for (const bold of [true, false]) {
    const some = ends.filter((one) => one.bold === bold).map((one) => ({ ...one, y: chart.valToPos(one.value, "y", true) }));
    some.sort((a, b) => a.y - b.y);
    some.forEach((one, place) => { if (place) one.y = Math.max(one.y, some[place - 1].y + height); });
    const below = Math.max(0, (some.at(-1)?.y ?? 0) - (chart.bbox.top + chart.bbox.height - height / 2));
    ctx.save();
    ctx.font = `${bold ? "600 " : ""}${Number(size) * devicePixelRatio}px ${family}`;
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    for (const one of some) {
      const x = chart.valToPos(chart.data[0][one.place], "x", true) + height * 0.35;
      const widest = chart.ctx.canvas.width - ctx.measureText(one.label).width - 2;
      ctx.fillStyle = one.tone;
      ctx.fillText(one.label, Math.min(x, widest), one.y - below);
    }
    ctx.restore();
  }
}

function end(values) {
  for (let place = values.length - 1; place >= 0; place -= 1) {
    if (values[place] !== null) return { place, value: values[place] };
  }
  return null;
}
