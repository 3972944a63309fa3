"""docker-compose.yml: Debian's docker-compose reads it, and what it starts lives and ends as it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.servers.kafka import start_kafka
from tests.servers.needs import free_port, missing
from tests.servers.redis import start_redis

ROOT = Path(__file__).parents[2]
OURS = ("worker-1", "worker-2", "alerter", "wallboard")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """What docker-compose makes of the file, which needs no engine."""
    compose = shutil.which("docker-compose") or missing("docker-compose")
    done = subprocess.run(
        [compose, "-f", str(ROOT / "docker-compose.yml"), "config"], capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stderr
    found: dict[str, Any] = YAML(typ="safe").load(done.stdout)["services"]
    return found


@pytest.fixture(scope="module")
def at_hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Servers and files of this machine in place of those that containers have, by the name of the setting."""
    folder = tmp_path_factory.mktemp("compose")
    (folder / "kafka").mkdir()
    (folder / "tokens").write_text("open-sesame-open wall,desk\n", encoding="utf-8")
    kafka, redis = start_kafka(folder / "kafka"), start_redis(folder)
    yield {
        "SLAWATCH_KAFKA": kafka.address,
        "SLAWATCH_REDIS": redis.url,
        "SLAWATCH_POLICIES": str(ROOT / "policies"),
        "SLAWATCH_TOKENS": str(folder / "tokens"),
    }
    kafka.close()
    redis.close()


def test_it_keeps_what_it_has_and_nothing_starts_before_what_it_needs(services: dict[str, Any]) -> None:
    """Volumes for Kafka and Redis; every part says when it is well."""
    assert {"kafka", "redis", *OURS} == services.keys()
    assert all(services[name]["volumes"] for name in ("kafka", "redis"))
    assert all(service["healthcheck"]["test"] for service in services.values())
    for name in OURS:
        needs = {"redis"} if name == "wallboard" else {"kafka", "redis"}
        assert {part: {"condition": "service_healthy"} for part in needs} == services[name]["depends_on"]
    assert ["worker"] == services["worker-1"]["command"] == services["worker-2"]["command"]


def test_the_image_starts_slawatch_as_nobody_special() -> None:
    """Its user is none of the machine's, and has every package that is installed here."""
    recipe = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    packages = {found.parent.name for found in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks", "examples"}

    assert re.search(r"^USER (?!root)\w+$", recipe, re.MULTILINE)
    assert re.search(r'^ENTRYPOINT \["slawatch"\]$', recipe, re.MULTILINE)
    assert packages <= {line.split()[1] for line in recipe.splitlines() if line.startswith("COPY")}


@pytest.mark.kafka
@pytest.mark.parametrize("name", ["worker-1", "alerter", "wallboard"])
def test_each_part_is_well_and_ends_when_it_is_told(
    name: str, services: dict[str, Any], at_hand: dict[str, str], tmp_path: Path
) -> None:
    """Its command and settings, outside a container: its own health check passes, and SIGTERM ends it in order."""
    service, port, metrics = services[name], free_port(), free_port()
    set_up = {key: str(value) for key, value in service["environment"].items()}
    settings = set_up | {key: value for key, value in at_hand.items() if key in set_up}
    settings |= {"SLAWATCH_METRICS_PORT": str(metrics), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "streams", *service["command"]]
    check = [part if part != "python" else sys.executable for part in service["healthcheck"]["test"][1:]]
    if name == "wallboard":
        command += ["--port", str(port)]
    check[-1] = check[-1].replace(":8080/", f":{port}/").replace(f":{set_up['SLAWATCH_METRICS_PORT']}/", f":{metrics}/")

    with (tmp_path / "log").open("wb") as log:
        part = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log, cwd=tmp_path)
        try:
            until = time.monotonic() + 60
            while subprocess.run(check, capture_output=True, check=False).returncode:
                assert part.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < until, (tmp_path / "log").read_text()
            part.terminate()
            assert 0 == part.wait(timeout=30), (tmp_path / "log").read_text()
        finally:
            part.kill()
            part.wait()
