"""The addresses of figures are those of the documents that hold them."""

from __future__ import annotations

from typing import Any

import pytest

from models.fact import Dims
from models.wallboard import Figure
from sla.board.figures import addresses, figure_at, is_kept, objective_of
from tests.sla.figures.build import NETWORK, NOW, Desk, fact, gauge


@pytest.fixture(scope="module")
def desk() -> Desk:
    """A desk with a ticket answered in time."""
    desk = Desk()
    facts = [
        fact("created", NOW - 3000),
        fact("met", NOW - 2000, metric="first_response", value=1000),
        fact("breached", NOW - 1000, metric="resolution"),
    ]
    desk.stage1[0].replace("t", [], facts)
    desk.stage1[0].gauge("t", None, gauge(NOW - 3000))
    desk.tell()
    return desk


def found(desk: Desk, address: str) -> Any:
    """What stands at an address; raises KeyError where there is no such place."""
    first, *rest = address.split(".")
    if first == "month":
        return desk.view["period", "all", "2026-11"]["measures"][rest[0]]["value"]
    held = desk.view["live", "all", ""] if first == "live" else desk.view["kpi", "all", first]
    for name in rest:
        held = held[name]
    return held


def test_every_address_is_one_of_a_document(desk: Desk) -> None:
    """What a tile may show is there to be read, and no tile shows a mapping."""
    assert [] == [address for address in addresses() if isinstance(found(desk, address), dict | list)]


@pytest.mark.parametrize("subject", ["all", "team:network", "priority:P0", "team:network|priority:P0"])
def test_attainment_of_this_month_is_kept_of_every_scope_of_the_heat_table(desk: Desk, subject: str) -> None:
    """All, a team, a priority and a team's priority have their own, of what is promised."""
    told = desk.view["period", subject, "2026-11"]["measures"]["sla_attainment"]

    assert (1, 2, 0.5) == (told["numerator"], told["denominator"], told["value"])


def test_attainment_of_this_month_is_summed_over_partitions() -> None:
    """Tickets of one team in two partitions make one share."""
    desk = Desk(partitions=2)
    dims = Dims("network", "P1", None, None, 1_000_000)
    desk.stage1[0].replace("t", [], [fact("met", NOW, metric="resolution", dims=dims)])
    desk.stage1[1].replace("u", [], [fact("breached", NOW - 9 * 86_400_000, metric="resolution", dims=dims)])
    desk.tell()

    assert 0.5 == found(desk, "month.sla_attainment")
    assert 0.5 == desk.view["period", "team:network|priority:P1", "2026-11"]["measures"]["sla_attainment"]["value"]
    assert NETWORK.team == dims.team


@pytest.mark.parametrize(
    ("address", "objective", "figure"),
    [
        ("budget.P0 in time.left", "P0 in time", Figure("budget.P0 in time.left", "ratio", "more")),
        ("budget.a.b.left", "a.b", Figure("budget.a.b.left", "ratio", "more")),
        ("budget.left.left", "left", Figure("budget.left.left", "ratio", "more")),
        ("budget.x.burn.1h", "x", Figure("budget.x.burn.1h", "rate", "less")),
        ("budget.*.breached", "*", Figure("budget.*.breached", "count", "less")),
        ("budget.x.burn.2h", "x.burn", None),
        ("budget.left", "", None),
        ("budget.burn.1h", "burn", None),
        ("budget.x", "", None),
        ("live.open", None, Figure("live.open", "count", "less")),
        ("1h.sla.p90_s", None, Figure("1h.sla.p90_s", "s", "less")),
        ("2h.sla.p90_s", None, None),
        ("month.reopen_rate", None, Figure("month.reopen_rate", "ratio", "less")),
        ("", None, None),
    ],
)
def test_an_address_names_its_figure(address: str, objective: str | None, figure: Figure | None) -> None:
    """Names of objectives may hold dots, and be words that figures have."""
    assert figure == figure_at(address)
    assert objective == objective_of(address)


@pytest.mark.parametrize(
    ("address", "scope", "kept"),
    [
        ("month.csat", "team:a|priority:P0", True),
        ("month.csat", "agent:li", True),
        ("month.csat", "channel:mail", False),
        ("month.csat", "tier:vip", False),
        ("today.solved", "agent:li", True),
        ("1h.solved", "agent:li", False),
        ("1h.solved", "tier:vip", True),
        ("live.open", "agent:li", True),
        ("budget.*.left", "agent:li", True),
    ],
)
def test_not_every_scope_has_every_figure(address: str, scope: str, kept: bool) -> None:
    """A person has today and the month, a channel and a tier have no month."""
    assert kept is is_kept(address, scope)
