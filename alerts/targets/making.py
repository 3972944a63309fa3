"""Targets out of receivers as they are configured; what cannot be told is refused before anything has to be."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from alerts.links import Links
from alerts.notice import Kind, Notice, Receiver, Told, Webhook
from alerts.targets.alertmanager import Alertmanager
from alerts.targets.by_apprise import ByApprise
from alerts.targets.hiding import Missing, fill, places
from alerts.targets.pagerduty import PagerDuty
from alerts.targets.post import AllPost, Closing, Ground, Sleep
from alerts.targets.robots import ROBOTS, ChatRobot
from alerts.targets.webhook import SignedWebhook

ALERTMANAGER, PAGERDUTY, WEBHOOK = "alertmanager", "pagerduty", "webhook"
#: What only some ways are told, by how the names of these end. People are not told of keys that only programs know.
NEEDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.REFRESH: (f"/{ALERTMANAGER}",),
    Kind.MOVED: (PAGERDUTY, f"/{WEBHOOK}"),
    Kind.ACKNOWLEDGED: (PAGERDUTY,),
}


class CannotTell(Exception):
    """A receiver that cannot be told as it is configured.

    Operator action: the message names the receiver, the way and the mend; it shows no address.
    """


def targets_of(
    receiver: Receiver, links: Links, clock: Callable[[], int], environment: Mapping[str, str]
) -> dict[str, Closing]:
    """The ways to a receiver by name (`on-call/pagerduty`, `room/webhook`, …), made but not used yet.

    Raises:
        CannotTell: an address cannot be used, or a variable that it needs is not set.
    """
    maker = _Maker(receiver, links, clock, environment)
    found: dict[str, Closing] = {}
    for number in range(len(receiver.apprise)):
        schema, target = maker.by_apprise(number)
        several = f"{number + 1}." if len(receiver.apprise) > 1 else ""
        found[f"{receiver.name}/{several}{schema}"] = target
    if receiver.webhook is not None:
        found[f"{receiver.name}/{WEBHOOK}"] = maker.webhook(receiver.webhook)
    if receiver.alertmanager is not None:
        found[f"{receiver.name}/{ALERTMANAGER}"] = maker.alertmanager(receiver.alertmanager)
    return found


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes one way of a receiver at a time; each raises CannotTell."""

    receiver: Receiver
    links: Links
    clock: Callable[[], int]
    environment: Mapping[str, str]

    def by_apprise(self, number: int) -> tuple[str, Closing]:
        """The schema and the target of one of the addresses that are written as Apprise writes them."""
        where = f"receiver {self.receiver.name}: apprise[{number}]"
        url = self._filled(self.receiver.apprise[number], where)
        schema = url.partition("://")[0].lower()  # the whole address may stand in the environment
        try:
            return schema, _by_address(schema, url, self.links, self.clock)
        except ValueError as error:
            shown = f" ({schema}://…)" if schema != url.lower() else ""
            msg = f"{where}{shown}: {error}"
            raise CannotTell(msg) from None  # the cause may hold the address

    def webhook(self, webhook: Webhook) -> Closing:
        """The webhook, with its secret where one is named."""
        url = self._web(webhook.url, "webhook.url")
        if webhook.secret_env is None:
            return SignedWebhook(url, None, self.links, self.clock)
        secret = self.environment.get(webhook.secret_env)
        if not secret:
            where = f"receiver {self.receiver.name}: webhook.secret_env names {webhook.secret_env}"
            msg = f"{where}, which is not set: set it, or leave secret_env out to send unsigned"
            raise CannotTell(msg)
        return SignedWebhook(url, secret, self.links, self.clock)

    def alertmanager(self, base: str) -> Closing:
        """Alertmanager."""
        return Alertmanager(self._web(base, "alertmanager"), self.links, self.clock)

    def _filled(self, address: str, where: str) -> str:
        try:
            return fill(address, self.environment)
        except Missing as error:
            msg = f"{where} needs the environment variable {error}, which is not set"
            raise CannotTell(msg) from None

    def _web(self, address: str, field: str) -> str:
        where = f"receiver {self.receiver.name}: {field}"
        url = self._filled(address, where)
        try:
            parts = urlsplit(url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:  # brackets that do not close, a port that is none
            usable = False
        if not usable:
            msg = f"{where} is no web address: write https://host/path"
            raise CannotTell(msg)
        return url


def _by_address(schema: str, url: str, links: Links, clock: Callable[[], int]) -> Closing:
    if schema == PAGERDUTY:
        return PagerDuty(url, links, clock)
    if schema in ROBOTS:
        return ChatRobot(url, links, clock)
    return ByApprise(url, links, clock)


def open_post(
    receivers: Iterable[Receiver],
    told: Told,
    *,
    links: Links,
    clock: Callable[[], int],
    environment: Mapping[str, str] = os.environ,
    sleep: Sleep = asyncio.sleep,
    chance: Callable[[], float] = random.random,
    may: Callable[[Notice], bool] = lambda _: True,
) -> AllPost:
    """The post to these receivers; to be called inside the running loop. `told` hears of every attempt.

    Raises:
        CannotTell: a receiver cannot be told as it is configured.
    """
    ways = {receiver.name: targets_of(receiver, links, clock, environment) for receiver in receivers}
    return AllPost(ways, Ground(told, clock, sleep, chance, may), NEEDS)


def check_receiver(receiver: Receiver, environment: Mapping[str, str]) -> list[str]:
    """What is wrong with a receiver, in words; a way that needs variables which are not set here is left out."""
    maker = _Maker(receiver, Links(), lambda: 0, environment)
    attempts: list[Callable[[], object]] = []
    for number, address in enumerate(receiver.apprise):
        if _known(address, environment):
            attempts.append(partial(maker.by_apprise, number))
    webhook = receiver.webhook
    if webhook is not None and _known(webhook.url, environment):
        secret = webhook.secret_env if environment.get(webhook.secret_env or "") else None
        attempts.append(partial(maker.webhook, Webhook(webhook.url, secret)))
    if receiver.alertmanager is not None and _known(receiver.alertmanager, environment):
        attempts.append(partial(maker.alertmanager, receiver.alertmanager))
    problems = []
    for attempt in attempts:
        try:
            attempt()
        except CannotTell as error:
            problems.append(str(error))
    return problems


def _known(address: str, environment: Mapping[str, str]) -> bool:
    return all(environment.get(place) for place in places(address))
