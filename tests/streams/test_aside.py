"""Dead letters are kept as they came."""

from __future__ import annotations

import hashlib

from streams.aside import HEAD, LARGEST, dead_letter
from tests.streams.parts import Letter


def test_a_dead_letter_has_its_bytes_and_its_place() -> None:
    """Null stays null; headers say from where and why."""
    record = dead_letter(Letter(17, b"T1", None, "null_value", ""), 3)

    assert (b"T1", None) == (record.key, record.value)
    place = {"topic": b"ticket-events", "partition": b"3", "offset": b"17", "reason": b"null_value"}
    assert place == dict(record.headers)


def test_the_field_at_fault_is_named() -> None:
    """Where there is one."""
    assert ("field", b"priority") in dead_letter(Letter(1, b"T1", b"{}", "invalid", "priority"), 0).headers


def test_of_a_huge_value_the_head_and_its_hash_are_kept() -> None:
    """Over 8 MiB nothing else could be stored."""
    value = b"x" * (LARGEST + 1)
    record = dead_letter(Letter(1, b"T1", value, "too_large", ""), 0)
    headers = dict(record.headers)

    assert value[:HEAD] == record.value
    assert str(LARGEST + 1).encode() == headers["size"]
    assert hashlib.sha256(value).hexdigest().encode() == headers["sha256"]
    assert value[:-1] == dead_letter(Letter(1, b"T1", value[:-1], "too_large", ""), 0).value
