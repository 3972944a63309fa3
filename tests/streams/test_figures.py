"""In which order stage 2 tells its documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from models.kpi import Document
from sinks.view import Fence, Outcome
from streams.figures import ScopeWorker
from streams.turns import Turns

KPI, TOTAL = Document("kpi", "all", "1h", b"{}"), Document("period", "all", "2026-11", b"{}")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(Outcome.WRITTEN, [(1, True, [KPI]), "totals", (2, False, [TOTAL])]), (Outcome.EMPTIED, [(1, True, [KPI])])],
)
async def test_kpis_are_told_before_totals_are_made(answer: Outcome, expected: list[object]) -> None:
    """Years of totals may take seconds; and whoever has lost what it had wants KPIs again before them."""
    done: list[object] = []

    async def write(fence: Fence, documents: Iterable[Document], _now: int, *, whole: bool = False) -> Outcome:
        done.append((fence.seq, whole, list(documents)))
        return answer

    async def scopes() -> set[str]:
        return set()

    def totals(*, whole: bool) -> Iterator[Document]:
        assert whole
        done.append("totals")
        yield TOTAL

    ground: Any = SimpleNamespace(
        settings=SimpleNamespace(group="g"),
        turns=Turns(),
        view=SimpleNamespace(write_documents=write, scopes=scopes),
    )
    figures: Any = SimpleNamespace(closing=None, listed=list, documents=lambda **_: [KPI], totals=totals)
    worker = ScopeWorker(0, figures, ground)

    await worker._publish(5_000, behind=True)

    assert expected == done
