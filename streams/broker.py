"""Servers for `up`, with nothing else installed: a broker in memory, and a Redis.

The broker is the mock cluster in librdkafka, which confluent-kafka's wheel carries: it speaks Kafka over TCP, keeps the
newest few MB of each partition in memory, and is for trying things out, never for what must not be lost. Redis is the
`redis-server` on the path; without one, fakeredis.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from streams.errors import Unreachable


class Embedded(NamedTuple):
    """A server that runs for us: where it listens, and what it is, in words."""

    address: str
    kind: str


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def embedded_kafka() -> AsyncIterator[Embedded]:
    """A broker in memory, gone at the end; `address` is its bootstrap server.

    Topics come into being, with four partitions, when they are first asked for.
    """
    from confluent_kafka import Producer  # noqa: PLC0415 - a large library, only needed here

    owner = await asyncio.to_thread(
        Producer, {"bootstrap.servers": "in-memory", "test.mock.num.brokers": "1", "log_level": 0}
    )
    metadata = await asyncio.to_thread(owner.list_topics, timeout=10)
    broker = next(iter(metadata.brokers.values()))
    try:
        yield Embedded(f"{broker.host}:{broker.port}", "in memory (librdkafka's mock cluster)")
    finally:
        await asyncio.to_thread(owner.flush, 1)
        del owner


@asynccontextmanager
async def embedded_redis() -> AsyncIterator[Embedded]:
    """A Redis on the loopback, gone at the end; `address` is its URL.

    Raises:
        Unreachable: it does not start.
    """
    server = shutil.which("redis-server")
    if server is not None:
        async with _redis_server(server) as found:
            yield found
    else:
        async with _fake_redis() as found:
            yield found


@asynccontextmanager
async def _redis_server(program: str) -> AsyncIterator[Embedded]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="slawatch-redis-") as folder:
        process = await asyncio.create_subprocess_exec(
            program,
            *("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder),
            stdout=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us, who end it in order
        )
        try:
            await _listening(port, process)
            yield Embedded(f"redis://127.0.0.1:{port}/0", f"redis-server ({Path(program)})")
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()


async def _listening(port: int, process: asyncio.subprocess.Process) -> None:
    for _ in range(500):
        if process.returncode is not None:
            break
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            await writer.wait_closed()
            return
    msg = "the redis-server on the path does not start: mend it, or take it off the path to use the built-in one"
    raise Unreachable(msg)


@asynccontextmanager
async def _fake_redis() -> AsyncIterator[Embedded]:
    from fakeredis import TcpFakeServer  # noqa: PLC0415 - only needed where there is no redis-server

    port = free_port()
    server: Any = TcpFakeServer(("127.0.0.1", port), server_type="redis")
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield Embedded(f"redis://127.0.0.1:{port}/0", "in memory (fakeredis; no redis-server on the path)")
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
