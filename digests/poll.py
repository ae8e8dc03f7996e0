"""poll: claim due feeds and look at each, side by side; the new entries are stored unjudged."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial

import structlog

from digests.errors import StoreError
from digests.feeds.fetch import Fetcher
from digests.look import Look, Polled
from digests.model import FeedId
from digests.settings import Settings
from digests.store import feeds, polls
from digests.store.engine import Store

log = structlog.get_logger()

LEASE = timedelta(minutes=2)  # well over the longest fetch
SOON = 1.0  # seconds until a feed is asked again whose poll the database could not take, doubled up to LEASE
SET_BACK = timedelta(minutes=1)  # a clock that is corrected by less changes nothing that anybody waits for
QUEUE = 1_000  # feeds that wait for their host's turn, beside those that are fetched


class Poller:
    """Polls due feeds side by side, so that none waits for another.

    `done` is called after each poll's commit: there may be entries to judge, and a place is free.
    """

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        settings: Settings,
        *,
        run: str,
        now: Callable[[], datetime],
        done: Callable[[Polled], None] | None = None,
    ) -> None:
        self._store = store
        self._look = Look(store, fetcher, settings, now=now)
        self._places = settings.polling.concurrency
        self._run = run
        self._now = now
        self._done = done
        self._tasks: dict[FeedId, asyncio.Task[Polled]] = {}
        self._aside: dict[FeedId, float] = {}  # until when, by the loop's time
        self._rests: dict[FeedId, float] = {}  # seconds, of those whose last poll the database could not take
        self._latest: datetime | None = None  # when it last started any
        self._stopped = False

    @property
    def look(self) -> Look:
        """Who looks at the feeds: hubs tell of the same ones."""
        return self._look

    def heed(self, settings: Settings) -> None:
        """Know the feeds as they are now: some may have been added, or changed, while the bot runs."""
        self._look.heed(settings)

    async def step(self) -> bool:
        """Start as many due polls as there are free places."""
        moment = asyncio.get_running_loop().time()
        self._aside = {feed: until for feed, until in self._aside.items() if until > moment}
        places = self._places
        free = min(places - len(self._tasks) + len(self._look.queued), places + QUEUE - len(self._tasks))
        started = await self._start(free, but=self._aside)
        await asyncio.sleep(0)
        return bool(started and self._look.queued)  # who queues leaves its place to another

    async def all_once(self) -> tuple[Polled, ...]:
        """Poll every feed once, whatever its time. What failed by a fault of ours is logged and left out."""
        begun: dict[FeedId, asyncio.Task[Polled]] = {}
        last: FeedId | None = FeedId(0)
        while last is not None:
            self._look.moved.clear()
            if (free := self._ahead()) > 0:
                started = await self._start(free, after=last)
                begun |= started
                last = max(started, default=None)
                await asyncio.sleep(0)
            else:
                await self._look.moved.wait()
        if begun:
            await asyncio.wait(begun.values())
        ended = [task for task in begun.values() if not task.cancelled() and not task.exception()]
        return tuple(task.result() for task in ended)

    def _ahead(self) -> int:
        """Say how many feeds to claim now, so that fetching never waits for a claim or for what is being written."""
        coming = len(self._tasks) - len(self._look.queued | self._look.writing)
        enough = coming >= 3 * self._places or len(self._look.writing) >= 8 * self._places
        room = self._places + QUEUE - len(self._tasks)
        return 0 if enough else min(10 * self._places - coming, room)

    async def stop(self) -> None:
        """Give up what is being fetched: nothing is stored of it, and the next run polls it at once.

        What is being written is waited for: a transaction cut short may leave its connection, and SQLite's lock.
        """
        self._stopped = True
        tasks = dict(self._tasks)
        for feed, task in tasks.items():
            if feed not in self._look.writing:
                task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        self._look.close()

    async def _start(
        self, free: int, *, but: Collection[FeedId] = (), after: FeedId | None = None
    ) -> dict[FeedId, asyncio.Task[Polled]]:
        """Claim at most `free` feeds, and poll them. `but` are left alone, and those in hand are.

        Those that are due; with `after` those of a higher id, whatever their time.
        """
        if free <= 0 or self._stopped:
            return {}
        now = self._now()
        set_back = self._latest is None or now < self._latest - SET_BACK  # before our start, or since
        async with self._store.writing() as tx:
            if set_back:
                await polls.bring_back(tx, now)
            due = await feeds.claim(
                tx,
                self._run,
                now,
                lease_until=now + LEASE,
                limit=free,
                in_hand={feed for feed in (*self._tasks, *but) if after is None or feed > after},
                after=after or FeedId(0),
                whatever=after is not None,
            )
        self._latest = now
        if self._stopped:  # in the meantime; the next run takes the claims over
            return {}
        started = {
            feed.id: asyncio.create_task(self._look.at(feed), name=f"poll {feed.name}") for feed in due
        }
        self._tasks |= started
        for feed, task in started.items():
            task.add_done_callback(partial(self._ended, feed))
        return started

    def _ended(self, feed: FeedId, task: asyncio.Task[Polled]) -> None:
        self._tasks.pop(feed, None)
        self._look.ended(feed)
        if task.cancelled():
            return
        if error := task.exception():
            # Nothing was written, so it is due still: a fault of ours must not ask a publisher every second.
            self._aside[feed] = task.get_loop().time() + self._rest(feed, error)
            log.error("poll failed", feed=task.get_name(), error=type(error).__name__, exc_info=error)
            return
        self._rests.pop(feed, None)
        if self._done:
            self._done(task.result())

    def _rest(self, feed: FeedId, error: BaseException) -> float:
        """Say for how many seconds to leave a feed alone: a database that was away is back before long."""
        longest = LEASE.total_seconds()
        if not (isinstance(error, StoreError) and error.passing):
            return longest
        self._rests[feed] = rest = min(2 * self._rests.get(feed, SOON / 2), longest)
        return rest
