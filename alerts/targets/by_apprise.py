"""Targets that Apprise speaks to: Slack, Teams, mail and a hundred more.

Apprise blocks, so each attempt has a thread of its own, which dies with the process. One that hangs is left alone after
`timeout_s`; while as many as `THREADS` hang, nothing more is begun.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import re
import threading
import warnings
from collections.abc import Callable
from typing import Any, Final

import apprise
from apprise.manager_plugins import NotificationManager

from alerts.links import Links
from alerts.notice import Delivered, Kind, Notice, Outcome, Retry, Severity
from alerts.targets.hiding import hider
from alerts.targets.judging import Uncertain, judge
from alerts.targets.overheard import NEVER_BEGUN, Answer, overheard
from alerts.text import Words, words
from alerts.text_phrases import EN, LANGUAGES

TIMEOUT_S: Final = 20.0
READ_S: Final = 10.0
THREADS: Final = 2
SHORT: Final = 480  # a target that takes less than this many characters gets the title and the link

#: Services whose Markdown was seen on the wire to come out as it was meant; all others get plain text.
MARKDOWN: Final = frozenset({"slack", "workflow", "workflows"})

_SCHEMA = re.compile(r"[a-z][a-z0-9+.-]{0,29}")
_ERRORS: Final = {
    "ConnectTimeout": "cannot be reached in time",
    "ReadTimeout": "did not answer in time",
    "SSLError": "has a certificate that is not trusted, or speaks no TLS",
    "ProxyError": "cannot be reached through the proxy",
    "ConnectionError": "broke off",
    NEVER_BEGUN: "cannot be reached",
}
_MAYBE_TAKEN: Final = frozenset({"ReadTimeout", "ConnectionError", "ChunkedEncodingError"})

_SEVERITIES: Final = {
    Severity.CRITICAL: apprise.NotifyType.FAILURE,
    Severity.WARNING: apprise.NotifyType.WARNING,
    Severity.INFO: apprise.NotifyType.INFO,
}

# What Apprise and urllib3 log holds addresses with their tokens; what is worth knowing is in the outcome.
logging.getLogger("apprise").propagate = False
logging.getLogger("apprise").addHandler(logging.NullHandler())
logging.getLogger("urllib3").setLevel(logging.ERROR)


class ByApprise:
    """One Apprise address."""

    def __init__(self, url: str, links: Links, clock: Callable[[], int], *, timeout_s: float = TIMEOUT_S) -> None:
        asset = apprise.AppriseAsset(
            app_id="slawatch", app_desc="slawatch", app_url="", image_url_mask="", image_url_logo="", service_timeout=0
        )
        self.schema: Final = url.partition("://")[0].lower()
        with warnings.catch_warnings():
            # It loads its plugins now, some of which import what Python is about to drop.
            warnings.simplefilter("ignore", DeprecationWarning)
            plugin = apprise.Apprise.instantiate(url, asset=asset)
        if plugin is None:
            raise ValueError(_fault(self.schema))
        if plugin.socket_read_timeout == apprise.URLBase.socket_read_timeout:
            plugin.socket_read_timeout = READ_S  # what is given up too early comes twice
        # Apprise would wait seconds between two messages; a service that wants that answers 429, which is heeded.
        plugin.request_rate_per_sec = 0
        self.service: Final = str(plugin.service_name)
        self._plugin = plugin
        self._asset = asset
        self._links = links
        self._clock = clock
        self._timeout_s = timeout_s
        self._hide = hider(url, f"{plugin.url(privacy=True)} {self.service}")
        self._hanging = 0

    async def send(self, notice: Notice) -> Outcome:
        """One attempt."""
        if self._hanging >= THREADS:
            return Retry(f"{self.service} still holds {THREADS} earlier attempts without an answer")
        said = words(notice, self._links, self._clock())
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._in_thread(lambda: self._send(notice, said))
        except TimeoutError:
            return Uncertain(f"{self.service} did not answer within {self._timeout_s:g} s")

    async def close(self) -> None:
        """Nothing is kept."""

    def _in_thread(self, work: Callable[[], Outcome]) -> asyncio.Future[Outcome]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        context = contextvars.copy_context()

        def done(outcome: Outcome) -> None:
            self._hanging -= 1
            if not future.done():
                future.set_result(outcome)

        def run() -> None:
            try:
                outcome = context.run(work)
            except Exception as error:  # noqa: BLE001 - a plugin may raise anything; its text may hold the address
                outcome = Retry(f"{self.service} could not be spoken to ({type(error).__name__})")
            try:
                loop.call_soon_threadsafe(done, outcome)
            except RuntimeError:
                return  # the loop has ended before the service answered

        self._hanging += 1
        threading.Thread(target=run, name=f"tell {self.service}", daemon=True).start()
        return future

    def _send(self, notice: Notice, said: Words) -> Outcome:
        as_markdown = self.schema in MARKDOWN
        body = said.markdown if as_markdown else said.plain
        if self._plugin.body_maxlen <= SHORT:
            body = self._shortened(notice, said)
        box = apprise.Apprise(asset=self._asset)
        box.add(self._plugin)
        said_by_apprise: list[str] = []
        with overheard() as answers:
            taken = box.notify(
                body=body or said.title,
                title=said.title if body else "",
                notify_type=_type(notice),
                body_format=apprise.NotifyFormat.MARKDOWN if as_markdown else apprise.NotifyFormat.TEXT,
                log_callback=lambda entry, _service: said_by_apprise.append(str(entry.message)),
                log_level=logging.WARNING,
            )
        return self._outcome(bool(taken), answers, said_by_apprise)

    def _shortened(self, notice: Notice, said: Words) -> str:
        link = self._links.acknowledge(notice)
        label = LANGUAGES.get(notice.lang, EN).to_acknowledge
        return f"{label}: {link}" if link and len(said.title) + len(link) < SHORT else ""

    def _outcome(self, taken: bool, answers: list[Answer], told: list[str]) -> Outcome:  # noqa: FBT001
        now = self._clock()
        if taken:
            return Delivered()
        some_taken = any(answer.status is not None and answer.status < 300 for answer in answers)
        for answer in answers:
            if answer.status is None:
                text = _ERRORS.get(answer.error, f"cannot be reached ({answer.error})")
                reason = f"{self.service} at {answer.host} {text}"
                return Uncertain(reason) if some_taken or answer.error in _MAYBE_TAKEN else Retry(reason)
            if answer.status >= 300:
                return self._again(judge(self.service, answer.status, answer.retry_after, now), some_taken)
        if answers:
            return Retry(f"{self.service} did not take it ({self._hide(answers[-1].body.decode(errors='replace'))})")
        said = self._hide("; ".join(dict.fromkeys(told)))
        return Retry(f"{self.service} did not take it" + (f" ({said})" if said else ""))

    @staticmethod
    def _again(outcome: Outcome, some_taken: bool) -> Outcome:  # noqa: FBT001
        """Of several addressees some may have it already."""
        if some_taken and isinstance(outcome, Retry):
            return Uncertain(outcome.reason, outcome.after_s)
        return outcome


def _fault(schema: str) -> str:
    if schema == "msteams":
        return "Teams has closed its connectors: make a workflow in Teams, and give its address as workflows://…"
    if not _SCHEMA.fullmatch(schema):
        return "this is no address of Apprise's: it begins with a service, such as slack://"
    if schema not in NotificationManager().schemas():
        return "Apprise knows no such service: see its list for how each is written"
    return "Apprise cannot read it: a part is missing or misshapen; see the service's page"


def _type(notice: Notice) -> Any:
    if notice.kind in {Kind.ALL_CLEAR, Kind.WITHDRAWN} or notice.over:
        return apprise.NotifyType.SUCCESS
    return _SEVERITIES[notice.severity]
