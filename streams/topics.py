"""Every topic by name, and what has to hold of them before a worker starts."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from sinks.kafka import KafkaAccess
from streams.errors import Unreachable, Unusable

log = structlog.get_logger(__name__)

EVENTS = "ticket-events"
DEAD_LETTERS = "ticket-events-dead-letters"
METRICS = "metric-observations"
TOTALS = "sla-period-totals"
FACTS = "sla-period-facts"
TABLE = "tickets"

_ANSWER_S = 20.0
_AGAIN_S = 1.0
_REMIND_S = 30.0


def solutions(group: str) -> str:
    """The topic of what was solved for whom, of late; the number is its format's."""
    return f"{group}-solutions-1"


def changelog(group: str) -> str:
    """The topic with a row for each event; the name is Faust's."""
    return f"{group}-{TABLE}-changelog"


def partials(group: str) -> str:
    """The topic from stage 1 to stage 2; the number is its format's."""
    return f"{group}-partials-1"


class Layout(NamedTuple):
    """How many partitions there are."""

    events: int
    partials: int


_COMPACT = {"cleanup.policy": "compact"}
#: Watermarks come every second: old segments are cleaned soon, so that a reader who starts anew has little to read.
_SMALL = {
    "cleanup.policy": "compact",
    "segment.ms": "600000",
    "segment.bytes": "33554432",
    "min.cleanable.dirty.ratio": "0.2",
}
#: Each ticket's contributions to a month are kept 25 months; what was solved, while a late creation may ask for it.
_DAY_MS = 86_400_000
_FACTS = {"cleanup.policy": "compact,delete", "retention.ms": str(25 * 31 * _DAY_MS)}
_SOLUTIONS = {"cleanup.policy": "compact,delete", "retention.ms": str(120 * _DAY_MS)}
#: What was reported from outside is told nowhere else.
_FOR_EVER = {"retention.ms": "-1", "retention.bytes": "-1"}
#: A dead letter is kept as it came, up to 8 MiB, and its headers.
_LARGE = {"max.message.bytes": str(9 * 1024 * 1024)}


async def prepare_topics(
    access: KafkaAccess, group: str, *, partitions: int, replication: int = -1, patience_s: float | None = None
) -> Layout:
    """Creates the topics that are missing, and says how many partitions there are.

    Waits for Kafka for as long as `patience_s`, or for ever, saying so every half a minute.

    Raises:
        Unusable: partitions of topics that belong together differ.
        Unreachable: Kafka has not answered within `patience_s`.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    said: float | None = None
    while True:
        try:
            layout = await _prepare_once(access, group, partitions, replication)
        except (KafkaError, OSError, TimeoutError) as error:
            now = loop.time()
            if patience_s is not None and now - began >= patience_s:
                msg = f"kafka at {access.servers} does not answer: start it, or correct SLAWATCH_KAFKA ({error!r})"
                raise Unreachable(msg) from error
            if said is None or now - said >= _REMIND_S:
                said = now
                log.warning("waiting for kafka", servers=access.servers, error=repr(error), waited_s=round(now - began))
            await asyncio.sleep(_AGAIN_S)
        else:
            if said is not None:
                log.info("kafka answers", servers=access.servers)
            return layout


async def _prepare_once(access: KafkaAccess, group: str, partitions: int, replication: int) -> Layout:
    admin = AIOKafkaAdminClient(**access.options(), client_id="slawatch", request_timeout_ms=int(_ANSWER_S * 1000))
    try:
        await admin.start()
        found = await _counts(admin)
        events = found.get(EVENTS, partitions)
        wanted = {
            EVENTS: (events, {}),
            DEAD_LETTERS: (found.get(DEAD_LETTERS, events), _LARGE),
            changelog(group): (events, _COMPACT),
            partials(group): (found.get(partials(group), partitions), _SMALL),
            METRICS: (found.get(METRICS, partitions), _FOR_EVER),
            TOTALS: (found.get(TOTALS, partitions), _COMPACT),
            FACTS: (found.get(FACTS, events), _FACTS),
            solutions(group): (found.get(solutions(group), partitions), _SOLUTIONS),
        }
        missing = {name: wish for name, wish in wanted.items() if name not in found}
        if missing:
            await _create(admin, missing, replication)
            found = await _settled_counts(admin, set(wanted))
        return _layout(found, group)
    finally:
        await admin.close()


def _layout(found: dict[str, int], group: str) -> Layout:
    """Raises Unusable where partitions that belong together differ."""
    events, rows = found[EVENTS], found[changelog(group)]
    if rows != events:
        msg = (
            f"topic {EVENTS!r} has {events} partitions, but {changelog(group)!r} has {rows}: a ticket's rows would be"
            f" looked for in another partition. Either give {EVENTS!r} its {rows} partitions back, or start under a new"
            " SLAWATCH_GROUP, which reads all events anew"
        )
        raise Unusable(msg)
    return Layout(events, found[partials(group)])


def check_grown(now: int | None, before: int) -> None:
    """Looks whether the topic of events has been given more partitions: nobody would read the new ones.

    Raises:
        Unusable: it has.
    """
    if now is not None and now > before:
        msg = (
            f"topic {EVENTS!r} has been given {now} partitions, where this group began with {before}: events in the new"
            " ones are read by nobody. Start under a new SLAWATCH_GROUP, which reads all events anew"
        )
        raise Unusable(msg)


async def _counts(admin: AIOKafkaAdminClient) -> dict[str, int]:
    described: list[dict[str, Any]] = await admin.describe_topics()
    return {topic["topic"]: len(topic["partitions"]) for topic in described if not topic["error_code"]}


async def _create(admin: AIOKafkaAdminClient, missing: dict[str, tuple[int, dict[str, str]]], replication: int) -> None:
    topics = [
        NewTopic(
            name,
            num_partitions=count,
            replication_factor=replication,
            replica_assignments={} if replication == -1 else None,  # the client asks for one or the other
            topic_configs=configs,
        )
        for name, (count, configs) in missing.items()
    ]
    if admin._client.cluster.controller is None:  # noqa: SLF001 - there is no public way
        # The broker in memory has no controller; it makes a topic when it is first asked for.
        await admin.describe_topics(list(missing))
        return
    answer = await admin.create_topics(topics)
    for name, code, *reason in answer.topic_errors:
        if code == 0:
            log.info("topic created", topic=name, partitions=missing[name][0])
        elif code != TopicAlreadyExistsError.errno:
            msg = f"topic {name!r} cannot be created ({code}: {reason}): create it with {missing[name][0]} partitions"
            raise Unusable(msg)


async def _settled_counts(admin: AIOKafkaAdminClient, names: set[str]) -> dict[str, int]:
    """Counts, once every one of the topics has its leaders."""
    deadline = asyncio.get_running_loop().time() + _ANSWER_S
    while True:
        found = await _counts(admin)
        if all(found.get(name) for name in names):
            return found
        if asyncio.get_running_loop().time() > deadline:
            msg = f"topics {', '.join(sorted(names - set(found)))} were created, but have no leader yet"
            raise TimeoutError(msg)
        await asyncio.sleep(0.1)
