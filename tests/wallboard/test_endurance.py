"""A page that hangs on the wall for weeks: what it holds does not grow with what it is told."""

from __future__ import annotations

from pathlib import Path

from tests.servers.redis import RedisServer
from tests.wallboard.browser import browser
from tests.wallboard.test_views import FRESH, _fill, lifelike

#: The page's own connection, so that it can be told what a server would tell it in hours.
OVERHEARD = """window.EventSource = class extends EventSource {
  constructor(...given) { super(...given); window.source = this; this.addEventListener("message", ({data}) => {
    const heard = JSON.parse(data); if (heard.whole) window.whole ??= heard; }); }
};"""

#: So many messages, no two alike: figures, clocks that come and go, lines that grow, fires, other views, new servers.
HOURS = """(async (from, count) => {
  const show = (number) => document.querySelectorAll("#views a[data-view]")[number].click();
  for (let at = from; at < from + count; at += 1) {
    const {parts, ...head} = structuredClone(window.whole);
    const scope = parts.board.scope;
    parts[`live ${scope}`] = {...parts[`live ${scope}`], open: at, oldest_open: `T-${at}`};
    const some = parts.clocks.due[0] ?? parts.clocks.overdue[0];
    const clock = (name, left) => ({...some, id: `${name}-${at}/resolution/1`, ticket: `${name}-${at}`,
      due_at: head.now + left, paused: false, priority: "P0", team: `team ${at % 50}`});
    parts.clocks = {due: Array.from({length: 20}, (_, place) => clock(`D${place}`, 6e4 * place)),
      overdue: Array.from({length: 9}, (_, place) => clock(`O${place}`, -6e4 * place)), paused: []};
    parts.burning = {count: 3, clocks: at % 40 < 3 ? [clock("B0", 1e4), clock("B1", 2e4), clock("B2", 3e4)] : []};
    const known = (_, place) => (place < at % 200 ? at + place : null);
    if (parts.trend) parts.trend.now.open = parts.trend.now.open.map(known);
    const {board, ...rest} = parts;
    const whole = at % 97 === 0;
    window.source.onmessage({data: JSON.stringify({...head, whole, parts: whole ? parts : rest})});
    if (at % 20 === 0) show((at / 20) % 5);
    if (at % 25 === 0) await new Promise(requestAnimationFrame);
  }
  show(0);
  await new Promise((done) => setTimeout(done, 300));
  return document.querySelectorAll("*").length;
})"""


async def test_hours_of_news_leave_the_page_as_large_as_it_was(redis_server: RedisServer, tmp_path: Path) -> None:
    """Heap after a collection, nodes and listeners, after 600 messages and after 800 more.

    In the first hundreds the heap still grows by what the browser learns of the page's code: 2.07 MB after 600, 2.16
    after 1,000, 2.21 after 1,400, 2.26 after 2,200.
    """
    url = redis_server.url.removesuffix("/0") + "/5"
    await _fill(url, days=2)
    async with lifelike(url) as board, browser(tmp_path) as page:
        await page.before_each_page(OVERHEARD)
        await page.open(board.url)
        await page.until(FRESH)
        await page.until("Boolean(window.whole)")
        elements = await page.ask(f"{HOURS}(1, 600)")
        early = await page.footprint()
        assert elements == await page.ask(f"{HOURS}(601, 800)")
        late = await page.footprint()
        assert "1400" == await page.ask("document.querySelector('[data-field=\"live.open\"]').dataset.value")
    assert [] == page.complaints
    assert late["heap"] < early["heap"] + 300_000
    assert late["nodes"] <= early["nodes"] + 200
    assert late["listeners"] <= early["listeners"] + 5
