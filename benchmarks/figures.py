"""How fast the figures are: facts of old months, facts in live windows, and rows through stage 2.

    PYTHONPATH=. python benchmarks/figures.py [--tickets N]

Everything runs in one process on one core; each line is one figure, in µs of that core for one fact, row or document.
What was made before is frozen out of the garbage collector, as a worker does after it has rebuilt its views.
"""

from __future__ import annotations

import argparse
import gc
import random
from collections.abc import Iterator
from time import process_time

from models.fact import Dims, Fact, Gauge
from sla.figures import PartitionFigures, ScopeFigures
from sla.policy.promised import Promised

DAY_MS = 86_400_000
NOW = 1_790_000_000_000
TEAMS = [f"team {n}" for n in range(10)]


def facts_of(rng: random.Random, ticket: int, created: int) -> list[Fact]:
    """A ticket's life in twelve facts."""
    team, priority = rng.choice(TEAMS), f"P{rng.choice((0, 1, 2, 2, 3, 3, 3, 4))}"
    dims = Dims(team, priority, rng.choice((None, "vip", "standard")), rng.choice(("mail", "chat")), 1_000_000)
    person = f"{team} agent {rng.randrange(10)}"
    moment, found = created, []

    def fact(kind: str, metric: str = "-", cycle: int = 0, value: int = 0, who: str | None = person) -> None:
        found.append(Fact(kind, moment, dims, who, metric, cycle, f"{ticket}-{len(found)}", value, ""))

    fact("created", who=None)
    fact("opened", who=None)
    moment += rng.randrange(600_000)
    fact("met", "assignment", 1, moment - created)
    moment += rng.randrange(3_600_000)
    fact("met", "first_response", 1, moment - created)
    fact("first_responses")
    fact("replied")
    moment += rng.randrange(3_600_000)
    fact("met", "next_response", 1, rng.randrange(3_600_000))
    fact("replied")
    moment += rng.randrange(7_200_000)
    fact(rng.choice(("met", "met", "late")), "resolution", 1, moment - created)
    fact("solved", value=1_000_000)
    fact("left", who=None)
    moment += 3_600_000
    fact("closed")
    return found


def tickets(count: int, since: int, until: int) -> Iterator[tuple[str, list[Fact]]]:
    """Tickets created over a stretch of time, in its order."""
    rng = random.Random(7)
    for number in range(count):
        yield f"T{number}", facts_of(rng, number, since + (until - since) * number // count)


def bulk(count: int, since: int, until: int, *, step: int) -> tuple[float, PartitionFigures]:
    """µs a fact when each ticket is handed in `step` facts at a time and rows are asked for at the end."""
    figures = PartitionFigures(0, "Asia/Shanghai")
    figures.advance(NOW)
    work = list(tickets(count, since, until))
    gc.freeze()
    begin = process_time()
    for ticket_id, facts in work:
        old: list[Fact] = []
        for end in range(step, len(facts) + step, step):
            new = facts[:end]
            figures.replace(ticket_id, old, new)
            old = new
    figures.settle()
    spent = process_time() - begin
    return spent * 1e6 / sum(len(facts) for _, facts in work), figures


def live(count: int) -> float:
    """µs a fact when rows are published after every 200 facts, all of the last hours."""
    figures = PartitionFigures(0, "Asia/Shanghai")
    figures.advance(NOW)
    flow = sorted(
        (
            (fact.at, ticket_id, place)
            for ticket_id, facts in tickets(count, NOW - DAY_MS // 2, NOW - 18_000_000)
            for place, fact in enumerate(facts)
        ),
    )
    whole = dict(tickets(count, NOW - DAY_MS // 2, NOW - 18_000_000))
    gc.freeze()
    begin = process_time()
    for number, (_, ticket_id, place) in enumerate(flow):
        facts = whole[ticket_id]
        figures.replace(ticket_id, facts[:place], facts[: place + 1])
        gauge = Gauge(facts[0].dims, facts[3].person, facts[0].at, waiting=False, at_risk=False, breached=False)
        if place == 0:
            figures.gauge(ticket_id, None, gauge)
        elif facts[place].kind == "left":
            figures.gauge(ticket_id, gauge, None)
        if number % 200 == 0:
            figures.changed()
    figures.changed()
    return (process_time() - begin) * 1e6 / len(flow)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=20_000)
    count = parser.parse_args().tickets

    for step in (1, 12):
        spent, _ = bulk(count, NOW - 500 * DAY_MS, NOW - 50 * DAY_MS, step=step)
        print(f"old months, {step:2d} facts at a time     {spent:8.2f} µs a fact")
    spent, figures = bulk(count, NOW - 500 * DAY_MS, NOW - 50 * DAY_MS, step=12)
    gc.freeze()
    begin = process_time()
    old_rows = figures.changed()
    print(f"old months, rows ({len(old_rows)})         {(process_time() - begin) * 1e6 / count / 12:8.2f} µs a fact")

    spent, figures = bulk(count, NOW - DAY_MS // 2, NOW - 18_000_000, step=12)
    print(f"live panes, 12 facts at a time     {spent:8.2f} µs a fact")
    print(f"live panes, rows every 200 facts   {live(count // 4):8.2f} µs a fact")
    gc.freeze()
    begin = process_time()
    rows = figures.changed()
    print(
        f"rows                               {(process_time() - begin) * 1e6 / len(rows):8.2f} µs a row ({len(rows)})"
    )

    scopes = ScopeFigures("Asia/Shanghai", Promised.always(("first_response", "resolution")))
    scopes.watermark(0, NOW)
    scopes.advance()
    gc.freeze()
    begin = process_time()
    for row in rows:
        scopes.upsert(0, 1, row)
    scopes.mark(0, 1)
    print(f"upsert                             {(process_time() - begin) * 1e6 / len(rows):8.2f} µs a row")
    gc.freeze()
    begin = process_time()
    made = sum(1 for _ in (*scopes.documents(), *scopes.totals()))
    print(f"documents                          {(process_time() - begin) * 1e6 / made:8.2f} µs a document ({made})")
    gc.freeze()
    begin = process_time()
    scopes.watermark(0, NOW + 60_000)
    scopes.advance()
    print(f"the next minute                    {(process_time() - begin) * 1e6:8.2f} µs in all")
    gc.freeze()
    begin = process_time()
    made = sum(1 for _ in scopes.kpis())
    print(f"KPI documents                      {(process_time() - begin) * 1e6 / made:8.2f} µs a document ({made})")
    gc.freeze()
    begin = process_time()
    made = sum(1 for _ in scopes.periods())
    print(f"period documents                   {(process_time() - begin) * 1e6 / made:8.2f} µs a document ({made})")


if __name__ == "__main__":
    main()
