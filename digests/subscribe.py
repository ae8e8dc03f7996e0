"""subscribe: ask the hubs that feeds name to tell us of news, renew before leases end, leave what is wanted no more."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from digests.errors import FeedError
from digests.feeds.fetch import Fetcher
from digests.feeds.manners import host_of
from digests.feeds.rhythm import place_of
from digests.feeds.trouble import RestingError, TryLaterError
from digests.feeds.websub import pause, request, seal_of
from digests.model import HubState, HubSubscription
from digests.store import websub
from digests.store.engine import Store

log = structlog.get_logger()

AT_ONCE = 16  # subscriptions that one step asks for
PATIENCE = timedelta(minutes=2)  # well over the longest request: then it is made again
TRIES_TO_LEAVE = 3  # a hub that does not let go goes on telling until the lease ends, and is answered 410


@dataclass(frozen=True, slots=True)
class Ours:
    """By what hubs reach and know us: the address that leads to our server, and the key of all secrets."""

    public_url: str
    key: bytes

    @property
    def seal(self) -> str:
        """What tells them from any others."""
        return seal_of(self.key, self.public_url)


class Subscriber:
    """Asks hubs, a few at a time. `token` is chance: it gives what nobody can guess, at most 64 characters."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        ours: Ours,
        *,
        now: Callable[[], datetime],
        token: Callable[[], str],
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._ours = ours
        self._now = now
        self._token = token

    async def step(self) -> bool:
        """Settle what is agreed with what feeds name now, and ask who is due. True: there may be more."""
        now, seal = self._now(), self._ours.seal
        async with self._store.reading() as reading:
            found = await websub.changes(reading, seal, now)
        if found.none:
            return False
        until = now + PATIENCE
        async with self._store.writing() as tx:
            await websub.change(tx, found, now)
            claimed = await websub.claim(tx, seal, now, until=until, limit=AT_ONCE, token=self._token)
        answers = await asyncio.gather(*(self._ask(one, feed, until) for one, feed in claimed))
        async with self._store.writing() as tx:
            await websub.asked(tx, answers)
        return len(claimed) == AT_ONCE

    async def _ask(self, one: HubSubscription, feed: str, until: datetime) -> websub.Asked:
        """Send one request. A hub's trouble is a value; what this raises is a fault of ours."""
        form = request(one, public_url=self._ours.public_url, key=self._ours.key)
        wait = pause(one.failures + 1, place_of(one.token))
        error = ""
        try:
            await self._fetcher.send(one.hub, form)
        except RestingError as resting:
            return websub.Asked(one.id, until, self._now() + resting.rest, one.failures)
        except FeedError as refusal:
            error = refusal.what
            if isinstance(refusal, TryLaterError):
                wait = max(wait, min(refusal.retry_after or wait, timedelta(days=1)))
        tell = log.warning if error else log.info
        tell(
            "hub asked",
            feed=feed,
            hub=host_of(one.hub),
            mode=form["hub.mode"],
            error=error,
            failures=one.failures + bool(error),
        )
        if one.state is HubState.LEAVING:
            gone = bool(error) and one.failures + 1 >= TRIES_TO_LEAVE
            patient = one.lease_until or until  # its word that it lets go is waited for until the lease ends
            at = self._now() + wait if error else patient
            return websub.Asked(one.id, until, at, one.failures + bool(error), error, gone)
        # Taken is not yet verified: until the hub has called it counts as a try.
        return websub.Asked(one.id, until, self._now() + wait, one.failures + 1, error)
