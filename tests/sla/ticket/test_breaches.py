"""What a breach tells, story by story: `(change, level, minute, due minute)` since the start."""

from __future__ import annotations

from typing import Any

import pytest

from models.egress import BreachWrite
from models.event import parse
from models.instant import parse_ms
from sla.ticket.breaches import breaches
from sla.ticket.document import document
from sla.ticket.tally import standing
from sla.ticket.ticket import Ticket, fold
from tests.sla.ticket.stories import MINUTE, START, book, said, story, told

P0 = ("created", 0, {"priority": "P0"})
P1 = ("created", 0, {"priority": "P1"})
DAYS = ("created", 0, {"priority": "P2"})
WAITING = {"status": "on_hold"}
OPEN = {"status": "open"}


def minute(text: str | None) -> float | None:
    return None if text is None else (parse_ms(text) - START) / MINUTE


def breach_of(ticket: Ticket, metric: str = "resolution") -> BreachWrite | None:
    return next((breach for breach in breaches(ticket) if breach.fields["metric"] == metric), None)


def changes(ticket: Ticket, metric: str = "resolution") -> list[tuple[Any, ...]]:
    breach = breach_of(ticket, metric)
    entries = [transition.entry for transition in breach.transitions] if breach is not None else []
    return [(e["change"], e["level"], minute(e["at"]), minute(e["due_at"])) for e in entries]


def status(ticket: Ticket, metric: str = "resolution") -> str | None:
    breach = breach_of(ticket, metric)
    return breach.status if breach is not None else None


def kinds(ticket: Ticket, metric: str = "resolution") -> list[str]:
    return [fact.kind for fact in standing(ticket) if fact.metric == metric]


def test_every_level_is_told_in_its_turn_and_the_due_time_among_them() -> None:
    """Shares, what is left, the due time and what is over follow each other by instant."""
    ticket = told(P0, until=30)

    assert [
        ("warned", "50%", 7.5, 15),
        ("warned", "5m left", 10, 15),
        ("warned", "75%", 11.25, 15),
        ("breached", "breached", 15, 15),
        ("warned", "10m over", 25, 15),
    ] == changes(ticket, "first_response")
    assert "breached" == status(ticket, "first_response")


def test_a_warned_clock_tells_of_its_pauses() -> None:
    """While paused there is no due time; resumed, it has moved by the pause."""
    ticket = told(P0, ("status_changed", 150, WAITING), ("status_changed", 180, OPEN), until=190)

    assert [
        ("warned", "50%", 120, 240),
        ("paused", "50%", 150, None),
        ("resumed", "50%", 180, 270),
    ] == changes(ticket)
    assert "warned" == status(ticket)


def test_what_came_before_the_first_warning_is_not_told() -> None:
    """A pause of a clock of which nobody has heard is no news."""
    ticket = told(P0, ("status_changed", 10, WAITING), ("status_changed", 20, OPEN), until=140)

    assert [("warned", "50%", 130, 250)] == changes(ticket)


def test_a_breached_clock_keeps_its_due_time_while_it_waits() -> None:
    """From the due instant on no pause moves it."""
    ticket = told(P0, ("status_changed", 250, WAITING), ("status_changed", 300, OPEN), until=310)

    assert [
        ("breached", "breached", 240, 240),
        ("paused", "breached", 250, 240),
        ("resumed", "breached", 300, 240),
    ] == (changes(ticket)[2:])
    assert "breached" == status(ticket)


def test_a_new_policy_moves_the_due_time_of_a_warned_clock() -> None:
    """`moved` tells the new due time; the new policy's levels are told when they are reached."""
    ticket = told(P0, ("updated", 130, {"priority": "P1"}), until=800)

    assert [
        ("warned", "50%", 120, 240),
        ("moved", "50%", 130, 1440),
        ("warned", "25%", 360, 1440),
        ("warned", "50%", 720, 1440),
    ] == changes(ticket)


def test_a_level_already_told_is_not_told_again_at_once() -> None:
    """A change of policy under which a told level is still reached wakes nobody a second time."""
    ticket = told(P1, ("updated", 740, {"priority": "P2", "team": "network"}), until=741)

    # 740 minutes of 480: what the network team is allowed was used up, so it is due at the change; 75 % is new.
    assert [
        ("warned", "25%", 360, 1440),
        ("warned", "50%", 720, 1440),
        ("moved", "50%", 740, 740),
        ("warned", "75%", 740, 740),
        ("breached", "breached", 740, 740),
    ] == changes(ticket)


def test_a_change_that_uses_up_the_target_breaches_in_the_present() -> None:
    """Nothing falls due in the past; whoever had not been warned is warned at the change."""
    ticket = told(P1, ("updated", 300, {"priority": "P0"}), until=301)

    assert [
        ("warned", "50%", 300, 300),
        ("warned", "75%", 300, 300),
        ("breached", "breached", 300, 300),
    ] == changes(ticket)


def test_a_change_that_pauses_and_moves_is_told_as_a_pause() -> None:
    """One event, one change: while it is paused there is no new due time to tell."""
    ticket = told(
        P0, ("updated", 130, {"priority": "P1", "status": "on_hold"}), ("status_changed", 140, OPEN), until=141
    )

    assert [("warned", "50%", 120, 240), ("paused", "50%", 130, None), ("resumed", "50%", 140, 1450)] == changes(ticket)


def test_a_stop_ends_a_warned_clock() -> None:
    """Stopped in time it is over, and met."""
    ticket = told(P0, ("solved", 130))

    assert [("warned", "50%", 120, 240), ("ended", "50%", 130, 240)] == changes(ticket)
    assert "ended" == status(ticket)
    assert ["met"] == kinds(ticket)


def test_a_late_stop_ends_a_breach() -> None:
    """It stays a breach that has ended."""
    ticket = told(P0, ("solved", 250))

    assert [("breached", "breached", 240, 240), ("ended", "breached", 250, 240)] == changes(ticket)[2:]
    assert "ended" == status(ticket)
    assert ["breached", "late"] == kinds(ticket)


def test_a_stop_on_the_very_instant_of_the_first_warning_leaves_no_breach() -> None:
    """What would have been reached on that instant is not."""
    ticket = told(P0, ("solved", 120))

    assert [] == changes(ticket)
    assert [] == document(ticket, START + 600 * MINUTE)["clocks"][-1]["warned"]


def test_a_stop_on_the_due_instant_is_in_time() -> None:
    """The warnings stand, the breach does not come to pass."""
    ticket = told(P0, ("solved", 240))

    assert [("warned", "50%"), ("warned", "75%"), ("ended", "75%")] == [change[:2] for change in changes(ticket)]
    assert ["met"] == kinds(ticket)


@pytest.mark.parametrize("before", [("status_changed", 240, WAITING), ("updated", 240, {"priority": "P1"})])
def test_a_stop_on_the_due_instant_is_in_time_whatever_happened_on_it_before(before: tuple[Any, ...]) -> None:
    """Neither a pause nor a change on the same instant keeps the stop from being in time."""
    ticket = told(P0, before, ("solved", 240))

    assert ["met"] == kinds(ticket)
    assert 240 == minute(document(ticket, START + 600 * MINUTE)["clocks"][-1]["due_at"])


@pytest.mark.parametrize("event", [("status_changed", 240, WAITING), ("updated", 240, {"priority": "P1"})])
def test_on_the_due_instant_only_a_stop_comes_in_time(event: tuple[Any, ...]) -> None:
    """A pause or a change on that instant finds the clock breached."""
    ticket = told(P0, event, until=241)

    assert ["breached"] == kinds(ticket)
    assert 240 == minute(document(ticket, START + 241 * MINUTE)["clocks"][-1]["due_at"])


def test_a_clock_stopped_on_its_due_instant_and_reopened_is_due_at_once() -> None:
    """Nothing is left of its target: it is open again, and breached with the reopening."""
    ticket = told(P0, ("solved", 240), ("reopened", 300), until=301)

    assert [
        ("ended", "75%", 240, 240),
        ("resumed", "75%", 300, 300),
        ("breached", "breached", 300, 300),
    ] == changes(ticket)[2:]
    assert ["breached"] == kinds(ticket)


def test_a_breach_stands_when_its_ticket_is_reopened() -> None:
    """The late stop is taken back, the breach is not."""
    ticket = told(P0, ("solved", 250), ("reopened", 300), until=301)

    assert [("ended", "breached", 250, 240), ("resumed", "breached", 300, 240)] == changes(ticket)[3:]
    assert "breached" == status(ticket)
    assert ["breached"] == kinds(ticket)


def test_a_reopened_clock_in_time_goes_on_to_be_warned() -> None:
    """The time between solution and reopening does not count."""
    ticket = told(P0, ("solved", 130), ("reopened", 200), until=260)

    assert [
        ("warned", "50%", 120, 240),
        ("ended", "50%", 130, 240),
        ("resumed", "50%", 200, 310),
        ("warned", "75%", 250, 310),
    ] == changes(ticket)


def test_a_restart_leaves_the_first_cycle_as_it_ended() -> None:
    """The second cycle is a clock of its own."""
    ticket = told(P1, ("solved", 400), ("reopened", 500), until=1000)

    assert [("warned", "25%", 360, 1440), ("ended", "25%", 400, 1440)] == changes(ticket)
    second = breaches(ticket)[1]
    assert (2, [("warned", 860)]) == (
        second.fields["cycle"],
        [(t.entry["change"], minute(t.entry["at"])) for t in second.transitions],
    )


def test_what_fell_due_while_solved_breaches_a_total_clock_when_reopened() -> None:
    """`total` counts the time in between, so its due instant may lie in it."""
    ticket = told(("created", 0, {"priority": "P1", "team": "network"}), ("solved", 60), ("reopened", 1600), until=1601)

    # Eight office hours from Monday 09:00, closed at noon and at night: due on Tuesday at 10:00, while solved.
    assert [
        ("warned", "50%", 300, 1500),
        ("warned", "75%", 420, 1500),
        ("breached", "breached", 1500, 1500),
        ("warned", "1h over", 1560, 1500),
        ("resumed", "1h over", 1600, 1500),
    ] == changes(ticket)


def test_a_cancelled_ticket_withdraws_its_breaches() -> None:
    """Verdict and breach are taken back."""
    ticket = told(P0, ("cancelled", 250))

    assert ("withdrawn", "breached", 250, 240) == changes(ticket)[-1]
    assert "withdrawn" == status(ticket)
    assert [] == kinds(ticket)


def test_a_cancelled_ticket_that_is_reopened_is_breached_again() -> None:
    """The resolution goes on where it stood, and its breach with it."""
    ticket = told(P0, ("cancelled", 250), ("reopened", 300), until=301)

    assert [("withdrawn", "breached", 250, 240), ("resumed", "breached", 300, 240)] == changes(ticket)[3:]
    assert "breached" == status(ticket)
    assert ["breached"] == kinds(ticket)


def test_a_solved_ticket_that_is_cancelled_withdraws_what_had_ended() -> None:
    """Also a breach that was over is taken back."""
    ticket = told(P0, ("solved", 250), ("cancelled", 260))

    assert [("ended", 250), ("withdrawn", 260)] == [(change, at) for change, _, at, _ in changes(ticket)[3:]]
    assert "withdrawn" == status(ticket)
    assert [] == kinds(ticket)


def test_a_clock_that_no_policy_wants_any_more_is_withdrawn() -> None:
    """The running clock ends cancelled, and what was told of it is taken back."""
    ticket = told(P0, ("updated", 130, {"priority": "P4"}), until=300)

    assert [("warned", "50%", 120, 240), ("withdrawn", "50%", 130, 240)] == changes(ticket)
    assert [] == kinds(ticket)


def test_a_late_fact_leaves_no_trace_of_what_it_withdraws() -> None:
    """Solved, as it turns out, before the first warning: there never was a breach of the resolution."""
    late = story(P0, ("status_changed", 130, WAITING))
    known = fold([*late, parse(said("solved", 60, "e999"))], book(), START + 300 * MINUTE)
    assert known is not None

    assert [] == changes(known)


def test_days_that_ended_while_solved_breach_at_their_due_time() -> None:
    """The due time of business days follows from the start alone, wherever the reopening lies."""
    ticket = told(DAYS, ("solved", 60), ("reopened", 4 * 1440), until=4 * 1440 + 1)

    assert ("breached", "breached", 2880, 2880) in changes(ticket)
    assert ("resumed", "breached", 4 * 1440, 2880) == changes(ticket)[-1]
    assert ["breached"] == kinds(ticket)


def test_each_entry_says_how_many_events_were_in_effect_on_its_instant() -> None:
    """So that id, revision, change and level name it for ever, though a batch brought all at once."""
    ticket = told(
        P0, ("status_changed", 130, WAITING), ("status_changed", 140, OPEN),
        ("status_changed", 150, WAITING), ("status_changed", 160, OPEN), until=170,
    )  # fmt: skip
    breach = breach_of(ticket)
    assert breach is not None

    assert [1, 2, 3, 4, 5] == [transition.entry["revision"] for transition in breach.transitions]


def test_a_hash_holds_all_that_its_latest_entry_holds() -> None:
    """And the status, and the revision of the ticket as it is known now."""
    breach = breach_of(told(P0, ("flagged", 1, {"flag": "major_incident"}), ("solved", 250)))
    assert breach is not None

    assert {"status": "ended", **breach.transitions[-1].entry} == breach.fields
    assert ["major_incident"] == breach.fields["flags"]
    assert START + 250 * MINUTE == breach.ended_at


def test_a_breach_that_a_late_fact_moves_is_another_breach() -> None:
    """A pause told late moves the due instant: the name announced before is withdrawn, and a new one stands."""
    on_time = told(("created", 0, {"priority": "P0"}), until=600)
    paused = told(
        ("created", 0, {"priority": "P0"}),
        ("status_changed", 10, {"status": "on_hold"}),
        ("status_changed", 20, {"status": "open"}),
        until=600,
    )

    def names(ticket: Ticket) -> set[str]:
        return {
            transition.name
            for breach in breaches(ticket)
            if breach.fields["metric"] == "resolution"
            for transition in breach.transitions
            if transition.entry["change"] == "breached"
        }

    assert 1 == len(names(on_time)) == len(names(paused))
    assert names(on_time).isdisjoint(names(paused))
