"""Reading objectives, and whether an edition promises at all what they ask to be kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from models.objective import OBJECTIVE_PERIODS, SLA, Objective
from models.policy import METRICS, Policy
from sla.policy import words
from sla.policy.matching import is_reached, read_when
from sla.policy.reader import Reader
from sla.policy.tree import Node

OBJECTIVE_KEYS = ("name", "metric", "when", "attainment", "period", "minimum")
OBJECTIVE_METRICS = (*METRICS, SLA)
#: What an objective may ask for: any further field would need figures that nobody keeps.
WHEN = ("priority", "team")
_MOST_DECIDED = 1_000_000_000

When = Mapping[str, frozenset[str]]


def read_objectives(
    reader: Reader, node: Node | None, policies: Sequence[Policy], promised: Sequence[str]
) -> tuple[Objective, ...]:
    """The objectives of an edition, in their order; `policies` and `promised` are that edition's."""
    whole = not reader.problems  # else what is promised is not known
    objectives: dict[str, tuple[Objective, int]] = {}
    for item in reader.items(node, "objectives") if node else ():
        objective = _read_objective(reader, item)
        if objective is None:
            continue
        if objective.name in objectives:
            first = objectives[objective.name][1]
            message = f"a second objective is called {objective.name!r}; the first stands on line {first}"
            reader.note(item.line, message, "Give it a name of its own")
        if whole:
            _note_unpromised(reader, item.line, objective, policies, promised)
        objectives.setdefault(objective.name, (objective, item.line))
    return tuple(objective for objective, _ in objectives.values())


def _read_objective(reader: Reader, node: Node) -> Objective | None:
    before = len(reader.problems)
    entries = reader.mapping(node, "an objective", OBJECTIVE_KEYS, ("name", "metric", "attainment", "period"))
    name = reader.text(entries["name"], "name of an objective") if "name" in entries else None
    what = f"objective {name!r}"
    metric = reader.one_of(entries["metric"], f"metric of {what}", OBJECTIVE_METRICS) if "metric" in entries else None
    when = read_when(reader, what, entries["when"], WHEN) if "when" in entries else {}
    share = None
    if "attainment" in entries:
        share = reader.parsed(entries["attainment"], f"attainment of {what}", words.share_millionths)
    period = reader.one_of(entries["period"], f"period of {what}", OBJECTIVE_PERIODS) if "period" in entries else None
    minimum: int | None = 1
    if "minimum" in entries:
        minimum = reader.whole(entries["minimum"], f"minimum of {what}", 0, _MOST_DECIDED)
    if len(reader.problems) > before or not (name and metric and share and period and minimum is not None):
        return None
    words_of = {field: frozenset(str(value) for value in values) for field, values in when.items()}
    return Objective(name, metric, share, period, minimum, words_of)


def _note_unpromised(
    reader: Reader, line: int, objective: Objective, policies: Sequence[Policy], promised: Sequence[str]
) -> None:
    """Notes an objective, or a value of its `when`, for which nothing is promised: nothing could ever be decided."""
    metrics = promised if objective.metric == SLA else (objective.metric,)
    told = " or ".join(metrics)
    if not _is_promised(objective.when, metrics, policies):
        message = f"objective {objective.name!r} can never be decided: no policy promises {told} to what it asks for"
        reader.note(line, message, f"Write a target of {told} with `within` or `business_days`, or ask for others")
        return
    for field, value in _values(objective.when):
        if not _is_promised({**objective.when, field: frozenset({value})}, metrics, policies):
            message = f"objective {objective.name!r} names {field} {value!r}, to which no policy promises {told}"
            reader.note(line, message, f"Take {value!r} out, or write a target for it")


def _values(when: When) -> Iterator[tuple[str, str]]:
    for field, values in when.items():
        for value in sorted(values):
            yield field, value


def _is_promised(when: When, metrics: Sequence[str], policies: Sequence[Policy]) -> bool:
    """Whether some ticket that `when` matches is promised one of the metrics."""
    return any(
        any(_promises(policy, metric) for metric in metrics)
        and is_reached(when, policy.when, [earlier.when for earlier in policies[:place]])
        for place, policy in enumerate(policies)
    )


def _promises(policy: Policy, metric: str) -> bool:
    target = policy.targets.get(metric)
    return target is not None and (target.within_ms is not None or target.business_days is not None)
