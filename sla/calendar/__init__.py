"""Business calendars: which time counts."""

from sla.calendar.business import AlwaysOpen, BusinessCalendar, calendar_of
from sla.calendar.errors import CalendarError, NeverCloses, NoOpenTime, UnknownCountry, UnknownZone
from sla.calendar.zone import Zone

__all__ = [
    "AlwaysOpen",
    "BusinessCalendar",
    "CalendarError",
    "NeverCloses",
    "NoOpenTime",
    "UnknownCountry",
    "UnknownZone",
    "Zone",
    "calendar_of",
]
