"""A few calendars to ask, and a short way to write instants."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sla.calendar import BusinessCalendar
from sla.policy.calendars import calendar_from

HOUR = 3_600_000
MINUTE = 60_000

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
ALL_DAYS = (*WORKDAYS, "sat", "sun")
OFFICE_WEEK = {key: ["09:00-12:00", "13:00-18:00"] for key in WORKDAYS}
NIGHT_WEEK = {key: ["08:00-12:00", "22:00-30:00"] for key in ALL_DAYS}


def calendar(week: Any = OFFICE_WEEK, timezone: str = "UTC", **more: Any) -> BusinessCalendar:
    return calendar_from({"timezone": timezone, "week": week, **more})


def at(text: str, timezone: str = "UTC", fold: int = 0) -> int:
    """Ms of a wall time such as `2026-03-02 09:00` in a zone."""
    wall = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone), fold=fold)
    return round(wall.timestamp() * 1000)
