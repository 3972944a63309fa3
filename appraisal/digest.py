"""What an appraisal was computed from, as one number that any order of arrival leaves as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from appraisal.evidence import Evidence
from appraisal.intake import write_record
from appraisal.scorecard import Scorecard
from appraisal.setting import Setting
from models.observation import Entry


def digest_of(setting: Setting, cards: Iterable[Scorecard], bases: Iterable[Evidence]) -> str:
    """A SHA-256 in hex of the totals used, of what was told about the period, of the cards and of the roster.

    What was told of other periods does not count: it changes nothing here.
    """
    digest = hashlib.sha256()
    totals = {
        (document.period, document.subject): document.model_dump_json(by_alias=True)
        for evidence in bases
        for document, _ in evidence.documents
    }
    for key in sorted(totals):
        digest.update(totals[key].encode() + b"\n")
    period, known = setting.period, setting.known
    told: list[Entry] = [
        one for found in known.observed.values() for one in found if period.begin <= one.occurred_at < period.end
    ]
    told += [one for one in known.ratings if one.period == period.id]
    told += [one for one in known.adjustments if one.period == period.id]
    for record in sorted(map(write_record, told)):
        digest.update(record + b"\n")
    for card in sorted(cards, key=lambda card: card.id):
        digest.update(repr(card).encode() + b"\n")
    for person in sorted(setting.roster.people):
        digest.update(repr(setting.roster.people[person]).encode() + b"\n")
    return digest.hexdigest()
