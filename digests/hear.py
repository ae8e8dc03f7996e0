"""hear: what a hub says to us. Its questions are answered, its news goes the way of what a poll brings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from time import perf_counter

import structlog

from digests.errors import FeedError
from digests.feeds.fetch import Fetched
from digests.feeds.manners import host_of
from digests.feeds.rhythm import place_of
from digests.feeds.websub import (
    AFTER_DENIAL,
    Confirmed,
    Denied,
    Disowned,
    Left,
    answer,
    is_signed,
    secret_of,
)
from digests.look import Look
from digests.model import HubState
from digests.store import told, websub
from digests.store.engine import Store
from digests.store.websub import Called

log = structlog.get_logger()

LEAST_GAP = timedelta(seconds=10)  # between two polls that a hub has us make


class Heard(StrEnum):
    """What became of a notification."""

    TAKEN = "taken"  # its entries are stored, if any were new
    PINGED = "pinged"  # nothing in it could be read: the feed is polled now
    IGNORED = "ignored"  # it does not bear the hub's signature
    GONE = "gone"  # we want to be told no more


@dataclass(frozen=True, slots=True)
class Notification:
    """What a hub sent: bytes that nobody has looked into, and what HTTP said of them."""

    body: bytes
    signature: str
    content_type: str = ""
    charset: str = ""


class Listener:
    """Hears hubs out. `news` is called after the commit with how many entries wait; `ping` when a feed is to be polled."""

    def __init__(
        self,
        store: Store,
        look: Look,
        key: bytes,
        *,
        now: Callable[[], datetime],
        news: Callable[[], None],
        ping: Callable[[], None],
    ) -> None:
        self._store = store
        self._look = look
        self._key = key
        self._now = now
        self._news = news
        self._ping = ping

    async def called(self, token: str) -> Called | None:
        """Find whom a hub calls; None: nobody whom we know."""
        async with self._store.reading() as reading:
            return await websub.called(reading, token)

    async def asked(self, called: Called, query: Mapping[str, str]) -> str | None:
        """Answer a hub's question (WebSub 5.2, 5.3): what is to be echoed, "" for nothing; None: it is not ours."""
        one, now = called.subscription, self._now()
        said = answer(one, query, place_of(one.token))
        about = {"feed": called.feed.name, "hub": host_of(one.hub)}
        if isinstance(said, Disowned):
            log.warning("hub not answered", **about, why=said.why)
            return None
        async with self._store.writing() as tx:
            match said:
                case Confirmed(_, lease, renew_after):
                    await websub.verified(tx, one, lease_until=now + lease, renew_at=now + renew_after)
                case Denied(reason) if one.state is not HubState.LEAVING:
                    await websub.denied(tx, one, reason, again_at=now + AFTER_DENIAL, now=now)
                case _:
                    await websub.left(tx, one)
        match said:
            case Confirmed(challenge, lease, _):
                log.info("hub verified", **about, lease_seconds=round(lease.total_seconds()))
                return challenge
            case Left(challenge):
                log.info("hub left", **about)
                return challenge
            case Denied(reason):
                log.warning("hub denied", **about, reason=reason)
                self._ping()
        return ""

    async def told(self, called: Called, notification: Notification) -> Heard:
        """Take what a hub distributes (WebSub 7): committed when this returns. Nothing unsigned is looked into.

        Raises StoreError when the database is away: the hub had better come again.
        """
        began = perf_counter()
        one, feed = called.subscription, called.feed
        if one.state is HubState.LEAVING:
            return Heard.GONE
        if one.state is not HubState.VERIFIED or not is_signed(
            notification.signature, secret_of(self._key, one.token), notification.body
        ):
            async with self._store.writing() as tx:
                await told.ignored(tx, one)
            log.warning("notification ignored", feed=feed.name, hub=host_of(one.hub))
            return Heard.IGNORED
        new = why = None
        try:
            new = await self._look.told(
                feed,
                one,
                Fetched(
                    url=one.topic,
                    status=200,
                    body=notification.body,
                    content_type=notification.content_type,
                    charset=notification.charset,
                    etag="",
                    last_modified="",
                    permanent_url=None,
                ),
            )
        except FeedError as error:
            why = error.what
        if new is None:
            await self._poll(called)
        tell = log.info if new or why else log.debug
        tell(
            "notified",
            feed=feed.name,
            hub=host_of(one.hub),
            new=new,
            error=why,
            ms=round((perf_counter() - began) * 1000),
        )
        if new is None:
            self._ping()
            return Heard.PINGED
        if new:
            self._news()
        return Heard.TAKEN

    async def _poll(self, called: Called) -> None:
        """Have the feed polled: now, or as soon as its publisher may be asked again for a hub's sake."""
        now = self._now()
        at = max(now, called.polled_at + LEAST_GAP) if called.polled_at else now
        async with self._store.writing() as tx:
            await told.heard(tx, called.subscription, now)
            await told.poll_at(tx, called.feed.id, at)
