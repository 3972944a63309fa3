// How values read. No data is a dash, never a nought.
import { LANG, say } from "./words.js";

export const NONE = "–";
const counts = new Intl.NumberFormat(LANG);
const tenths = new Intl.NumberFormat(LANG, { maximumFractionDigits: 1 });

export function count(value) {
  return value === null ? NONE : counts.format(value);
}

const short = new Intl.NumberFormat(LANG, { notation: "compact", maximumFractionDigits: 1 });

// Where there is little room: 12,345 as 12.3K, 1.2万.
export function compact(value) {
  return value === null ? NONE : value < 10000 ? counts.format(value) : short.format(value);
}

// Never rounded up to a promise that was not kept.
export function percent(value) {
  return value === null ? NONE : `${tenths.format(Math.floor(value * 1000 + 1e-9) / 10)} %`;
}

export function points(value) {
  return value === null ? NONE : say("points", { value: tenths.format(value) });
}

export function rate(value) {
  return value === null ? NONE : `${tenths.format(value)} ×`;
}

const UNITS = LANG === "zh" ? [" 天", " 小时", " 分", " 秒"] : [" d", " h", " min", " s"];

// A duration in its two largest units: "1 h 5 min".
export function seconds(value) {
  if (value === null) return NONE;
  if (value < 60) return tenths.format(Math.floor(value * 10) / 10) + UNITS[3];
  const [days, hours, minutes] = [Math.floor(value / 86400), Math.floor((value % 86400) / 3600), Math.floor((value % 3600) / 60)];
  if (days) return hours ? `${days}${UNITS[0]} ${hours}${UNITS[1]}` : days + UNITS[0];
  if (hours) return minutes ? `${hours}${UNITS[1]} ${minutes}${UNITS[2]}` : hours + UNITS[1];
  const rest = Math.floor(value % 60);
  return rest && minutes < 10 ? `${minutes}${UNITS[2]} ${rest}${UNITS[3]}` : minutes + UNITS[2];
}

const two = (number) => String(number).padStart(2, "0");

// What is left as mm:ss or h:mm:ss, beyond a day "2 d 03:14"; what is over with a plus.
export function countdown(ms) {
  // A second that is not over yet is still left: at the due instant it reads 00:00, and +00:00 right after it.
  const total = ms >= 0 ? Math.ceil(ms / 1000) : Math.floor(-ms / 1000);
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  let shown = hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
  if (hours >= 24) shown = `${Math.floor(hours / 24)}${UNITS[0].trim()} ${two(hours % 24)}:${two(minutes)}`;
  return ms < 0 ? `+${shown}` : shown;
}

const READERS = { count, ratio: percent, s: seconds, points, weight: (value) => (value === null ? NONE : tenths.format(value)), rate };

// A value of a unit (as tiles name it) in words.
export function read(unit, value) {
  if (value === null || value === undefined) return NONE;
  return (READERS[unit] ?? String)(value);
}

const formats = new Map();

// The time of day in a zone: 14:05, or 14:05:30.
export function timeIn(zone, ms, withSeconds = false) {
  const key = `${zone} ${withSeconds}`;
  if (!formats.has(key)) {
    const style = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
    if (withSeconds) style.second = "2-digit";
    formats.set(key, new Intl.DateTimeFormat("en-GB", style));
  }
  return formats.get(key).format(ms);
}

// A day of a zone: "21 Nov", "11月21日".
export function dayIn(zone, ms) {
  const key = `${zone} day`;
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat(LANG === "zh" ? "zh-CN" : "en-GB", { day: "numeric", month: "short", timeZone: zone }));
  }
  return formats.get(key).format(ms);
}
