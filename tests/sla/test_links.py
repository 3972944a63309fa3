"""Links that acknowledge: only who was given one has one, for one day, and for what it names."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sla.links import DAY_MS, LONGEST, Link, LinkError, LinkTooLong, check_key, make_link, read_link

KEY = "a key of thirty-two characters.."
NOW = 1_795_000_000_000


def token(*alerts: str, recipient: str = "lead", now: int = NOW) -> str:
    """A link's token for some alerts."""
    return make_link(alerts or ("T-1/first_response/1",), recipient, KEY, now)


@given(some.lists(some.text(max_size=40), min_size=1, max_size=8, unique=True), some.text(max_size=20))
def test_a_link_says_what_was_put_into_it(alerts: list[str], recipient: str) -> None:
    """Whatever the names, they come out as they went in; the token needs no escaping in a path."""
    made = make_link(alerts, recipient, KEY, NOW)

    assert Link(tuple(alerts), recipient, NOW + DAY_MS) == read_link(made, KEY, NOW)
    assert set(made) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_link_is_good_for_a_day() -> None:
    """A millisecond before its end it is good, at its end it is not."""
    made = token()

    assert "lead" == read_link(made, KEY, NOW + DAY_MS - 1).recipient

    with pytest.raises(LinkError) as raised:
        read_link(made, KEY, NOW + DAY_MS)
    assert "expired" == raised.value.reason


def test_a_link_of_another_key_opens_nothing() -> None:
    """Who does not have the key can make no link."""
    with pytest.raises(LinkError) as raised:
        read_link(make_link(["a"], "lead", KEY[::-1], NOW), KEY, NOW)

    assert "damaged" == raised.value.reason


def test_no_changed_byte_goes_unseen() -> None:
    """Each byte of a token flipped, each character cut away: all of them are refused."""
    made = token("T-1/first_response/1", "T-2/first_response/1")
    raw = base64.urlsafe_b64decode(made + "=" * (-len(made) % 4))
    flipped = [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in range(len(raw))]
    damaged = [base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in flipped]
    damaged += [made[:at] for at in range(len(made))]

    for one in damaged:
        with pytest.raises(LinkError):
            read_link(one, KEY, NOW)


@pytest.mark.parametrize("odd", ["", "=", "a", "../../etc/passwd", "名字", "A" * 100_000, "%00", "QUJD" * 20])
def test_what_was_never_a_link_is_refused_in_words(odd: str) -> None:
    """Whatever is typed into the address is answered with one kind of error."""
    with pytest.raises(LinkError):
        read_link(odd, KEY, NOW)


def test_a_link_from_the_future_is_none() -> None:
    """A link that claims to be good for longer than a day was not made by a clock that is right."""
    with pytest.raises(LinkError):
        read_link(token(now=NOW + DAY_MS), KEY, NOW)


def test_a_group_too_large_for_an_address_is_refused_when_it_is_made() -> None:
    """Some forty tickets fit; a thousand do not, and that is said before anybody is given half a link."""
    forty = token(*[f"T-{number}/first_response/1" for number in range(40)])

    assert len(forty) < LONGEST
    assert 40 == len(read_link(forty, KEY, NOW).alerts)

    with pytest.raises(LinkTooLong):
        token(*[f"ticket-{number * 7919}/first_response/1" for number in range(1000)])


def test_a_key_that_can_be_guessed_is_refused_with_the_mend() -> None:
    """A short key is as good as none."""
    with pytest.raises(ValueError, match="openssl rand"):
        check_key("secret")
