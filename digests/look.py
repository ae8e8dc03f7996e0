"""One look at one feed: fetch, parse, what is new, when to look again; committed as one fact."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import structlog

from digests.errors import FeedError
from digests.feeds.addresses import shown
from digests.feeds.fetch import Fetched, Fetcher, Request, Unchanged
from digests.feeds.habits import MOST, observed, wished
from digests.feeds.identity import KEY_VERSION
from digests.feeds.manners import living_at
from digests.feeds.moving import settled
from digests.feeds.notices import forbids_copying
from digests.feeds.novelty import News, first_of, sift, unseen_of
from digests.feeds.pacing import after_success, interval_of
from digests.feeds.rhythm import next_poll, place_of
from digests.feeds.trouble import RestingError, TryLaterError
from digests.feeds.websub import holds, offered
from digests.model import FeedId, HubSubscription
from digests.settings import FeedSettings, Settings
from digests.store import entries, feeds, polls, told
from digests.store.engine import Store
from digests.store.gathering import Gatherer
from digests.store.unchanged import AsBefore
from digests.upshot import is_late, notice, to_write

if TYPE_CHECKING:
    from digests.feeds.document import Parsed
    from digests.feeds.workshop import Workshop

log = structlog.get_logger()

AT_ONCE = 100  # entries; more are read off the event loop
LOOK_BACK = 300  # entries of a feed among which a re-issued one is looked for
GIVE_UP_MOVE = 3  # failures in a row after which a feed is looked for at its old address


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll came to."""

    feed: str
    new: int = 0
    noted: int = 0  # too old to be shown
    unchanged: bool = False
    error: str = ""


class Look:
    """Looks at feeds, any number side by side; waits for a host's turn where it has to."""

    def __init__(
        self, store: Store, fetcher: Fetcher, settings: Settings, *, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._workshop: Workshop | None = None
        self._feeds: dict[str, FeedSettings] = {}
        self.heed(settings)
        self._polling = settings.polling
        self._kept_for = settings.retention.entry_text
        self._written = Gatherer(store, polls.keep)
        self._now = now
        self._alone: WeakValueDictionary[FeedId, asyncio.Lock] = WeakValueDictionary()
        self.queued: set[FeedId] = set()  # these wait for their host, and hold no place
        self.writing: set[FeedId] = set()  # these must not be cut short: a transaction is under way
        self.moved = asyncio.Event()  # one queues, writes or has ended: others may be begun

    def heed(self, settings: Settings) -> None:
        """Know the feeds as they are now: some may have been added, or changed, while the bot runs."""
        self._feeds = {feed.url: feed for feed in settings.feeds}

    def ended(self, feed: FeedId) -> None:
        """Forget a feed that is looked at no more."""
        self.queued.discard(feed)
        self.writing.discard(feed)
        self.moved.set()

    def _writes(self, feed: FeedId) -> None:
        self.writing.add(feed)
        self.moved.set()

    def close(self) -> None:
        """End the parsers."""
        if self._workshop is not None:
            self._workshop.close()

    async def at(self, due: feeds.DueFeed) -> Polled:
        """Look at a claimed feed once. A feed's own trouble is written and told; what it raises is a fault of ours."""
        began = perf_counter()
        address = due.address or due.url
        try:
            answer = await self._ask(due, address)
            body_hash = answer.fingerprint if isinstance(answer, Fetched) else due.body_hash
            known = due.key_version == KEY_VERSION and due.body_hash == body_hash
            parsed = await self._read(answer) if isinstance(answer, Fetched) and not known else None
        except RestingError as error:
            return await self._leave(due, error)
        except FeedError as error:
            return await self._failed(due, error)
        news, body = News(), b""
        async with self._by_itself(due.id):
            if parsed is not None and isinstance(answer, Fetched):
                news, body = await self._sifted(due, parsed), answer.body
            self._writes(due.id)
            kept = await self._upshot(
                due, answer, parsed, news, body_hash=body_hash, forbids=bool(body) and forbids_copying(body)
            )
            unchanged, noted, again = parsed is None, len(news.noted), len(news.again)
            # While hundreds of polls wait to be written, their documents need not.
            del answer, parsed, news, body
            new = await self._written.put(kept)
        tell = log.info if new else log.debug
        tell(
            "polled",
            feed=due.name,
            new=new,
            unchanged=unchanged,
            history=due.is_new,
            noted=noted,
            again=again,
            ms=round((perf_counter() - began) * 1000),
        )
        return Polled(due.name, new=new, noted=noted, unchanged=unchanged)

    async def told(self, due: feeds.DueFeed, by: HubSubscription, answer: Fetched) -> int | None:
        """Take a document that a hub sent as if it had been fetched; gives how many entries wait to be judged.

        None: the feed had better be polled, since nothing was sent, or since its next poll is to be its first, or
        the first after an upgrade that makes keys anew. When it is polled next, and with which validators, stays: a
        hub may send no more than what is new. Raises FeedError.
        """
        if due.is_new or due.key_version != KEY_VERSION or not answer.body.strip():
            return None
        parsed = await self._read(answer)
        async with self._by_itself(due.id):
            news, now = await self._sifted(due, parsed), self._now()
            forbids = forbids_copying(answer.body)
            batches, renamed = to_write(due, news, now)
            reissued_at = notice(due, news, now, forbids=forbids)
            async with self._store.writing() as tx:
                return await told.told(
                    tx, by, told.Told(batches, renamed, reissued_at, forbids or due.forbids), now
                )

    def _by_itself(self, feed: FeedId) -> asyncio.Lock:
        """Let one look at a feed's entries at a time: its hub may tell of what a poll is just writing."""
        return self._alone.setdefault(feed, asyncio.Lock())

    async def _ask(self, due: feeds.DueFeed, address: str) -> Fetched | Unchanged:
        wanted = self._feeds.get(due.url)
        current = due.key_version == KEY_VERSION  # after an upgrade that makes keys anew, all is read anew
        request = Request(
            address,
            etag=due.etag if current else "",
            last_modified=due.last_modified if current else "",
            legacy_tls=wanted is not None and wanted.legacy_tls,
        )
        self.queued.add(due.id)
        self.moved.set()
        return await self._fetcher.fetch(request, begun=partial(self.queued.discard, due.id))

    async def _read(self, answer: Fetched) -> "Parsed":
        """Read a document. Raises FeedError. What reads them is imported when there is one: most polls bring none."""
        from digests.feeds.document import Document  # noqa: PLC0415 - see above
        from digests.feeds.workshop import Workshop  # noqa: PLC0415 - see above

        if self._workshop is None:
            self._workshop = Workshop()
        return await self._workshop.read(
            Document(answer.body, answer.url, answer.content_type, answer.charset)
        )

    async def _sifted(self, due: feeds.DueFeed, parsed: "Parsed") -> News:
        """Say which of a document's entries are new."""
        if due.is_new:
            long_ago = self._now() - self._kept_for
            if len(parsed.keys) > AT_ONCE:
                return await asyncio.to_thread(first_of, parsed, long_ago)
            return first_of(parsed, long_ago)
        async with self._store.reading() as reading:
            seen = await entries.seen(reading, due.id, tuple(dict.fromkeys(parsed.keys)))
        if all(key in seen for key in parsed.keys):
            return News()
        unseen = await asyncio.to_thread(unseen_of, parsed, seen)
        if not unseen:
            return News()
        async with self._store.reading() as reading:
            among = max(LOOK_BACK, 3 * len(parsed.keys))
            stored = await entries.alike(reading, due.id, unseen, among=among)
        took_over = due.succeeded_at if due.key_version != KEY_VERSION else None
        return sift(parsed.keys, unseen, seen, stored, took_over=took_over)

    async def _upshot(
        self,
        due: feeds.DueFeed,
        answer: Fetched | Unchanged,
        parsed: "Parsed | None",
        news: News,
        *,
        body_hash: str,
        forbids: bool,
    ) -> polls.Kept:
        """Put together everything that a success came to."""
        now = self._now()
        habits = due.habits
        wanted = self._feeds.get(due.url)
        if parsed is not None:
            habits = wished(parsed)
            if wanted and wanted.auto:
                habits = observed(habits, await self._times(due, news, now), now)
        move, address = settled(due.moving, due.address, answer.permanent_url, now, url=due.url)
        if address != due.address:
            log.warning("feed moved", feed=due.name, address=shown(address or due.url))
        hub = due.hub
        if parsed is not None and isinstance(answer, Fetched):
            hub = offered(answer.links, answer.url, parsed.links("hub"), parsed.links("self"))
        missed = holds(due.hub_until, now) and is_late(news, now)
        again = after_success(
            wanted,
            self._polling,
            habits,
            now=now,
            place=place_of(due.url),
            fresh_for=answer.fresh_for,
            hub_until=None if missed else due.hub_until,
        )
        if parsed is None and _is_as_before(due, answer, body_hash):
            return polls.Kept(AsBefore(due.id, again.at, again.reason), now)
        poll = feeds.Poll(
            due.id,
            again.at,
            again.reason,
            etag=answer.etag,
            last_modified=answer.last_modified,
            title=parsed.title if parsed else "",
            address=address,
            body_hash=body_hash,
            key_version=KEY_VERSION if parsed else due.key_version,
            habits=habits,
            moving=move,
            reissued_at=notice(due, news, now, forbids=forbids),
            forbids=forbids or due.forbids,
        )
        batches, renamed = to_write(due, news, now)
        return polls.Kept(poll, now, batches, renamed, hub=hub if hub != due.hub else None, missed=missed)

    async def _times(self, due: feeds.DueFeed, news: News, now: datetime) -> list[datetime]:
        times = [one.entry.published or now for one in (*news.new, *news.past)]
        if len(times) >= MOST or due.is_new:
            return times
        async with self._store.reading() as reading:
            return [*times, *await entries.recent_times(reading, due.id, MOST)]

    async def _failed(self, due: feeds.DueFeed, error: FeedError) -> Polled:
        """Write the failure in words; the delay grows with each in a row."""
        self._writes(due.id)
        now = self._now()
        failures = due.failures + 1
        gone = error.status == 410 and not due.address
        astray = error.status in (404, 410) or failures >= GIVE_UP_MOVE
        again = next_poll(
            interval=interval_of(self._feeds.get(due.url), self._polling, due.habits, now),
            now=now,
            place=place_of(due.url),
            failures=failures,
            retry_after=error.retry_after if isinstance(error, TryLaterError) else None,
        )
        why = "its publisher has closed it for good (410)" if gone else again.reason
        kept = polls.Kept(
            feeds.Poll(
                due.id,
                None if gone else again.at,
                why,
                error=error.what,
                failures=failures,
                address="" if astray else due.address,
            ),
            now,
        )
        if isinstance(error, TryLaterError) and error.rest:
            kept = replace(
                kept,
                also_wait=tuple(url for url in living_at(error.host, self._feeds) if url != due.url),
                wait_until=now + error.rest,
                wait_why=f"its host refused us: {error.what}",
            )
            log.warning("host rests", host=error.host, seconds=round(error.rest.total_seconds()))
        await self._written.put(kept)
        log.warning(
            "feed gone" if gone else "feed failed",
            feed=due.name,
            error=error.what,
            failures=failures,
            next=why,
        )
        return Polled(due.name, error=error.what)

    async def _leave(self, due: feeds.DueFeed, error: RestingError) -> Polled:
        """Write nothing of a feed whose host rests, but when it is looked at next."""
        self._writes(due.id)
        async with self._store.writing() as tx:
            await feeds.let_wait(tx, due.id, self._now() + error.rest, "its host refused us, and rests")
        return Polled(due.name, error=error.what)


def _is_as_before(due: feeds.DueFeed, answer: Fetched | Unchanged, body_hash: str) -> bool:
    """Whether an answer that brought nothing to read told nothing else, either: so it is with most polls."""
    if due.failures or due.moving or answer.permanent_url:
        return False
    known = due.etag, due.last_modified, due.body_hash
    return known == (answer.etag, answer.last_modified, body_hash)
