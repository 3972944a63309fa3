"""Ways of giving events to a partition, and all that can be seen of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from sla.partition import Incoming, Partition

FOREVER = 1 << 60


def incoming(raw: Sequence[bytes], arrived: int = 0) -> list[Incoming]:
    """Records of the event topic, with the right keys."""
    return [
        Incoming(offset, arrived, orjson.loads(value)["ticket_id"].encode(), value) for offset, value in enumerate(raw)
    ]


def give(partition: Partition, raw: Sequence[bytes], arrived: int = 0) -> list[tuple[bytes, bytes]]:
    """Let a partition take events in one batch; answers the rows written."""
    admission = partition.admit(incoming(raw, arrived))
    partition.commit(admission)
    return admission.rows


def seen(partition: Partition) -> dict[str, Any]:
    """Writes, partial figures, what comes next, health: sorted, for the order of any of these means nothing."""
    writes = {}
    for write in partition.all_writes():
        writes[write.ticket_id] = (
            orjson.loads(write.doc) if write.doc is not None else None,
            sorted(write.members),
            [(breach.id, breach.status, breach.fields, breach.transitions) for breach in write.breaches],
        )
    health = partition.health()
    return {
        "writes": writes,
        "partials": sorted((row.scope, row.key, _plain(row.value)) for row in partition.all_partials()),
        "next": partition.next_instant,
        "orphans": health["orphans"],
        "set aside": health["set_aside"],
        "open": {priority: count for priority, count in partition.open_by_priority().items() if count},
    }


def _plain(value: bytes | None) -> str:
    """A cell without the order in which its parts were first met: lists of names beside lists of amounts, sorted."""
    cell = orjson.loads(value or b"null")
    parts: list[Any] = list(cell) if isinstance(cell, list) else [cell]
    for index in range(len(parts) - 1):
        names, amounts = parts[index : index + 2]
        if isinstance(names, list) and isinstance(amounts, list) and len(names) == len(amounts):
            parts[index : index + 2] = None, sorted(zip(names, amounts, strict=True))
    return repr(parts)
