"""A Kafka broker in KRaft mode, one node, its own folder."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.needs import free_port, listens, missing

ROOT = Path(__file__).parents[2]
JARS = ROOT / ".servers" / "kafka-jars"
START_S = 60.0


@dataclass
class KafkaServer:
    """A broker that can be killed and started again, with what it had."""

    folder: Path
    port: int = field(default_factory=free_port)
    controller_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Its bootstrap server."""
        return f"127.0.0.1:{self.port}"

    def format(self) -> None:
        """Writes its configuration and its empty log."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "server.properties").write_text(
            f"""process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{self.controller_port}
listeners=PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{self.port}
controller.listener.names=CONTROLLER
log.dirs={self.folder}/log
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
num.partitions=4
auto.create.topics.enable=false
log.cleaner.backoff.ms=1000
log.flush.offset.checkpoint.interval.ms=1000
"""
        )
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        subprocess.run(
            [*self._java("128m"), "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", self._config()],
            check=True,
            capture_output=True,
        )

    def start(self) -> None:
        """Starts it and waits until it listens."""
        output = (self.folder / "output.txt").open("ab")
        self.process = subprocess.Popen(
            [*self._java("512m"), "kafka.Kafka", self._config()], stdout=output, stderr=output
        )
        output.close()
        deadline = time.monotonic() + START_S
        while not listens(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                tail = (self.folder / "output.txt").read_text()[-2000:]
                raise RuntimeError(f"the Kafka broker did not start: {tail}")
            time.sleep(0.1)

    def kill(self) -> None:
        """Kills it with -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def close(self) -> None:
        """Ends it and removes what it had."""
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=3)
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _config(self) -> str:
        return str(self.folder / "server.properties")

    def _java(self, heap: str) -> list[str]:
        return ["java", f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{JARS}/*"]


def start_kafka(folder: Path) -> KafkaServer:
    """A broker that listens; skips or fails the test where it cannot be had."""
    if shutil.which("java") is None:
        missing("java 17")
    _bring_jars()
    server = KafkaServer(folder)
    server.format()
    server.start()
    return server


def _bring_jars() -> None:
    """Brings what the broker needs, once, whoever else wants it at the same time."""
    if (JARS / ".complete").exists():
        return
    if shutil.which("mvn") is None:
        missing("the broker's jars (and mvn, which brings them)")
    JARS.mkdir(parents=True, exist_ok=True)
    with (JARS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fetch = ROOT / "tests" / "servers" / "fetch-kafka"
        brought = subprocess.run([fetch], capture_output=True, text=True, check=False)
    if brought.returncode:
        missing(f"the broker's jars: {brought.stdout[-500:]}{brought.stderr[-500:]}")
