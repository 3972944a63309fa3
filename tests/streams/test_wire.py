"""The workers' own rows are read as they were written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams import wire


@given(st.integers(0, 999), st.integers(0, 2**40), st.text(st.characters(exclude_characters="\0")), st.binary())
def test_a_cell_is_read_as_it_was_written(partition: int, epoch: int, scope: str, cell: bytes) -> None:
    """Whatever bytes a cell's own key has, NUL among them."""
    key = wire.cell_key(partition, epoch, scope, cell)

    assert wire.read(key, b"5") == wire.Cell(partition, epoch, scope, cell, b"5")
    assert wire.read(key, None) == wire.Cell(partition, epoch, scope, cell, None)


def test_keys_of_two_epochs_differ() -> None:
    """An old owner cannot displace a new one's cell by compaction."""
    assert wire.cell_key(1, 5, "all", b"x") != wire.cell_key(1, 6, "all", b"x")


def test_marks_watermarks_and_readers_are_read_as_they_were_written() -> None:
    """One row each."""
    assert wire.read(*wire.mark_row(3, 77)) == wire.Mark(3, 77)
    assert wire.read(*wire.progress_row(3, 77, 1_800_000_000_000, 8)) == wire.Progress(3, 77, 1_800_000_000_000, 8)
    assert wire.read(*wire.reader_row("a")) == wire.Reader("a")


def test_what_nobody_knows_says_nothing() -> None:
    """A removed mark and a kind of a later version are passed over."""
    assert wire.read(b"m1", None) is None
    assert wire.read(b"?later", b"{}") is None


def test_counters_are_read_as_they_were_written() -> None:
    """And fields of a later version are left out."""
    counted = wire.SetAside(to=9, dead_letters=3, misplaced=2, too_late=1)

    assert wire.SetAside.read(counted.row()[1]) == counted
    assert wire.SetAside.read(b'{"to":9,"later":1}') == wire.SetAside(to=9)


def test_a_whole_view_is_read_as_it_was_told() -> None:
    """Its epoch, its book, and what it had been told before it was emptied; older rows say nothing of that."""
    whole = wire.Whole(-1, "digest", 1_700_000_000_000)

    assert (wire.WHOLE, whole) == (whole.row()[0], wire.Whole.read(whole.row()[1]))
    assert wire.Whole(12, "digest", -1) == wire.Whole.read(b'{"epoch":12,"digest":"digest"}')


def test_own_rows_are_no_tickets() -> None:
    """Ids have no control characters, so no ticket's row begins with NUL."""
    assert wire.is_own(wire.owner_row("w", "d", 1)[0])
    assert wire.is_own(wire.watermark_row(1)[0])
    assert not wire.is_own(b"T1\0e1")
