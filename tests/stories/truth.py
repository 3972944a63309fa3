"""What has to stand in Redis, told from the events alone by `replay` and the same pure parts; and whether it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from models.instant import format_ms, parse_ms
from models.scope import encode
from sinks import keys
from sinks.flat import texts
from sla.figures import PartitionFigures, ScopeFigures
from sla.figures.days import Days
from sla.partition.egress import ticket_write
from sla.policy import PolicyBook
from sla.replay import EventSet, replay
from sla.ticket.document import document
from sla.ticket.tally import standing
from sla.ticket.ticket import fold
from tests.stories.words import DAY

#: What moves with time alone on a clock that is open: compared as of the document's own instant.
MOVING = ("counted_s", "paused_s", "remaining_s", "ledger")

#: What closing says of a total, some seconds after its time has come; see tests/stories/test_closing.py.
CLOSING = ("as_of", "revision", "final", "difference", "causes")

Json = dict[str, Any]
Told = tuple[str, str, str]  # change, level, at


@dataclass
class Truth:
    """All that Redis should hold as of an instant in ms."""

    as_of: int
    book: PolicyBook
    events: EventSet
    tickets: dict[str, Json] = field(default_factory=dict)
    breaches: dict[str, dict[str, str]] = field(default_factory=dict)
    told: dict[str, list[Told]] = field(default_factory=dict)
    members: dict[str, dict[str, int]] = field(default_factory=dict)
    kpis: dict[tuple[str, str], Json] = field(default_factory=dict)
    lives: dict[str, dict[str, str]] = field(default_factory=dict)
    days: dict[str, dict[str, Json]] = field(default_factory=dict)
    periods: dict[tuple[str, str], Json] = field(default_factory=dict)
    budgets: dict[str, Json] = field(default_factory=dict)
    since: int = 0  # where the tickets behind a figure begin to be listed


def truth_of(values: Iterable[bytes], book: PolicyBook, as_of: int) -> Truth:
    """The truth that events lead to, in the order of the log, known as of `as_of`."""
    events = EventSet()
    for number, value in enumerate(values):
        events.add(value, str(number))
    result = replay(events, book, as_of)
    days = Days(book.zone)
    truth = Truth(as_of, book, events, since=min(as_of - DAY, days.start_of(days.day_of(as_of))))
    truth.tickets = {said["ticket_id"]: said for said in map(orjson.loads, result.tickets)}
    truth.kpis = {(said["scope"], said["window"]): said for said in map(orjson.loads, result.kpis)}
    truth.periods = {(said["period"], said["subject"]): said for said in map(orjson.loads, result.periods)}
    truth.budgets = {keys.budget(said["objective"]): said for said in map(orjson.loads, result.budgets)}
    figures = PartitionFigures(0, book.zone)
    figures.advance(as_of)
    for ticket_id in truth.tickets:
        ticket = fold(events.tickets[ticket_id].values(), book, as_of)
        assert ticket is not None
        write = ticket_write(ticket, as_of, truth.since)
        for family, scope, member, score in write.members:
            truth.members.setdefault(keys.member(family, scope), {})[member] = score
        for breach in write.breaches:
            truth.breaches[breach.id] = texts(breach.fields)
            truth.told[breach.id] = [(entry["change"], entry["level"], entry["at"]) for _, entry in breach.transitions]
        figures.replace(ticket_id, [], standing(ticket))
        figures.gauge(ticket_id, None, ticket.gauge())
    for family, scope, name, value in _merged(figures, book, as_of).documents(whole=True):
        if family == "live" and isinstance(value, dict):
            truth.lives[scope] = texts(value)
        elif family == "day" and isinstance(value, bytes):
            truth.days.setdefault(scope, {})[name] = orjson.loads(value)
    lines = {said["id"]: texts(said) for said in map(orjson.loads, result.breaches)}
    assert lines == {ident: _without(said, "revision") for ident, said in truth.breaches.items()}
    return truth


def _merged(figures: PartitionFigures, book: PolicyBook, as_of: int) -> ScopeFigures:
    merged = ScopeFigures(book.zone, book.promised)
    for row in figures.dump():
        merged.upsert(0, 0, row)
    merged.mark(0, 0)
    merged.watermark(0, as_of)
    merged.advance()
    return merged


def differences(
    truth: Truth, view: Mapping[str, Any], settled: frozenset[str] = frozenset(), *, late: bool = False
) -> list[str]:
    """Where Redis (`tests.stories.desk.View`) is not the truth, a line each; of settled tickets only figures stand.

    `late` says that events came after what they should have prevented: an entry may then speak of another instant.
    """
    return [
        *_tickets(truth, view, settled),
        *_breaches(truth, view, settled),
        *_members(truth, view, settled),
        *_figures(truth, view),
        *_announced(truth, view, settled, late=late),
    ]


def _tickets(truth: Truth, view: Mapping[str, Any], settled: frozenset[str]) -> Iterable[str]:
    docs = {key.removeprefix("sla:ticket:"): doc for key, doc in view.items() if key.startswith("sla:ticket:")}
    expected = {encode(ticket_id): ticket_id for ticket_id in truth.tickets if ticket_id not in settled}
    yield from (f"ticket {name} is missing" for name in expected.keys() - docs.keys())
    yield from (f"ticket {name} is too many" for name in docs.keys() - expected.keys())
    for name in expected.keys() & docs.keys():
        ticket_id, doc = expected[name], orjson.loads(docs[name])
        yield from _unequal(f"ticket {name}", _still(truth.tickets[ticket_id]), _still(_without(doc, "as_of")))
        then = parse_ms(doc["as_of"])
        if then > truth.as_of:
            continue
        ticket = fold(truth.events.tickets[ticket_id].values(), truth.book, then)
        exact = None if ticket is None else orjson.loads(orjson.dumps(document(ticket, then)))
        yield from _unequal(f"ticket {name} as of {doc['as_of']}", exact, _without(doc, "as_of"))


def _still(doc: Json) -> Json:
    """A ticket's document without what moves by time alone."""
    return doc | {
        "clocks": [_without(clock, *MOVING) if clock["stopped_at"] is None else clock for clock in doc["clocks"]]
    }


def _breaches(truth: Truth, view: Mapping[str, Any], settled: frozenset[str]) -> Iterable[str]:
    found = {key.removeprefix("sla:breach:"): said for key, said in view.items() if key.startswith("sla:breach:")}
    for ident, said in truth.breaches.items():
        if ident in found:
            yield from _unequal(f"breach {ident}", said, _without(found[ident], "backlog"))
        elif said["ticket"] not in settled:
            yield f"breach {ident} is missing"
    for ident in found.keys() - truth.breaches.keys():
        if found[ident]["status"] != "withdrawn":
            yield f"breach {ident} is {found[ident]['status']}, and no fact says so"


def _members(truth: Truth, view: Mapping[str, Any], settled: frozenset[str]) -> Iterable[str]:
    families = ("sla:open:", "sla:due", "sla:decided:", "sla:active", "sla:incidents")
    names = {key for key in view if key.startswith(families)} | truth.members.keys()
    for key in names:
        expected, found = truth.members.get(key, {}), view.get(key, {})
        if key == "sla:incidents":
            expected = dict.fromkeys(expected, 0)
        elif key.startswith("sla:decided:"):
            # What is past its day is taken out piece by piece.
            found = {member: score for member, score in found.items() if score >= truth.since}
        if settled:
            expected = {member: score for member, score in expected.items() if not settled & {*member.split("/")[:2]}}
        yield from _unequal(key, expected, found)
    scopes = {scope for scope, _ in truth.kpis} | {
        key.split(":", 2)[2] for key, members in truth.members.items() if members and key.count(":") > 1
    }
    yield from (f"sla:scopes lacks {scope}" for scope in scopes - set(view.get("sla:scopes", ())))


def _figures(truth: Truth, view: Mapping[str, Any]) -> Iterable[str]:
    kpis = {
        f"{key}/{window}": _without(orjson.loads(doc), "as_of")
        for key, docs in view.items()
        if key.startswith("sla:kpi:")
        for window, doc in docs.items()
    }
    expected = {f"sla:kpi:{scope}/{window}": _without(doc, "as_of") for (scope, window), doc in truth.kpis.items()}
    yield from _unequal("kpi", expected, kpis)
    lives = {key: _without(said, "as_of") for key, said in view.items() if key.startswith("sla:live:")}
    expected = {f"sla:live:{scope}": _without(said, "as_of") for scope, said in truth.lives.items()}
    yield from _unequal("live", expected, lives)
    first_slot = format_ms(truth.as_of - 8 * DAY)
    days = {f"sla:day:{scope}": slots for scope, slots in truth.days.items()}
    for key in days.keys() | {key for key in view if key.startswith("sla:day:")}:
        found = {slot: orjson.loads(doc) for slot, doc in view.get(key, {}).items() if slot >= first_slot}
        slots = {slot: doc for slot, doc in days.get(key, {}).items() if slot >= first_slot}
        yield from _unequal(key, slots, found)
    budgets = {key: _without(orjson.loads(doc), "as_of") for key, doc in view.items() if key.startswith("sla:budget:")}
    yield from _unequal("", {key: _without(said, "as_of") for key, said in truth.budgets.items()}, budgets)
    first_day = format_ms(truth.as_of - 40 * DAY)[:10]
    totals = {
        key.removeprefix("sla:period:"): _without(orjson.loads(doc), *CLOSING)
        for key, doc in view.items()
        if key.startswith("sla:period:") and _is_short(key)
    }
    periods = {
        f"{period}:{subject}": _without(doc, *CLOSING)
        for (period, subject), doc in truth.periods.items()
        if _is_short(f"sla:period:{period}:")
    }
    for name in periods.keys() | totals.keys():
        past = len(name.split(":")[0]) == 10 and name[:10] <= first_day
        if name not in periods and past:
            continue  # days of long ago expire by themselves
        yield from _unequal(f"period {name}", periods.get(name), totals.get(name))


def _is_short(key: str) -> bool:
    """Whether a total is a day's or a month's: longer ones are told by the minute."""
    period = key.split(":")[2]
    return len(period) == 10 or (len(period) == 7 and period[-2:].isdigit())


def _announced(truth: Truth, view: Mapping[str, Any], settled: frozenset[str], *, late: bool) -> Iterable[str]:
    kept = 2 if late else 3
    names: set[tuple[str, ...]] = set()
    told: dict[str, list[tuple[str, ...]]] = {}
    for entry in view.get("sla:breaches", ()):
        name = (entry["id"], entry["revision"], entry["change"], entry["level"])
        if name in names:
            yield f"announced twice: {name}"
        names.add(name)
        told.setdefault(entry["id"], []).append((entry["change"], entry["level"], entry["at"])[:kept])
    true = {ident: [change[:kept] for change in changes] for ident, changes in truth.told.items()}
    for ident, changes in true.items():
        if ident.split("/")[0] in settled:
            continue
        missing = [change for change in changes if change not in told.get(ident, ())]
        if missing:
            yield f"never announced of {ident}: {missing}"
    for ident, changes in told.items():
        last_withdrawn = max((at for at, change in enumerate(changes) if change[0] == "withdrawn"), default=-1)
        expected = true.get(ident, ())
        wrong = [change for change in changes[last_withdrawn + 1 :] if change not in expected]
        if wrong:
            yield f"announced of {ident}, never true and not withdrawn: {wrong}"


def _unequal(name: str, expected: Any, found: Any, depth: int = 0) -> Iterable[str]:
    """Where two values differ, by path."""
    if expected == found:
        return
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            if key not in found:
                yield f"{name}.{key} is missing: {str(expected[key])[:200]}"
            elif key not in expected:
                yield f"{name}.{key} is too many: {str(found[key])[:200]}"
            else:
                yield from _unequal(f"{name}.{key}", expected[key], found[key], depth + 1)
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for place, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from _unequal(f"{name}[{place}]", one, other, depth + 1)
    else:
        yield f"{name}: expected {str(expected)[:300]}, found {str(found)[:300]}"


def _without(said: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in names}
