"""What a subject's figures rest on: documents of a period, and observations; and one figure made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from appraisal.entries import Known
from appraisal.form import Led, Words
from appraisal.observed import tally_of
from appraisal.period import Period
from appraisal.scorecard import Where
from appraisal.tally import ADDED, Tally, of_share, pooled
from appraisal.where import own_where
from models.measure import Measure, Unit
from models.observation import MetricObserved
from models.period import MeasureTotals, PeriodDocument
from sla.catalogue import CATALOGUE

SPLITS: Final = ("priority", "tier", "complexity", "aspect")
#: Some days of a subject: the first and the last, both included.
Stretch = tuple[str, int, int]
Parts = Mapping[str, Mapping[str, Tally]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, its parts by split and label, whether something looks ahead yet, and whose it is.

    `reported`: somebody observed something. `subjects`: whose documents and observations were pooled.
    """

    tally: Tally
    parts: Parts
    so_far: bool
    reported: bool
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Documents with the part of each that counts, and where observations are looked for: the first that has any."""

    period: Period
    known: Known
    documents: Sequence[tuple[PeriodDocument, Fraction]]
    observers: Sequence[Sequence[Stretch]]
    led: Sequence[Led] = ()
    notes: Sequence[Words] = ()
    computed: dict[str, Tally] = field(default_factory=dict)  # figures that follow from other forms

    def figure(self, name: str, where: Where | None = None) -> Figure:
        """The figure of a measure, over one split where `where` says so."""
        measure = CATALOGUE[name]
        where = where or own_where(measure)
        if name in self.computed:
            return Figure(self.computed[name], {}, so_far=False, reported=True, subjects=self._led_teams())
        found: list[Tally] = []
        parts: dict[str, dict[str, Tally]] = {}
        so_far = False
        subjects: list[str] = []
        if measure.source != "observed":
            totals = [
                (document.measures[base], part, document.subject)
                for base in [measure.of or measure.id]
                for document, part in self.documents
                if base in document.measures
            ]
            so_far = any(document.so_far for document, _, _ in totals)
            subjects += [subject for _, _, subject in totals]
            parts = _parts_of(totals, measure.unit)
            plain = [of_share(document, measure.unit, part) for document, part, _ in totals]
            found.append(_over(where, parts, measure.unit) if where else pooled(plain, measure.unit))
            if measure.unit in ADDED:
                found.append(Tally(denominator=Fraction(1)))  # of something that is counted, none is 0
        observed = self._observed(measure) if measure.source != "events" and where is None else []
        if observed:
            found.append(tally_of(measure, observed))
            subjects += [one.subject for one in observed]
        tally = pooled(found, measure.unit)
        shown = {} if where else parts
        if measure.of and where == own_where(measure):
            own = [(d.measures[name], part, d.subject) for d, part in self.documents if name in d.measures]
            shown = _parts_of(own, measure.unit)
        return Figure(tally, shown, so_far, bool(observed), tuple(sorted(set(subjects))))

    def _observed(self, measure: Measure) -> list[MetricObserved]:
        """The observations in the period, of the first observer that has any."""
        for stretches in self.observers:
            found = [
                one
                for subject, first, last in stretches
                for one in self.known.observed.get((measure.id, subject), ())
                if self.period.begin <= one.occurred_at < self.period.end
                and first <= self.period.day_of(one.occurred_at) <= last
            ]
            if found:
                return sorted(found, key=lambda one: (one.occurred_at, one.event_id))
        return []

    def _led_teams(self) -> tuple[str, ...]:
        return tuple(sorted({led.team for led in self.led}))


def _parts_of(totals: Sequence[tuple[MeasureTotals, Fraction, str]], unit: Unit) -> dict[str, dict[str, Tally]]:
    found: dict[str, dict[str, list[Tally]]] = {}
    for document, part, _ in totals:
        for split in SPLITS:
            for label, share in getattr(document, f"by_{split}").items():
                found.setdefault(split, {}).setdefault(label, []).append(of_share(share, unit, part))
    return {
        split: {label: pooled(labels[label], unit) for label in sorted(labels, key=label_order)}
        for split, labels in found.items()
    }


def label_order(label: str) -> tuple[float, str]:
    """Numbers by size, words by letters: complexity 10 comes after 9."""
    try:
        return float(label), ""
    except ValueError:
        return float("inf"), label


def _over(where: Where, parts: Parts, unit: Unit) -> Tally:
    return pooled([tally for label, tally in parts.get(where.by, {}).items() if where.holds(label)], unit)
