"""A round holds once every partition has seen what the latest of them had read."""

from __future__ import annotations

from sla.periods.seals import SKEW_MS, Seals


def test_nothing_is_sealed_before_every_partition_has_spoken() -> None:
    """One that is silent holds all up."""
    seals = Seals(range(2))
    seals.tell(0, 100, 100 + 2 * SKEW_MS)

    assert not seals.look()
    assert not seals.look()
    assert (-1, 0) == (seals.sealed, seals.round)


def test_a_round_holds_when_all_have_seen_the_latest_of_it() -> None:
    """The least that was read is sealed, though one of them was further."""
    seals = Seals(range(2))
    seals.tell(0, 1_000, 0)
    seals.tell(1, 5_000, 0)
    assert not seals.look()
    seals.tell(0, 9_000, 5_000 + SKEW_MS)
    seals.tell(1, 9_000, 5_000 + SKEW_MS - 1)
    assert not seals.look()
    seals.tell(1, 9_000, 5_000 + SKEW_MS)

    assert seals.look()
    assert (1_000, 1) == (seals.sealed, seals.round)


def test_what_was_told_after_it_was_read_is_waited_for() -> None:
    """To write what has been read takes time: what all have seen before that is not all there is to see."""
    seals = Seals(range(2))
    for partition in range(2):
        seals.tell(partition, 1_000, 0, 8_000)
    assert not seals.look()
    for partition in range(2):
        seals.tell(partition, 1_500, 7_000 + SKEW_MS, 8_500)
    assert not seals.look()
    for partition in range(2):
        seals.tell(partition, 2_000, 8_000 + SKEW_MS, 9_500)

    assert seals.look()
    assert 1_000 == seals.sealed


def test_what_changes_now_is_covered_by_the_round_after_the_one_that_waits() -> None:
    """The one that waits was taken before it."""
    seals = Seals(range(1))
    assert 0 == seals.current
    seals.tell(0, 1_000, 0)
    seals.look()
    assert 1 == seals.current
    seals.tell(0, 4_000, 4_000)
    assert seals.look()
    assert (1, 2) == (seals.round, seals.current)


def test_what_is_sealed_never_goes_back() -> None:
    """A partition that says less than before has said nothing."""
    seals = Seals()
    for read in (1_000, 5_000, 2_000, 9_000, 3_000, 14_000):
        before = seals.sealed
        seals.tell(0, read, read)
        seals.look()
        assert seals.sealed >= before
    assert 9_000 == seals.sealed


def test_a_partition_that_was_never_read_to_its_end_seals_nothing() -> None:
    """Silence is not the end of a log."""
    seals = Seals(range(1))
    seals.tell(0, -1, 10**12)

    assert not seals.look()
    assert not seals.look()
