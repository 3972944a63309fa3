"""bytewax: a count for each key, in memory, nothing durable; prints seconds from the first event to the last."""

import json
import os
import sys
import time

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSource
from bytewax.connectors.stdio import StdOutSink
from bytewax.dataflow import Dataflow
from bytewax.testing import run_main

total = int(sys.argv[1])
seen = 0
began = 0.0


def keyed(message: object) -> tuple[str, dict]:
    """The event under its ticket."""
    global seen, began  # noqa: PLW0603
    if not seen:
        began = time.monotonic()
    seen += 1
    return message.key.decode(), json.loads(message.value)


def count(state: int | None, _event: dict) -> tuple[int, int]:
    """Count."""
    return (state or 0) + 1, seen


flow = Dataflow("count")
events = KafkaSource([os.environ["SLAWATCH_KAFKA"]], ["ticket-events"], tail=False, batch_size=1000)
source = op.input("in", flow, events)
counted = op.stateful_map("count", op.map("key", source, keyed), count)
op.output("out", op.filter("none", op.map("value", counted, str), lambda _: False), StdOutSink())
run_main(flow)
print(time.monotonic() - began if seen == total else f"only {seen}", flush=True)
