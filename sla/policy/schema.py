"""The JSON Schema of an edition, for editors that complete and check while one writes."""

from __future__ import annotations

from typing import Any

from models.event import PRIORITIES
from models.objective import OBJECTIVE_PERIODS
from models.policy import MATCHED_FIELDS, METRICS
from sla.policy.calendars import DAYS
from sla.policy.objectives import OBJECTIVE_METRICS
from sla.policy.targets import REOPENS

_DURATION = {
    "type": "string",
    "description": "90s, 15m, 4h, 1h30m, 2d (24 counted hours) or ISO 8601 (PT15M)",
    "pattern": (
        r"^((\d+d)?(\d+h)?(\d+m)?(\d+s)?"
        r"|P(?=.)(\d+([.,]\d+)?W)?(\d+([.,]\d+)?D)?(T(?=.)(\d+([.,]\d+)?H)?(\d+([.,]\d+)?M)?(\d+([.,]\d+)?S)?)?)$"
    ),
    "minLength": 2,
}
_TIME = {"type": "string", "pattern": r"^([01]\d|2[0-4]):[0-5]\d$"}
_DATE = r"\d{4}-\d\d-\d\d"
_SPANS = {
    "type": "array",
    "items": {"type": "string", "pattern": r"^[0-4]\d:[0-5]\d\s*-\s*[0-4]\d:[0-5]\d$"},
    "description": 'spans of hours; "22:00-30:00" runs past midnight and belongs to the day on which it starts',
}


def _object(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _some(item: dict[str, Any]) -> dict[str, Any]:
    """A list that is not empty, or a single value."""
    return {"oneOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def policy_schema() -> dict[str, Any]:
    """Draft 2020-12. It tells shapes; what only shows in the whole (names, overlaps, reach) is told by `check`."""
    spans_by_date = {
        "type": "object",
        "propertyNames": {"pattern": f"^{_DATE}$"},
        "additionalProperties": _SPANS,
    }
    name = {"type": ["string", "number"], "minLength": 1}
    priority = {"enum": list(PRIORITIES)}
    matched: dict[str, Any] = {field: _some(name) for field in MATCHED_FIELDS}
    matched |= {"priority": _some(priority), "complexity": _some({"type": "number"})}
    calendar = _object(
        {
            "timezone": {"type": "string", "description": "a name of the IANA database"},
            "week": {"oneOf": [{"const": "always"}, _object(dict.fromkeys(DAYS, _SPANS))]},
            "holidays": {
                "type": "array",
                "items": {"type": "string", "pattern": rf"^({_DATE}|\d\d-\d\d)$"},
                "description": "a date, or a month and day that recurs every year",
            },
            "dates": {**spans_by_date, "description": "replaces that date's hours, on a holiday too"},
            "breaks": {**spans_by_date, "description": "cut out of that date"},
            "public_holidays": _object(
                {"country": {"type": "string"}, "subdivision": {"type": "string"}}, ("country",)
            ),
        },
        ("timezone", "week"),
    )
    target = _object(
        {
            "within": {"oneOf": [_DURATION, {"const": "none"}]},
            "business_days": {"type": "integer", "minimum": 1},
            "cutoff": _TIME,
            "opens": _TIME,
            "calendar": {"type": "string"},
            "pause_on": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            "warn_at": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        }
    )
    target["oneOf"] = [{"required": ["within"]}, {"required": ["business_days"]}]
    resolution = {**target, "properties": {**target["properties"], "reopen": {"enum": list(REOPENS)}}}
    targets = _object({metric: resolution if metric == "resolution" else target for metric in METRICS})
    policy = _object(
        {"name": name, "when": _object(matched), "calendar": {"type": "string"}, "targets": targets},
        ("name", "targets"),
    )
    objective = _object(
        {
            "name": name,
            "metric": {"enum": list(OBJECTIVE_METRICS)},
            "when": _object({"priority": _some(priority), "team": _some(name)}),
            "attainment": {"type": "string", "pattern": r"^\d{1,2}(\.\d{1,4})?\s*%$"},
            "period": {"enum": list(OBJECTIVE_PERIODS)},
            "minimum": {"type": "integer", "minimum": 0},
        },
        ("name", "metric", "attainment", "period"),
    )
    edition = _object(
        {
            "edition": name,
            "effective_from": {"type": "string", "format": "date-time"},
            "zone": {"type": "string"},
            "promised": _some({"enum": list(METRICS)}),
            "objectives": {"type": "array", "items": objective},
            "calendars": {"type": "object", "additionalProperties": calendar},
            "policies": {"type": "array", "items": policy},
        },
        ("policies",),
    )
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "slawatch policy edition", **edition}
