"""What `/tickets` is asked for: whose figure, which one, in which window; and what filters the list further.

what    live: open, unassigned, waiting, at_risk, breached (without a window)
        counts: created, first_responses, solved, reopened, escalated, closed, cancelled
        clocks: <metric>.met, .breached, .decided, .count, .late; a metric of the five, or sla
        or a figure's address as the board has it, which is led to the tickets behind it: `1h.first_response.p90_s`
window  5m, 30m, 1h, 6h, 24h, today
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, NoReturn

from starlette.datastructures import QueryParams

from models import scope as scopes
from models.fact import COUNT_KINDS
from models.kpi import AGENT_WINDOWS, METRICS, TODAY, WINDOWS
from wallboard.selection import FILTERS, NoSuchScope, Selection, Wanted, selection_of, selection_of_scope
from wallboard.shell import Refused

LIVE: Final = ("open", "unassigned", "waiting", "at_risk", "breached")
#: Parts of a clock's figures, and the kinds of fact behind each.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "met": ("met",),
    "breached": ("breached",),
    "decided": ("met", "breached"),
    "count": ("met", "late", "stopped"),
    "late": ("late",),
}
#: Figures that are made of others: the part whose tickets are behind them.
_BEHIND: Final[Mapping[str, str]] = {
    "attainment": "decided",
    **dict.fromkeys(("mean_s", "p50_s", "p90_s", "p95_s", "max_s"), "count"),
}
#: Figures without a metric, and the count whose tickets are behind them.
_RATES: Final[Mapping[str, str]] = {
    "fcr_rate": "solved",
    "weighted_solved": "solved",
    "reopen_rate": "reopened",
    "escalation_rate": "escalated",
}
#: The oldest open ticket is the first of the open ones.
_OLDEST: Final = frozenset({"oldest_open", "oldest_open_at"})
SLA: Final = "sla"
MOST_PAGES: Final = 100_000


class What(NamedTuple):
    """A figure that has tickets: `live`, `count` with a kind, or `clock` with a metric (or `sla`) and a part."""

    family: str
    name: str
    part: str = ""

    @property
    def told(self) -> str:
        """Its name in addresses."""
        return f"{self.name}.{self.part}" if self.part else f"live.{self.name}" if self.family == "live" else self.name


class Question(NamedTuple):
    """Whose figure, which, when, and what the list is filtered by beyond the scope; pages count from 1."""

    scope: str
    what: What
    window: str  # "" of live figures
    selection: Selection
    page: int

    @property
    def field(self) -> str:
        """The figure's address, as on the board."""
        return f"{self.window}.{self.what.told}" if self.window else self.what.told

    @property
    def filters(self) -> Wanted:
        """What is asked beyond the scope: pairs of a kind and the names that may stand there."""
        own = scopes.parts(self.scope)
        return tuple((kind, names) for kind, names in self.selection.lists if names != (own.get(kind),))


def question_of(parameters: QueryParams) -> Question:
    """What an address asks; without anything the open tickets of all.

    Raises:
        Refused: 400, with what can be asked instead.
    """
    try:
        selection = selection_of(parameters.multi_items())
        asked = parameters.get("scope", "")
        scope = selection_of_scope(asked).scope if asked else selection.scope
    except NoSuchScope as error:
        raise Refused(400, "help_404", detail=str(error)) from error
    what, window = _what_of(parameters.get("what", "") or "open", parameters.get("window", ""))
    if what.family == "live":
        window = ""
    elif window not in WINDOWS:
        _refuse(f"no figures are kept for the window {window[:20]!r}: ask for {', '.join(WINDOWS)}")
    if scope.startswith("agent:") and window and window not in AGENT_WINDOWS:
        _refuse("figures of a person are kept for today only: ask for window=today")
    page = parameters.get("page", "") or "1"
    if not (page.isascii() and page.isdecimal()) or not 1 <= int(page[:9]) <= MOST_PAGES:
        _refuse("pages are counted from 1")
    return Question(scope, what, window, selection, int(page))


def _what_of(text: str, window: str) -> tuple[What, str]:
    first, _, rest = text.partition(".")
    if first in WINDOWS and rest:
        return _what_of(rest, first)
    text = "open" if rest in _OLDEST or text in _OLDEST else text
    if first == "live" and rest in LIVE:
        return What("live", rest), ""
    if text in LIVE and (text != "breached" or not window):
        return What("live", text), ""
    window = window or TODAY
    if text in COUNT_KINDS or text in _RATES:
        return What("count", _RATES.get(text, text)), window
    if first == "csat":
        return What("count", "rated"), window
    if first in PARTS or first in _BEHIND:
        first, rest = SLA, first
    part = _BEHIND.get(rest, rest or "decided")
    if first in {SLA, *METRICS} and part in PARTS:
        return What("clock", first, part), window
    choices = ", ".join([*LIVE, *COUNT_KINDS, *(f"<metric>.{name}" for name in PARTS)])
    msg = f"no tickets are kept behind {text[:60]!r}: ask for {choices}; a metric is sla, {', '.join(METRICS)}"
    raise Refused(400, "help_404", detail=msg)


def _refuse(detail: str) -> NoReturn:
    raise Refused(400, "help_404", detail=detail)


#: Parameters that an address of a list goes on with.
KEPT: Final = ("scope", "what", "window", *FILTERS)
