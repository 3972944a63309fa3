"""Matchers as in Alertmanager: `team="网络"`, `level=~"75%|90%|breached"`, `tier!=vip`; a pattern has to fit the whole.

A label that an alert does not have is the empty text, so `team=""` matches what no team has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sla.policy.words import Unreadable

#: What alerts are matched on, in the order in which they are shown.
LABELS = (
    "metric", "level", "priority", "team", "tier", "channel", "category", "assignee", "policy", "calendar", "objective",
)  # fmt: skip
#: By what alerts may be grouped besides: each ticket or each clock alone.
GROUPED = (*LABELS, "ticket", "clock")
OPERATORS = ("=~", "!~", "!=", "=")

_SHAPE = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*(.*?)\s*", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MEND = 'Write it as priority="P0", team!="网络", level=~"75%|breached" or channel!~"web.*"'

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on one label."""

    label: str
    operator: str  # one of OPERATORS
    value: str
    _pattern: re.Pattern[str] | None = field(default=None, compare=False, repr=False)

    def matches(self, labels: Labels) -> bool:
        """Whether these labels meet it."""
        got = labels.get(self.label, "")
        if self._pattern is not None:
            return (self._pattern.fullmatch(got) is not None) == (self.operator == "=~")
        return (got == self.value) == (self.operator == "=")

    def admits(self, value: str) -> bool:
        """Whether a value of its label meets it."""
        return self.matches({self.label: value})

    def __str__(self) -> str:
        quoted = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.label}{self.operator}"{quoted}"'


def matcher(text: str) -> Matcher:
    r"""Reads one matcher; the value may be quoted, with `\"`, `\\` and `\n` inside.

    Raises:
        Unreadable: it is none, names a label that no alert has, or its pattern is no pattern.
    """
    found = _SHAPE.fullmatch(text)
    if not found:
        raise Unreadable(text, "no matcher", _MEND)
    label, operator, written = found.groups()
    if label not in LABELS:
        raise Unreadable(text, f"about {label!r}, a label that no alert has", f"Labels are {', '.join(LABELS)}")
    return _matcher(text, label, operator, _unquoted(text, written))


def made(label: str, operator: str, value: str) -> Matcher:
    """A matcher from its parts, as a record keeps them; raises `Unreadable`."""
    return _matcher(f"{label}{operator}{value}", label, operator, value)


def _matcher(text: str, label: str, operator: str, value: str) -> Matcher:
    if operator not in {"=~", "!~"}:
        return Matcher(label, operator, value)
    try:
        return Matcher(label, operator, value, re.compile(value, re.DOTALL))
    except re.error as error:
        raise Unreadable(text, f"no pattern ({error})", "Mend the regular expression") from error


def _unquoted(text: str, written: str) -> str:
    if not written.startswith('"'):
        if '"' in written or not written:
            raise Unreadable(text, "no matcher", _MEND)
        return written
    inner = written[1:-1]
    if len(written) < 2 or not written.endswith('"') or re.search(r'(?<!\\)(?:\\\\)*"', inner):
        raise Unreadable(text, "quoted by halves", _MEND)
    return _ESCAPE.sub(lambda one: "\n" if one[1] == "n" else one[1] if one[1] in '"\\' else one[0], inner)


def all_match(matchers: Sequence[Matcher], labels: Labels) -> bool:
    """Whether labels meet every one of some matchers."""
    return all(one.matches(labels) for one in matchers)
