"""What the fields of `sla:health` look like, the same in Redis and in its twin."""

from __future__ import annotations

from typing import Final

import orjson

from models.instant import format_ms, seconds
from models.scope import encode
from sinks.view import PartitionBeat, WorkerBeat

#: How long a worker counts as alive without a beat. Ten beats: a slow moment is no death.
ALIVE_MS: Final = 10_000


def partition_field(beat: PartitionBeat, worker: str) -> bytes:
    """The JSON of `partition:<n>`; `lag_s` is now minus the watermark, null before the first watermark."""
    return orjson.dumps(
        {
            "watermark": None if beat.watermark is None else format_ms(beat.watermark),
            "lag_s": None if beat.watermark is None else seconds(beat.as_of - beat.watermark),
            "as_of": format_ms(beat.as_of),
            "worker": worker,
            "epoch": beat.epoch,
        }
    )


def counters(beat: PartitionBeat) -> dict[str, int]:
    """The partition's counters by field; one kept by source gives its total and a field for each source."""
    found: dict[str, int] = {}
    for name, value in beat.counters.items():
        if isinstance(value, int):
            found[name] = value
        else:
            found[name] = sum(value.values())
            found |= {f"{name}:{encode(source)}": count for source, count in value.items()}
    return found


def policies_line(beat: WorkerBeat) -> dict[str, object]:
    """What `policies` says of one worker."""
    return {"editions": list(beat.editions), "digest": beat.digest}
