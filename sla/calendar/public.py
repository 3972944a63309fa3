"""Public holidays and make-up working days of a country, year by year, from the `holidays` library."""

from __future__ import annotations

from datetime import date

import holidays

from sla.calendar.errors import UnknownCountry


class PublicHolidays:
    """The days on which a country rests though the week says work, and works though the week says rest.

    A make-up working day (调休上班日) is one that the library lists in exchange for a day off of the same season.
    Years for which the government has not yet said anything have none, only the holidays that law fixes.
    """

    def __init__(self, country: str, subdivision: str | None = None) -> None:
        """ISO 3166 codes; raises `UnknownCountry`."""
        try:
            self._library = holidays.country_holidays(country, subdiv=subdivision)
        except NotImplementedError as error:  # what the library says of a country, or part of one, that it has not
            part = f", part {subdivision!r}" if subdivision else ""
            msg = f"no public holidays are known for country {country!r}{part}"
            raise UnknownCountry(msg) from error
        self._years: dict[int, tuple[frozenset[int], frozenset[int]]] = {}

    @property
    def weekend(self) -> frozenset[int]:
        """Days of the week on which the country rests, Monday is 0."""
        return frozenset(self._library.weekend)

    def days_off(self, year: int) -> frozenset[int]:
        """The public holidays of a year, as ordinals."""
        return self._year(year)[0]

    def make_up_days(self, year: int) -> frozenset[int]:
        """The days of a year worked in exchange for a day off."""
        return self._year(year)[1]

    def _year(self, year: int) -> tuple[frozenset[int], frozenset[int]]:
        """Days off and make-up days of a year."""
        known = self._years.get(year)
        if known is None:
            for needed in (year, year + 1):  # the year after may move one of its days into this one
                _ = date(needed, 1, 1) in self._library  # asking makes the library fill the year in
            off = frozenset(day.toordinal() for day in self._library if day.year == year)
            make_up = frozenset(day.toordinal() for day in self._library.weekend_workdays if day.year == year)
            known = self._years[year] = (off, make_up)
        return known
