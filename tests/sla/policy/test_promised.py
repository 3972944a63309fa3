"""Which metrics are pooled, and when that changes."""

from __future__ import annotations

from sla.policy.promised import Promised

OLD, NEW = ("first_response", "resolution"), ("update",)


def test_each_edition_promises_from_its_instant_on() -> None:
    """The very instant is the new edition's; before the first edition, the first one's promises hold."""
    promised = Promised([(100, OLD), (200, NEW)])

    assert [OLD, OLD, OLD, NEW, NEW] == [promised.at(at) for at in (-5, 100, 199, 200, 10_000)]


def test_an_edition_that_promises_the_same_changes_nothing() -> None:
    """Only other promises are a change, wherever they begin; one that is over again was a change, too."""
    promised = Promised([(float("-inf"), OLD), (100, OLD), (200, NEW), (300, OLD)])

    assert not promised.changes(0, 199)
    assert promised.changes(199, 200)
    assert not promised.changes(200, 299)
    assert promised.changes(150, 400)
    assert not promised.changes(300, 10_000)
