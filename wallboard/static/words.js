// `word("open")` is the word in the page's language, `say("last_week", {value: 3})` a sentence with facts in it.
import { WORDS as EN } from "./words.en.js";
import { WORDS as ZH } from "./words.zh.js";

export const LANG = document.documentElement.lang === "zh" ? "zh" : "en";
const WORDS = LANG === "zh" ? ZH : EN;

export function word(name) {
  return WORDS[name] ?? name;
}

export function say(name, facts) {
  return word(name).replace(/\{(\w+)\}/g, (whole, key) => facts[key] ?? whole);
}
