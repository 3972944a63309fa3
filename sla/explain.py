"""The story of a ticket's clocks, in sentences that a manager can follow; from the document that `replay` writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sla.story import ClockStory, Teller, duration
from sla.story_words import SENTENCES

__all__ = ["duration", "explain"]


def explain(ticket: Mapping[str, Any], zone: str, as_of: int, lang: str = "en") -> Iterator[str]:
    """Lines of text about a ticket's document; times are shown in `zone`.

    Args:
        ticket: a document as `replay` writes it.
        zone: an IANA zone, such as the policy book's.
        as_of: the instant in ms that the document speaks of.
        lang: `en` or `zh`.
    """
    story = Teller(zone, lang).story(ticket, as_of)
    yield story.head
    yield story.created
    yield from story.handovers
    if story.no_clocks:
        yield story.no_clocks
    for clock in story.clocks:
        yield ""
        yield from _clock(clock, lang)


def _clock(clock: ClockStory, lang: str) -> Iterator[str]:
    since = SENTENCES[lang]["since"]
    yield f"{clock.title}{'：' if lang == 'zh' else ': '}{clock.verdict}"  # noqa: RUF001 -- Chinese has its own colon
    yield f"  {clock.policy}"
    yield f"  {clock.started}"
    for warned in clock.warnings:
        yield f"  {warned}"
    for one in clock.slices:
        yield f"  {one.start} → {one.end}  {one.length:>10}  {one.told} {since.format(event=one.event)}"
    yield f"  {clock.together}"
