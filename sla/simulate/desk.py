"""Who works at the simulated desk, who writes to it, and how fast things are meant to go."""

from __future__ import annotations

from typing import NamedTuple

from sla.simulate.hours import HOUR, MINUTE


class Team(NamedTuple):
    """A team: `pace` is the time it takes for what others do in 1."""

    name: str
    agents: tuple[str, ...]
    pace: float
    issues: tuple[tuple[str, str], ...]  # (category, issue key)


class Pace(NamedTuple):
    """What the desk aims at for one priority, in ms: of office hours if `office`, else around the clock."""

    assignment: int
    first_response: int
    next_response: int
    update: int
    resolution: int
    office: bool


TEAMS = (
    Team(
        "服务台",
        ("王丽", "李娜", "张伟", "刘洋", "陈静", "杨帆", "赵敏", "周杰"),
        0.9,
        (("account", "AUTH-1"), ("account", "AUTH-7"), ("printer", "PRN-3"), ("email", "MAIL-2")),
    ),
    Team(
        "网络组",
        ("陈刚", "黄磊", "吴倩", "徐强", "孙悦"),
        1.2,
        (("network", "NET-4"), ("network", "NET-9"), ("vpn", "VPN-1"), ("wifi", "WIFI-5")),
    ),
    Team(
        "applications",
        ("ana.souza", "ben.okafor", "chloe.martin", "david.kim", "eva.novak", "felix.braun"),
        1.0,
        (("erp", "ERP-12"), ("erp", "ERP-30"), ("crm", "CRM-8"), ("billing", "BIL-2"), ("reporting", "REP-6")),
    ),
    Team(
        "database",
        ("grace.lee", "hugo.silva", "ines.costa", "jan.dvorak"),
        0.85,
        (("database", "DB-3"), ("backup", "BAK-1")),
    ),
    Team(
        "field service",
        ("郭峰", "何平", "马超", "罗兰", "高原"),
        1.1,
        (("hardware", "HW-2"), ("hardware", "HW-8"), ("site", "SITE-4")),
    ),
    Team(
        "europe",
        ("lena.vogt", "marco.rossi", "nina.berg", "oscar.lund"),
        1.05,
        (("erp", "ERP-12"), ("account", "AUTH-1")),
    ),
)
#: Of a hundred tickets, how many go to which team.
TEAM_OF = (0,) * 34 + (1,) * 16 + (2,) * 22 + (3,) * 8 + (4,) * 12 + (5,) * 8
#: The team that hard cases are handed up to.
SECOND_LINE = 3

PRIORITIES = ("P0", "P1", "P2", "P3", "P4")
#: Of two hundred tickets, how many have which priority (P0 first).
PRIORITY_OF = (0,) * 3 + (1,) * 15 + (2,) * 56 + (3,) * 88 + (4,) * 38
PACES = (
    Pace(5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 1 * HOUR, 4 * HOUR, office=False),
    Pace(15 * MINUTE, 1 * HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, office=False),
    Pace(1 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR, office=True),
    Pace(4 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR, 40 * HOUR, office=True),
    Pace(4 * HOUR, 8 * HOUR, 16 * HOUR, 40 * HOUR, 80 * HOUR, office=True),
)

CHANNELS = ("phone",) * 30 + ("email",) * 28 + ("portal",) * 24 + ("微信",) * 12 + ("chat",) * 6
TIERS = ("vip",) * 7 + ("gold",) * 23 + ("standard",) * 70
COMPLEXITIES = (1,) * 60 + (2,) * 25 + (3,) * 11 + (5,) * 4
#: So many customers write; a few of them often.
REQUESTERS = 4_000
