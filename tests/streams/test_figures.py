"""In which order stage 2 tells its documents."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest

from models.kpi import Document
from sinks.view import Fence, Outcome
from streams.figures import ScopeWorker
from streams.turns import PIECE_S, Turns

KPI = Document("kpi", "all", "1h", b"{}")
TOTAL, OTHER = Document("period", "all", "2026-11", b"{}"), Document("period", "all", "2026-12", b"{}")


def worker_of(totals: Callable[..., Iterator[Document]], written: list[Any], answer: Outcome) -> ScopeWorker:
    """One whose figures are a KPI and these totals, and whose writes are noted and answered so."""

    async def write(fence: Fence, documents: Iterable[Document], _now: int, *, whole: bool = False) -> Outcome:
        written.append((fence.seq, whole, list(documents)))
        return answer

    async def scopes() -> set[str]:
        return set()

    ground: Any = SimpleNamespace(
        settings=SimpleNamespace(group="g"),
        turns=Turns(),
        view=SimpleNamespace(write_documents=write, scopes=scopes),
    )
    figures: Any = SimpleNamespace(closing=None, listed=list, documents=lambda **_: [KPI], totals=totals)
    return ScopeWorker(0, figures, ground)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(Outcome.WRITTEN, [(1, True, [KPI]), "totals", (2, False, [TOTAL])]), (Outcome.EMPTIED, [(1, True, [KPI])])],
)
async def test_kpis_are_told_before_totals_are_made(answer: Outcome, expected: list[object]) -> None:
    """Years of totals may take seconds; and whoever has lost what it had wants KPIs again before them."""
    done: list[object] = []

    def totals(*, whole: bool) -> Iterator[Document]:
        assert whole
        done.append("totals")
        yield TOTAL

    await worker_of(totals, done, answer)._publish(5_000, behind=True)

    assert expected == done


async def test_kpis_are_told_again_before_totals_have_been_made() -> None:
    """They may take seconds to be put into words; who asks for them meanwhile begins nothing anew."""
    written: list[Any] = []
    asked: list[bool] = []

    def totals(*, whole: bool = False) -> Iterator[Document]:
        asked.append(whole)
        for _ in range(0 if whole else 20):
            until = monotonic() + PIECE_S
            while monotonic() < until:
                pass
            yield TOTAL

    worker = worker_of(totals, written, Outcome.WRITTEN)
    for now in (5_000, 8_000, 11_000):
        await worker._publish(now, behind=False)
    before = [documents for _, _, documents in written]
    await asyncio.sleep(0.2)
    await worker._publish(12_000, behind=False)

    assert [[KPI]] * 3 == before
    assert [[KPI], [TOTAL] * 20] == [documents for _, _, documents in written[3:]]
    assert [True, False] == asked


async def test_a_total_that_has_closed_since_it_was_made_is_not_written_over_the_final_one() -> None:
    """What was running when it was put into words is told only while it is."""
    written: list[Any] = []

    def totals(*, whole: bool = False) -> Iterator[Document]:
        return iter(() if whole else (TOTAL, OTHER))

    worker = worker_of(totals, written, Outcome.WRITTEN)
    for now in (5_000, 8_000):
        await worker._publish(now, behind=False)
    await asyncio.sleep(0.05)
    worker._figures.closing = SimpleNamespace(published={(TOTAL.field, TOTAL.scope): 1})
    await worker._publish(9_000, behind=False)

    assert [[KPI], [OTHER]] == [documents for _, _, documents in written[2:]]
