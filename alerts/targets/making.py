"""Targets out of receivers as they are configured; what cannot be told is refused before anything has to be."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

from alerts.links import Links
from alerts.notice import Kind, Receiver, Told
from alerts.targets.alertmanager import Alertmanager
from alerts.targets.by_apprise import ByApprise
from alerts.targets.hiding import Missing, fill, places
from alerts.targets.pagerduty import PagerDuty
from alerts.targets.post import AllPost, Closing, Ground, Sleep
from alerts.targets.robots import ROBOTS, ChatRobot
from alerts.targets.webhook import SignedWebhook

ALERTMANAGER = "alertmanager"


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
    found: dict[str, Closing] = {}
    for number, address in enumerate(receiver.apprise, 1):
        schema = address.partition("://")[0].lower()
        name = f"{receiver.name}/{number}.{schema}" if len(receiver.apprise) > 1 else f"{receiver.name}/{schema}"
        url = _filled(address, f"{receiver.name}: apprise[{number - 1}]", environment)
        try:
            found[name] = _by_address(schema, url, links, clock)
        except ValueError as error:
            msg = f"receiver {receiver.name}: apprise[{number - 1}] ({schema}://…): {error}"
            raise CannotTell(msg) from None  # the cause may hold the address
    if receiver.webhook is not None:
        url = _http(receiver.webhook.url, f"{receiver.name}: webhook.url", environment)
        secret = None
        if receiver.webhook.secret_env is not None:
            variable = receiver.webhook.secret_env
            secret = environment.get(variable)
            if not secret:
                where = f"receiver {receiver.name}: webhook.secret_env names {variable}"
                msg = f"{where}, which is not set: set it, or leave secret_env out to send unsigned"
                raise CannotTell(msg)
        found[f"{receiver.name}/webhook"] = SignedWebhook(url, secret, links, clock)
    if receiver.alertmanager is not None:
        url = _http(receiver.alertmanager, f"{receiver.name}: alertmanager", environment)
        found[f"{receiver.name}/{ALERTMANAGER}"] = Alertmanager(url, links, clock)
    return found


def _by_address(schema: str, url: str, links: Links, clock: Callable[[], int]) -> Closing:
    if schema == "pagerduty":
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
) -> AllPost:
    """The post to these receivers; to be called inside the running loop. `told` hears of every attempt.

    Raises:
        CannotTell: a receiver cannot be told as it is configured.
    """
    ways = {receiver.name: targets_of(receiver, links, clock, environment) for receiver in receivers}
    return AllPost(ways, Ground(told, clock, sleep, chance), {Kind.REFRESH: f"/{ALERTMANAGER}"})


def check_receiver(receiver: Receiver, environment: Mapping[str, str]) -> list[str]:
    """What is wrong with a receiver, in words; addresses that need variables which are not set here are left out."""
    problems = []
    several = [*((address,) for address in receiver.apprise), (None,)]
    for (address,) in several:
        if address is not None and any(not environment.get(place) for place in places(address)):
            continue
        one = Receiver(receiver.name, apprise=(address,)) if address is not None else _http_part(receiver, environment)
        try:
            targets_of(one, Links(), lambda: 0, environment)
        except CannotTell as error:
            problems.append(str(error))
    return problems


def _http_part(receiver: Receiver, environment: Mapping[str, str]) -> Receiver:
    def known(address: str | None) -> bool:
        return address is not None and all(environment.get(place) for place in places(address))

    webhook, alertmanager = receiver.webhook, receiver.alertmanager
    usable = (
        webhook is not None
        and known(webhook.url)
        and (webhook.secret_env is None or bool(environment.get(webhook.secret_env)))
    )
    return Receiver(
        receiver.name,
        webhook=webhook if usable else None,
        alertmanager=alertmanager if known(alertmanager) else None,
    )


def _filled(address: str, where: str, environment: Mapping[str, str]) -> str:
    try:
        return fill(address, environment)
    except Missing as error:
        msg = f"receiver {where} needs the environment variable {error}, which is not set"
        raise CannotTell(msg) from None


def _http(address: str, where: str, environment: Mapping[str, str]) -> str:
    url = _filled(address, where, environment)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = f"receiver {where} is no web address: write https://host/path"
        raise CannotTell(msg)
    return url
