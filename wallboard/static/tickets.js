// Keeps a list or a ticket at the present while it is looked at; without it the page is one that is loaded again by hand.
"use strict";

const EVERY_MS = 5000;
let heardAt = performance.now();
let failed = 0;

function isBusy() {
  const focused = document.activeElement;
  return document.hidden || !getSelection().isCollapsed || Boolean(focused?.closest("form"));
}

async function renew() {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "error" });
    if (answer.status === 401 || answer.status === 403 || answer.status === 404) return location.reload();
    if (!answer.ok) throw new Error(answer.statusText);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!isBusy()) {
      for (const name of ["main", ".freshness"]) {
        const [old, renewed] = [document.querySelector(name), fresh.querySelector(name)];
        if (old && renewed && old.outerHTML !== renewed.outerHTML) old.replaceWith(document.adoptNode(renewed));
      }
    }
    heardAt = performance.now();
    failed = 0;
  } catch {
    failed += 1;
  }
}

function mark() {
  document.body.classList.toggle("is-stale", failed > 0 || performance.now() - heardAt > 2 * EVERY_MS);
}

setInterval(async () => {
  if (!document.hidden && !isBusy()) await renew();
  if (!document.hidden) mark();
}, EVERY_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void renew().then(mark);
});
