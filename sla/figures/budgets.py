"""Stage 2 of objectives: what is left of each one's allowance, and how fast it burns.

Only sums of whole numbers are kept, and every share is one division of them: the same facts in any order give the same
document, to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from models.budget import BURN_WINDOWS
from models.instant import format_ms
from models.kpi import WINDOW_MINUTES
from models.objective import Aimed
from sla.figures.codes import Cell, merge
from sla.figures.days import Days, period_id
from sla.figures.panes import MINUTE_MS
from sla.figures.rows import key_of, read_cell, read_list
from sla.figures.spans import Span, first_day, span_of
from sla.figures.verdicts import COUNTED, DAY, MINUTE, counts_of
from sla.figures.windows import Windows

_WHOLE = 1_000_000
#: A day of a budget, as `models.budget.BudgetDay`.
Point = dict[str, Any]


class Budgets:
    """The budgets of the objectives whose verdicts are handed in.

    `in_force` answers the objectives in force at an instant in ms.
    """

    def __init__(self, zone: str, in_force: Callable[[int], Sequence[Aimed]]) -> None:
        self._days = Days(zone)
        self._in_force = in_force
        self._windows = Windows()
        self._by_day: dict[str, dict[int, Cell]] = {}
        self._counted: dict[str, int] = {}  # subject → partitions that count it
        self._changed: set[str] = set()
        self._told: dict[str, str] = {}  # objective → subject
        # Days that are over, told once: subject → (period, spare) → points, decided, breached.
        self._over: dict[str, dict[tuple[str, int], tuple[list[Point], int, int]]] = {}
        self._minute = self._day = 0  # the first ones that are kept
        self._today = 0
        self._spans: dict[str, Span] = {}  # of today, by kind of period
        self._as_of = -1

    def is_past(self, place: Sequence[Any]) -> bool:
        """Whether a row tells of what is past and dropped already."""
        kind = place[0]
        return bool((kind == MINUTE and place[1] < self._minute) or (kind == DAY and place[1] < self._day))

    def apply(self, subject: str, place: Sequence[Any], old: bytes, new: bytes) -> None:
        """Replaces a partition's part of whatever a row tells of."""
        kind = place[0]
        self._changed.add(subject)
        if kind == COUNTED:
            self._counted[subject] = self._counted.get(subject, 0) + len(read_list(new)) - len(read_list(old))
            return
        before, after = read_cell(old)[0], read_cell(new)[0]
        if kind == MINUTE:
            self._windows.apply(subject, place[1], before, after, {})
        else:
            if place[1] < self._today:
                self._over.pop(subject, None)
            days = self._by_day.setdefault(subject, {})
            cell = days.setdefault(place[1], {})
            merge(cell, before, -1)
            merge(cell, after)
            if not cell:
                del days[place[1]]

    def advance(self, as_of: int) -> list[tuple[str, bytes]]:
        """Moves on to the minute of an instant; answers the rows (subject, key) that are forgotten with that."""
        before, self._as_of = self._as_of, as_of
        if before >= 0 and before // MINUTE_MS == as_of // MINUTE_MS:
            return []
        end = as_of // MINUTE_MS + 1
        self._windows.move({window: (end - length, end) for window, length in WINDOW_MINUTES.items()})
        self._minute = end - max(WINDOW_MINUTES.values())
        self._day = first_day(self._days, as_of)
        today = self._days.day_of(as_of)
        if today != self._today:
            self._today = today
            self._over.clear()
            self._spans.clear()
        gone = [(subject, key_of(MINUTE, minute)) for subject, minute in self._windows.forget(self._minute)]
        for subject, days in self._by_day.items():
            for day in [day for day in days if day < self._day]:
                del days[day]
                gone.append((subject, key_of(DAY, day)))
        self._changed.update(self._counted)
        return gone

    def changed(self, *, whole: bool = False) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """(objective, document) of what changed since the last call, or of all; None: it is no longer in force.

        An objective is told only where its aim is counted, so that one place speaks of it.
        """
        if self._as_of < 0:
            return
        everywhere = self._in_force(self._as_of)
        here = [aimed for aimed in everywhere if self._counted.get(aimed.aim.subject)]
        present = {aimed.objective.name: aimed.aim.subject for aimed in here}
        names = {aimed.objective.name for aimed in everywhere}
        gone = [name for name in self._told if name not in present]
        new = {name for name, subject in present.items() if self._told.get(name) != subject}
        self._told = present
        for name in gone:
            if name not in names:  # else another place speaks of it now
                yield name, None
        changed, self._changed = self._changed, set()
        for aimed in here:
            if whole or aimed.aim.subject in changed or aimed.objective.name in new:
                yield aimed.objective.name, self._document(aimed)

    def _document(self, aimed: Aimed) -> dict[str, Any]:
        objective, subject = aimed.objective, aimed.aim.subject
        span = self._spans.get(objective.period)
        if span is None:
            span = self._spans[objective.period] = span_of(self._days, objective.period, self._as_of)
        spare = _WHOLE - objective.attainment
        days, decided, breached = self._spent(subject, span, spare)
        windows = {window: self._in_window(subject, window) for window in BURN_WINDOWS}
        return {
            "objective": objective.name,
            "metric": objective.metric,
            "when": {field: sorted(values) for field, values in sorted(objective.when.items())},
            "attainment": objective.attainment / _WHOLE,
            "minimum": objective.minimum,
            "period": span.name,
            "from": format_ms(span.begin),
            "to": format_ms(span.end),
            "as_of": format_ms(self._as_of),
            "decided": decided,
            "breached": breached,
            "allowed": quotient(decided * spare, _WHOLE),
            "left": left_of(decided, breached, spare),
            "burn": {
                window: quotient(found["breached"] * _WHOLE, found["decided"] * spare)
                for window, found in windows.items()
            },
            "windows": windows,
            "days": days,
        }

    def _spent(self, subject: str, span: Span, spare: int) -> tuple[list[Point], int, int]:
        """Each day of the period up to today, with what is left at its end; and the sums over them."""
        over = self._over.setdefault(subject, {})
        known = over.get((span.name, spare))
        if known is None:
            known = over[span.name, spare] = self._add_days(([], 0, 0), subject, span.days[:-1], spare)
        return self._add_days(known, subject, span.days[-1:], spare)

    def _add_days(
        self, before: tuple[list[Point], int, int], subject: str, days: Sequence[int], spare: int
    ) -> tuple[list[Point], int, int]:
        points, decided, breached = before
        points = list(points)
        cells = self._by_day.get(subject, {})
        for day in days:
            found = counts_of(cells.get(day, {}))
            decided, breached = decided + found[0], breached + found[1]
            left = left_of(decided, breached, spare)
            points.append({"day": period_id(day), "decided": found[0], "breached": found[1], "left": left})
        return points, decided, breached

    def _in_window(self, subject: str, window: str) -> dict[str, int]:
        return self._windows.result(subject, window, _decided)


def _decided(cell: Cell, _: Cell) -> dict[str, int]:
    decided, breached = counts_of(cell)
    return {"decided": decided, "breached": breached}


def left_of(decided: int, breached: int, spare: int) -> float | None:
    """What is left of an allowance; `spare` is what may be breached of a million. None where nothing was decided."""
    return quotient(decided * spare - breached * _WHOLE, decided * spare)


def quotient(part: int, whole: int) -> float | None:
    """The nearest float to a fraction, an integer where it is one; None where there is nothing to divide by."""
    if not whole:
        return None
    return part / whole if part % whole else part // whole
