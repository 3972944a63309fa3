"""Figures and texts as people read them: rounded half up for the eye, two places, a dash for what cannot be said."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from zoneinfo import ZoneInfo

from appraisal.form import FilledForm, MeasureLine, RoleLine, Rule, Words
from appraisal.forms.words import Vocabulary
from appraisal.numbers import half_up
from models import scope
from models.instant import parse_ms
from models.measure import Unit

NOTHING = "–"  # noqa: RUF001 -- a dash, as in print
_LONGEST = 8_000
_IN_A_LINE = 60
#: What no page shows and what can turn the words after it around: control characters, marks and overrides of direction.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_LONE = re.compile(r"[\ud800-\udfff]")


def text(words: str) -> str:
    """A name or free text without characters that cannot be seen; of an endless one the beginning."""
    found = _LONE.sub("\ufffd", _UNSEEN.sub("", words))
    return found if len(found) <= _LONGEST else found[:_LONGEST] + " …"


def within_a_line(words: str) -> str:
    """A name among other words: not too long, and one from right to left leaves the order of the others alone."""
    found = text(words).replace("\n", " ")
    found = found if len(found) <= _IN_A_LINE else found[:_IN_A_LINE] + "…"
    return f"\u2068{found}\u2069" if turns(found) else found


def turns(words: str) -> bool:
    """Whether a text has letters that are written from right to left."""
    return any("\u0590" <= letter <= "\u08ff" or "\ufb1d" <= letter <= "\ufefc" for letter in words)


def plain(number: Decimal) -> str:
    """A number of at most two places, without needless zeros."""
    shown = format(half_up(number), "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def places(number: Decimal | None) -> str:
    """Two places, always."""
    return NOTHING if number is None else format(half_up(number), "f")


def places_or_empty(number: Decimal | None) -> str:
    """Two places; empty while it is not known, for somebody may write it there by hand."""
    return "" if number is None else places(number)


def percent(number: Decimal | None) -> str:
    """A fraction of 1 in per cent, two places at most."""
    return NOTHING if number is None else f"{plain(number * 100)}%"


def clock(seconds: Decimal) -> str:
    """Hours, minutes and seconds: `2:30:00`."""
    whole = int(seconds.quantize(Decimal(1), ROUND_HALF_UP))
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def figure(number: Decimal | None, unit: Unit) -> str:
    """A value in its unit, bare: the heading says which."""
    if number is None:
        return NOTHING
    if unit == "s":
        return clock(number)
    if unit == "ratio":
        return f"{places(number * 100)}%"
    return places(number) if unit == "points" else plain(number)


def within(number: Decimal, unit: Unit) -> Decimal:
    """A percentile as it may be told: it holds within 1 %, so that three digits say all; points never pass 100."""
    if unit == "points":
        number = min(number, Decimal(100))
    return number if unit == "s" else Context(prec=3, rounding=ROUND_HALF_UP).plus(number)


def about(number: Decimal | None, unit: Unit) -> str:
    """A percentile, bare."""
    if number is None:
        return NOTHING
    return clock(number) if unit == "s" else plain(within(number, unit))


def amount(number: Decimal, unit: Unit, words: Vocabulary) -> str:
    """A target or a step in words: `2 h`, `15 min`, `95%`, `90 points`, `5`."""
    if unit == "ratio":
        return percent(number)
    if unit == "points":
        return words("point") if number == 1 else words("points_of", n=plain(number))
    if unit == "hours":
        return words("hours", n=plain(number))
    if unit != "s":
        return plain(number)
    for size, name in ((3600, "hours"), (60, "minutes")):
        if number and not number % size:
            return words(name, n=plain(number / size))
    return words("seconds", n=plain(number))


def target(rule: Rule, unit: Unit, words: Vocabulary) -> str:
    """Where full marks begin: `≥ 95%`, `≤ 2 h`; of none at all just `0`."""
    if not rule.target:
        return "0"
    return f"{'≥' if rule.direction == 'at_least' else '≤'} {amount(rule.target, unit, words)}"


def deduction(rule: Rule, unit: Unit, words: Vocabulary) -> str:
    """How marks are lost: `0.5 off per 1%`."""
    key = "off_whole" if rule.whole else "off"
    return words(key, per=amount(rule.per, unit, words), deduct=plain(rule.deduct))


def named(line: MeasureLine, words: Vocabulary) -> str:
    """A measure with the part that it is about."""
    return of_part(line.name, line.where, words)


def of_part(name: Words, where: str, words: Vocabulary) -> str:
    """A measure's name with the part that it is about: `Customer satisfaction (aspect attitude)`."""
    said = name.in_language(words.language)
    return said + words("in_brackets", said=part(where, words)) if where else said


def part(where: str, words: Vocabulary) -> str:
    """`tier:vip` as `tier vip`; nothing of nothing."""
    if not where:
        return ""
    by, _, label = where.partition(":")
    return text(words.split(by, label)).replace(">=", "≥").replace("<=", "≤")


def standing(line: MeasureLine, words: Vocabulary) -> str:
    """A line's status in words, with what was done about what is missing; empty where all is well."""
    if line.status == "ok":
        return ""
    said = words.status(line.status)
    if line.status == "too_few":
        said += f" ({plain(line.cases)} < {line.minimum})"
    if line.treatment:
        separator = "；" if words.language == "zh" else "; "  # noqa: RUF001
        said += separator + words.treatment(line.treatment)
    return said


def can_be_said(line: MeasureLine) -> bool:
    """Whether the form shows the value of a line; one of too few cases stands in the calculation only."""
    return line.value is not None and line.status in {"ok", "so_far"}


def instant(rfc3339: str, zone: str) -> str:
    """An instant in the form's zone, to the minute."""
    moment = datetime.fromtimestamp(parse_ms(rfc3339) / 1000, tz=UTC).astimezone(ZoneInfo(zone))
    return f"{moment:%Y-%m-%d %H:%M} ({zone})"


def day(rfc3339: str, zone: str) -> str:
    """The day of an instant in the form's zone."""
    return datetime.fromtimestamp(parse_ms(rfc3339) / 1000, tz=UTC).astimezone(ZoneInfo(zone)).date().isoformat()


def subject(form: FilledForm, words: Vocabulary) -> str:
    """Who or what the form is about."""
    return words("whole_desk") if form.subject.id == scope.ALL else text(form.subject.name)


def is_person(form: FilledForm) -> bool:
    """Whether the form is a person's: a team's is signed by who is responsible."""
    return "agent" in scope.parts(form.subject.id)


def days(form: FilledForm) -> tuple[str, str]:
    """The first and the last day of the period."""
    last = date.fromisoformat(day(form.to, form.zone)) - timedelta(days=1)
    return day(form.from_, form.zone), last.isoformat()


def warnings(form: FilledForm, words: Vocabulary) -> list[str]:
    """What every page has to say: that the card is an example, that the period is still open."""
    found = []
    if form.example:
        found.append(words("example"))
    if not form.final:
        found.append(words("provisional"))
    return found


def total(form: FilledForm, words: Vocabulary) -> str:
    """The computed total, or why there is none."""
    if form.total is not None:
        return places(form.total)
    if form.blocked_by:
        return f"{NOTHING} {words('no_total_blocked', lines=', '.join(str(n) for n in form.blocked_by))}"
    return f"{NOTHING} {words('no_total')}"


def passed(form: FilledForm, words: Vocabulary) -> str:
    """Whether the total reaches the pass mark."""
    return NOTHING if form.passed is None else words("passed" if form.passed else "not_passed")


def led(form: FilledForm, words: Vocabulary) -> str:
    """The teams that counted, with the days that they were led."""
    return "; ".join(
        f"{text(one.team.removeprefix('team:'))} {one.from_} – {one.to} ({words('days', days=one.days)})"  # noqa: RUF001
        + (words("by_share") if one.by_share else "")
        for one in form.led
    )


def notes(form: FilledForm, words: Vocabulary) -> list[str]:
    """What is to be known about the figures: how steps count, what lines and the form itself say."""
    found = [words("n_measured", n=form.measured, of=form.of) + words("stop") + words(f"steps_{form.steps}")]
    for line in form.lines:
        found += [f"{line.number}. {text(note.in_language(words.language))}" for note in line.notes]
    found += [text(note.in_language(words.language)) for note in form.notes]
    return found


def foot(form: FilledForm, words: Vocabulary) -> str:
    """Which figures these are: card, revision, editions, and the instant that they speak of."""
    closed = words("final" if form.final else "not_final")
    said = [
        f"{words('card')}: {form.scorecard}",
        f"{words('revision')}: {form.revision} ({closed})",
        f"{words('editions')}: {', '.join(form.editions) or NOTHING}",
        f"{words('as_of')}: {instant(form.as_of, form.zone)}",
    ]
    return text(" · ".join(said))


def part_of(number: Decimal | None, unit: Unit) -> str:
    """A numerator: durations as such, everything else plain."""
    if number is None:
        return NOTHING
    return clock(number) if unit == "s" else plain(number)


def divisor(number: Decimal | None) -> str:
    """A denominator."""
    return NOTHING if number is None else plain(number)


def quotient(count: int, of: int | None) -> str:
    """A share of so many; nothing of nothing."""
    return f"{places(Decimal(100 * count) / of)}%" if of else NOTHING


def role(line: RoleLine, words: Vocabulary) -> str:
    """A role with who it was: a rater's name, or of how many it is the mean."""
    name = line.name.in_language(words.language)
    if len(line.raters) == 1:
        return f"{name}\n{text(line.raters[0].name)}"
    finished = sum(one.total is not None for one in line.raters)
    return name + (words("count_raters", n=finished) if line.raters else "")


def given(line: RoleLine, index: int) -> Decimal | None:
    """What a role gave a dimension: its rater's score, or the mean of those who have rated every dimension."""
    finished = [one for one in line.raters if one.total is not None] if len(line.raters) > 1 else line.raters
    scores = [score for one in finished if (score := one.scores[index]) is not None]
    return sum(scores, Decimal(0)) / len(scores) if scores else None


def missing(form: FilledForm, words: Vocabulary) -> str:
    """Why there is no rating yet, and whose is missing; empty where there is one, or none is asked for."""
    if form.rating is not None or not form.roles:
        return ""
    only_data = all(one.role == "data" or one.total is not None for one in form.roles)
    said = words("no_rating_total" if only_data else "no_rating")
    names = words("comma").join(text(one.in_language(words.language)) for one in form.missing_ratings)
    return f"{said} — {words('missing_ratings')}: {names}" if names else said
