"""Which hours a date has, by the order of strength that `CalendarSpec` tells."""

from __future__ import annotations

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
        spec = self._spec
        if ordinal in spec.dates:
            return spec.dates[ordinal]
        if ordinal in spec.holidays:
            return ()
        if spec.recurring:
            day = date.fromordinal(ordinal)
            if (day.month, day.day) in spec.recurring:
                return ()
        if self._public:
            if self._make_up is not None and self._public.is_make_up(ordinal):
                return self._make_up
            if self._public.is_off(ordinal):
                return ()
        return spec.week[(ordinal - _MONDAY_ORDINAL) % 7]
