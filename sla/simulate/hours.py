"""When people write and when people work: the shape of a day, and working time as arithmetic.

All instants are ms since 1970 UTC; `offset` is what the desk's clocks are ahead of UTC, in ms. Public holidays are not
known here: on one, the simulated desk works, and its figures are the better for it.
"""

from __future__ import annotations

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_MORNING, _NOON, _AFTERNOON = 9 * HOUR, 12 * HOUR, 13 * HOUR
#: Work of a day: three hours before lunch and five after it.
_MORNING_WORK, _DAY_WORK = 3 * HOUR, 8 * HOUR
#: 1 January 1970 was a Thursday: so many days after a Monday.
_THURSDAY = 3

#: How busy each hour of a working day is, on average 1: a quiet night, a peak before lunch, a dip at it, a second peak.
_WEEKDAY = (
    *(0.18, 0.13, 0.10, 0.10, 0.12, 0.18, 0.35, 0.75),
    *(1.45, 2.15, 2.35, 2.10, 1.30, 1.45, 2.05, 2.10),
    *(1.85, 1.55, 1.10, 0.85, 0.70, 0.55, 0.38, 0.26),
)
_WEEKEND = tuple(weight * 0.4 for weight in _WEEKDAY)
#: No instant is busier than this.
BUSIEST = max(_WEEKDAY)


def busyness(at: int, offset: int) -> float:
    """How many tickets come in at `at`, as a multiple of a working day's average; steady between full hours."""
    days, time = divmod(at + offset, DAY)
    hour, past = divmod(time, HOUR)
    weights = _WEEKDAY if (days + _THURSDAY) % 7 < 5 else _WEEKEND
    here = weights[hour]
    return here + (weights[(hour + 1) % 24] - here) * past / HOUR


def at_work(at: int, offset: int) -> bool:
    """Whether the office is open: Monday to Friday, 09:00-12:00 and 13:00-18:00."""
    days, time = divmod(at + offset, DAY)
    return (days + _THURSDAY) % 7 < 5 and (_MORNING <= time < _NOON or _AFTERNOON <= time < 18 * HOUR)


def after_work(at: int, work: int, offset: int) -> int:
    """The instant by which `work` ms of office hours have passed since `at`; not before `at`."""
    days, time = divmod(at + offset, DAY)
    weeks, weekday = divmod(days + _THURSDAY, 7)
    if weekday >= 5:
        done = 0
        weekday = 5
    elif time < _AFTERNOON:
        done = min(max(time - _MORNING, 0), _MORNING_WORK)
    else:
        done = min(_MORNING_WORK + time - _AFTERNOON, _DAY_WORK)
    index, rest = divmod((weeks * 5 + weekday) * _DAY_WORK + done + work, _DAY_WORK)
    weeks, weekday = divmod(index, 5)
    time = _MORNING + rest if rest < _MORNING_WORK else _AFTERNOON + rest - _MORNING_WORK
    return max(at, (weeks * 7 + weekday - _THURSDAY) * DAY + time - offset)
