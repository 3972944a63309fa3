"""Epochs fence partials: a new owner's rows stand, an older owner's change nothing."""

from __future__ import annotations

import pytest

from models.partial import FORMAT, PartialRow
from sla.figures import PartitionFigures
from sla.figures.rows import EMPTY, NewerFormatError, key_of
from tests.sla.figures.build import NOW, ZONE, Desk, at, fact


def rows_of(*moments: int, ticket: str = "t") -> list[PartialRow]:
    """What an owner publishes that knows creations at these instants."""
    figures = PartitionFigures(0, ZONE)
    figures.advance(NOW)
    figures.replace(ticket, (), [fact("created", moment) for moment in moments])
    return list(figures.dump())


def created(desk: Desk, window: str = "1h") -> int:
    """The creations that `all` shows."""
    desk.stage2.watermark(0, desk.now)
    desk.stage2.advance()
    desk.tell()
    return int(desk.kpi("all", window)["created"]) if ("kpi", "all", window) in desk.view else 0


def hear(desk: Desk, epoch: int, rows: list[PartialRow]) -> None:
    for row in rows:
        desk.stage2.upsert(0, epoch, row)


def test_the_old_set_stands_until_the_mark() -> None:
    """While a new owner publishes, nothing is lost and nothing counts twice; at the mark the rest is dropped."""
    desk = Desk()
    hear(desk, 1, rows_of(at("09:10"), at("09:20")))
    desk.stage2.mark(0, 1)
    seen = [created(desk)]
    new = rows_of(at("09:20"))
    hear(desk, 2, new[: len(new) // 2])
    seen.append(created(desk))
    hear(desk, 2, new)
    seen.append(created(desk))
    desk.stage2.mark(0, 2)
    seen.append(created(desk))

    assert [2, 2, 2, 1] == seen


def test_the_mark_names_the_rows_that_were_not_renewed() -> None:
    """Who keeps the topic can then remove them."""
    desk = Desk()
    hear(desk, 1, rows_of(at("09:10")))
    desk.stage2.mark(0, 1)
    hear(desk, 2, rows_of(at("09:20")))
    stale = desk.stage2.mark(0, 2)

    minutes = {("all", key_of("m", at("09:10") // 60_000))}
    assert minutes <= set(stale)
    assert ("all", key_of("m", at("09:20") // 60_000)) not in stale


def test_an_older_owner_is_not_heard_after_the_mark() -> None:
    """One that was frozen and wakes says nothing any more, nor can its mark drop anything."""
    desk = Desk()
    hear(desk, 2, rows_of(at("09:20")))
    desk.stage2.mark(0, 2)
    hear(desk, 1, rows_of(at("09:10"), at("09:15")))
    desk.stage2.mark(0, 1)

    assert 1 == created(desk)


def test_an_older_owner_does_not_overwrite_a_newer_one_before_the_mark() -> None:
    """Not even with a row that the newer one has emptied."""
    desk = Desk()
    old = rows_of(at("09:20"))
    hear(desk, 2, [row._replace(value=EMPTY) for row in old])
    hear(desk, 1, old)

    assert 0 == created(desk)


def test_repeats_are_harmless() -> None:
    """The same rows twice are the same figures."""
    desk = Desk()
    rows = rows_of(at("09:10"), at("09:20"))
    hear(desk, 1, rows + rows)

    assert 2 == created(desk)


def test_each_partition_has_its_own_epochs() -> None:
    """A takeover of one partition leaves the others' rows alone."""
    desk = Desk(2)
    desk.stage2.watermark(1, desk.now)
    hear(desk, 7, rows_of(at("09:10")))
    for row in rows_of(at("09:20"), ticket="u"):
        desk.stage2.upsert(1, 3, row)
    desk.stage2.mark(0, 8)
    desk.stage2.mark(1, 3)

    assert 1 == created(desk)


def test_a_row_of_a_newer_build_is_refused_in_words() -> None:
    """It is not misread; the message says what to do."""
    desk = Desk()
    with pytest.raises(NewerFormatError, match="run one build on all workers"):
        desk.stage2.upsert(0, 1, PartialRow("all", key_of("m", NOW // 60_000), b"[%d,[0],[1]]" % (FORMAT + 1)))


def test_only_changed_cells_travel() -> None:
    """A publication carries the cells that something happened in; after none, nothing."""
    figures = PartitionFigures(0, ZONE)
    figures.advance(NOW)
    facts = [fact("created", at("09:10"))]
    figures.replace("t", (), facts)
    first = {(row.scope, row.key) for row in figures.changed()}
    figures.replace("t", facts, [*facts, fact("closed", at("09:20"))])
    second = {(row.scope, row.key) for row in figures.changed()}

    assert ("all", key_of("m", at("09:10") // 60_000)) in first
    assert {key_of("m", at("09:20") // 60_000)} == {key for _, key in second if key.startswith(b'["m"')}
    assert [] == figures.changed()


def test_what_time_leaves_behind_is_told_as_tombstones() -> None:
    """Every minute, slot and day that was published is removed from the topic when it falls out; months stay."""
    figures = PartitionFigures(0, ZONE)
    figures.advance(NOW)
    figures.replace("t", (), [fact("created", at("09:10")), fact("opened", at("09:10"))])
    published = {(row.scope, row.key) for row in figures.changed()}
    figures.advance(NOW + 50 * 86_400_000)
    rows = figures.changed()
    kept = {(row.scope, row.key) for row in figures.dump()}

    assert {b""} == {row.value for row in rows}
    assert published == {(row.scope, row.key) for row in rows} | kept
    assert {"t", "o", "k"} == {chr(key[2]) for _, key in kept}


def test_what_was_dumped_is_not_told_again() -> None:
    """After a takeover only what changed since travels, although something changed while the dump was read."""
    figures = PartitionFigures(0, ZONE)
    figures.advance(NOW)
    figures.replace("t", (), [fact("created", at("09:10"))])
    dump = figures.dump()
    first = next(dump)
    figures.replace("u", (), [fact("created", at("09:20"))])
    rest = list(dump)
    told = {(row.scope, row.key) for row in figures.changed()}

    assert ("all", key_of("m", at("09:20") // 60_000)) in told
    assert not {key for scope, key in told if key == key_of("m", at("09:10") // 60_000)}
    assert at("09:10") // 60_000 in {int(row.key[5:-1]) for row in (first, *rest) if row.key.startswith(b'["m"')}


def test_figures_can_be_worked_through_in_pieces() -> None:
    """Piece by piece or all at once: the rows are the same."""
    whole, pieces = PartitionFigures(0, ZONE), PartitionFigures(0, ZONE)
    for figures in (whole, pieces):
        figures.advance(NOW)
        for number in range(20):
            figures.replace(f"t{number}", (), [fact("created", at("09:10") + number), fact("replied", at("09:12"))])
    rounds = 1
    while pieces.settle(3):
        rounds += 1

    assert rounds > 7
    assert sorted(whole.changed()) == sorted(pieces.changed())
