"""From what somebody wrote (a row of a file, a record of the topic) to an entry, or to what is wrong with it."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from appraisal.period import PeriodUnknown, kind_of
from models import scope
from models.event_shapes import MAX_ID_BYTES
from models.instant import format_ms, parse_ms
from models.observation import TYPES, AdjustmentMade, Entry, MetricObserved, RatingGiven
from sla.catalogue import CATALOGUE

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LONE = re.compile("[\ud800-\udfff]")
_LONGEST = 2000
_LARGEST = Decimal("1e15")
RATERS = ("self", "superior", "peer")
_OBSERVED = tuple(name for name, measure in CATALOGUE.items() if measure.source != "events")


class NotTaken(ValueError):
    """Something that is no entry. `field` is the one at fault ("" where there is none).

    Operator action: the message says how the field is written; mend it and import the file again.
    """

    def __init__(self, message: str, field: str) -> None:
        """Keep the field apart, so that it can be named beside the line."""
        self.field = field
        super().__init__(message)


def entry_of(fields: Mapping[str, Any]) -> Entry:
    """The entry that plain fields say, texts or numbers; `type` tells which kind.

    Raises:
        NotTaken: they say none.
    """
    kind = fields.get("type")
    if kind == "metric.observed":
        return _observed(fields)
    if kind == "rating.given":
        return _rating(fields)
    if kind == "adjustment.made":
        return _adjustment(fields)
    msg = f"the type is {kind!r}: write one of {', '.join(TYPES)}"
    raise NotTaken(msg, "type")


def read_record(value: bytes | None) -> Entry:
    """The entry of one record of the topic, or one line of JSON.

    Raises:
        NotTaken: it holds none.
    """
    try:
        found = json.loads(value or b"", parse_float=Decimal, parse_int=Decimal, parse_constant=str)
    except (ValueError, ArithmeticError, RecursionError) as error:  # ArithmeticError: 1e99999999999999999999
        msg = f"the record is no JSON: {error}"
        raise NotTaken(msg, "") from error
    if not isinstance(found, dict):
        msg = "the record is no JSON object"
        raise NotTaken(msg, "")
    return entry_of(_unwrapped(found) if "specversion" in found else found)


def _unwrapped(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """What a CloudEvents 1.0 envelope says."""
    data = envelope.get("data")
    inside = dict(data) if isinstance(data, dict) else {}
    for name, outside in (("event_id", "id"), ("type", "type"), ("occurred_at", "time"), ("subject", "subject")):
        if outside in envelope:
            inside[name] = envelope[outside]
    return inside


def write_record(entry: Entry) -> bytes:
    """The record of an entry: the same bytes for the same entry, numbers digit by digit."""
    kind = next(name for name, made in TYPES.items() if isinstance(entry, made))
    said = {"type": json.dumps(kind)}
    for name, value in entry._asdict().items():
        if name == "occurred_at":
            said[name] = json.dumps(format_ms(value))
        elif isinstance(value, Decimal):
            said[name] = format(value.normalize(), "f") if value else "0"
        elif value is not None:
            said[name] = json.dumps(value, ensure_ascii=False)
    return ("{" + ",".join(f'"{name}":{text}' for name, text in said.items()) + "}").encode()


def _observed(fields: Mapping[str, Any]) -> MetricObserved:
    event_id = _identifier(fields, "event_id")
    at = _instant(fields)
    metric = _word(fields, "metric", _OBSERVED)
    subject = _subject(fields)
    value = _number(fields, "value")
    of = _number(fields, "of") if _given(fields, "of") else None
    replaces = _identifier(fields, "replaces") if _given(fields, "replaces") else None
    if replaces == event_id:
        msg = "it replaces itself: name the `event_id` of the one that it corrects"
        raise NotTaken(msg, "replaces")
    known = CATALOGUE[metric]
    if known.aggregation == "ratio" or known.unit == "points":
        _whole_of(metric, value, of)
    if value < 0 and not (known.aggregation == "ratio" and known.minimum == 0):  # money may be lost
        msg = f"{value} is below 0: write 0 or more"
        raise NotTaken(msg, "value")
    return MetricObserved(event_id, at, metric, subject, value, of, replaces)


def _whole_of(metric: str, value: Decimal, of: Decimal | None) -> None:
    """Judges what a ratio or a score is of."""
    known = CATALOGUE[metric]
    score = known.unit == "points"
    meaning = "the best possible score, such as 5 or 100" if score else "the whole that the value is a share of"
    if of is None:
        msg = f"{metric} needs `of`: {meaning}"
        raise NotTaken(msg, "of")
    if of < 0 or (of == 0 and (score or value != 0)):
        msg = f"{of} cannot be {meaning}"
        raise NotTaken(msg, "of")
    if value > of and (score or known.better == "more"):
        msg = f"{value} is more than {of}, which is to be {meaning}"
        raise NotTaken(msg, "value")


def _rating(fields: Mapping[str, Any]) -> RatingGiven:
    score = _number(fields, "score")
    if not 0 <= score <= 100:
        msg = f"{score} is no score of 100: write 0 to 100"
        raise NotTaken(msg, "score")
    return RatingGiven(
        _identifier(fields, "event_id"),
        _instant(fields),
        _period(fields),
        _text(fields, "scorecard"),
        _subject(fields),
        _word(fields, "role", RATERS),
        _person(fields, "rater"),
        _text(fields, "dimension"),
        score,
    )


def _adjustment(fields: Mapping[str, Any]) -> AdjustmentMade:
    measure = _text(fields, "measure")
    name, _, split = measure.partition(" ")
    scored = tuple(known for known, measured in CATALOGUE.items() if measured.scored)
    name = _one_of("measure", name, scored)
    return AdjustmentMade(
        _identifier(fields, "event_id"),
        _instant(fields),
        _period(fields),
        _text(fields, "scorecard"),
        _subject(fields),
        f"{name} {split.strip()}".strip(),
        _amount(fields, name),
        _text(fields, "reason"),
        _person(fields, "approved_by"),
    )


def _amount(fields: Mapping[str, Any], measure: str) -> Decimal:
    """An adjusted value in the measure's unit; `96%` is 0.96."""
    raw = fields.get("value")
    unit = CATALOGUE[measure].unit
    if unit == "ratio" and isinstance(raw, str) and raw.strip().endswith("%"):
        value = _number({"value": raw.strip()[:-1].strip()}, "value") / 100
    else:
        value = _number(fields, "value")
    if unit == "ratio" and not 0 <= value <= 1:
        msg = f"{value} is no ratio: write 96% or 0.96"
        raise NotTaken(msg, "value")
    if value < 0 or (unit == "points" and value > 100):
        msg = f"{value} cannot be {measure}, which is in {unit}"
        raise NotTaken(msg, "value")
    return value


def _given(fields: Mapping[str, Any], name: str) -> bool:
    value = fields.get(name)
    return value is not None and not (isinstance(value, str) and not value.strip())


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if isinstance(value, Decimal):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        msg = f"{name} is missing"
        raise NotTaken(msg, name)
    if _LONE.search(value):
        msg = f"{name} holds half of a character (U+D800 to U+DFFF)"
        raise NotTaken(msg, name)
    if len(value) > _LONGEST:
        msg = f"{name} has {len(value)} characters, at most {_LONGEST} are taken"
        raise NotTaken(msg, name)
    return value.strip()


def _identifier(fields: Mapping[str, Any], name: str) -> str:
    value = _text(fields, name)
    if len(value.encode()) > MAX_ID_BYTES or _CONTROL.search(value):
        msg = f"{name} is over {MAX_ID_BYTES} bytes or holds control characters"
        raise NotTaken(msg, name)
    return value


def _instant(fields: Mapping[str, Any]) -> int:
    text = _text(fields, "occurred_at")
    try:
        return parse_ms(text)
    except ValueError as error:
        raise NotTaken(str(error), "occurred_at") from error


def _word(fields: Mapping[str, Any], name: str, known: Collection[str]) -> str:
    return _one_of(name, _text(fields, name), known)


def _one_of(name: str, word: str, known: Collection[str]) -> str:
    if word in known:
        return word
    if name == "metric" and word in CATALOGUE:
        msg = f"{word} follows from ticket events alone and cannot be reported"
        raise NotTaken(msg, name)
    near = difflib.get_close_matches(word, known, 1)
    mend = f"did you mean {near[0]}?" if near else f"write one of {', '.join(known)}"
    msg = f"{name} {word!r} is not known: {mend}"
    raise NotTaken(msg, name)


def _plain(text: str) -> Decimal:
    """A number as people write it; Decimal would take `1_0` for 10, and digits of other scripts."""
    if "_" in text or not text.isascii():
        raise InvalidOperation
    return Decimal(text)


def _number(fields: Mapping[str, Any], name: str) -> Decimal:
    value = fields.get(name)
    try:
        found = _plain(_text(fields, name)) if not isinstance(value, Decimal) else value
    except InvalidOperation as error:
        msg = f"{value!r} is no number: write it as 12 or 4.5"
        raise NotTaken(msg, name) from error
    if not found.is_finite() or found.copy_abs() > _LARGEST or found.as_tuple().exponent < -12:  # type: ignore[operator]
        msg = f"{found} is out of bounds: write a plain number with at most 12 decimals"
        raise NotTaken(msg, name)
    return found


_KINDS: Mapping[str, Callable[[str], str]] = {"agent": scope.agent, "team": scope.team}


def subject_of(text: str) -> str:
    """`agent:…`, `team:…` or `all` as it stands in scopes.

    Raises:
        NotTaken: it is none of them.
    """
    kind, _, name = text.partition(":")
    if text == scope.ALL:
        return text
    if kind not in _KINDS or not name.strip() or _CONTROL.search(name):
        msg = f"{text!r} is no subject: write agent:…, team:… or all"
        raise NotTaken(msg, "subject")
    return _KINDS[kind](scope.decode(name.strip()))


def _subject(fields: Mapping[str, Any]) -> str:
    return subject_of(_text(fields, "subject"))


def _person(fields: Mapping[str, Any], name: str) -> str:
    """A person's id, also where it is written as a scope."""
    text = _identifier(fields, name)
    return scope.decode(text.removeprefix("agent:")) if text.startswith("agent:") else text


def _period(fields: Mapping[str, Any]) -> str:
    name = _text(fields, "period")
    try:
        kind_of(name)
    except PeriodUnknown as error:
        raise NotTaken(str(error), "period") from error
    return name
