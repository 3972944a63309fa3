"""quix-streams: a count for each key, in its state with a changelog; prints seconds from first event to last."""

import os
import sys
import time

from quixstreams import Application, State

total = int(sys.argv[1])
app = Application(
    broker_address=os.environ["SLAWATCH_KAFKA"],
    consumer_group=f"quix-{os.getpid()}",
    auto_offset_reset="earliest",
    state_dir=os.environ["PEER_STATE"],
    loglevel="ERROR",
)
frame = app.dataframe(app.topic("ticket-events", value_deserializer="json", key_deserializer="bytes"))
seen = 0
began = 0.0


def count(_value: dict, state: State) -> int:
    """Count."""
    global seen, began  # noqa: PLW0603
    if not seen:
        began = time.monotonic()
    seen += 1
    number = state.get("count", 0) + 1
    state.set("count", number)
    if seen == total:
        print(time.monotonic() - began, flush=True)
        app.stop()
    return number


frame.apply(count, stateful=True)
app.run()
