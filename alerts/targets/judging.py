"""What an answer means for a notice: taken, to be tried again, or never to be taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from alerts.notice import Delivered, Failed, Outcome, Retry

WORDS = {
    400: "does not understand what is sent",
    401: "does not accept the credentials",
    403: "refuses the credentials",
    404: "knows no such address",
    408: "was waiting too long",
    410: "has this address no more",
    413: "finds it too large",
    429: "is being told too much",
}


@dataclass(frozen=True, slots=True)
class Uncertain(Retry):
    """Not taken as far as we know, but it may have been: what comes next may be a repetition."""


def judge(who: str, status: int, retry_after: str | None, now: int, *, said: str = "") -> Outcome:
    """The outcome of an HTTP answer. `said` is what it says, if that helps whoever has to mend it."""
    if 200 <= status < 300:
        return Delivered()
    meaning = WORDS.get(status) or ("is in trouble" if status >= 500 else "sends elsewhere: write the final address")
    if 400 <= status < 500 and status not in WORDS:
        meaning = "refuses it"
    reason = f"{who} answered {status}: it {meaning}" + (f" ({said})" if said else "")
    if status in {408, 429} or status >= 500:
        return Retry(reason, asked_for(retry_after, now))
    return Failed(reason)


def asked_for(retry_after: str | None, now: int) -> float | None:
    """The seconds that a Retry-After asks for, written as seconds or as a date; None where it says nothing usable."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(at.timestamp() - now / 1000, 0.0)
