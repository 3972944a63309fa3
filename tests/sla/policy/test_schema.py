"""The JSON Schema of an edition says what the reader reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.policy import MATCHED_FIELDS, METRICS
from sla.policy import calendars, objectives, policy_schema, reading, targets, words

SCHEMA = policy_schema()
POLICY = SCHEMA["properties"]["policies"]["items"]
TARGETS = POLICY["properties"]["targets"]["properties"]
CALENDAR = SCHEMA["properties"]["calendars"]["additionalProperties"]
DURATION = TARGETS["update"]["properties"]["within"]["oneOf"][0]["pattern"]


@pytest.mark.parametrize(
    ("part", "keys"),
    [
        (SCHEMA, reading.KEYS),
        (POLICY, reading.POLICY_KEYS),
        (SCHEMA["properties"]["objectives"]["items"], objectives.OBJECTIVE_KEYS),
        (CALENDAR, calendars.KEYS),
        (POLICY["properties"]["when"], MATCHED_FIELDS),
        (POLICY["properties"]["targets"], METRICS),
        (TARGETS["resolution"], targets.KEYS),
        (TARGETS["update"], [key for key in targets.KEYS if key != "reopen"]),
    ],
)
def test_the_schema_knows_the_keys_of_the_reader_and_no_others(part: dict[str, Any], keys: list[str]) -> None:
    """A key that the reader takes is in the schema, and the schema takes no other."""
    assert set(keys) == set(part["properties"])
    assert part["additionalProperties"] is False


@settings(max_examples=50)
@given(st.from_regex(DURATION, fullmatch=True, alphabet=st.characters(codec="ascii")).filter(bool))
def test_a_duration_that_the_schema_takes_is_one(text: str) -> None:
    """What an editor accepts is read, unless it is nothing or beyond all measure."""
    try:
        fault = "" if words.duration_ms(text) > 0 else "nothing"
    except words.Unreadable as error:
        fault = str(error)

    assert not fault or fault.endswith(("no time at all", "longer than ten years"))
