"""Observations, ratings and adjustments: what is taken, what is refused, and that order and repetition say nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.entries import Entries, Known, known_of
from appraisal.intake import NotTaken, entry_of, read_record, write_record
from models.observation import MetricObserved

OBSERVED: dict[str, Any] = {
    "type": "metric.observed",
    "event_id": "o1",
    "occurred_at": "2026-11-20T09:00:00+08:00",
    "metric": "training_coverage",
    "subject": "team:network",
    "value": "9",
    "of": "10",
}
RATING: dict[str, Any] = {
    "type": "rating.given",
    "event_id": "r1",
    "occurred_at": "2026-11-20T09:00:00+08:00",
    "period": "2026-Q4",
    "scorecard": "manager-after-sales",
    "subject": "agent:wang.li",
    "role": "superior",
    "rater": "chen.gang",
    "dimension": "客户满意度",
    "score": "92.5",
}
ADJUSTMENT: dict[str, Any] = {
    "type": "adjustment.made",
    "event_id": "a1",
    "occurred_at": "2026-11-20T09:00:00+08:00",
    "period": "2026-Q4",
    "scorecard": "manager-after-sales",
    "subject": "agent:wang.li",
    "measure": "first_response_attainment",
    "value": "96%",
    "reason": "the mail server was down",
    "approved_by": "chen.gang",
}


@pytest.mark.parametrize(
    ("base", "changes", "field"),
    [
        (OBSERVED, {"event_id": ""}, "event_id"),
        (OBSERVED, {"event_id": "x" * 257}, "event_id"),
        (OBSERVED, {"event_id": "a\nb"}, "event_id"),
        (OBSERVED, {"occurred_at": "2026-11-20"}, "occurred_at"),
        (OBSERVED, {"occurred_at": "2026-11-20T09:00:00"}, "occurred_at"),
        (OBSERVED, {"metric": "trainings"}, "metric"),
        (OBSERVED, {"metric": "first_response_mean"}, "metric"),
        (OBSERVED, {"metric": "key_customer_csat"}, "metric"),
        (OBSERVED, {"subject": "network"}, "subject"),
        (OBSERVED, {"subject": "priority:P0"}, "subject"),
        (OBSERVED, {"subject": "team:"}, "subject"),
        (OBSERVED, {"value": ""}, "value"),
        (OBSERVED, {"value": "90%"}, "value"),
        (OBSERVED, {"value": "NaN"}, "value"),
        (OBSERVED, {"value": "-1"}, "value"),
        (OBSERVED, {"value": "11"}, "value"),
        (OBSERVED, {"value": "1e9999999"}, "value"),
        (OBSERVED, {"value": "1_0"}, "value"),
        (OBSERVED, {"value": "９"}, "value"),
        (OBSERVED, {"subject": "team:\ud800"}, "subject"),
        (OBSERVED, {"of": ""}, "of"),
        (OBSERVED, {"of": "0"}, "of"),
        (OBSERVED, {"of": "many"}, "of"),
        (OBSERVED, {"replaces": "o1"}, "replaces"),
        (OBSERVED, {"metric": "qa_score", "value": "6", "of": "5"}, "value"),
        (OBSERVED, {"metric": "qa_score", "value": "6", "of": ""}, "of"),
        (OBSERVED, {"type": "metric.seen"}, "type"),
        (RATING, {"period": "2026-Q5"}, "period"),
        (RATING, {"role": "data"}, "role"),
        (RATING, {"score": "100.5"}, "score"),
        (RATING, {"rater": " "}, "rater"),
        (ADJUSTMENT, {"measure": "csat_satisfied"}, "measure"),
        (ADJUSTMENT, {"value": "96"}, "value"),
        (ADJUSTMENT, {"value": "150%"}, "value"),
        (ADJUSTMENT, {"value": "-5%"}, "value"),
        (ADJUSTMENT, {"reason": "half a \udfff"}, "reason"),
        (ADJUSTMENT, {"measure": "csat", "value": "101"}, "value"),
        (ADJUSTMENT, {"reason": ""}, "reason"),
        (ADJUSTMENT, {"approved_by": ""}, "approved_by"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(base: dict[str, Any], changes: dict[str, Any], field: str) -> None:
    """The field at fault, and a sentence that says how to write it."""
    with pytest.raises(NotTaken) as caught:
        entry_of({**base, **changes})

    assert field == caught.value.field
    assert str(caught.value)


@pytest.mark.parametrize("fields", [OBSERVED, RATING, ADJUSTMENT, {**OBSERVED, "value": "0.1234567890", "of": "1"}])
def test_a_record_says_what_was_written_digit_by_digit(fields: dict[str, Any]) -> None:
    """What a file says comes back from the topic unchanged, and written again it is the same record."""
    entry = entry_of(fields)
    record = write_record(entry)

    assert entry == read_record(record)
    assert record == write_record(read_record(record))
    assert fields["type"] == orjson.loads(record)["type"]


def test_an_envelope_of_cloudevents_says_the_same() -> None:
    """As for tickets: the envelope's own fields, and the rest inside."""
    envelope = {
        "specversion": "1.0",
        "id": "o1",
        "type": "metric.observed",
        "source": "hr",
        "subject": "team:network",
        "time": OBSERVED["occurred_at"],
        "data": {"metric": "training_coverage", "value": 9, "of": 10},
    }

    assert entry_of(OBSERVED) == read_record(orjson.dumps(envelope))


def test_a_share_of_nothing_is_taken_and_an_adjusted_percentage_is_a_ratio() -> None:
    """No training was due: 0 of 0 says so. 96 % is 0.96."""
    nothing = entry_of({**OBSERVED, "value": "0", "of": "0"})
    adjusted = entry_of(ADJUSTMENT)

    assert isinstance(nothing, MetricObserved)
    assert Decimal(0) == nothing.of
    assert Decimal("0.96") == adjusted.value  # type: ignore[union-attr]


def test_a_rater_may_be_written_as_a_scope() -> None:
    """`agent:chen.gang` is chen.gang."""
    assert entry_of(RATING) == entry_of({**RATING, "rater": "agent:chen.gang"})


def test_a_subject_is_written_as_scopes_are() -> None:
    """Encoded once, whether it came encoded or not."""
    for name in ("team:网络|核心", "team:网络%7C核心"):
        assert "team:网络%7C核心" == entry_of({**OBSERVED, "subject": name}).subject


@pytest.mark.parametrize(
    "record",
    [
        None,
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"type":1}',
        b'{"type":"metric.observed"}',
        b"1e999",
        orjson.dumps(OBSERVED).replace(b'"9"', b"1e9999999"),
        orjson.dumps(OBSERVED).replace(b'"9"', b"1e99999999999999999999"),
        orjson.dumps(OBSERVED).replace(b'"o1"', b'"z\\ud800"'),
    ],
)
def test_a_record_that_holds_nothing_is_refused_and_stops_nobody(record: bytes | None) -> None:
    """It is named with its place; the others are taken."""
    entries = Entries()
    entries.read(record, "metric-observations[0]@7")
    entries.read(write_record(entry_of(OBSERVED)))

    assert ["o1"] == list(entries.by_id)
    assert entries.refused[0].startswith("metric-observations[0]@7")


def observation(name: str, value: int, replaces: str | None = None, second: int = 0) -> MetricObserved:
    """A number of articles."""
    return MetricObserved(
        name, 1_790_000_000_000 + second * 1000, "kb_contributions", "all", Decimal(value), None, replaces
    )


def test_what_is_replaced_does_not_hold_and_a_chain_of_corrections_ends_in_the_last() -> None:
    """Five articles were six were seven; and two that replace each other leave nothing."""
    chain = [observation("a", 5), observation("b", 6, "a"), observation("c", 7, "b")]
    circle = [observation("x", 1, "y"), observation("y", 2, "x")]

    assert [Decimal(7)] == [one.value for one in known_of(chain).observed["kb_contributions", "all"]]
    assert {} == known_of(circle).observed


entries = st.lists(
    st.builds(
        observation,
        st.sampled_from("abcdef"),
        st.integers(0, 9),
        st.none() | st.sampled_from("uvwxyz"),
        st.integers(0, 3),
    ),
    max_size=12,
)


@given(entries, st.randoms())
def test_order_and_repetition_change_nothing(found: list[MetricObserved], random: Any) -> None:
    """Even where two bodies claim one id: the same one holds, however they came."""
    assert _known(found) == _known(_mixed(found, random))


def _mixed(found: list[MetricObserved], random: Any) -> list[MetricObserved]:
    mixed = [*found, *found[::2]]
    random.shuffle(mixed)
    return mixed


def _known(found: list[MetricObserved]) -> Known:
    held = Entries()
    for one in found:
        held.add(one)
    return known_of(held.by_id.values())
