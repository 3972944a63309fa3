"""Which hours a date has, by the order of strength that `CalendarSpec` tells."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable
from datetime import date

from models.calendar import CalendarSpec, DaySpans
from sla.calendar.public import PublicHolidays

_MONDAY_ORDINAL = date(1970, 1, 5).toordinal()


class DayHours:
    """A date's own hours, before breaks.

    A make-up working day has the hours of a regular weekday: of the first day of the week, from Monday, that is no
    weekend in that country and on which the calendar is open. A desk without such a day keeps the date's own hours.
    """

    def __init__(self, spec: CalendarSpec) -> None:
        """Raises `UnknownCountry`."""
        self._spec = spec
        self._public = PublicHolidays(spec.country, spec.subdivision) if spec.country else None
        self._make_up: DaySpans | None = None
        if self._public:
            weekend = self._public.weekend
            regular = (spans for day, spans in enumerate(spec.week) if day not in weekend and spans)
            self._make_up = next(regular, None)

    def of(self, ordinal: int) -> DaySpans:
        """Minutes of the day from and to, sorted; empty for a closed day."""
        return self.between(ordinal, ordinal)[0]

    def between(self, first: int, last: int) -> list[DaySpans]:
        """The hours of each date from `first` to `last`, which is included."""
        spec = self._spec
        weekday = (first - _MONDAY_ORDINAL) % 7
        length = last - first + 1
        hours = list((spec.week * (length // 7 + 2))[weekday : weekday + length])
        years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
        weakest_first: list[tuple[Iterable[int], DaySpans]] = []
        if self._public:
            weakest_first += [(self._public.days_off(year), ()) for year in years]
            if self._make_up is not None:
                weakest_first += [(self._public.make_up_days(year), self._make_up) for year in years]
        weakest_first += [(_recurring(spec, year), ()) for year in years if spec.recurring]
        weakest_first.append((spec.holidays, ()))
        for ordinals, spans in weakest_first:
            for ordinal in ordinals:
                if first <= ordinal <= last:
                    hours[ordinal - first] = spans
        for ordinal, spans in spec.dates.items():
            if first <= ordinal <= last:
                hours[ordinal - first] = spans
        return hours


def _recurring(spec: CalendarSpec, year: int) -> list[int]:
    """The days of a year that are closed every year; 29 February only in leap years."""
    leap = isleap(year)
    return [date(year, month, day).toordinal() for month, day in spec.recurring if leap or (month, day) != (2, 29)]
