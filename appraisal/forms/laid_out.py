"""Laying a form out: the front page up to the signatures, and with it what lies behind."""

from __future__ import annotations

from appraisal.form import DimensionLine, FilledForm, MeasureLine, RoleLine
from appraisal.forms import behind, shown
from appraisal.forms.paper import Group, Paper, Row, Table
from appraisal.forms.words import Vocabulary


def laid_out(form: FilledForm, language: str) -> Paper:
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
        calculation=behind.calculation(form, words),
        weights=behind.weights(form, words),
        definitions=behind.definitions(form, words),
        spreads=tuple(
            behind.spread(line, words) for line in form.lines if line.histogram or line.splits or line.beside
        ),
        quality=behind.quality(form, words) if form.data_quality else None,
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
