"""A short name for all that a policy book says, the same on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Any

from sla.calendar import BusinessCalendar
from sla.policy.edition import Edition


def digest_of(editions: Sequence[Edition]) -> str:
    """SHA-256 in hex over a canonical form of the editions, oldest first."""
    content = [
        {
            "edition": edition.name,
            "effective_from": edition.effective_from,
            "zone": edition.zone,
            "promised": edition.promised,
            "objectives": edition.objectives,
            "calendars": edition.calendars,
            "policies": edition.policies,
        }
        for edition in editions
    ]
    return hashlib.sha256(json.dumps(_canonical(content), sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, BusinessCalendar):
        return _canonical(value.spec)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _canonical(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, AbstractSet):
        return sorted((_canonical(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    return value
