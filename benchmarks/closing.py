"""What closing costs with many tickets a year: time and memory of stage 2, from partitions' cells to final totals.

    PYTHONPATH=. python benchmarks/closing.py [--tickets 1000000] [--partitions 4]

Method: one process, CPU time (`time.process_time`), resident memory as Linux says. A day of simulated traffic is folded
once; its tickets' facts are then told again for each day of a year, moved by whole days, so that the year has as many
tickets as asked for. Of stage 1 only the totals take part: its windows cost the same in any year. Partitions' cells are
published once, at the end (in life they are small changes every few seconds: what counts here is the result), and
stage 2 merges them. Then the year is closed:

- a month: every subject of November, after all partitions have been read past its grace
- the turn of the year: December, the quarter, the half and the year of every subject
- all again: the documents of every closed total made anew and compared with what was published, as after a restart

Memory is that of stage 2 alone: the difference before its first row and at the end, with stage 1 let go.
"""

from __future__ import annotations

import argparse
import gc
import os
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from time import process_time

import orjson

from models.event import parse
from models.fact import Fact
from models.instant import parse_ms
from models.partial import PartialRow
from sla.figures import ScopeFigures
from sla.figures.credits import credits_of
from sla.figures.days import Days
from sla.figures.partition import PERIOD_DAYS, UNLIMITED
from sla.figures.totals import Totals
from sla.periods.gifts import gifts_to_months, row_key, row_value
from sla.periods.revision import Published, digest_of
from sla.policy import PolicyBook, load_book
from sla.simulate.traffic import simulate
from sla.ticket.tally import standing
from sla.ticket.ticket import fold

DAY = 86_400_000
BEGIN = parse_ms("2026-01-05T00:00:00+08:00")
LATER = parse_ms("2027-02-01T00:00:00+08:00")
POLICIES = Path(__file__).parents[1] / "policies"


def day_of_facts(book: PolicyBook, tickets: int) -> list[list[Fact]]:
    """The facts of so many tickets created in one day."""
    events: dict[str, list[bytes]] = {}
    for at, said in takewhile(
        lambda one: one[0] < BEGIN + 8 * DAY, simulate(1, BEGIN, tickets / 86_400 * 9, steady=True)
    ):
        name = str(said["ticket_id"])
        if name in events or (said["type"] == "ticket.created" and at < BEGIN + DAY):
            events.setdefault(name, []).append(orjson.dumps(said))
    found = []
    for raw in events.values():
        ticket = fold(map(parse, raw), book, BEGIN + 30 * DAY)
        if ticket is not None:
            found.append(standing(ticket))
    return found


def moved(facts: Iterable[Fact], ms: int) -> list[Fact]:
    """The same facts at another time."""
    return [fact._replace(at=fact.at + ms) for fact in facts]


def resident_mb() -> float:
    """Resident memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def stage1(book: PolicyBook, template: list[list[Fact]], days: int, number: int, partitions: int) -> list[PartialRow]:
    """A partition's cells of totals after the year; its windows are no part of a closing, and left out."""
    calendar = Days(book.zone)
    totals = Totals(calendar)
    for day in range(days):
        for place in range(number, len(template), partitions):
            facts = moved(template[place], day * DAY)
            totals.tally(facts, 1)
            totals.credit(credits_of(facts, totals.periods_of, totals.month_end), 1)
        totals.settle(UNLIMITED)
        totals.forget(calendar.day_of(BEGIN + (day - PERIOD_DAYS) * DAY))
    totals.forget(calendar.day_of(LATER - PERIOD_DAYS * DAY))
    return list(totals.rows())


def close(stage2: ScopeFigures, names: Iterable[tuple[str, str]]) -> Iterator[int]:
    """Closes totals; answers how large each document is."""
    for name in names:
        document = stage2.closing.first(name)
        yield len(orjson.dumps(document))
        stage2.closing.know(name, Published(1, (0,), digest_of(document)))


def seal(stage2: ScopeFigures, partitions: int, at: int) -> None:
    """Every partition has been read to its end."""
    for _ in range(3):
        for number in range(partitions):
            stage2.closing.tell(number, at, at + 10_000)
        stage2.closing.look()


def main() -> None:
    """Measure, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--partitions", type=int, default=4)
    asked = parser.parse_args()
    book, days = load_book(POLICIES), 360
    template = day_of_facts(book, asked.tickets // days)
    tickets = len(template) * days
    print(
        f"{tickets:,} tickets in {days} days, {sum(map(len, template)) * days:,} facts, {asked.partitions} partitions"
    )

    begun, calendar = process_time(), Days(book.zone)
    size = rows = 0
    for number, facts in enumerate(template):
        for month, gift in gifts_to_months(facts, calendar).items():
            size, rows = size + len(row_key(month, f"T{number}") + row_value(month, f"T{number}", gift)), rows + 1
    each = (process_time() - begun) / len(template)
    print(f"gifts: {each * 1e6:.0f} µs a ticket, {rows / len(template):.2f} rows of {size / rows:.0f} bytes")

    cells: list[list[PartialRow]] = []
    begun = process_time()
    for number in range(asked.partitions):
        cells.append(stage1(book, template, days, number, asked.partitions))
        gc.collect()
    first = process_time() - begun
    print(f"stage 1: {first:.0f} s, {first / tickets * 1e6:.0f} µs a ticket, {sum(map(len, cells)):,} cells of totals")

    before, begun = resident_mb(), process_time()
    stage2 = ScopeFigures(book.zone, book.promised, partitions=range(asked.partitions), editions=[("2026", 0)])
    for number, mine in enumerate(cells):
        for row in mine:
            stage2.upsert(number, 1, row)
        stage2.mark(number, 1)
        stage2.watermark(number, LATER)
    stage2.advance()
    merged = process_time() - begun
    print(f"stage 2: {merged:.1f} s to merge, {resident_mb() - before:.0f} MB")

    seal(stage2, asked.partitions, parse_ms("2026-12-09T00:00:00+08:00"))
    months = [name for name in stage2.closing.due() if len(name[0]) == 7 and name[0][-2:].isdigit()]
    for told, due in (
        ("November", [name for name in months if name[0] == "2026-11"]),
        ("the months before", [name for name in months if name[0] != "2026-11"]),
    ):
        begun = process_time()
        sizes = list(close(stage2, due))
        took, mean = process_time() - begun, sum(sizes) / len(sizes) / 1e3
        print(f"{told}: {len(due):,} totals in {took:.1f} s, {took / len(due) * 1e3:.1f} ms and {mean:.0f} kB each")
    seal(stage2, asked.partitions, LATER)
    due = [name for name in stage2.closing.due() if len(name[0]) != 10]
    begun = process_time()
    sizes = list(close(stage2, due))
    took = process_time() - begun
    print(f"the turn of the year: {len(due):,} totals in {took:.1f} s, largest {max(sizes) / 1e3:.0f} kB")
    begun = process_time()
    same = sum(stage2.closing.unchanged(name) is not None for name in stage2.closing.published)
    took, known = process_time() - begun, len(stage2.closing.published)
    print(
        f"all again: {same:,} of {known:,} totals the same, in {took:.1f} s; {resident_mb() - before:.0f} MB at the end"
    )


if __name__ == "__main__":
    main()
