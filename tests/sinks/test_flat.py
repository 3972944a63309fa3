"""Values as text: one way, for streams and hashes alike."""

from __future__ import annotations

from typing import Any

import pytest

from sinks.flat import flat, text_of, texts


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-1795261457068", -1795261457068),
        ("900", 900.0),
        ("0.001", 0.001),
        ("123456789.123", 123456789.123),
        ("网络 'x'", "网络 'x'"),
        ("[]", []),
        ('["a","b"]', ["a", "b"]),
        ('{"mail":2}', {"mail": 2}),
    ],
)
def test_a_value_has_one_text(expected: str, value: Any) -> None:
    """Numbers are decimal, null is empty, lists and mappings are JSON."""
    assert expected == text_of(value)


def test_fields_stand_in_their_order() -> None:
    """A flat list alternates names and texts."""
    assert ["b", "1", "a", ""] == flat({"b": 1, "a": None})
    assert {"b": "1", "a": ""} == texts({"b": 1, "a": None})
