"""A whole period: who is appraised by which card, members before those who lead them, and the rows of totals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from appraisal.evidence import Evidence
from appraisal.fill import Filled, fill, subject_of
from appraisal.form import Words
from appraisal.roster import Person, Span
from appraisal.scorecard import Scorecard
from appraisal.setting import Setting
from appraisal.source import led_evidence, own_evidence
from appraisal.tally import Tally
from models import scope

TEAM_ATTAINMENT = "team_attainment"


class CannotAppraise(ValueError):
    """What was asked for cannot be filled.

    Operator action: the message names the subject or the card, and its mend.
    """


class Appraiser:
    """Fills forms, each once."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._filled: dict[tuple[str, str], Filled] = {}
        self._evidence: dict[tuple[str, str], Evidence] = {}

    def form(self, subject: str, card: Scorecard) -> Filled:
        """The form of a subject by a card that is for this kind of period."""
        key = subject, card.id
        found = self._filled.get(key)
        if found is None:
            evidence, notes = self._gathered(subject, card)
            found = fill(card, subject_of(self._setting.roster, subject), evidence, self._setting, notes)
            self._filled[key] = found
            self._evidence[key] = evidence
        return found

    def evidence(self, subject: str, card: Scorecard) -> Evidence:
        """What a subject's form rests on."""
        self.form(subject, card)
        return self._evidence[subject, card.id]

    @property
    def used(self) -> list[Scorecard]:
        """The cards of all forms that were filled."""
        return list({card: self._setting.cards[card] for _, card in self._filled}.values())

    def own_card(self, person: Person) -> Scorecard | None:
        """The card of a person, if it is for this kind of period."""
        card = self._setting.cards.get(person.scorecard)
        return card if card and self._setting.period.kind in card.kinds else None

    def _gathered(self, subject: str, card: Scorecard) -> tuple[Evidence, list[Words]]:
        setting = self._setting
        leader = scope.parts(subject).get("agent")
        if leader is None or card.over == "self":
            evidence = own_evidence(setting.source, setting.period, subject, setting.known)
            spans: Sequence[Span] = self._of_team(subject)
        else:
            spans = setting.roster.led(leader, setting.period.first, setting.period.last)
            evidence = led_evidence(setting.source, setting.period, subject, spans, setting.known)
        asked = any(line.measure == TEAM_ATTAINMENT for one in card.dimensions for line in one.measures)
        if not asked or not spans:
            return evidence, []
        tally, notes = self._attainment(leader or "", spans)
        if tally.denominator:
            evidence.computed[TEAM_ATTAINMENT] = tally
        return evidence, notes

    def _of_team(self, subject: str) -> list[Span]:
        """A team's own form counts its members over the whole period."""
        team = scope.parts(subject).get("team")
        return [Span(team, self._setting.period.first, self._setting.period.last)] if team else []

    def _attainment(self, leader: str, spans: Sequence[Span]) -> tuple[Tally, list[Words]]:
        """The days of members whose own form passes, by the days of members who have one."""
        passing = scored = cases = 0
        notes: list[Words] = []
        for member, days in sorted(self._setting.roster.member_days(spans, leader).items()):
            person = self._setting.roster.people[member]
            card = self.own_card(person)
            if card is None:
                continue
            if leader and self._waits_for(member, leader, set()):
                zh = f"{person.name} 的绩效表本身取决于本表，不计入团队达标率"  # noqa: RUF001
                en = f"{person.name}'s own form depends on this one: not counted in the team's attainment"
                notes.append(Words(zh=zh, en=en))
                continue
            filled = self.form(scope.agent(member), card)
            if filled.total is None:
                continue
            cases += 1
            scored += days
            passing += days if filled.total >= card.passes else 0
        return Tally(Fraction(passing), Fraction(scored), Fraction(cases)), notes

    def _waits_for(self, member: str, leader: str, seen: set[str]) -> bool:
        """Whether a member's form would need the leader's, through whoever they lead in turn."""
        if member in seen:
            return False
        seen.add(member)
        person = self._setting.roster.people[member]
        card = self.own_card(person)
        if card is None or card.over != "led_teams":
            return False
        if not any(line.measure == TEAM_ATTAINMENT for one in card.dimensions for line in one.measures):
            return False
        spans = self._setting.roster.led(member, self._setting.period.first, self._setting.period.last)
        under = self._setting.roster.member_days(spans, member)
        return leader in under or any(self._waits_for(one, leader, seen) for one in sorted(under))


def wanted(
    setting: Setting, subjects: Collection[str] = (), cards: Collection[str] = ()
) -> list[tuple[str, Scorecard]]:
    """Which forms to fill: those of the roster, or of the subjects and cards that were asked for.

    Raises:
        CannotAppraise: a subject or card is not known, a card is not for this kind of period, or nothing is left.
    """
    kind = setting.period.kind
    found = _asked(setting, subjects, cards)
    for subject, card in found:
        if kind == "day" and card.over == "self" and "agent" in scope.parts(subject):
            msg = f"{subject} cannot be appraised over a day: days have totals of the desk and of teams only"
            raise CannotAppraise(msg)
        if subjects and not _is_known(setting, subject):
            kept = ", or ask for the month: days are kept for 40 days" if kind == "day" else ""
            msg = f"nothing is known of {subject} in {setting.period.id}: mend its name{kept}"
            raise CannotAppraise(msg)
    return sorted(found, key=lambda one: (one[1].id, one[0]))


def _is_known(setting: Setting, subject: str) -> bool:
    """Whether a subject is in the roster, or has totals or observations in the period."""
    if scope.parts(subject).get("agent") in setting.roster.people:
        return True
    if own_evidence(setting.source, setting.period, subject, setting.known).documents:
        return True
    told = {of for _, of in setting.known.observed} | {one.subject for one in setting.known.ratings}
    return subject in told


def _asked(setting: Setting, subjects: Collection[str], cards: Collection[str]) -> list[tuple[str, Scorecard]]:
    kind = setting.period.kind
    for name in cards:
        if name not in setting.cards:
            msg = f"there is no scorecard {name!r}: known are {', '.join(setting.cards) or 'none'}"
            raise CannotAppraise(msg)
        if kind not in setting.cards[name].kinds:
            for_kinds = ", ".join(setting.cards[name].kinds)
            msg = f"scorecard {name} is for {for_kinds}, and {setting.period.id} is a {kind}: ask for another period"
            raise CannotAppraise(msg)
    found: list[tuple[str, Scorecard]] = []
    if subjects:
        for subject in sorted(set(subjects)):
            found += [(subject, setting.cards[name]) for name in _cards_of(setting, subject, cards)]
    else:
        for person in sorted(setting.roster.people.values(), key=lambda one: one.id):
            card = setting.cards.get(person.scorecard)
            if card and kind in card.kinds and (not cards or card.id in cards):
                found.append((scope.agent(person.id), card))
    return found


def _cards_of(setting: Setting, subject: str, cards: Collection[str]) -> list[str]:
    if cards:
        return sorted(cards)
    person = setting.roster.people.get(scope.parts(subject).get("agent", ""))
    if person is None or not person.scorecard:
        msg = f"people.yaml names no scorecard of {subject}: name one with --scorecard"
        raise CannotAppraise(msg)
    card = setting.cards[person.scorecard]
    if setting.period.kind not in card.kinds:
        msg = (
            f"{subject} is appraised by {card.id}, which is for {', '.join(card.kinds)}, and {setting.period.id} is a "
            f"{setting.period.kind}: ask for another period, or name another card with --scorecard"
        )
        raise CannotAppraise(msg)
    return [card.id]
