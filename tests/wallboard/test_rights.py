"""Who may see what: tokens and their scopes, as a line of the file says, and each address held to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from wallboard.rights import EVERYTHING, NOBODY, Grant, digest, normal_scope, read_tokens

LONG = "a-token-that-nobody-guesses"


def grant(rights: str, *scopes: str) -> Grant:
    return Grant(frozenset(rights.split(",")), scopes)


def test_a_line_grants_rights_and_scopes() -> None:
    """Comments and blank lines grant nothing; names in scopes may be written as they are, spaces included."""
    lines = ["# the wall", "", f"{LONG} wall,desk team:field service,team:网络|priority:P0", f"{LONG}2   ack"]
    found = read_tokens(lines)

    assert () == found.faults
    assert grant("wall,desk", "team:field service", "team:网络|priority:P0") == found.grants[digest(LONG)]
    assert grant("ack") == found.grants[digest(f"{LONG}2")]
    assert 2 == len(found.grants)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (LONG, "rights are missing"),
        (f"{LONG} walls", "no right"),
        (f"wall,desk {LONG}", "no right"),
        (f"{LONG} wall,", None),
        (f"{LONG} ,", "no right"),
        (f"{LONG} wall team:", "scope 1 is none"),
        (f"{LONG} wall all,team", "scope 2 is none"),
        (f"{LONG} wall team:a|channel:b", "scope 1 is none"),
        (f"{LONG} wall team:a,", "scope 2 is none"),
    ],
)
def test_a_line_that_is_wrong_grants_nothing(line: str, told: str | None) -> None:
    """It is named by its number, and what stands there is not shown: it may be a token."""
    found = read_tokens(["", line])

    if told is None:
        assert () == found.faults
        return
    ((number, message),) = found.faults
    assert 2 == number
    assert told in message
    assert LONG not in message
    assert {} == found.grants


def test_a_token_stands_once() -> None:
    """A second line with other rights would be a riddle."""
    found = read_tokens([f"{LONG} wall", f"{LONG} desk"])

    assert "line 1 already" in found.faults[0].message
    assert LONG not in found.faults[0].message


def test_short_tokens_are_named() -> None:
    """They hold, and are warned of."""
    found = read_tokens(["short wall", f"{LONG} wall"])

    assert (1,) == found.weak
    assert 2 == len(found.grants)


@pytest.mark.parametrize(
    ("scope", "own", "seen"),
    [
        ("all", (), True),
        ("all", ("all",), True),
        ("all", ("team:A",), False),
        ("team:A", ("team:A",), True),
        ("team:A|priority:P0", ("team:A",), True),
        ("team:A|priority:P0", ("priority:P0",), True),
        ("team:A", ("team:A|priority:P0",), False),
        ("team:B", ("team:A",), False),
        ("team:B", ("team:A", "team:B"), True),
        ("priority:P0", ("team:A",), False),
        ("channel:mail", ("team:A",), False),
        ("channel:mail", (), True),
    ],
)
def test_a_scope_holds_what_is_narrower(scope: str, own: tuple[str, ...], *, seen: bool) -> None:
    """And nothing that is wider or lies beside it."""
    assert seen is grant("wall", *own).sees(scope)


def test_persons_need_a_right_of_their_own() -> None:
    """Whatever the scopes are."""
    assert not grant("wall,desk,ack").sees("agent:王丽")
    assert grant("people").sees("agent:王丽")
    assert not grant("people", "team:A").sees("agent:王丽")
    assert grant("people", "agent:王丽").sees("agent:王丽")
    assert not grant("wall").sees_filter([("agent", ("王丽",))])
    assert EVERYTHING.sees("agent:王丽")
    assert not NOBODY.sees("all")


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ((), False),
        ((("team", ("A",)),), True),
        ((("team", ("A", "B")),), True),
        ((("team", ("A", "C")),), False),
        ((("team", ("C",)), ("priority", ("P0",))), True),
        ((("team", ("C",)), ("priority", ("P0", "P1"))), False),
        ((("channel", ("mail",)),), False),
        ((("channel", ("mail",)), ("team", ("B",))), True),
        ((("team", tuple(map(str, range(40)))), ("priority", tuple(map(str, range(40))))), False),
    ],
)
def test_a_filter_is_seen_when_all_that_it_lets_through_is(
    wanted: tuple[tuple[str, tuple[str, ...]], ...], *, seen: bool
) -> None:
    """By one scope or another."""
    assert seen is grant("wall", "team:A", "team:B", "priority:P0").sees_filter(wanted)


def test_a_ticket_is_seen_by_its_fields() -> None:
    """As they stand now."""
    ticket = {"team": "A", "priority": "P1", "channel": None, "customer_tier": "vip", "assignee": "王丽"}

    assert grant("desk").sees_ticket(ticket)
    assert grant("desk", "team:B", "tier:vip").sees_ticket(ticket)
    assert grant("desk", "team:A|priority:P1").sees_ticket(ticket)
    assert not grant("desk", "team:A|priority:P0").sees_ticket(ticket)
    assert not grant("desk", "channel:mail").sees_ticket(ticket)


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("all", "all"),
        ("team:A/B", "team:A%2FB"),
        ("team:A%2FB", "team:A%2FB"),
        ("priority:P0|team:网络", "team:网络|priority:P0"),
        ("", None),
        ("everything", None),
        ("team:A|team:B", None),
        ("agent:a|priority:P0", None),
    ],
)
def test_scopes_are_written_one_way(text: str, scope: str | None) -> None:
    """Names may come encoded or not."""
    assert scope == normal_scope(text)


def test_the_lines_of_the_documentation_are_lines() -> None:
    """What is copied from there works."""
    text = (Path(__file__).parents[2] / "docs" / "rights.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    found = read_tokens([line for line in lines if not line.startswith(("echo", "SLAWATCH"))])

    assert () == found.faults
    assert () == found.weak
    assert 3 == len(found.grants)
