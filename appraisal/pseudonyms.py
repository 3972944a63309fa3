"""Names replaced by pseudonyms: the same person has the same one under one key, and nobody finds the way back."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable

from appraisal.form import AdjustmentLine, Appraisal, FilledForm, Rater, RoleLine, Subject, TotalRow, Words
from appraisal.roster import Roster
from models import scope

_LENGTH = 12
_LEAST = 16  # bytes of a key; a short one can be tried out


class WeakKey(ValueError):
    """A key for pseudonyms that is missing or could be guessed.

    Operator action: set SLAWATCH_PSEUDONYM_KEY to a secret of at least 16 characters, and keep it.
    """


class Pseudonyms:
    """What stands for whom. Positions, departments and teams stay: they are no names."""

    def __init__(self, key: str, roster: Roster, others: Iterable[str] = ()) -> None:
        """`others` are ids of people whom the roster may not know.

        Raises:
            WeakKey: the key is shorter than 16 bytes.
        """
        if len(key.encode()) < _LEAST:
            msg = f"SLAWATCH_PSEUDONYM_KEY has to be a secret of at least {_LEAST} characters"
            raise WeakKey(msg)
        self._key = key.encode()
        said = {name: person.id for person in roster.people.values() for name in (person.id, person.name)}
        others = {*others, *(person.superior for person in roster.people.values())}
        said |= {other: other for other in others if other not in said}
        said |= {scope.encode(name): person for name, person in said.items()}
        self._said = {name: self.person(person) for name, person in said.items() if name}
        ordered = sorted(self._said, key=lambda name: (-len(name), name))
        self._pattern = re.compile("|".join(_word(name) for name in ordered)) if ordered else None

    def person(self, person_id: str) -> str:
        """The pseudonym of a person's id."""
        if not person_id:
            return ""
        digest = hmac.digest(self._key, person_id.encode(), "sha256")
        return "P-" + base64.b32encode(digest).decode()[:_LENGTH].lower()

    def subject(self, subject: str) -> str:
        """A subject; only persons are hidden."""
        person = scope.parts(subject).get("agent")
        return subject if person is None else scope.agent(self.person(person))

    def text(self, text: str) -> str:
        """Free text without the names and ids that are known."""
        return self._pattern.sub(lambda found: self._said[found[0]], text) if self._pattern else text

    def words(self, words: Words) -> Words:
        """The same in both languages."""
        return Words(zh=self.text(words.zh), en=self.text(words.en))

    def hide(self, appraisal: Appraisal) -> Appraisal:
        """The appraisal with every name replaced, in an order that tells nothing of the names."""
        forms = [self._form(form) for form in appraisal.forms]
        totals = [self._row(row) for row in appraisal.totals]
        tickets = [row.model_copy(update={"subject": self.subject(row.subject)}) for row in appraisal.tickets]
        return appraisal.model_copy(
            update={
                "forms": sorted(forms, key=lambda form: (form.scorecard, form.subject.id)),
                "totals": sorted(totals, key=lambda row: (row.subject != scope.ALL, row.subject)),
                "tickets": sorted(tickets, key=lambda row: (row.subject, row.measure, row.ticket)),
            }
        )

    def _form(self, form: FilledForm) -> FilledForm:
        dimensions = [
            dimension.model_copy(
                update={
                    "measures": [
                        line.model_copy(update={"subjects": [self.subject(one) for one in line.subjects]})
                        for line in dimension.measures
                    ]
                }
            )
            for dimension in form.dimensions
        ]
        return form.model_copy(
            update={
                "subject": self._subject(form.subject),
                "dimensions": dimensions,
                "roles": [self._role(role) for role in form.roles],
                "adjustments": [self._adjustment(line) for line in form.adjustments],
                "missing_ratings": [self.words(one) for one in form.missing_ratings],
                "notes": [self.words(one) for one in form.notes],
            }
        )

    def _subject(self, subject: Subject) -> Subject:
        person = scope.parts(subject.id).get("agent")
        if person is None:
            return subject
        superior = self.person(subject.superior)
        return subject.model_copy(
            update={
                "id": self.subject(subject.id),
                "name": self.person(person),
                "superior": superior,
                "superior_name": superior,
            }
        )

    def _role(self, role: RoleLine) -> RoleLine:
        raters = [
            Rater(rater=hidden, name=hidden, scores=one.scores, total=one.total)
            for one in role.raters
            for hidden in [self.person(one.rater)]
        ]
        return role.model_copy(update={"raters": sorted(raters, key=lambda one: one.rater)})

    def _adjustment(self, line: AdjustmentLine) -> AdjustmentLine:
        hidden = self.person(line.approved_by)
        return line.model_copy(
            update={
                "event_id": self.text(line.event_id),
                "approved_by": hidden,
                "approved_by_name": hidden,
                "reason": self.text(line.reason),
            }
        )

    def _row(self, row: TotalRow) -> TotalRow:
        person = scope.parts(row.subject).get("agent")
        if person is None:
            return row
        return row.model_copy(update={"subject": self.subject(row.subject), "name": self.person(person)})


def _word(name: str) -> str:
    """A name as a pattern: one of Latin letters only as a word of its own, so that `li` is not found in `list`."""
    pattern = re.escape(name)
    head = "(?<![A-Za-z0-9_])" if name[0].isascii() and name[0].isalnum() else ""
    tail = "(?![A-Za-z0-9_])" if name[-1].isascii() and name[-1].isalnum() else ""
    return head + pattern + tail
