"""A plain Faust agent that counts the events of a topic one by one; prints seconds from the first to the last."""

import os
import sys
import time

import faust

total = int(sys.argv.pop())
app = faust.App(
    f"plain-{os.getpid()}",
    broker=f"kafka://{os.environ['SLAWATCH_KAFKA']}",
    consumer_auto_offset_reset="earliest",
    web_enabled=False,
    topic_disable_leader=True,
    topic_allow_declare=False,
)
topic = app.topic("ticket-events", key_type=bytes, value_type=bytes, value_serializer="json", key_serializer="raw")
seen = 0
began = 0.0


@app.agent(topic)
async def count(stream: faust.Stream) -> None:
    """Count."""
    global seen, began  # noqa: PLW0603
    async for _event in stream:
        if not seen:
            began = time.monotonic()
        seen += 1
        if seen == total:
            os.write(1, f"{time.monotonic() - began}\n".encode())  # Faust has its own idea of standard output
            os._exit(0)


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "worker", "-l", "error"]
    app.main()
