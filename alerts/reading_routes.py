"""Reading the tree of routes: what a route says itself, what it inherits, and whether anything can reach it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from alerts.matchers import GROUPED, Matcher, matcher
from alerts.notice import Receiver
from alerts.possible import AlertKind, fault_of, kinds_of
from alerts.rules import BURST_MS, ON_DUTY, Route, Step
from sla.policy import PolicyBook
from sla.policy.reader import Reader
from sla.policy.tree import Node
from sla.policy.words import duration_ms

KEYS = (
    "receiver", "group_by", "group_wait", "group_interval", "repeat_interval",
    "always", "escalate", "ack_timeout", "routes", "matchers",
)  # fmt: skip
_NOTHING = re.compile(r"(?:0[dhms]?)+|PT?0[DHMS]", re.ASCII)
#: Alertmanager's word for: each alert for itself.
EACH = "..."


class Named(NamedTuple):
    """Whom a route may name."""

    receivers: Mapping[str, Receiver]
    has_duty: bool

    def read(self, reader: Reader, node: Node, what: str) -> str | None:
        """A receiver's name, or `on_duty`."""
        name = reader.text(node, what)
        if name is None or name in self.receivers:
            return name
        if name == ON_DUTY:
            if not self.has_duty:
                mend = "Write `on_duty:` with who, receiver and calendar, or name a receiver"
                reader.note(node.line, f"{what} is {ON_DUTY}, but nobody ever is", mend)
            return name
        known = ", ".join((*self.receivers, ON_DUTY))
        reader.note(node.line, f"{what} is {name!r}, a receiver that is not there", f"Name one of {known}")
        return None


def wait_ms(text: str) -> int:
    """A duration, or nothing at all (`0s`); raises `Unreadable`."""
    return 0 if _NOTHING.fullmatch(text) else duration_ms(text)


def read_route(reader: Reader, node: Node, named: Named, book: PolicyBook) -> Route | None:
    """The whole tree; None where its root is wrong."""
    if node.kind == "mapping" and "matchers" in node.entries:
        reader.note(node.keys["matchers"], "the first route has matchers", "Take them out: it takes what no other does")
    return _Reading(reader, named, kinds_of(book)).route(node, None, "0", ())


class _Reading:
    def __init__(self, reader: Reader, named: Named, kinds: Sequence[AlertKind]) -> None:
        self._reader = reader
        self._named = named
        self._kinds = kinds

    def route(self, node: Node, parent: Route | None, path: str, above: tuple[Matcher, ...]) -> Route | None:
        """A route and those below it; `above` are the matchers on the way to it."""
        reader = self._reader
        required = ("receiver",) if parent is None else ("matchers",)
        what = "the first route" if parent is None else f"route {path}"
        entries = reader.mapping(node, what, KEYS, required)
        if node.kind != "mapping":
            return None
        matchers = self._matchers(entries, what, parent is None)
        receiver = parent.receiver if parent else ""
        if "receiver" in entries:
            receiver = self._named.read(reader, entries["receiver"], f"receiver of {what}") or ""
        given: dict[str, Any] = {"group_by": (), **_inherited(parent), **self._waits(entries, matchers, what)}
        if "group_by" in entries:
            given["group_by"] = self._group_by(entries["group_by"], what)
        if "always" in entries:
            given["always"] = self._truth(entries["always"], f"always of {what}")
        if "escalate" in entries:
            given["escalate"] = self._steps(entries["escalate"], what)
        here = Route(path, receiver, matchers, line=node.line, **given)
        if matchers and (fault := fault_of((*above, *matchers), self._kinds)):
            reader.note(node.line, f"{what}: {fault[0]}", fault[1])
        return _with_children(here, self._children(entries.get("routes"), here, (*above, *matchers)))

    def _children(self, node: Node | None, parent: Route, above: tuple[Matcher, ...]) -> tuple[Route, ...]:
        found: list[Route] = []
        for index, item in enumerate(self._reader.items(node, f"routes of route {parent.path}") if node else ()):
            child = self.route(item, parent, f"{parent.path}.{index}", above)
            if child is None:
                continue
            earlier = next((one for one in found if set(one.matchers) <= set(child.matchers)), None)
            if earlier is not None and earlier.matchers:
                message = f"route {child.path} can never match: the one on line {earlier.line} takes all it asks for"
                self._reader.note(item.line, message, "Move it up, or ask for less in the one above it")
            found.append(child)
        return tuple(found)

    def _matchers(self, entries: Mapping[str, Node], what: str, is_root: bool) -> tuple[Matcher, ...]:  # noqa: FBT001
        if "matchers" not in entries or is_root:
            return ()
        node = entries["matchers"]
        if node.kind == "list" and not node.items:
            self._reader.note(node.line, f"matchers of {what} are empty", "Write at least one: it takes all otherwise")
        read = [
            self._reader.parsed(item, f"a matcher of {what}", matcher)
            for item in self._reader.texts(node, f"matchers of {what}")
        ]
        return tuple(one for one in read if one is not None)

    def _waits(self, entries: Mapping[str, Node], matchers: Sequence[Matcher], what: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for key, parse in (
            ("group_wait", wait_ms),
            ("group_interval", duration_ms),
            ("repeat_interval", duration_ms),
            ("ack_timeout", duration_ms),
        ):
            if key in entries:
                read = self._reader.parsed(entries[key], f"{key} of {what}", parse)
                if read is not None:
                    found[key] = read
        if "group_wait" not in entries and any(str(one) == 'priority="P0"' for one in matchers):
            found["group_wait"] = 0
        # Who waits for nothing does not wait for the group's turn either, unless the same route says so.
        if found.get("group_wait") == 0 and "group_interval" not in entries:
            found["group_interval"] = BURST_MS
        return found

    def _group_by(self, node: Node, what: str) -> tuple[str, ...]:
        names: list[str] = []
        for item in self._reader.texts(node, f"group_by of {what}"):
            if item.text == EACH:
                names.append("clock")
            elif (name := self._reader.one_of(item, f"a label in group_by of {what}", GROUPED)) is not None:
                names.append(name)
        return tuple(dict.fromkeys(names))

    def _truth(self, node: Node, what: str) -> bool:
        if node.kind != "truth":
            self._reader.note(node.line, f"{what} is {node.text!r}", "Write true or false")
        return node.text.lower() == "true"

    def _steps(self, node: Node, what: str) -> tuple[Step, ...]:
        found: list[Step] = []
        for item in self._reader.items(node, f"escalate of {what}"):
            keys, name = ("after", "to"), f"a step of escalate of {what}"
            entries = self._reader.mapping(item, name, keys, keys)
            if len(entries) < len(keys):
                continue
            after = self._reader.parsed(entries["after"], f"after of {name}", wait_ms)
            to = self._named.read(self._reader, entries["to"], f"to of {name}")
            if after is None or to is None:
                continue
            step = Step(after, to)
            if step in found:
                self._reader.note(item.line, f"{what} escalates to {to!r} twice at the same time", "Take one step out")
            found.append(step)
        return tuple(sorted(found, key=lambda step: step.after))


def _inherited(parent: Route | None) -> dict[str, Any]:
    if parent is None:
        return {}
    names = ("group_by", "group_wait", "group_interval", "repeat_interval", "always", "escalate", "ack_timeout")
    return {name: getattr(parent, name) for name in names}


def _with_children(route: Route, children: tuple[Route, ...]) -> Route:
    if not children:
        return route
    fields = {name: getattr(route, name) for name in Route.__slots__}
    return Route(**{**fields, "routes": children})
