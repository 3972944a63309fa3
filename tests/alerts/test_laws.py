"""Laws of the decider, for any story: whatever dies and whatever comes twice, each step is taken once."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.entry import Entry
from alerts.notice import Kind
from tests.alerts.stories import HOUR, MINUTE, MONDAY, SECOND, Mortal, entry, rules, shipped_rules

RULES = shipped_rules()
ENDS = (Kind.ALL_CLEAR, Kind.WITHDRAWN)

Story = list[tuple[int, list[Entry]]]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Clocks of a few tickets: warned, breached perhaps, paused perhaps, ended or withdrawn perhaps."""
    found: list[tuple[int, Entry]] = []
    for number in range(draw(st.integers(1, 6))):
        ticket, at, revision = f"T-{number}", MONDAY + draw(st.integers(0, 20)) * MINUTE, 1
        priority = draw(st.sampled_from(["P0", "P1", "P3"]))
        team = draw(st.sampled_from(["网络", "桌面", ""]))
        metric = draw(st.sampled_from(["first_response", "resolution"]))
        for change, level in draw(st.sampled_from([
            [("warned", "75%")],
            [("warned", "75%"), ("ended", "75%")],
            [("warned", "75%"), ("warned", "90%"), ("breached", "breached")],
            [("breached", "breached"), ("ended", "breached")],
            [("breached", "breached"), ("withdrawn", "breached")],
            [("warned", "75%"), ("paused", "75%"), ("resumed", "75%"), ("ended", "75%")],
            [("breached", "breached"), ("ended", "breached"), ("resumed", "breached"), ("ended", "breached")],
        ])):  # fmt: skip
            found.append((at, entry(ticket, change, at, level=level, priority=priority, team=team, metric=metric,
                                    revision=revision)))  # fmt: skip
            at, revision = at + draw(st.integers(1, 400)) * SECOND * 3, revision + 1
    found.sort(key=lambda one: one[0])
    return [(at, [one]) for at, one in found]


def run(story: Story, deaths: dict[int, str] | None = None, *, twice: bool = False) -> Mortal:
    """Plays a story minute by minute and at each entry; the decider dies where it is said to."""
    mortal = Mortal(RULES)
    ends = max(at for at, _ in story) + HOUR
    instants = sorted({*(at for at, _ in story), *range(MONDAY, ends, 30 * SECOND)})
    by_instant: dict[int, list[Entry]] = {}
    for at, entries in story:
        by_instant.setdefault(at, []).extend(entries)
    for number, now in enumerate(instants):
        entries = by_instant.get(now, [])
        mortal.take(entries, now)
        if twice:
            mortal.take(entries, now)
        dies = (deaths or {}).get(number, "")
        mortal.decide(now, dies=dies)
        if dies:
            mortal.rise(now)
            mortal.take(entries, now)  # not worked off yet: they are handed out again
            mortal.decide(now)
    return mortal


@settings(max_examples=50, deadline=None)
@given(story=stories(), deaths=st.dictionaries(st.integers(0, 150), st.sampled_from(["before", "sending", "sent"])))
def test_whenever_an_alerter_dies_the_same_is_told_and_each_step_under_one_key(
    story: Story, deaths: dict[int, str]
) -> None:
    """A step is sent a second time only when it died between sending it and writing that down."""
    calm, stormy = run(story), run(story, deaths)
    assert sorted(calm.told) == sorted(stormy.told)
    often = Counter(notice.key for notice in stormy.sent)
    marked = Counter(notice.key for notice in stormy.sent if notice.repeated)
    assert all(count - 1 <= marked[key] for key, count in often.items())


@settings(max_examples=30, deadline=None)
@given(story=stories())
def test_an_entry_that_comes_twice_changes_nothing(story: Story) -> None:
    """Redis hands out again what was not finished, and writes again what it had lost."""
    assert run(story).told == run(story, twice=True).told


@settings(max_examples=50, deadline=None)
@given(story=stories())
def test_who_was_told_is_told_the_end_once_and_who_was_not_is_told_nothing(story: Story) -> None:
    """For each clock and receiver: firing before its end, ends as often as it was over, none without firing."""
    mortal = run(story)
    fired: Counter[tuple[str, str]] = Counter()
    open_at: set[tuple[str, str]] = set()
    for notice in mortal.sent:
        for alert in notice.alerts:
            name = (notice.receiver, alert.id)
            if notice.kind in ENDS:
                assert name in open_at
                open_at.remove(name)
            else:
                open_at.add(name)
                fired[name] += 1
    memory = mortal.decider.memory
    assert all(not memory.alerts[ident].over for _, ident in open_at)
    assert len({notice.key for notice in mortal.sent}) == len(mortal.sent)


@settings(max_examples=30, deadline=None)
@given(story=stories())
def test_nothing_is_left_to_be_done_once_all_clocks_have_ended(story: Story) -> None:
    """No timer runs for what is over."""
    mortal = run(story)
    last = max(at for at, _ in story) + HOUR
    for alert in list(mortal.decider.memory.alerts.values()):
        again = alert.entry._replace(change="ended", revision=99, at=last, backlog=False)
        mortal.take([again], last)
    mortal.decide(last)
    mortal.decide(last + HOUR)
    assert mortal.decider.next_at(last + HOUR) is None


@settings(max_examples=25, deadline=None)
@given(story=stories(), at=st.integers(0, 100))
def test_rules_may_change_between_two_alerters(story: Story, at: int) -> None:
    """Routes and receivers that are gone are let go; nobody is told anew what they were told already."""
    mortal = run(story, {at: "sent"})
    mortal.rules = rules({"receiver": "lead", "routes": [{"matchers": ['priority="P1"'], "receiver": "room"}]})
    last = max(one for one, _ in story) + HOUR
    before = {(one.receiver, alert.id) for one in mortal.sent for alert in one.alerts}
    mortal.rise(last)
    sent = len(mortal.sent)
    for minute in range(60):
        mortal.decide(last + minute * MINUTE)
    again = [one for one in mortal.sent[sent:] if one.kind is Kind.FIRING]
    assert not {(one.receiver, alert.id) for one in again for alert in one.alerts} & before
    assert {one.receiver for one in mortal.sent[sent:]} <= set(mortal.rules.receivers)
