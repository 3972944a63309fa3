"""Mail, taken in by a real SMTP server: a subject for the lock screen, a body that can be read anywhere."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from alerts.notice import Delivered, Kind, Retry
from alerts.targets.by_apprise import ByApprise
from tests.alerts.targets.notices import LINKS, NOW, alert, ended, notice
from tests.servers.needs import free_port


class Box:
    """Takes in mail, or says what it is told to say."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to: list[list[str]] = []
        self.says = "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """One mail."""
        if self.says.startswith("250"):
            parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(parsed, EmailMessage)
            self.mails.append(parsed)
            self.to.append(envelope.rcpt_tos)
        return self.says


@pytest.fixture
def box() -> Iterator[tuple[Box, str]]:
    """A mail server, and the address that leads to it."""
    taken, port = Box(), free_port()
    server = Controller(taken, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield taken, f"mailto://127.0.0.1:{port}?from=sla@desk.example&to=lead@desk.example&mode=insecure"
    finally:
        server.stop()


async def test_a_mail_says_it_in_the_subject_and_in_full_below(box: tuple[Box, str]) -> None:
    """Subject, sender, addressee; text with links, and no picture fetched from anywhere."""
    taken, url = box
    assert Delivered() == await ByApprise(url, LINKS, lambda: NOW).send(notice())

    (mail,) = taken.mails
    assert "P0 T-1: first response 2m left" == mail["Subject"]
    assert [["lead@desk.example"]] == taken.to
    text = mail.get_body(("plain",))
    assert text is not None
    content = text.get_content()
    assert "2m left, due 19:08:40" in content
    assert "https://sla.example/tickets/T-1" in content
    assert "https://sla.example/ack/" in content
    assert b"<img" not in mail.as_bytes()


async def test_chinese_arrives_as_chinese(box: tuple[Box, str]) -> None:
    """Subject and body are encoded so that any mail program reads them."""
    taken, url = box
    await ByApprise(url, LINKS, lambda: NOW).send(notice(Kind.ALL_CLEAR, ended(), lang="zh"))

    (mail,) = taken.mails
    assert "首次响应" in mail["Subject"]
    text = mail.get_body(("plain",))
    assert text is not None
    assert "团队 网络" in text.get_content()


async def test_a_name_writes_no_header_and_no_tag(box: tuple[Box, str]) -> None:
    """A ticket's id with line ends and tags in it is text in one subject."""
    taken, url = box
    await ByApprise(url, LINKS, lambda: NOW).send(notice(Kind.FIRING, alert("T\r\nBcc: all@x\r\n<script>x</script>")))

    (mail,) = taken.mails
    assert None is mail["Bcc"]
    assert b"<script" not in mail.as_bytes()
    assert [["lead@desk.example"]] == taken.to


async def test_a_mail_that_may_be_a_repetition_says_so(box: tuple[Box, str]) -> None:
    """Mail knows no keys."""
    taken, url = box
    await ByApprise(url, LINKS, lambda: NOW).send(notice(repeated=True))

    assert taken.mails[0]["Subject"].endswith("(possibly repeated)")


async def test_a_mail_server_that_refuses_is_tried_again(box: tuple[Box, str]) -> None:
    """What it says is shown, the password is not."""
    taken, url = box
    taken.says = "451 come back later"
    outcome = await ByApprise(url, LINKS, lambda: NOW).send(notice())

    assert isinstance(outcome, Retry)
    assert [] == taken.mails


async def test_no_mail_server_is_no_delivery_and_gives_no_password_away() -> None:
    """A refused connection is tried again."""
    url = f"mailto://sla:hush-password@127.0.0.1:{free_port()}?from=a@desk.example&to=b@desk.example&mode=insecure"
    outcome = await ByApprise(url, LINKS, lambda: NOW).send(notice())

    assert isinstance(outcome, Retry)
    assert "hush" not in outcome.reason
