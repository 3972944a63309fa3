"""The story of a ticket's clocks, as a manager reads it."""

from __future__ import annotations

import re

import pytest

from sla.explain import duration, explain
from sla.story_words import KINDS, METRICS, SENTENCES
from sla.ticket.document import document
from tests.sla.ticket.stories import MINUTE, START, told

P0 = ("created", 0, {"priority": "P0", "team": "desk", "assignee": "ada"})


def lines(*story: object, until: float) -> str:
    now = START + round(until * MINUTE)
    return "\n".join(explain(document(told(*story, until=until), now), "Asia/Shanghai", now))  # type: ignore[arg-type]


def test_a_story_tells_verdict_promise_warnings_and_every_slice() -> None:
    """In the zone asked for, each slice with the event that opened it."""
    text = lines(P0, ("replied", 5, {"author": "agent"}), ("status_changed", 60, {"status": "on_hold"}), until=150)

    assert "Ticket T1 (P0, on_hold) in team desk of ada, as of Mon 2026-01-05 19:30:00 (Asia/Shanghai)." in text
    assert "First response: met; stopped Mon 2026-01-05 17:05:00, with 10m to spare." in text
    assert "Resolution: paused, with 3h left." in text
    assert (
        "Mon 2026-01-05 18:00:00 → Mon 2026-01-05 19:30:00      1h 30m  paused: the clock waited (since event e003)"
        in text
    )
    assert "Together 1h counted, 1h 30m paused." in text


def test_a_late_handing_over_is_told() -> None:
    """With both names and how much was used."""
    assert (
        "Handed over by ada to bob on Mon 2026-01-05 17:14:00, with 93 % of the target of “First response” used."
        in (lines(P0, ("assigned", 14, {"assignee": "bob"}), until=20))
    )


def test_a_breach_is_told_with_how_much_it_is_over() -> None:
    """And when it fell due."""
    assert "First response: breached on Mon 2026-01-05 17:15:00; still open, 5m over." in lines(P0, until=20)


def test_a_ticket_without_promises_says_so() -> None:
    """No clock runs."""
    assert "No policy promises anything for it" in lines(("created", 0, {"priority": "P4"}), until=5)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (45, "45s"), (5400, "1h 30m"), (187_200, "2d 4h"), (0.25, "0.25s"), (-90, "-1m 30s"), (3600, "1h")],
)
def test_durations_are_written_as_people_write_them(seconds: float, text: str) -> None:
    """Units that are 0 are left out."""
    assert text == duration(seconds)


def test_the_story_is_told_in_chinese_too() -> None:
    """Every sentence of it: nothing is left in English but names."""
    story = ("created", 0, {"priority": "P0", "team": "网络", "assignee": "王丽"})
    replied = ("replied", 5, {"author": "agent"})
    now = START + 150 * MINUTE
    held = ("status_changed", 60, {"status": "on_hold"})
    text = "\n".join(explain(document(told(story, replied, held, until=150), now), "Asia/Shanghai", now, "zh"))  # type: ignore[arg-type]

    assert "工单 T1（P0，on_hold），团队 网络，负责人 王丽，截至 2026-01-05 周一 19:30:00（Asia/Shanghai）。" in text
    assert "首次响应：按时完成；停止于 2026-01-05 周一 17:05:00，余 10 分。" in text
    assert "合计计入 1 小时，暂停 1 小时 30 分。" in text


def test_both_languages_tell_the_same() -> None:
    """Each sentence of one stands in the other, with the same facts in it."""
    facts = {
        lang: {name: sorted(re.findall(r"\{(\w+)\}", sentence)) for name, sentence in known.items()}
        for lang, known in SENTENCES.items()
    }

    assert facts["en"] == facts["zh"]
    assert METRICS["en"].keys() == METRICS["zh"].keys()
    assert KINDS["en"].keys() == KINDS["zh"].keys()
