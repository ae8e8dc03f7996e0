"""poll: claim due feeds, fetch, parse, store the new entries unjudged, and say when each feed is polled next."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter

import structlog

from digests.errors import FeedError
from digests.feeds.document import Document, Parsed
from digests.feeds.fetch import Fetched, Fetcher, Request, Unchanged
from digests.feeds.identity import KEY_VERSION, link_key, title_key
from digests.feeds.parse import parse, titled
from digests.feeds.rhythm import NextPoll, next_poll, place_of
from digests.feeds.trouble import TryLaterError
from digests.model import FeedId
from digests.settings import Settings
from digests.store import entries, feeds
from digests.store.engine import Store

log = structlog.get_logger()

LEASE = timedelta(minutes=2)  # well over the longest fetch


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll came to."""

    feed: str
    new: int = 0
    unchanged: bool = False
    error: str = ""


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
        self._fetcher = fetcher
        self._intervals = {feed.url: feed.interval for feed in settings.feeds}
        self._places = settings.polling.concurrency
        self._run = run
        self._now = now
        self._done = done
        self._tasks: dict[FeedId, asyncio.Task[Polled]] = {}
        self._aside: dict[FeedId, float] = {}  # until when, by the loop's time
        self._writing: set[FeedId] = set()
        self._stopped = False

    async def step(self) -> bool:
        """Start as many due polls as there are free places."""
        moment = asyncio.get_running_loop().time()
        self._aside = {feed: until for feed, until in self._aside.items() if until > moment}
        await self._start(but=self._aside)
        return False

    async def all_once(self) -> tuple[Polled, ...]:
        """Poll every feed once, whatever its time. What failed by a fault of ours is logged and left out."""
        begun: dict[FeedId, asyncio.Task[Polled]] = {}
        while True:
            begun |= await self._start(but=begun, whatever=True)
            under_way = [task for task in begun.values() if not task.done()]
            if not under_way:
                break
            await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        ended = [task for task in begun.values() if not task.cancelled() and not task.exception()]
        return tuple(task.result() for task in ended)

    async def stop(self) -> None:
        """Give up what is being fetched: nothing is stored of it, and the next run polls it at once.

        What is being written is waited for: a transaction cut short may leave its connection, and SQLite's lock.
        """
        self._stopped = True
        tasks = dict(self._tasks)
        for feed, task in tasks.items():
            if feed not in self._writing:
                task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _start(
        self, *, but: Collection[FeedId], whatever: bool = False
    ) -> dict[FeedId, asyncio.Task[Polled]]:
        """Claim feeds for the free places, and poll them. `but` are left alone, and those in hand are."""
        free = self._places - len(self._tasks)
        if free <= 0 or self._stopped:
            return {}
        now = self._now()
        async with self._store.writing() as tx:
            due = await feeds.claim(
                tx,
                self._run,
                now,
                lease_until=now + LEASE,
                limit=free,
                in_hand={*self._tasks, *but},
                whatever=whatever,
            )
        if self._stopped:  # in the meantime; the next run takes the claims over
            return {}
        started = {feed.id: asyncio.create_task(self._poll(feed), name=f"poll {feed.name}") for feed in due}
        self._tasks |= started
        for feed, task in started.items():
            task.add_done_callback(partial(self._ended, feed))
        return started

    def _ended(self, feed: FeedId, task: asyncio.Task[Polled]) -> None:
        self._tasks.pop(feed, None)
        self._writing.discard(feed)
        if task.cancelled():
            return
        if error := task.exception():
            # Nothing was written, so it is due still: a fault of ours must not ask a publisher every second.
            self._aside[feed] = task.get_loop().time() + LEASE.total_seconds()
            log.error("poll failed", feed=task.get_name(), error=type(error).__name__, exc_info=error)
            return
        if self._done:
            self._done(task.result())

    async def _poll(self, due: feeds.DueFeed) -> Polled:
        began = perf_counter()
        try:
            answer = await self._fetcher.fetch(Request(due.url, due.etag, due.last_modified))
            parsed = await _read(answer) if isinstance(answer, Fetched) else None
        except FeedError as error:
            return await self._failed(due, error)
        self._writing.add(due.id)
        now = self._now()
        again = next_poll(interval=self._interval(due), now=now, place=place_of(due.url))
        new = await self._keep(due, answer, parsed, again, now)
        tell = log.info if new else log.debug
        tell(
            "polled",
            feed=due.name,
            new=new,
            unchanged=parsed is None,
            history=due.is_new,
            ms=round((perf_counter() - began) * 1000),
        )
        return Polled(due.name, new=new, unchanged=parsed is None)

    async def _failed(self, due: feeds.DueFeed, error: FeedError) -> Polled:
        """Write the failure in words; the delay grows with each in a row."""
        self._writing.add(due.id)
        now = self._now()
        failures = due.failures + 1
        again = next_poll(
            interval=self._interval(due),
            now=now,
            place=place_of(due.url),
            failures=failures,
            retry_after=error.retry_after if isinstance(error, TryLaterError) else None,
        )
        async with self._store.writing() as tx:
            await feeds.polled(
                tx, feeds.Poll(due.id, again.at, again.reason, error=error.what, failures=failures), now
            )
        log.warning("feed failed", feed=due.name, error=error.what, failures=failures, next=again.reason)
        return Polled(due.name, error=error.what)

    def _interval(self, due: feeds.DueFeed) -> timedelta:
        return self._intervals.get(due.url, timedelta(hours=1))

    async def _keep(
        self,
        due: feeds.DueFeed,
        answer: Fetched | Unchanged,
        parsed: Parsed | None,
        again: NextPoll,
        now: datetime,
    ) -> int:
        keyed = _keyed(parsed)
        added = 0
        async with self._store.writing() as tx:
            if keyed:
                unknown = await entries.unknown(tx, due.id, keyed)
                added = await entries.add(tx, due.id, unknown, seen_at=now, history=due.is_new)
            await feeds.polled(
                tx,
                feeds.Poll(
                    due.id,
                    again.at,
                    again.reason,
                    etag=answer.etag,
                    last_modified=answer.last_modified,
                    title=parsed.title if parsed else "",
                ),
                now,
            )
        return added


async def _read(answer: Fetched) -> Parsed:
    """Parse off the event loop: a large document takes its time."""
    document = Document(answer.body, answer.url, answer.content_type, answer.charset)
    return await asyncio.to_thread(parse, document)


def _keyed(parsed: Parsed | None) -> list[entries.Keyed]:
    if parsed is None:
        return []
    told = (titled(entry) for entry in parsed.entries)
    return [
        entries.Keyed(entry, KEY_VERSION, link_key(entry.link), title_key(entry.title, entry.source))
        for entry in told
        if entry.title  # without a title, a text or a link that makes one there is nothing to show
    ]
