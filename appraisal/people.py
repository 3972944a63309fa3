"""Reading people.yaml: the roster with its dated teams and leads."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from pathlib import Path

from appraisal.reading import tree_of
from appraisal.roster import ALWAYS, NEVER, Person, Roster, Span
from appraisal.scorecard import Scorecard
from sla.policy import words
from sla.policy.errors import PolicyError
from sla.policy.reader import Reader
from sla.policy.tree import Node

FILE = "people.yaml"
KEYS = ("id", "name", "position", "department", "superior", "scorecard", "leads", "teams")
SPAN_KEYS = ("team", "from", "to")


def load_people(policies: str | Path, cards: Mapping[str, Scorecard], unread: Collection[str] = ()) -> Roster:
    """The roster of a folder of policies; empty where it has no people.yaml.

    `unread` are ids of cards that are there and cannot be read: of them nothing can be said.

    Raises:
        PolicyError: everything that is wrong with it, each with line and mend.
    """
    path = Path(policies) / FILE
    if not path.is_file():
        return Roster()
    reader, tree = tree_of(path, FILE, "people")
    roster = read_people(reader, tree, cards, unread) if tree else Roster()
    if reader.problems:
        raise PolicyError(reader.problems)
    return roster


def read_people(reader: Reader, node: Node, cards: Mapping[str, Scorecard], unread: Collection[str] = ()) -> Roster:
    """A roster from its tree; what is wrong is noted in `reader`."""
    found: dict[str, tuple[Person, Node]] = {}
    for item in reader.items(node, "people"):
        person = _person(reader, item, cards, unread)
        if person is None:
            continue
        if person.id in found:
            message = f"a second person has the id {person.id!r}; the first stands on line {found[person.id][1].line}"
            reader.note(item.line, message, "Give each person an id of their own")
            continue
        found[person.id] = (person, item)
    for person, item in found.values():
        line = item.entries["superior"].line if "superior" in item.entries else item.line
        if person.superior == person.id:
            reader.note(line, f"{person.id} is their own superior", "Name another person, or take `superior` out")
        elif person.superior not in found and (near := difflib.get_close_matches(person.superior, found, 1, 0.8)):
            # A superior of another department needs no entry: forms name them by their id.
            message = f"superior of {person.id} is {person.superior!r}, who is not in {FILE}"
            reader.note(line, message, f"Did you mean {near[0]}? Else write their entry")
    return Roster(person for person, _ in found.values())


def _person(reader: Reader, node: Node, cards: Mapping[str, Scorecard], unread: Collection[str]) -> Person | None:
    entries = reader.mapping(node, "a person", KEYS, ("id", "name"))
    plain = {key: reader.text(entries[key], f"{key} of a person") or "" for key in KEYS[:6] if key in entries}
    if not plain.get("id") or not plain.get("name"):
        return None
    person_id = plain["id"]
    leads = _spans(reader, entries.get("leads"), f"leads of {person_id}")
    teams = _spans(reader, entries.get("teams"), f"teams of {person_id}")
    card_id = plain.get("scorecard", "")
    if card_id and card_id not in unread:
        line = entries["scorecard"].line
        if card_id not in cards:
            known = ", ".join(cards) or "none yet: write one into the folder scorecards"
            reader.note(line, f"scorecard of {person_id} is {card_id!r}, which is not there", f"Known are {known}")
        elif cards[card_id].over == "led_teams" and not leads:
            mend = "Write `leads` with the teams and their days, or choose a card over self"
            reader.note(line, f"scorecard of {person_id} is over the teams led, but {person_id} leads none", mend)
    return Person(**plain, leads=leads, teams=teams)


def _spans(reader: Reader, node: Node | None, what: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    for item in reader.items(node, what) if node else ():
        entries = reader.mapping(item, what, SPAN_KEYS, ("team",))
        team = reader.text(entries["team"], f"team in {what}") if "team" in entries else None
        first = reader.parsed(entries["from"], f"from in {what}", words.day) if "from" in entries else ALWAYS
        last = reader.parsed(entries["to"], f"to in {what}", words.day) if "to" in entries else NEVER
        if team is None or first is None or last is None:
            continue
        span = Span(team, first, last)
        if last < first:
            reader.note(item.line, f"{what}: {team!r} ends before it begins", "Write the last day as `to`")
        for other in spans:
            if other.team == team and other.within(first, last):
                mend = "End the first (`to`) before the second begins (`from`)"
                reader.note(item.line, f"{what}: {team!r} is named twice for the same days", mend)
                break
        spans.append(span)
    return tuple(spans)
