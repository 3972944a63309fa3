"""The appraisal of a period as one value: forms, totals, and what they were made from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from appraisal.appraise import Appraiser, wanted
from appraisal.behind import Wanted
from appraisal.digest import digest_of
from appraisal.evidence import Evidence
from appraisal.fill import Filled, subject_of
from appraisal.form import Appraisal, FilledForm, TicketRow
from appraisal.period import Period
from appraisal.scorecard import Scorecard
from appraisal.setting import Setting
from appraisal.source import own_evidence
from appraisal.totals import rows_of
from models import scope
from models.instant import format_ms


def appraise(
    setting: Setting,
    subjects: Collection[str] = (),
    cards: Collection[str] = (),
    tickets: Callable[[Wanted], Iterable[TicketRow]] | None = None,
) -> Appraisal:
    """Fills the forms of a period, all or those asked for, and puts the totals beside them.

    Figures about persons are there only for those who are appraised or asked for; without `subjects` the whole desk and
    every team have theirs. `tickets` answers the tickets behind the figures of subjects.

    Raises:
        CannotAppraise: a subject or card cannot be appraised in this period.
    """
    appraiser = Appraiser(setting)
    asked = wanted(setting, subjects, cards)
    filled = [(subject, card, appraiser.form(subject, card)) for subject, card in asked]
    period = setting.period
    whole = own_evidence(setting.source, period, scope.ALL, setting.known)
    documents = [document for document, _ in whole.documents]
    forms = [one.form for _, _, one in filled]
    bases = _bases(setting, appraiser, filled, subjects)
    behind = tickets(_wanted(period, bases)) if tickets else ()
    return Appraisal(
        period=period.id,
        kind=period.kind,
        from_=format_ms(period.begin),
        to=format_ms(period.end),
        zone=setting.zone,
        revision=max([*(one.revision for one in documents), *(form.revision for form in forms)], default=0),
        final=bool(documents) and all(document.final for document in documents),
        editions=list(dict.fromkeys(edition for document in documents for edition in document.editions)),
        as_of=max([*(one.as_of for one in documents), *(form.as_of for form in forms)], default=setting.as_of),
        inputs=digest_of(setting, appraiser.used, [whole, *(evidence for _, evidence, _ in bases)]),
        forms=forms,
        totals=[
            row
            for subject, evidence, form in bases
            for row in rows_of(subject, subject_of(setting.roster, subject).name, evidence, form, documents)
        ],
        tickets=sorted(behind, key=lambda row: (row.subject, row.measure, row.ticket)),
    )


def _bases(
    setting: Setting, appraiser: Appraiser, filled: list[tuple[str, Scorecard, Filled]], subjects: Collection[str]
) -> list[tuple[str, Evidence, FilledForm | None]]:
    """What rows of totals rest on: the desk and the teams, unless subjects were asked for; and whoever has a form."""
    forms: dict[str, tuple[Scorecard, FilledForm]] = {}
    for subject, card, one in filled:
        forms.setdefault(subject, (card, one.form))
    names = set(forms)
    if not subjects:
        periods = {setting.period.id, *(part.id for part in setting.period.parts)}
        names |= {name for name in setting.source.subjects(periods) if _is_team(name)} | {scope.ALL}
    found: list[tuple[str, Evidence, FilledForm | None]] = []
    for subject in sorted(names, key=lambda name: (name != scope.ALL, name)):
        if subject in forms:
            card, form = forms[subject]
            found.append((subject, appraiser.evidence(subject, card), form))
        else:
            found.append((subject, own_evidence(setting.source, setting.period, subject, setting.known), None))
    return found


def _wanted(period: Period, bases: Iterable[tuple[str, Evidence, FilledForm | None]]) -> Wanted:
    """Whose tickets stand behind the figures of every subject with totals, by month or day."""
    found: dict[str, dict[str, set[str]]] = {}
    for subject, evidence, _ in bases:
        for document, _ in evidence.documents:
            parts = [part.id for part in period.parts] if document.period == period.id else [document.period]
            for part in parts:
                found.setdefault(subject, {}).setdefault(part, set()).add(document.subject)
    return found


def _is_team(subject: str) -> bool:
    return scope.parts(subject).keys() == {"team"}
