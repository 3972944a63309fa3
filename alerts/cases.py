"""Cases: rules of alerting tested like policies. A case is a story of entries, and the notices that it should lead to.

    id: an emergency wakes the one on duty
    alerts: {…}                  # as alerts.yaml; default: the rules of the folder
    policies: {…}                # as an edition; default: the book of the folder
    entries:                     # as in `sla:breaches`; only change, ticket, metric and at are needed
      - {at: 2026-03-02T02:11:15Z, change: warned, level: 75%, ticket: T-1, metric: first_response, priority: P0}
    acknowledged: [{at: …, id: T-1/first_response/1, by: Li Na}]
    silences: [{at: …, until: …, matchers: [team="网络"]}]
    duty: [{at: …, who: lead, until: …}]
    incidents: [{at: …, open: [T-9], issue_keys: [NET-1]}]
    until: 2026-03-02T03:00:00Z
    expect:                      # exactly these notices, in this order; only the fields named are compared
      - {at: 2026-03-02T02:11:15Z, kind: firing, receiver: room, ids: [T-1/first_response/1]}
"""  # noqa: D208 - the case is drawn as it is

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from alerts.decider import Decider
from alerts.entry import EntryError, entry_from
from alerts.matchers import matcher
from alerts.memory import DutyOverride, Memory, Silence
from alerts.muting import Incidents
from alerts.notice import Notice
from alerts.play import Happening, play
from alerts.reading import rules_from
from alerts.rules import Rules
from models.instant import format_ms, parse_ms
from sla.policy import PolicyBook, PolicyError, book_from
from sla.policy.words import Unreadable

STORY: Final = ("entries", "acknowledged", "silences", "duty", "incidents")
KEYS: Final = frozenset(("id", "note", "source", "alerts", "policies", "until", "expect", *STORY))


class AlertCaseError(ValueError):
    """A case that cannot be run.

    Operator action: mend the case at the field that the message names.
    """


def run_alert_case(case: Mapping[str, Any], rules: Rules | None, book: PolicyBook) -> list[str]:
    """What the case expects and does not get, one line each; empty when it holds.

    Raises:
        AlertCaseError: the case cannot be run.
    """
    unknown = sorted(set(case) - KEYS)
    if unknown:
        msg = f"unknown field {unknown[0]!r}; known are {', '.join(sorted(KEYS))}"
        raise AlertCaseError(msg)
    try:
        expected = [dict(one) for one in case["expect"]]
        return compare(expected, notices_of(case, rules, book))
    except KeyError as missing:
        msg = f"field {missing} is missing"
        raise AlertCaseError(msg) from None
    except (PolicyError, EntryError, Unreadable, ValueError, TypeError, AttributeError) as error:
        raise AlertCaseError(str(error)) from error


def notices_of(case: Mapping[str, Any], rules: Rules | None, book: PolicyBook) -> list[Notice]:
    """What a case's story leads to."""
    if "policies" in case:
        book = book_from(case["policies"])
    if "alerts" in case:
        rules = rules_from(case["alerts"], book)
    if rules is None:
        msg = "there are no rules: write `alerts:` in the case, or alerts.yaml in the folder of the policies"
        raise AlertCaseError(msg)
    story = [happening for field, read in _READ.items() for one in case.get(field, ()) for happening in read(one)]
    return play(Decider(rules, book, Memory()), story, parse_ms(case["until"]))


def compare(expected: list[dict[str, Any]], got: list[Notice]) -> list[str]:
    """Where notices differ from what was expected."""
    failures = []
    for index, (wanted, notice) in enumerate(zip(expected, got, strict=False), 1):
        shown = shown_notice(notice)
        for field, value in wanted.items():
            if field not in shown:
                msg = f"expect[{index}].{field}: a notice has no such field; it has {', '.join(shown)}"
                raise AlertCaseError(msg)
            if not _same(field, value, shown[field]):
                failures.append(f"notice {index}: {field}: expected {value!r}, got {shown[field]!r}")
    failures += [f"expected one more notice: {one}" for one in expected[len(got) :]]
    failures += [f"one notice too many: {sentence(one)}" for one in got[len(expected) :]]
    return failures


def shown_notice(notice: Notice) -> dict[str, Any]:
    """A notice as cases compare it."""
    return {
        "at": format_ms(notice.at),
        "kind": notice.kind.value,
        "receiver": notice.receiver,
        "recipient": notice.recipient,
        "ids": sorted(one.id for one in notice.alerts),
        "levels": sorted({one.level for one in notice.alerts}),
        "severity": notice.severity.value,
        "reason": notice.reason,
        "still_open": notice.still_open,
    }


def sentence(notice: Notice) -> str:
    """A notice in a line."""
    names = [one.id for one in notice.alerts]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    why = f" ({notice.reason})" if notice.reason else ""
    level = f" {notice.alerts[0].level}" if notice.alerts else ""
    whom = notice.receiver if notice.recipient in ("", notice.receiver) else f"{notice.receiver} ({notice.recipient})"
    return f"{format_ms(notice.at)}  {notice.kind.value}{why}  → {whom}: {', '.join(names[:3])}{more}{level}"


def _same(field: str, wanted: Any, got: Any) -> bool:
    if field == "at":
        return parse_ms(str(wanted)) == parse_ms(got)
    return sorted(wanted) == got if isinstance(wanted, list) else bool(wanted == got)


def _entry(one: Mapping[str, Any]) -> list[Happening]:
    entry = entry_from(one)
    seen_at = parse_ms(one["seen_at"]) if "seen_at" in one else entry.at
    return [(seen_at, lambda decider, now: decider.take([entry], now))]


def _acknowledged(one: Mapping[str, Any]) -> list[Happening]:
    name, by, at = one["id"], one["by"], parse_ms(one["at"])
    return [(at, lambda decider, now: decider.acknowledge(name, by, now))]


def _silence(one: Mapping[str, Any]) -> list[Happening]:
    at, until = parse_ms(one["at"]), parse_ms(one["until"])
    name = str(one.get("id", format_ms(at)))
    made = Silence(name, tuple(matcher(text) for text in one["matchers"]), at, until, "case", "")
    return [(at, lambda decider, _: decider.memory.silences.__setitem__(name, made))]


def _duty(one: Mapping[str, Any]) -> list[Happening]:
    at = parse_ms(one["at"])
    override = DutyOverride(one["who"], parse_ms(one["until"]), at)
    return [(at, lambda decider, _: setattr(decider.memory, "duty", override))]


def _incidents(one: Mapping[str, Any]) -> list[Happening]:
    seen = Incidents(frozenset(one["open"]), frozenset(one.get("issue_keys", ())))
    return [(parse_ms(one["at"]), lambda decider, _: decider.see(seen))]


_READ: Final[dict[str, Callable[[Mapping[str, Any]], list[Happening]]]] = {
    "silences": _silence,
    "duty": _duty,
    "incidents": _incidents,
    "entries": _entry,
    "acknowledged": _acknowledged,
}
