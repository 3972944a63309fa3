"""A form as it lies on paper: every text that is printed, in its place, for the page and the PDF alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from appraisal.form import DimensionLine, FilledForm, MeasureLine, Part, RoleLine
from appraisal.forms import shown
from appraisal.forms.bins import bins_of
from appraisal.forms.words import Vocabulary


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


def paper(form: FilledForm, language: str) -> Paper:
    """The form's texts in `zh` or `en`.

    Raises:
        ValueError: another language.
    """
    words = Vocabulary(language)
    name = shown.subject(form, words)
    signer = "employee" if shown.is_person(form) else "subject"
    return Paper(
        language=language,
        title=shown.text(form.title.in_language(language)),
        heading=f"{shown.within_a_line(name)} · {form.period}",
        warnings=tuple(shown.warnings(form, words)),
        person=_person(form, words),
        heads=tuple(words(key) for key in _HEADS),
        groups=tuple(_group(dimension, words) for dimension in form.dimensions),
        totals=_totals(form, words),
        ratings=_ratings(form, words) if form.roles else None,
        rating=_rating(form, words) if form.roles else (),
        missing=shown.missing(form, words),
        raters=_raters(form, words),
        adjustments=_adjustments(form, words) if form.adjustments else None,
        notes=tuple(shown.notes(form, words)),
        interview=tuple(words(f"interview_{key}") for key in ("strengths", "improve", "goals", "opinion", "date")),
        signatures=tuple(words(f"signature_{key}") for key in (signer, "superior", "date")),
        calculation=_calculation(form, words),
        weights=_weights(form, words),
        definitions=_definitions(form, words),
        spreads=tuple(_spread(line, words) for line in form.lines if line.histogram or line.splits or line.beside),
        quality=_quality(form, words) if form.data_quality else None,
        words={key: words(key) for key in _SECTIONS},
        foot=shown.foot(form, words),
        strip=f"{shown.within_a_line(name)} · {shown.within_a_line(form.scorecard)} · {form.period}",
    )


_HEADS = ("number", "dimension", "measure", "target", "value", "cases", "score", "weight", "points")
_SECTIONS = (
    "ratings", "ratings_detail", "adjustments", "adjustments_note", "notes", "interview", "calculation",
    "calculation_note", "definitions", "distributions", "distributions_note", "quality", "quality_note",
    "nothing_to_show", "page",
)  # fmt: skip


def _person(form: FilledForm, words: Vocabulary) -> tuple[tuple[str, str], ...]:
    who = form.subject
    first, last = shown.days(form)
    pairs = [
        (words("employee" if shown.is_person(form) else "subject"), shown.subject(form, words)),
        (words("department"), who.department),
        (words("position"), who.position),
        (words("superior"), who.superior_name),
        (words("period"), f"{form.period} ({first} – {last})"),  # noqa: RUF001
        (words("id"), who.id),
    ]
    if form.led:
        pairs.append((words("teams"), shown.led(form, words)))
    return tuple((label, shown.text(value) or shown.NOTHING) for label, value in pairs)


def _group(dimension: DimensionLine, words: Vocabulary) -> Group:
    name = shown.text(dimension.name.in_language(words.language))
    return Group(name, shown.percent(dimension.weight), tuple(_row(line, words) for line in dimension.measures))


def _row(line: MeasureLine, words: Vocabulary) -> Row:
    said = shown.can_be_said(line)
    spread = ""
    if said and line.p50 is not None:
        spread = f"{words('median')} {shown.about(line.p50, line.unit)} · p90 {shown.about(line.p90, line.unit)}"
    other = line.effective_weight is not None and shown.percent(line.effective_weight) != shown.percent(line.weight)
    return Row(
        number=str(line.number),
        measure=shown.named(line, words),
        target=shown.target(line.rule, line.unit, words),
        rule=shown.deduction(line.rule, line.unit, words),
        value=shown.figure(line.value, line.unit) if said else shown.NOTHING,
        spread=spread,
        cases=shown.plain(line.cases),
        standing=shown.standing(line, words),
        score=shown.places(line.score),
        weight=shown.percent(line.effective_weight),
        card_weight=words("on_card", weight=shown.percent(line.weight)) if other else "",
        points=shown.places(line.points),
    )


def _totals(form: FilledForm, words: Vocabulary) -> tuple[tuple[str, str], ...]:
    found = [
        (words("measured"), f"{form.measured} / {form.of}"),
        (words("total"), shown.total(form, words)),
        (f"{words('pass')} {shown.plain(form.pass_)}", shown.passed(form, words)),
    ]
    if form.adjustments:
        found.append((words("adjusted_total"), shown.places(form.adjusted_total)))
    return tuple(found)


def _ratings(form: FilledForm, words: Vocabulary) -> Table:
    """A row for each dimension, a column for each role; of several raters the mean of those who have finished."""
    heads = [
        words("dimension_only"),
        words("weight"),
        *(shown.role(role, words).replace("\n", " ") for role in form.roles),
    ]
    rows = [
        (
            shown.text(dimension.name.in_language(words.language)),
            shown.percent(dimension.weight),
            *(_given(form, role, index) for role in form.roles),
        )
        for index, dimension in enumerate(form.dimensions)
    ]
    weighted = [None if role.total is None else role.total * role.weight for role in form.roles]
    rows += [
        (words("role_total"), "", *(shown.places_or_empty(role.total) for role in form.roles)),
        (words("role_weight"), "", *(shown.percent(role.weight) for role in form.roles)),
        (words("weighted"), "", *(shown.places_or_empty(one) for one in weighted)),
    ]
    return Table(tuple(heads), tuple(rows), "lr" + "r" * len(form.roles), 3)


def _given(form: FilledForm, role: RoleLine, index: int) -> str:
    if role.role == "data":
        return shown.places(form.dimensions[index].score)
    score = shown.given(role, index)
    return shown.places_or_empty(score)


def _rating(form: FilledForm, words: Vocabulary) -> tuple[tuple[str, str], ...]:
    return ((words("rating"), shown.places_or_empty(form.rating)), (words("bonus"), shown.places_or_empty(form.bonus)))


def _raters(form: FilledForm, words: Vocabulary) -> Table | None:
    """Every rater by name, where a role has several."""
    if not any(len(role.raters) > 1 for role in form.roles):
        return None
    names = [shown.text(dimension.name.in_language(words.language)) for dimension in form.dimensions]
    rows = [
        (
            role.name.in_language(words.language),
            shown.text(rater.name),
            *(shown.places(score) for score in rater.scores),
            shown.places(rater.total),
        )
        for role in form.roles
        for rater in role.raters
    ]
    heads = (words("role"), words("rater"), *names, words("role_total"))
    return Table(heads, tuple(rows), "ll" + "r" * (len(names) + 1))


def _adjustments(form: FilledForm, words: Vocabulary) -> Table:
    heads = ("number", "measure", "computed_value", "computed_score", "adjusted_value", "adjusted_score", "holds",
             "reason", "approved_by")  # fmt: skip
    rows = [
        (
            str(one.number),
            shown.of_part(one.name, one.where, words),
            shown.figure(one.computed_value, one.unit),
            shown.places(one.computed_score),
            shown.figure(one.value, one.unit),
            shown.places(one.score),
            words("yes" if one.holds else "replaced"),
            shown.text(one.reason),
            f"{shown.text(one.approved_by_name)}\n{shown.day(one.occurred_at, form.zone)}",
        )
        for one in form.adjustments
    ]
    return Table(tuple(words(key) for key in heads), tuple(rows), "clrrrrcll")


def _calculation(form: FilledForm, words: Vocabulary) -> Table:
    """Where each score comes from: what was divided by what, how far it falls short, in how many steps."""
    heads = ("number", "measure", "numerator", "denominator", "value", "target", "shortfall", "steps", "deduct",
             "score", "effective_share", "counted_weight", "points")  # fmt: skip
    rows = [
        (
            str(line.number),
            shown.named(line, words),
            shown.part_of(line.numerator, line.unit),
            shown.divisor(line.denominator),
            shown.figure(line.value, line.unit),
            shown.target(line.rule, line.unit, words),
            shown.figure(line.shortfall, line.unit),
            shown.NOTHING if line.steps is None else shown.plain(line.steps),
            shown.plain(line.rule.deduct),
            shown.places(line.score),
            shown.percent(line.effective_share),
            shown.percent(line.effective_weight),
            shown.places(line.points),
        )
        for line in form.lines
    ]
    total = ("", words("sum"), *[""] * 10, shown.places(form.total))
    return Table(tuple(words(key) for key in heads), (*rows, total), "cl" + "r" * 11, 1)


def _weights(form: FilledForm, words: Vocabulary) -> Table:
    heads = ("number", "dimension_only", "weight", "counted_weight", "dimension_score")
    rows = [
        (
            str(dimension.number),
            shown.text(dimension.name.in_language(words.language)),
            shown.percent(dimension.weight),
            shown.percent(dimension.effective_weight),
            shown.places(dimension.score),
        )
        for dimension in form.dimensions
    ]
    return Table(tuple(words(key) for key in heads), tuple(rows), "clrrr")


def _definitions(form: FilledForm, words: Vocabulary) -> Table:
    heads = ("number", "measure", "unit", "formula", "whose")
    rows = [
        (
            str(line.number),
            shown.named(line, words),
            words.unit(line.unit),
            shown.text(line.formula.in_language(words.language)),
            shown.text("\n".join(line.subjects)),
        )
        for line in form.lines
    ]
    return Table(tuple(words(key) for key in heads), tuple(rows), "clcll")


def _spread(line: MeasureLine, words: Vocabulary) -> Spread:
    title = f"{line.number}. {shown.named(line, words)} [{words.unit(line.unit)}]"
    standing = shown.standing(line, words)
    heads = ("split", "numerator", "denominator", "value", "cases", "median")
    rows = [
        (
            words("all_cases"),
            shown.part_of(line.numerator, line.unit),
            shown.divisor(line.denominator),
            shown.figure(line.value, line.unit),
            shown.plain(line.cases),
            *(shown.about(one, line.unit) for one in (line.p50, line.p90, line.p95)),
        ),
        *(_part(part, line, words) for part in line.splits),
    ]
    bins = bins_of(line.histogram or [], line.unit, words)
    longest = max((one.number for one in bins), default=1)
    return Spread(
        title=f"{title} {standing}".strip(),
        table=Table((*(words(key) for key in heads), "p90", "p95"), tuple(rows), "lrrrrrrr"),
        beside=_beside(line, words),
        bars=tuple(Bar(one.label, str(one.number), round(100 * one.number / longest, 1)) for one in bins),
    )


def _part(part: Part, line: MeasureLine, words: Vocabulary) -> tuple[str, ...]:
    return (
        shown.text(words.split(part.by, part.label)),
        shown.part_of(part.numerator, line.unit),
        shown.divisor(part.denominator),
        shown.figure(part.value, line.unit),
        shown.plain(part.cases),
        *(shown.about(one, line.unit) for one in (part.p50, part.p90, part.p95)),
    )


def _beside(line: MeasureLine, words: Vocabulary) -> Table | None:
    if not line.beside:
        return None
    rows = [
        (
            f"{one.name.in_language(words.language)} [{words.unit(one.unit)}]",
            shown.part_of(one.numerator, one.unit),
            shown.divisor(one.denominator),
            shown.figure(one.value, one.unit),
            shown.plain(one.cases),
        )
        for one in line.beside
    ]
    heads: Sequence[str] = (words("beside"), *(words(key) for key in ("numerator", "denominator", "value", "cases")))
    return Table(tuple(heads), tuple(rows), "lrrrr")


def _quality(form: FilledForm, words: Vocabulary) -> Table:
    heads = tuple(words(key) for key in ("quality_line", "count", "of", "quality_share"))
    rows = [
        (
            shown.text(line.name.in_language(words.language)),
            str(line.count),
            shown.NOTHING if line.of is None else str(line.of),
            shown.quotient(line.count, line.of),
        )
        for line in form.data_quality
    ]
    return Table(heads, tuple(rows), "lrrr")
