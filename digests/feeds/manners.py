"""What a host is owed: few requests at once, a gap between two, and rest where it refuses us."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from digests.feeds.addresses import is_private_host
from digests.feeds.trouble import TryLaterError
from digests.settings import PollingSettings

FIRST_REST = timedelta(minutes=1)  # after a refusal, doubled with each in a row; an answer ends it
LONGEST_REST = timedelta(hours=1)
LONGEST_ASKED = timedelta(days=1)
REFUSALS = frozenset({403, 429, 503})  # some sites say 403 where 429 is meant


@dataclass(slots=True)
class _Host:
    places: asyncio.Semaphore
    free_at: float = 0.0  # the loop's time from which it may be asked again
    rests_until: float = 0.0
    refusals: int = 0  # in a row


def host_of(url: str) -> str:
    """Name the host of an address, "" where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def living_at(host: str, urls: Iterable[str]) -> tuple[str, ...]:
    """Give those of `urls` that have this host."""
    return tuple(one for one in urls if host_of(one) == host)


class Manners:
    """Who may ask a host now. Counted in memory by the loop's time; a pause that lasts is also written in the store.

    Hosts of this machine and of private networks have none, unless `private_manners` says so.
    """

    def __init__(self, settings: PollingSettings) -> None:
        self._settings = settings
        self._hosts: dict[str, _Host | None] = {}

    def turn(self, name: str) -> AbstractAsyncContextManager[timedelta | None]:
        """Wait until the host of that name may be asked, and hold a place at it. Gives how long it rests, None if it
        does not: who is given a time leaves it alone.
        """  # noqa: D205 - one thought
        host = self._host(name)
        return nullcontext() if host is None else self._turn_at(host)

    @asynccontextmanager
    async def _turn_at(self, host: _Host) -> AsyncIterator[timedelta | None]:
        loop = asyncio.get_running_loop()
        async with host.places:
            if (rest := host.rests_until - loop.time()) <= 0:
                begin = max(loop.time(), host.free_at)
                host.free_at = begin + self._settings.host_gap.total_seconds()
                await asyncio.sleep(begin - loop.time())
                rest = host.rests_until - loop.time()  # another's answer may have come meanwhile
            yield timedelta(seconds=rest) if rest > 0 else None

    def answered(self, name: str) -> None:
        """Note that the host answers us: what it refused before is over."""
        if host := self._host(name):
            host.refusals = 0

    def refused(self, name: str, error: TryLaterError) -> timedelta | None:
        """Note that the host refused us. Gives how long it rests; None where only this address is concerned.

        429 is about who asks, so its Retry-After is the whole host's, up to a day; 403 and 503 may be about the one
        document, so the rest has its hour.
        """
        host = self._host(name)
        if host is None or error.status not in REFUSALS or name in self._settings.shared_hosts:
            return None
        rest: timedelta = min(FIRST_REST * 2 ** min(host.refusals, 10), LONGEST_REST)
        host.refusals += 1
        if error.retry_after is not None:
            most = LONGEST_ASKED if error.status == 429 else LONGEST_REST
            rest = max(rest, min(error.retry_after, most))
        until = asyncio.get_running_loop().time() + rest.total_seconds()
        host.rests_until = max(host.rests_until, until)
        return rest

    def _host(self, name: str) -> _Host | None:
        if name not in self._hosts:
            free = not name or (is_private_host(name) and not self._settings.private_manners)
            places = max(1, self._settings.host_requests)
            self._hosts[name] = None if free else _Host(asyncio.Semaphore(places))
        return self._hosts[name]
