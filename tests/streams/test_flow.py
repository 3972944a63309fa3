"""What waits for a stream stays there, unless the flow has been stopped."""

from __future__ import annotations

from streams.app import _faust_app
from streams.settings import Settings


async def test_what_waits_is_kept_when_the_flow_is_resumed_once_more() -> None:
    """As recovery does it at its end; only what waited while the flow stood still is forgotten: it comes again."""
    app = _faust_app(Settings())
    app.flow_control.resume()
    queue = app.FlowControlQueue(maxsize=4, clear_on_resume=True)
    queue.put_nowait("a batch")
    app.flow_control.resume()
    kept = queue.qsize()
    app.flow_control.suspend()
    app.flow_control.resume()

    assert [1, 0] == [kept, queue.qsize()]
