"""What is handed to those who run slawatch works: rules, dashboard and units speak of what the parts really tell."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from alerts.metrics import AlertMetrics
from streams.metrics import Metrics, Standings, serve_registry
from tests.servers.needs import free_port, missing
from wallboard.metrics import PageMetrics

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = DEPLOY / "prometheus" / "slawatch.rules.yml"
DASHBOARD = DEPLOY / "grafana" / "slawatch.json"

#: As the contract writes them: names, and labels that are always there.
CONTRACT = {
    "slawatch_events_total": {"type"},
    "slawatch_dead_letters_total": {"reason"},
    "slawatch_lag_seconds": {"partition"},
    "slawatch_open_tickets": {"priority"},
    "slawatch_breaches_total": {"metric", "priority"},
    "slawatch_deadline_lateness_seconds_bucket": {"le"},
    "slawatch_alerts_total": {"receiver", "outcome"},
    "slawatch_viewers": set(),
}


@dataclass
class Partition:
    """A partition as a worker has it."""

    number: int = 0
    watermark: int | None = 1000
    open_by_priority: dict[str, int] = field(default_factory=lambda: {"P0": 1, "P1": 7})


def registries() -> list[CollectorRegistry]:
    """Of a worker, an alerter and a wallboard, each with something in it."""
    worker = Metrics()
    worker.registry.register(Standings(lambda: [Partition()], lambda: 1500))
    worker.events.labels("ticket.created").inc()
    worker.lateness.observe(0.1)
    alerter = AlertMetrics()
    alerter.expect(["on-call"])
    alerter.active.set(1)
    return [worker.registry, alerter.registry, PageMetrics(lambda: 3, lambda: False).registry]


def told() -> dict[str, set[str]]:
    """Every series that a part tells, with its labels."""
    found: dict[str, set[str]] = {}
    for registry in registries():
        for family in registry.collect():
            for sample in family.samples:
                found.setdefault(sample.name, set()).update(sample.labels)
    return found


def expressions() -> Iterator[tuple[str, str]]:
    """Every query of dashboard and rules, by what it is for."""
    for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
    for group in YAML(typ="safe").load(RULES.read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


def tool(name: str) -> str:
    """Where a tool is."""
    return shutil.which(name) or missing(name)


def test_the_names_of_the_contract_are_told_with_their_labels() -> None:
    """Dashboards of others rely on them."""
    parts = told()

    assert CONTRACT == {name: parts.get(name, set()) for name in CONTRACT}


@pytest.mark.parametrize(("purpose", "query"), list(expressions()))
def test_each_query_asks_for_what_a_part_tells(purpose: str, query: str) -> None:
    """No panel and no rule names a series or a label that nobody tells."""
    parts, names = told(), set(re.findall(r"slawatch_\w+", query))
    by = {label.strip() for labels in re.findall(r"by \(([^)]*)\)", query) for label in labels.split(",")}
    matched = set(re.findall(r"[{,]\s*(\w+)=", query))

    assert names <= parts.keys(), purpose
    if names:
        assert by | matched <= set().union(*(parts[name] for name in names)), purpose
    else:
        assert "up{" in query, purpose


def test_every_name_of_the_contract_has_a_panel_and_is_described() -> None:
    """What is told is shown, and written down."""
    shown = " ".join(query for _, query in expressions())
    described = (DEPLOY.parent / "docs" / "alerts.md").read_text(encoding="utf-8")

    assert [] == [name for name in CONTRACT if name not in shown]
    assert [] == [name for name in CONTRACT if name.removesuffix("_bucket") not in described]


def test_the_dashboard_can_be_taken_in() -> None:
    """Panels have ids and places of their own, say what they show, and take the data source that is chosen."""
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    cells = [
        (x, y)
        for panel in board["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]

    assert len(board["panels"]) == len({panel["id"] for panel in board["panels"]})
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert all(panel["description"] and panel["datasource"]["uid"] == "${source}" for panel in panels)
    assert ["datasource"] == [variable["type"] for variable in board["templating"]["list"]]


def test_prometheus_takes_the_rules_and_they_fire_when_they_should() -> None:
    """Debian's promtool reads them, and plays the stories beside them."""
    promtool = tool("promtool")
    for arguments in (
        ["check", "rules", str(RULES)],
        ["check", "config", str(DEPLOY / "prometheus" / "prometheus.yml")],
        ["test", "rules", str(DEPLOY / "prometheus" / "slawatch.rules.test.yml")],
    ):
        done = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)

        assert 0 == done.returncode, done.stdout + done.stderr


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[str]:
    """A real Prometheus that looks at a worker, an alerter and a wallboard each second; its address."""
    server, port = tool("prometheus"), free_port()
    ports = [free_port() for _ in range(3)]
    jobs = ["slawatch-worker", "slawatch-alerts", "slawatch-wallboard"]
    config = {
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{at}"]}]}
            for job, at in zip(jobs, ports, strict=True)
        ],
    }
    (tmp_path / "prometheus.yml").write_text(json.dumps(config), encoding="utf-8")
    worker, alerter, page = (
        serve_registry(registry, port=at, host="127.0.0.1") for registry, at in zip(registries(), ports, strict=True)
    )
    with worker, alerter, page, (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                server,
                f"--config.file={tmp_path / 'prometheus.yml'}",
                f"--storage.tsdb.path={tmp_path / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=10)


def ask(address: str, query: str) -> list[dict[str, Any]]:
    """What Prometheus answers to a query; nothing while it does not answer."""
    url = f"{address}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 - our own server
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
            return found
    except urllib.error.HTTPError as error:
        if error.code == 503:  # it is starting
            return []
        raise AssertionError(f"{query}: {error.read().decode()}") from error
    except OSError:
        return []


def test_a_real_prometheus_answers_every_panel(prometheus: str) -> None:
    """Each query of the dashboard is understood, and those of what stands now show something."""
    deadline = time.monotonic() + 60
    while len(ask(prometheus, "up == 1")) < 3:
        assert time.monotonic() < deadline, "prometheus did not see the three parts"
        time.sleep(0.2)
    time.sleep(2.5)  # growth needs two looks
    for _, query in expressions():
        ask(prometheus, query)

    shown = {query: ask(prometheus, query) for query in ("sum(slawatch_open_tickets)", "sum(slawatch_viewers)")}
    assert ["8", "3"] == [found[0]["value"][1] for found in shown.values()]
    assert ["0.5"] == [one["value"][1] for one in ask(prometheus, "max(slawatch_lag_seconds)")]
    assert [] == ask(prometheus, "absent(slawatch_alerter_active == 1)")


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda path: path.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    """Read by systemd itself, with the programs that only an installed machine has replaced."""
    analyze = tool("systemd-analyze")
    text = re.sub(r"^(Exec\w+)=\S+", r"\1=/bin/true", unit.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (tmp_path / unit.name).write_text(text, encoding="utf-8")
    manager = ["--user"] if "kiosk" in unit.name else ["--system"]
    done = subprocess.run(
        [analyze, "verify", "--man=no", "--recursive-errors=no", *manager, str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )

    assert (0, "") == (done.returncode, done.stderr)


def test_what_prometheus_reads_is_its_own_format() -> None:
    """Names and labels survive the text that goes over the wire."""
    from prometheus_client import generate_latest

    for registry in registries():
        families = list(text_string_to_metric_families(generate_latest(registry).decode()))
        assert families
