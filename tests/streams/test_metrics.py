"""What Prometheus is told: the names that others rely on, from zero on, at an address that can be had."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from models.event import InvalidEvent
from sla.partition.intake import Incoming, read
from streams.errors import Unusable
from streams.metrics import REASONS, Metrics, serve_registry
from tests.servers.needs import free_port

GOOD = b'{"event_id":"e","type":"ticket.created","ticket_id":"T","occurred_at":"2026-01-01T00:00:00Z","priority":"P0"}'


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (b"T", None),
        (None, GOOD),
        (b"other", GOOD),
        (b"T", b"\xff"),
        (b"T", b"{"),
        (b"T", b"[]"),
        (b"T", b"{}"),
        (b"T", GOOD.replace(b"created", b"unheard")),
        (b"T", GOOD.replace(b"P0", b"P9")),
        (b"T", GOOD.replace(b'"P0"', b'"P0","tags":["' + b"x" * 600_000 + b'"]')),
    ],
)
def test_every_reason_of_a_dead_letter_begins_with_zero(key: bytes | None, value: bytes | None) -> None:
    """The first dead letter of a kind is seen as growth, not as a series that has always been 1."""
    with pytest.raises(InvalidEvent) as raised:
        read(Incoming(0, 0, key, value))

    assert raised.value.reason in REASONS
    assert 0 == Metrics().registry.get_sample_value("slawatch_dead_letters_total", {"reason": raised.value.reason})


def test_every_breach_begins_with_zero() -> None:
    """Each metric and priority has its series before its first breach."""
    labels = {"metric": "first_response", "priority": "P0"}

    assert 0 == Metrics().registry.get_sample_value("slawatch_breaches_total", labels)


def test_a_registry_is_served_while_it_is_wanted() -> None:
    """At its port, until the end."""
    port = free_port()
    with (
        serve_registry(Metrics().registry, port=port, host="127.0.0.1"),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=3) as answer,
    ):
        page = answer.read().decode()
    assert "slawatch_deadline_lateness_seconds_bucket" in page
    with socket.socket() as gone:
        assert 0 != gone.connect_ex(("127.0.0.1", port))


def test_a_port_that_is_taken_is_said_with_the_mend() -> None:
    """Two parts on one machine need two ports."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(Unusable, match="METRICS_PORT"),
            serve_registry(Metrics().registry, port=port, host="127.0.0.1"),
        ):
            pass
