"""What an eye on a partition counts: each deadline with its own lateness, once."""

from __future__ import annotations

from typing import Any

from models.egress import BreachWrite, TicketWrite, Transition
from models.instant import format_ms
from streams.metrics import Metrics
from streams.watch import Watch

NOW = 1_795_000_000_000


class Quiet:
    """An engine in which nothing is set aside."""

    def set_aside(self) -> dict[str, str]:
        """Nothing."""
        return {}


def ticket(name: str, *falls: int, change: str = "breached") -> TicketWrite:
    """A ticket one of whose clocks had such instants."""
    told = [
        Transition(f"{change}|{at}", {"change": change, "at": format_ms(at), "metric": "resolution", "priority": "P0"})
        for at in falls
    ]
    return TicketWrite(name, None, breaches=[BreachWrite(f"{name}/resolution/1", "breached", {}, told)])


def watch() -> tuple[Watch, Metrics]:
    """A watch that began a minute ago."""
    metrics = Metrics()
    engine: Any = Quiet()
    return Watch(0, engine, metrics, NOW - 60_000), metrics


def observed(metrics: Metrics) -> tuple[float, float]:
    """How many instants, and the seconds that they were late, together."""
    value = metrics.registry.get_sample_value
    return (
        value("slawatch_deadline_lateness_seconds_count") or 0.0,
        round(value("slawatch_deadline_lateness_seconds_sum") or 0.0, 3),
    )


def test_each_deadline_of_an_advance_is_observed_with_its_own_lateness() -> None:
    """Three clocks fall due in one advance: three instants, none hidden behind the first."""
    eye, metrics = watch()
    eye.falling(NOW - 1000, NOW)

    eye.written([ticket("A", NOW - 900), ticket("B", NOW - 500), ticket("C", NOW - 100, change="warned")], NOW)

    assert (3, 1.5) == observed(metrics)


def test_what_fell_due_before_is_not_observed_again() -> None:
    """A ticket written again with the next event says nothing about how late its old deadline was."""
    eye, metrics = watch()
    eye.falling(NOW - 1000, NOW)
    eye.written([ticket("A", NOW - 100)], NOW)
    eye.fallen()
    eye.falling(NOW, NOW + 1000)

    eye.written([ticket("A", NOW - 100)], NOW + 1000)

    assert (1, 0.1) == observed(metrics)


def test_a_write_made_again_after_a_refusal_counts_once_and_the_rest_with_its_true_lateness() -> None:
    """Redis is emptied between two writes of one advance: what was not written then is late by the refill."""
    eye, metrics = watch()
    eye.falling(NOW - 1000, NOW)
    eye.written([ticket("A", NOW - 100)], NOW)

    eye.written([ticket("A", NOW - 100), ticket("B", NOW - 100)], NOW + 2000)

    assert (2, 2.2) == observed(metrics)


def test_events_without_deadlines_observe_nothing() -> None:
    """When nothing fell due, an old breach in a ticket that is written is no instant of now."""
    eye, metrics = watch()

    eye.written([ticket("A", NOW - 100)], NOW)

    assert (0, 0) == observed(metrics)
