"""A form as it lies on paper: every text that is printed, in its place; the page and the PDF print it alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. `align` has a letter for each column: l, c or r; `strong` are the last so many rows."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str
    strong: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One measure on the form; `beneath` are small words under the cells that have some."""

    number: str
    measure: str
    target: str
    rule: str
    value: str
    spread: str  # under the value: median and p90
    cases: str
    standing: str  # under the measure: why it is not scored, or that it is so far
    score: str
    weight: str
    card_weight: str  # under the weight, where the card has another one
    points: str


@dataclass(frozen=True, slots=True)
class Group:
    """A dimension with its measures."""

    name: str
    weight: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A range of a histogram; `share` is of the longest bar, in per cent."""

    label: str
    number: str
    share: float


@dataclass(frozen=True, slots=True)
class Spread:
    """What lies behind one measure."""

    title: str
    table: Table
    beside: Table | None
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """The form, section by section; an empty section is not printed."""

    language: str
    title: str
    heading: str  # of the pages behind the form
    warnings: tuple[str, ...]
    person: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]  # of the table of measures
    groups: tuple[Group, ...]
    totals: tuple[tuple[str, str], ...]
    ratings: Table | None
    rating: tuple[tuple[str, str], ...]
    missing: str
    raters: Table | None
    adjustments: Table | None
    notes: tuple[str, ...]
    interview: tuple[str, ...]
    signatures: tuple[str, ...]
    calculation: Table
    weights: Table
    definitions: Table
    spreads: tuple[Spread, ...]
    quality: Table | None
    words: dict[str, str]
    foot: str
    strip: str  # at the foot of each page
