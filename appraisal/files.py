"""The appraisal as JSON: each form in a file of its own, and the totals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

import orjson

from appraisal.form import Appraisal, FilledForm, TotalRow

_UNSAFE = re.compile(r'[%/\\?*"<>|\x00-\x1f\x7f-\x9f]')
_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def file_name(subject: str) -> str:
    """A subject or card as a file's name: `:` as `-`, other unsafe characters percent-encoded."""
    found = subject.replace(":", "-")
    found = _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), found)
    return "%2E" + found[1:] if found.startswith(".") else found


def form_path(form: FilledForm, suffix: str) -> PurePosixPath:
    """Where a form lies in the folder of its period: `forms/<scorecard>/<subject>.json`.

    In a subject's name `%`, `:`, `|` and `/` are percent-encoded already, and are so once only.
    """
    subject = "%".join(file_name(part) for part in form.subject.id.split("%"))
    return PurePosixPath("forms") / file_name(form.scorecard) / f"{subject}.{suffix}"


def json_files(appraisal: Appraisal) -> Mapping[PurePosixPath, bytes]:
    """The files by their path in the folder of the period; the same bytes for the same appraisal."""
    files = {
        form_path(form, "json"): orjson.dumps(form.model_dump(mode="json", by_alias=True), option=_OPTIONS)
        for form in appraisal.forms
    }
    files[PurePosixPath("totals.json")] = orjson.dumps(
        {
            "period": appraisal.period,
            "revision": appraisal.revision,
            "final": appraisal.final,
            "editions": appraisal.editions,
            "as_of": appraisal.as_of,
            "totals": [_row(row) for row in appraisal.totals],
        },
        option=_OPTIONS,
    )
    return files


def _row(row: TotalRow) -> dict[str, object]:
    return row.model_dump(mode="json")
