"""The lease in Redis by which one alerter is active and the others stand by."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from redis import asyncio as aioredis

from sinks import keys

#: A lease that is not renewed for so long is anybody's.
LIFE_MS: Final = 2_200
#: Who stands by takes it when it has been nobody's for so long: its holder is the first to take it again after Redis
#: was emptied.
ABSENT_S: Final = 0.6
#: How often it is asked for or renewed. Life, absence and two turns are well below the five seconds of a takeover.
TURN_S: Final = 0.4

_RENEW: Final = """
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) and 1 end
return holder and 0 or -1
"""
_RELEASE: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Held(Enum):
    """How a lease stands for one who asked."""

    MINE = "mine"
    ANOTHERS = "another's"
    NOBODYS = "nobody's"


class AlerterLease:
    """The lease as one alerter sees it."""

    def __init__(self, client: aioredis.Redis, name: str) -> None:
        self._client: Any = client
        self._name = name

    async def renew(self) -> Held:
        """Prolongs it if it is ours; raises redis' errors when Redis is away."""
        answer = int(await self._client.eval(_RENEW, 1, keys.ALERTER, self._name, LIFE_MS))
        return Held.MINE if answer == 1 else Held.ANOTHERS if answer == 0 else Held.NOBODYS

    async def take(self) -> Held:
        """Takes it if it is nobody's; raises as `renew`."""
        if await self._client.set(keys.ALERTER, self._name, nx=True, px=LIFE_MS):
            return Held.MINE
        return await self.renew()

    async def release(self) -> None:
        """Lets it go, so that another need not wait for its end."""
        await self._client.eval(_RELEASE, 1, keys.ALERTER, self._name)
