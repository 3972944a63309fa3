"""What the benchmarks of the whole pipe share: a real Kafka, a real Redis, workers as processes.

Servers are those of the tests; they listen on loopback ports and end with the benchmark.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import redis

from tests.servers.kafka import start_kafka
from tests.servers.redis import start_redis

ROOT = Path(__file__).parents[1]
#: The worker's core, and the one for everything else, so that a figure is one core's.
WORKER_CORE, OTHER_CORE = "1", "0"


class Pipe:
    """Servers and workers of one benchmark."""

    def __init__(self, folder: Path, policies: Path | None = None, **settings: str) -> None:
        self.folder = folder
        for name in ("kafka", "redis"):
            (folder / name).mkdir()
        self.kafka = start_kafka(folder / "kafka")
        self.redis_server = start_redis(folder / "redis")
        self.redis = redis.Redis.from_url(self.redis_server.url, decode_responses=True)
        self.environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "SLAWATCH_KAFKA": self.kafka.address,
            "SLAWATCH_REDIS": self.redis_server.url,
            "SLAWATCH_POLICIES": str(policies or ROOT / "policies"),
            **settings,
        }
        self.workers: list[subprocess.Popen[bytes]] = []

    def slawatch(self, *arguments: str, wait: bool = True) -> subprocess.Popen[bytes]:
        """Run a command on the other core."""
        command = ["taskset", "-c", OTHER_CORE, sys.executable, "-m", "streams", *arguments]
        process = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        if wait and process.wait() != 0:
            msg = f"slawatch {' '.join(arguments)} failed"
            raise RuntimeError(msg)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a worker on its core."""
        log = (self.folder / f"worker-{len(self.workers)}.log").open("wb")
        command = ["taskset", "-c", WORKER_CORE, sys.executable, "-m", "streams", "worker"]
        process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        log.close()
        self.workers.append(process)
        return process

    def partitions(self) -> dict[str, dict[str, object]]:
        """What `sla:health` says of each partition."""
        health = self.redis.hgetall("sla:health")
        return {name: json.loads(text) for name, text in health.items() if name.startswith("partition:")}

    def wait_live(self, worker: subprocess.Popen[bytes], partitions: int, patience_s: float = 600) -> float:
        """Wait until every partition is live under this worker; answers the seconds it took."""
        began = time.monotonic()
        while time.monotonic() - began < patience_s:
            if worker.poll() is not None:
                raise RuntimeError((self.folder / f"worker-{len(self.workers) - 1}.log").read_text()[-2000:])
            found = [one for one in self.partitions().values() if str(one["worker"]).endswith(f"-{worker.pid}")]
            lags = [float(str(one["lag_s"])) for one in found if one["lag_s"] is not None]
            if len(lags) == partitions and max(lags) < 5:
                return time.monotonic() - began
            time.sleep(0.1)
        msg = f"the worker is not live after {patience_s} s"
        raise RuntimeError(msg)

    def close(self) -> None:
        """End everything that was started."""
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    worker.wait(20)
                worker.kill()
        self.redis.close()
        self.kafka.close()
        self.redis_server.close()


@contextlib.contextmanager
def pipe(policies: Path | None = None, **settings: str) -> Iterator[Pipe]:
    """Servers for a benchmark, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="slawatch-bench-") as folder:
        found = Pipe(Path(folder), policies, **settings)
        try:
            yield found
        finally:
            found.close()


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of a process, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


class Stolen:
    """What the machine beneath this one took of its cores since this was made; Linux tells it in /proc/stat."""

    def __init__(self) -> None:
        self._before = self._ticks()

    def share(self) -> float:
        """From 0 to 1, of all cores; 0 where nobody tells."""
        taken, total = (now - before for now, before in zip(self._ticks(), self._before, strict=True))
        return taken / total if total else 0.0

    @staticmethod
    def _ticks() -> tuple[int, int]:
        ticks = [int(one) for one in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return ticks[7], sum(ticks)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie, linear between ranks."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def spread(name: str, values: Sequence[float]) -> str:
    """A line with median, 99th percentile and maximum in ms."""
    if not values:
        return f"{name:<44} nothing seen"
    shown = [f"{1000 * figure:8.0f} ms" for figure in (quantile(values, 0.5), quantile(values, 0.99), max(values))]
    return f"{name:<44} median {shown[0]}   99 % {shown[1]}   max {shown[2]}   n {len(values)}"
