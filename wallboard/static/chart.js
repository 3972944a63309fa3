// The last 24 hours as lines: created and solved for each half hour, open tickets as an area behind them.
"use strict";

const HALF_HOUR = 1800000;
const SVG = "http://www.w3.org/2000/svg";

function drawTrend(svg, slots, now) {
  const width = svg.clientWidth || 600;
  const height = svg.clientHeight || 150;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  if (!slots.length) return;

  const start = now - 86400000;
  const bins = new Map();
  for (const [at, created, solved, open] of slots) {
    const bin = Math.floor(at / HALF_HOUR) * HALF_HOUR;
    const sums = bins.get(bin) ?? { created: 0, solved: 0, open: 0 };
    sums.created += created;
    sums.solved += solved;
    sums.open = open;
    bins.set(bin, sums);
  }
  const points = [...bins].sort((a, b) => a[0] - b[0]);
  const x = (at) => Math.max(0, Math.min(width, ((at + HALF_HOUR / 2 - start) / 86400000) * width));
  const top = (names) => Math.max(1, ...points.flatMap(([, sums]) => names.map((name) => sums[name])));
  const y = (value, most) => height - 2 - (value / most) * (height - 18);

  const mostOpen = top(["open"]);
  const area = points.map(([at, sums]) => `${x(at)},${y(sums.open, mostOpen)}`);
  shape(svg, "polygon", "open", [`${x(points[0][0])},${height}`, ...area, `${x(points.at(-1)[0])},${height}`]);
  const mostMoved = top(["created", "solved"]);
  for (const name of ["created", "solved"]) {
    shape(svg, "polyline", name, points.map(([at, sums]) => `${x(at)},${y(sums[name], mostMoved)}`));
  }
  label(svg, 4, 12, "start", `≤ ${mostMoved} / 30 min`);
  label(svg, width - 4, 12, "end", `${word("open")} ≤ ${mostOpen}`);
}

function shape(svg, kind, name, points) {
  const element = document.createElementNS(SVG, kind);
  element.setAttribute("class", name);
  element.setAttribute("points", points.join(" "));
  svg.append(element);
}

function label(svg, x, y, anchor, text) {
  const element = document.createElementNS(SVG, "text");
  element.setAttribute("x", x);
  element.setAttribute("y", y);
  element.setAttribute("text-anchor", anchor);
  element.textContent = text;
  svg.append(element);
}
