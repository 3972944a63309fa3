"""How much of an objective's allowance of breaches is left, as it stands in Redis and in `budgets.jsonl`."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from models.kpi import WINDOW_MINUTES

#: The windows of which a burn rate is told.
BURN_WINDOWS: Final = tuple(WINDOW_MINUTES)


class _Noun(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Decided(_Noun):
    """What was decided in a stretch of time, and how much of it by a breach."""

    decided: int = Field(ge=0)
    breached: int = Field(ge=0)


class BudgetDay(Decided):
    """A day of the period; `left` as it stood at its end, for a line that burns down."""

    day: str
    left: float | None


class Budget(_Noun):
    """An objective in its present period, from `from` (included) to `to` (not included).

    `allowed` is how many of the decided may be breached; `left` the share of these that was not, below 0 when it was
    more. `burn` is, by window, the share breached there over the share that may be; `windows` what was decided there,
    so that a reader can hold it against `minimum`. Null where nothing was decided. `days` are those up to today.
    """

    objective: str
    metric: str
    when: dict[str, list[str]]
    attainment: float = Field(gt=0, lt=1)
    minimum: int = Field(ge=0)
    period: str
    from_: str = Field(alias="from")
    to: str
    as_of: str
    decided: int = Field(ge=0)
    breached: int = Field(ge=0)
    allowed: float = Field(ge=0)
    left: float | None
    burn: dict[str, float | None]
    windows: dict[str, Decided]
    days: list[BudgetDay]
