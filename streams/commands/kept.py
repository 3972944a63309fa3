"""`slawatch appraisal diff` and `verify`: what became of a period that was closed, or written down."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table

from appraisal.intake import NotTaken, subject_of
from appraisal.output.difference import Diff, difference
from appraisal.output.files import asked_in, files_of
from appraisal.output.manifest import UnusableKey, public_text, read_key
from appraisal.output.verify import Unverifiable, Verdict, compare, folders_of, verify_folder
from models import scope
from models.instant import parse_ms
from sinks.topic import KafkaUnreachable, read_topic
from streams import topics
from streams.access import access_to
from streams.commands.appraisal import Press, instant_of, made_of
from streams.commands.console import Policies, err, out
from streams.errors import Unreachable, Unusable
from streams.logs import set_up_logs
from streams.settings import load_settings


def diff(
    period: Annotated[str, typer.Argument(help="Such as 2026-11 or 2026-Q4.")],
    before: Annotated[int, typer.Argument(help="A revision.", min=1)],
    after: Annotated[int, typer.Argument(help="A later revision.", min=2)],
    subject: Annotated[str, typer.Option(help="agent:…, team:… or all.")] = scope.ALL,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say what changed between two revisions of a closed total, and by which events."""
    if after <= before:
        msg = f"revision {after} does not come after {before}: give the earlier one first"
        raise Unusable(msg)
    try:
        name = subject_of(subject)
    except NotTaken as error:
        raise Unusable(str(error)) from error
    documents = asyncio.run(_revisions(period, name))
    missing = [number for number in (before, after) if number not in documents]
    if missing:
        known = f"there are {', '.join(map(str, sorted(documents)))}" if documents else "none has been published"
        msg = f"{period} of {subject} has no revision {missing[0]}: {known}"
        raise Unusable(msg)
    found = difference([documents[number] for number in sorted(documents) if before <= number <= after])
    if as_json:
        told = found._asdict() | {
            "changes": [one._asdict() for one in found.changes],
            "why": [one._asdict() for one in found.why],
        }
        out.print_json(orjson.dumps(told).decode())
        return
    _show(found)


async def _revisions(period: str, subject: str) -> dict[int, dict[str, Any]]:
    settings = load_settings()
    set_up_logs(settings.log)
    begin = f"{period}/{subject}/"
    try:
        told = await read_topic(access_to(settings), topics.TOTALS, lambda key, _: key.decode().startswith(begin))
    except KafkaUnreachable as error:
        raise Unreachable(str(error)) from error
    found = {}
    for one in told:
        number = (one.key or b"").decode().removeprefix(begin)
        if one.value is not None and number.isascii() and number.isdigit():
            found[int(number)] = orjson.loads(one.value)
    return found


def _show(found: Diff) -> None:
    out.print(f"{found.period} of {found.subject}: revision {found.before} → {found.after}", markup=False)
    if not found.changes:
        out.print("nothing differs")
    else:
        table = Table("figure", "", "before", "after", box=None)
        for what, field, old, new in found.changes:
            table.add_row(what, field, _number(old), _number(new))
        out.print(table)
    for why in found.why:
        out.print(
            f"revision {why.revision}: {why.ticket}, event {why.event}, which happened at {why.occurred_at}",
            markup=False,
        )


def _number(value: float | None) -> str:
    return "none" if value is None else str(value)


def verify(
    folder: Annotated[Path, typer.Argument(help="What --out named, or the folder of one period in it.")],
    more: Annotated[list[Path] | None, typer.Argument(help="Further files of events.", hidden=True)] = None,
    events: Annotated[list[Path] | None, typer.Option(help="Compute everything anew from these files.")] = None,
    policies: Policies = None,
    as_of: Annotated[str | None, typer.Option(help="With --events: instant to look from; default: the newest.")] = None,
) -> None:
    """Hold files against their manifest, with --events against themselves computed anew. Exit 1 when they differ."""
    if (more or as_of) and not events:
        msg = "what is computed anew is computed from files: name them with --events"
        raise Unusable(msg)
    ours = _our_key()
    sound = True
    try:
        verdicts = [verify_folder(one) for one in folders_of(folder)]
    except Unverifiable as error:
        raise Unusable(str(error)) from error
    for verdict in verdicts:
        faults = [*verdict.faults, *_of_the_signer(verdict, ours)]
        if events:
            faults += _anew(verdict, [*events, *(more or [])], policies, instant_of(as_of) if as_of else None)
        for fault in faults:
            err.print(f"{verdict.folder}: {fault}", markup=False, style="red")
        sound = sound and not faults
        if not faults:
            signed = f"signed by {verdict.signer}" if verdict.signer else "not signed"
            number = len(verdict.manifest.files)
            out.print(f"{verdict.folder}: {number} files as they were written, {signed}", markup=False)
    if not sound:
        raise typer.Exit(1)


def _anew(verdict: Verdict, files: list[Path], policies: Path | None, as_of: int | None) -> list[str]:
    """What differs once everything is computed from files; a signature is none of their business."""
    said = verdict.manifest.said
    try:
        asked = asked_in(said)
        period = str(said["period"])
        known_at = parse_ms(str(said["as_of"]))
        # What is final was so at its closing, whatever was rated and corrected since; the rest as it then stood.
        until = known_at if as_of is None and not said["final"] else as_of
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        msg = f"the manifest of {verdict.folder} does not say what was asked for ({error!r})"
        raise Unusable(msg) from error
    if asked.pseudonyms and asked.subjects:
        return ["written for single subjects under pseudonyms: nobody can tell any more whose files to compute"]
    made, asked = made_of(period, asked, files, policies, until, least=known_at)
    press, known = Press(), verdict.manifest.files
    anew = files_of(made, asked, press.renderers)
    # Whoever printed them may have had no font, or we may have none: a PDF says nothing that the others do not say.
    anew = {name: content for name, content in anew.items() if name in known or name.suffix != ".pdf"}
    unprinted = {name for name in known if name.suffix == ".pdf" and name not in anew} if press.unprinted else set()
    faults = compare({name: digest for name, digest in known.items() if name not in unprinted}, anew)
    meant = {name: getattr(made, name) for name in ("revision", "final", "editions", "as_of", "inputs")}
    wrong = {name: now for name, now in meant.items() if said.get(name) != now}
    faults += [f"manifest.json: {name}: computed anew it is {now!r}" for name, now in wrong.items()]
    return [*faults, *(f"no PDF can be printed anew: {why}" for why in press.unprinted if unprinted)]


def _our_key() -> str | None:
    key = load_settings().signing_key
    if key is None:
        return None
    try:
        return public_text(read_key(key.get_secret_value()).public_key())
    except UnusableKey as error:
        raise Unusable(str(error)) from error


def _of_the_signer(verdict: Verdict, ours: str | None) -> list[str]:
    if ours is None or verdict.signer == ours:
        return []
    who = f"signed by {verdict.signer}" if verdict.signer else "not signed"
    return [f"{who}, and not with the key of SLAWATCH_SIGNING_KEY ({ours})"]
