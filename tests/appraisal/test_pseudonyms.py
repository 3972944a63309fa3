"""Pseudonyms: whom they hide, and that nothing else is changed."""

from __future__ import annotations

import pytest

from appraisal.mentions import Mentions
from appraisal.pseudonyms import Pseudonyms, WeakKey
from appraisal.roster import Person, Roster

ROSTER = Roster([Person("wang.li", "王丽"), Person("li", "Li"), Person("王", "老王")])
KEY = "a secret of thirty characters"


def test_a_person_has_one_pseudonym_under_a_key_and_another_under_another() -> None:
    """By id, in subjects and in text, with and without their name."""
    hidden = Pseudonyms(KEY, ROSTER)
    name = hidden.person("wang.li")

    assert name == Pseudonyms(KEY, Roster()).person("wang.li")
    assert name != Pseudonyms(KEY + "!", ROSTER).person("wang.li")
    assert f"agent:{name}" == hidden.subject("agent:wang.li")
    assert "team:wang.li" == hidden.subject("team:wang.li")
    assert f"{name} asked, {name} granted" == hidden.text("wang.li asked, 王丽 granted")


def test_text_hides_the_longest_name_and_leaves_other_words() -> None:
    """`li` is not hidden in `list`, and 王丽 is not 王 with a rest."""
    hidden = Pseudonyms(KEY, ROSTER, ["chen.gang"])

    assert f"a list of {hidden.person('li')}" == hidden.text("a list of li")
    assert f"{hidden.person('wang.li')}、{hidden.person('王')}" == hidden.text("王丽、老王")
    assert hidden.person("chen.gang") == hidden.text("chen.gang")
    assert f"经{hidden.person('chen.gang')}批准" == hidden.text("经chen.gang批准")


def test_a_key_that_could_be_tried_out_is_refused() -> None:
    """Without a secret anybody could compute whose pseudonym it is."""
    with pytest.raises(WeakKey, match="SLAWATCH_PSEUDONYM_KEY"):
        Pseudonyms("short", ROSTER)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('{"assignee": "王丽"}', True),
        ('{"assignee": "\\u738b\\u4e3d"}', True),
        ('{"by": {"agent:王丽": 1}}', True),
        ('[["x", "王丽"]]', True),
        ('{"assignee": "王丽娜"}', False),
        ('{"note": "王丽 said"}', False),
        ("no JSON at all, but 王丽", True),
        ("", False),
    ],
)
def test_a_record_mentions_a_person_by_their_whole_id(value: str, found: bool) -> None:
    """As a value or a key, escaped or not; not as a part of another name."""
    assert found == Mentions("王丽").are_in(value.encode())


@pytest.mark.parametrize(
    ("key", "found"),
    [
        (b"2026-11/agent:wang.li", True),
        (b"2026-11/agent:wang.li/2", True),
        (b"agent:wang.li", True),
        (b"oagent:wang.li", True),
        (b"wang.li\x00e1", True),
        (b"agent:wang.lin", False),
        (b"2026-11/agent:wang.lin", False),
        (b"team:wang.li.s", False),
    ],
)
def test_a_key_names_a_person_by_a_part_of_its_own(key: bytes, found: bool) -> None:
    """What is handed out about one person holds nothing of somebody whose id begins alike."""
    assert found == Mentions("wang.li").is_in_key(key)
