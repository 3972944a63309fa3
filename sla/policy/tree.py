"""A configuration as a tree that remembers its lines: from YAML 1.2, or from plain data without lines."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

from models.policy import Problem
from sla.policy.errors import PolicyError

#: A book is a few levels deep; an alias that contains itself is endless.
_DEEPEST = 32
_KNOWN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "timestamp", "int", "float", "bool", "null", "value", "merge")
)
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTH = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
_NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Node:
    """One value. `kind` is `mapping`, `list`, `text`, `number`, `truth` or `nothing`; `text` is a scalar as written."""

    kind: str
    line: int
    text: str = ""
    entries: Mapping[str, Node] = field(default_factory=dict)
    keys: Mapping[str, int] = field(default_factory=dict)  # line of each key of a mapping
    items: Sequence[Node] = ()


def from_yaml(file: str, content: str, holds: str = "an edition") -> Node:
    """The one document of a YAML file, which `holds` what its name says.

    Raises:
        PolicyError: no YAML, no or several documents, a key given twice, an alias within itself.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    try:
        documents = list(yaml.compose_all(content))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise _error(file, line, f"this is no YAML: {error.problem or error}", "Mend the line, or quote it") from error
    except YAMLError as error:
        raise _error(file, 1, f"this is no YAML: {error}", "Save the file as UTF-8 text") from error
    if not documents:
        raise _error(file, 1, "the file is empty", f"Write {holds} into it, or take it out of the folder")
    if len(documents) > 1:
        line = documents[1].start_mark.line + 1
        raise _error(
            file, line, "a second document begins here", f"The file holds {holds}: give what follows a file of its own"
        )
    problems: list[Problem] = []
    tree = _located(file, documents[0], problems, 0)
    if problems:
        raise PolicyError(problems)
    return tree


def _located(file: str, node: YamlNode, problems: list[Problem], depth: int) -> Node:
    line = node.start_mark.line + 1
    if depth > _DEEPEST:
        problems.append(Problem(file, line, "this is nested too deeply", "Take out the alias that contains itself"))
        return Node("nothing", line)
    if isinstance(node, MappingNode):
        entries: dict[str, Node] = {}
        keys: dict[str, int] = {}
        for key, value in node.value:
            key_line = key.start_mark.line + 1
            name = key.value if isinstance(key, ScalarNode) else None
            if name is None:
                problems.append(Problem(file, key_line, "a key is no plain text", "Write a name before the colon"))
            elif name in entries:
                message = f"{name!r} is given twice; it already stands on line {keys[name]}"
                problems.append(Problem(file, key_line, message, "Keep one of them, or rename one"))
            else:
                entries[name] = _located(file, value, problems, depth + 1)
                keys[name] = key_line
        return Node("mapping", line, entries=entries, keys=keys)
    if isinstance(node, SequenceNode):
        return Node("list", line, items=tuple(_located(file, item, problems, depth + 1) for item in node.value))
    if str(node.tag) not in _KNOWN_TAGS:
        problems.append(Problem(file, line, f"the tag {node.tag} is not known here", "Take the tag out"))
    text = str(node.value)
    quoted = isinstance(node, ScalarNode) and node.style
    return Node("text" if quoted else _plain_kind(text), line, text=text)


def _plain_kind(text: str) -> str:
    """What an unquoted scalar is by the core schema of YAML 1.2, whatever version the file claims."""
    if text in _NOTHING:
        return "nothing"
    if text in _TRUTH:
        return "truth"
    return "number" if _NUMBER.fullmatch(text) else "text"


def from_plain(value: Any) -> Node:
    """The same tree from plain data (JSON, or YAML already read); lines are 0."""
    if isinstance(value, Mapping):
        entries = {str(key): from_plain(item) for key, item in value.items()}
        return Node("mapping", 0, entries=entries, keys=dict.fromkeys(entries, 0))
    if isinstance(value, list | tuple):
        return Node("list", 0, items=tuple(from_plain(item) for item in value))
    if value is None:
        return Node("nothing", 0)
    if isinstance(value, bool):
        return Node("truth", 0, text=str(value).lower())
    if isinstance(value, int | float) and math.isfinite(value):
        return Node("number", 0, text=str(value))
    isoformat = getattr(value, "isoformat", None)  # a YAML reader may already have made dates of dates
    return Node("text", 0, text=isoformat() if isoformat else str(value))


def _error(file: str, line: int, message: str, mend: str) -> PolicyError:
    return PolicyError([Problem(file, line, message, mend)])
