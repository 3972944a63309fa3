"""What can go wrong with a calendar.

ValueError
├── CalendarError
│   ├── UnknownZone     no such time zone
│   ├── UnknownCountry  no public holidays known for it
│   ├── NoOpenTime      the calendar has no (more) open time in that direction
│   └── NeverCloses     the calendar is open without an end
└── PolicyError         the policy book cannot be used (sla/policy/errors.py)
"""

from __future__ import annotations


class CalendarError(ValueError):
    """A calendar that cannot be built, or a question that it has no answer to."""


class UnknownZone(CalendarError):
    """There is no such time zone.

    Operator action: write a name of the IANA database, such as Asia/Shanghai or UTC.
    """


class UnknownCountry(CalendarError):
    """No public holidays are known for this country or part of a country.

    Operator action: write an ISO 3166 code that the `holidays` library knows, or list the days under `holidays`.
    """


class NoOpenTime(CalendarError):
    """The calendar has no open time left between the instant asked about and the end of its years.

    Operator action: give the calendar weekly hours; hours under `dates` alone end with their last date.
    """


class NeverCloses(CalendarError):
    """The calendar is open without an end, so it has no next closing and no list of open periods.

    Operator action: none of the product's own questions lead here; ask for `elapsed` or `add` instead.
    """
