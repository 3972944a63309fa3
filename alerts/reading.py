"""Reading `alerts.yaml`: every fault with file, line and mend, all at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alerts.notice import Receiver, Webhook
from alerts.reading_routes import Named, read_route
from alerts.rules import ON_DUTY, QuietHours, Rules, Shift, Watchdog
from models.policy import Problem
from sla.policy import PolicyBook, PolicyError
from sla.policy.reader import Reader
from sla.policy.tree import Node, from_plain, from_yaml
from sla.policy.words import duration_ms

FILE = "alerts.yaml"
KEYS = ("receivers", "on_duty", "route", "inhibit_rules", "quiet_hours", "watchdog")
RECEIVER_KEYS = ("name", "apprise", "webhook", "alertmanager", "lang")
LANGUAGES = ("en", "zh")
#: Those of the newest edition; None where the book could not be read as a whole, and nothing can be said of them.
Calendars = Mapping[str, Any] | None
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def load_rules(folder: str | Path, book: PolicyBook) -> Rules:
    """The rules in a policy folder.

    Raises:
        PolicyError: everything that is wrong with them, or that there are none.
    """
    return _rules(Reader(FILE), _tree(folder), book)


def load_receivers(folder: str | Path) -> tuple[Receiver, ...]:
    """The receivers alone, as far as they can be read, whatever is wrong beside them; raises where nothing can."""
    node = _tree(folder)
    return tuple(_read_receivers(Reader(FILE), node.entries.get("receivers")).values())


def _tree(folder: str | Path) -> Node:
    file = Path(folder) / FILE
    try:
        content = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        mend = f"Write {FILE} beside the policies; the default book has one to begin with"
        raise PolicyError([Problem(str(file), 0, "there are no rules of alerting", mend)]) from error
    except (OSError, UnicodeDecodeError) as error:
        mend = "Save it as UTF-8 text that this user may read"
        raise PolicyError([Problem(FILE, 1, f"the file cannot be read: {error}", mend)]) from error
    return from_yaml(FILE, content, "rules of alerting")


def rules_from(plain: Mapping[str, Any], book: PolicyBook) -> Rules:
    """Rules from plain data, as in a case; raises as `load_rules`, lines are 0."""
    return _rules(Reader("alerts"), from_plain(plain), book)


def _rules(reader: Reader, node: Node, book: PolicyBook) -> Rules:
    entries = reader.mapping(node, "the file", KEYS, ("receivers", "route"))
    receivers = _read_receivers(reader, entries.get("receivers"))
    calendars = book.editions[-1].calendars if book.is_whole else None
    shifts = _read_duty(reader, entries.get("on_duty"), receivers, calendars)
    named = Named(receivers, bool(shifts))
    route = read_route(reader, entries["route"], named, book) if "route" in entries else None
    inhibits = _read_inhibition(reader, entries.get("inhibit_rules"))
    quiet = _read_quiet(reader, entries.get("quiet_hours"), calendars)
    watchdog = _read_watchdog(reader, entries.get("watchdog"), named)
    if reader.problems or route is None:
        raise PolicyError(reader.problems)
    return Rules(route, receivers, shifts, inhibits, quiet, watchdog, {one.path: one for one in route.walk()})


def _read_receivers(reader: Reader, node: Node | None) -> dict[str, Receiver]:
    found: dict[str, Receiver] = {}
    for item in reader.items(node, "receivers") if node else ():
        entries = reader.mapping(item, "a receiver", RECEIVER_KEYS, ("name",))
        name = reader.text(entries["name"], "name of a receiver") if "name" in entries else None
        if name is None:
            continue
        what = f"receiver {name!r}"
        if name == ON_DUTY:
            reader.note(item.line, f"a receiver is called {ON_DUTY!r}", "Give it another name: this one means who is")
        if name in found:
            reader.note(item.line, f"a second receiver is called {name!r}", "Give it a name of its own")
        apprise = tuple(one.text for one in reader.texts(entries["apprise"], f"apprise of {what}")
                        if _is_address(reader, one, f"apprise of {what}")) if "apprise" in entries else ()  # fmt: skip
        found[name] = Receiver(
            name,
            apprise,
            _read_webhook(reader, entries["webhook"], what) if "webhook" in entries else None,
            _read_http(reader, entries["alertmanager"], f"alertmanager of {what}")
            if "alertmanager" in entries
            else None,
            (reader.one_of(entries["lang"], f"lang of {what}", LANGUAGES) if "lang" in entries else None) or "en",
            item.line,
        )
    return found


def _is_address(reader: Reader, node: Node, what: str) -> bool:
    """Whether a text can be an address; it is never shown, for it may hold a secret."""
    if "://" in node.text or node.text.startswith("${"):
        return True
    reader.note(node.line, f"{what} holds a text that is no address", "Write it as slack://…, mailto://… or ${NAME}")
    return False


def _read_http(reader: Reader, node: Node, what: str) -> str | None:
    text = reader.text(node, what)
    if text is not None and not text.startswith(("http://", "https://", "${")):
        reader.note(node.line, f"{what} is no web address", "Write it as https://… or ${NAME}")
    return text


def _read_webhook(reader: Reader, node: Node, what: str) -> Webhook | None:
    entries = reader.mapping(node, f"webhook of {what}", ("url", "secret_env"), ("url",))
    url = _read_http(reader, entries["url"], f"url of the webhook of {what}") if "url" in entries else None
    secret = None
    if "secret_env" in entries:
        secret = reader.text(entries["secret_env"], f"secret_env of {what}")
        if secret is not None and not _VARIABLE.fullmatch(secret):
            mend = "Write the name of an environment variable, such as ROOM_SECRET; never the secret itself"
            reader.note(entries["secret_env"].line, f"secret_env of {what} is no name of a variable", mend)
    return Webhook(url, secret) if url else None


def _read_duty(
    reader: Reader, node: Node | None, receivers: Mapping[str, Receiver], calendars: Calendars
) -> tuple[Shift, ...]:
    found: dict[str, Shift] = {}
    for item in reader.items(node, "on_duty") if node else ():
        keys = ("who", "receiver", "calendar")
        entries = reader.mapping(item, "a shift of on_duty", keys, keys)
        texts = {key: reader.text(value, f"{key} of a shift") for key, value in entries.items()}
        who, receiver, calendar = (texts.get(key) for key in keys)
        if receiver is not None and receiver not in receivers:
            reader.note(entries["receiver"].line, f"shift {who!r} names the receiver {receiver!r}, which is not there",
                        f"Write it under `receivers`, or name one of {', '.join(receivers) or 'none yet'}")  # fmt: skip
        if calendar is not None:
            _check_calendar(reader, entries["calendar"], f"shift {who!r}", calendar, calendars)
        if who and receiver and calendar:
            if who in found:
                reader.note(item.line, f"a second shift is called {who!r}", "Give it a name of its own")
            found[who] = Shift(who, receiver, calendar)
    return tuple(found.values())


def _check_calendar(reader: Reader, node: Node, what: str, name: str, calendars: Calendars) -> bool:
    if calendars is None or name in calendars:
        return True
    mend = f"Name a calendar of the newest edition: {', '.join(calendars) or 'it has none'}"
    reader.note(node.line, f"{what} names the calendar {name!r}, which is not there", mend)
    return False


def _read_inhibition(reader: Reader, node: Node | None) -> bool:
    found = False
    for item in reader.items(node, "inhibit_rules") if node else ():
        entries = reader.mapping(item, "an inhibit rule", ("source",), ("source",))
        if "source" in entries:
            found |= reader.one_of(entries["source"], "source of an inhibit rule", ("major_incident",)) is not None
    return found


def _read_quiet(reader: Reader, node: Node | None, calendars: Calendars) -> QuietHours | None:
    if node is None:
        return None
    entries = reader.mapping(node, "quiet_hours", ("calendar", "outside"), ("calendar",))
    outside = _truth(reader, entries["outside"], "outside of quiet_hours") if "outside" in entries else True
    name = reader.text(entries["calendar"], "calendar of quiet_hours") if "calendar" in entries else None
    if name is None or not _check_calendar(reader, entries["calendar"], "quiet_hours", name, calendars):
        return None
    if calendars is not None and _never_closes(calendars[name]):
        ever = "never" if outside else "always"
        message = f"quiet_hours: calendar {name!r} never closes, so it would {ever} be quiet"
        reader.note(entries["calendar"].line, message, "Name a calendar with hours, or take `quiet_hours` out")
    return QuietHours(name, outside)


def _never_closes(calendar: Any) -> bool:
    week = calendar.spec.week
    return all(spans == ((0, 1440),) for spans in week) and not calendar.spec.breaks


def _truth(reader: Reader, node: Node, what: str) -> bool:
    if node.kind != "truth":
        reader.note(node.line, f"{what} is {node.text!r}", "Write true or false")
    return node.text.lower() == "true"


def _read_watchdog(reader: Reader, node: Node | None, named: Named) -> Watchdog | None:
    if node is None:
        return None
    entries = reader.mapping(node, "watchdog", ("every", "to", "page"), ("every", "to"))
    every = reader.parsed(entries["every"], "every of the watchdog", duration_ms) if "every" in entries else None
    to = named.read(reader, entries["to"], "to of the watchdog") if "to" in entries else None
    page = named.read(reader, entries["page"], "page of the watchdog") if "page" in entries else None
    if every is not None and every < 1000:
        reader.note(entries["every"].line, "the watchdog would speak more than once a second", "Write 10s or more")
    return Watchdog(every, to, page) if every and to else None
