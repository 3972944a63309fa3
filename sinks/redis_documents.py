"""Figures as the operations of their script: which key, which field, how long they live."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

import orjson

from models.kpi import Document
from sinks import keys
from sinks.flat import flat

DAY_MS: Final = 86_400_000
#: How long the slots of a day stay; the whole hash goes when nothing was written for as long.
SLOTS_MS: Final = 8 * DAY_MS
#: How long totals of a day stay after they were last written. Months, quarters and years stay.
DAY_TOTALS_MS: Final = 40 * DAY_MS
#: How long the budget of an objective stays that is in the book no more: one that is, is written anew each minute.
BUDGETS_MS: Final = 8 * DAY_MS

_A_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

_TOTALS: Final = frozenset({"period", "final", "announced"})
Operation = tuple[str, str, str, bytes | str, str]


def operations(documents: Iterable[Document]) -> Iterable[Operation]:
    """Operation, key, field, value and scope of each document, as `redis_documents.lua` takes them.

    Raises:
        ValueError: a document's family is unknown.
    """
    for document in documents:
        family, scope, field, value = document
        if family == "kpi":
            key, lifetime, listed = keys.kpi(scope), "", scope
        elif family == "live":
            key, lifetime, listed = keys.live(scope), "", scope
        elif family == "day":
            key, lifetime, listed = keys.day(scope), f":{SLOTS_MS}", scope
        elif family == "since":
            yield "since", keys.day(scope), "", field, ""
            continue
        elif family in _TOTALS:
            yield from _of_period(document)
            continue
        elif family == "budget":
            key, lifetime, listed = keys.budget(scope), f":{BUDGETS_MS}", ""
        else:
            known = "kpi, live, day, since, period, final, announced, budget"
            msg = f"unknown family of documents {family!r}; known are {known}"
            raise ValueError(msg)
        in_hash = family in ("kpi", "day")
        if value is None:
            yield "remove", key, field if in_hash else "", "", ""
        elif not isinstance(value, bytes):
            yield f"replace{lifetime}", key, "", orjson.dumps(flat(value)), listed
        else:
            yield f"{'hset' if in_hash else 'set'}{lifetime}", key, field if in_hash else "", value, listed


def _of_period(document: Document) -> Iterable[Operation]:
    family, subject, period, value = document
    if family != "announced":
        lifetime = f":{DAY_TOTALS_MS}" if _A_DAY.fullmatch(period) else ""
        key = keys.period(period, subject)
        yield (f"set{lifetime}", key, "", value, "") if isinstance(value, bytes) else ("remove", key, "", "", "")
    if family != "period":
        said = orjson.loads(value) if isinstance(value, bytes) else value
        yield _announcement(period, subject, said)


def _announcement(period: str, subject: str, said: Mapping[str, str | int] | None) -> Operation:
    """An entry of `sla:periods`, which is made once for each revision; or, of what is kept no longer, its memory."""
    name = f"{period}/{subject}"
    if said is None:
        return "remove", keys.ANNOUNCED, name, "", ""
    entry = {"period": period, "subject": subject, "revision": said["revision"], "as_of": said["as_of"]}
    return f"announce:{said['revision']}", keys.PERIODS, name, orjson.dumps(flat(entry)), ""
