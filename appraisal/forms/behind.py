"""What lies behind the form: how each score came about, what each measure is, how its cases are spread."""

from __future__ import annotations

from collections.abc import Sequence

from appraisal.form import FilledForm, MeasureLine, Part
from appraisal.forms import shown
from appraisal.forms.bins import bins_of
from appraisal.forms.paper import Bar, Spread, Table
from appraisal.forms.words import Vocabulary


def calculation(form: FilledForm, words: Vocabulary) -> Table:
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


def weights(form: FilledForm, words: Vocabulary) -> Table:
    """What each dimension weighs on the card, what it weighed in the end, and its score."""
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


def definitions(form: FilledForm, words: Vocabulary) -> Table:
    """What each measure is, in the catalogue's words, and whose figures it pools."""
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


def spread(line: MeasureLine, words: Vocabulary) -> Spread:
    """One measure by its parts, with its percentiles, the figures beside it and its histogram."""
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


def quality(form: FilledForm, words: Vocabulary) -> Table:
    """So many of so many tickets that lack something."""
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
