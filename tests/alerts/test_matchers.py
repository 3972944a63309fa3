"""Matchers are Alertmanager's: four operators, patterns that fit the whole, a missing label that is empty."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.matchers import matcher
from sla.policy.words import Unreadable


@pytest.mark.parametrize(
    ("text", "value", "fits"),
    [
        ('priority="P0"', "P0", True),
        ("priority=P0", "P0", True),
        ('priority = "P0"', "P1", False),
        ('team!="网络"', "桌面", True),
        ('team!="网络"', "网络", False),
        ('level=~"75%|90%|breached"', "90%", True),
        ('level=~"75%|90%|breached"', "190%", False),
        ('level=~"breach"', "breached", False),
        ('channel!~"web.*"', "website", False),
        ('channel!~"web.*"', "the web", True),
        ('team=""', "", True),
        ('team=~".+"', "", False),
        (r'team="say \"hi\" \\ there"', r'say "hi" \ there', True),
        ('category="a\nb"', "a\nb", True),
    ],
)
def test_a_matcher_fits_or_does_not(text: str, value: str, *, fits: bool) -> None:
    """One line for each rule of Alertmanager's."""
    one = matcher(text)
    assert fits is one.matches({one.label: value} if value else {})


@given(st.sampled_from(["=", "!="]), st.text(max_size=20))
def test_a_matcher_that_is_written_reads_the_same(operator: str, value: str) -> None:
    """Whatever the value holds."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    one = matcher(f'team{operator}"{escaped}"')
    assert (operator, value) == (one.operator, one.value)
    assert one == matcher(str(one))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("priority", "no matcher"),
        ('prio="P0"', "a label that no alert has"),
        ('level=~"75%|("', "no pattern"),
        ('team="half', "quoted by halves"),
        ('team="a"b"', "quoted by halves"),
        ("team=", "no matcher"),
        ('team=a"b', "no matcher"),
    ],
)
def test_what_is_no_matcher_is_refused_with_its_mend(text: str, says: str) -> None:
    """The fault names the text, the mend says how it is written."""
    with pytest.raises(Unreadable, match=says) as caught:
        matcher(text)
    assert caught.value.mend
