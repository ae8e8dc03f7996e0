"""One look at one feed: fetch, parse, what is new, when to look again; committed as one fact."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter

import structlog

from digests.errors import FeedError
from digests.feeds.addresses import shown
from digests.feeds.document import Document, Parsed
from digests.feeds.fetch import Fetched, Fetcher, Request, Unchanged
from digests.feeds.habits import MOST, observed, spoken, wished
from digests.feeds.identity import KEY_VERSION
from digests.feeds.manners import Manners, beside, host_of
from digests.feeds.moving import settled
from digests.feeds.notices import forbids_copying
from digests.feeds.novelty import News, is_to_tell, sift, unseen_of
from digests.feeds.pacing import after_success, interval_of
from digests.feeds.rhythm import next_poll, place_of
from digests.feeds.trouble import TryLaterError
from digests.feeds.workshop import Workshop
from digests.model import FeedId, Seen
from digests.settings import FeedSettings, Settings
from digests.store import entries, feeds, polls
from digests.store.engine import Store
from digests.store.gathering import Gatherer

log = structlog.get_logger()

LOOK_BACK = 300  # entries of a feed among which a re-issued one is looked for
GIVE_UP_MOVE = 3  # failures in a row after which a feed is looked for at its old address


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll came to."""

    feed: str
    new: int = 0
    unchanged: bool = False
    error: str = ""


class Look:
    """Looks at feeds, any number side by side; waits for a host's turn where it has to."""

    def __init__(
        self, store: Store, fetcher: Fetcher, settings: Settings, *, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._workshop = Workshop()
        self._feeds: dict[str, FeedSettings] = {}
        self.heed(settings)
        self._polling = settings.polling
        self._manners = Manners(settings.polling)
        self._fetching = asyncio.Semaphore(settings.polling.concurrency)
        self._written = Gatherer(store, polls.keep)
        self._now = now
        self.queued: set[FeedId] = set()  # these wait for their host, and hold no place
        self.writing: set[FeedId] = set()  # these must not be cut short: a transaction is under way

    def heed(self, settings: Settings) -> None:
        """Know the feeds as they are now: some may have been added, or changed, while the bot runs."""
        self._feeds = {feed.url: feed for feed in settings.feeds}

    def ended(self, feed: FeedId) -> None:
        """Forget a feed that is looked at no more."""
        self.queued.discard(feed)
        self.writing.discard(feed)

    def close(self) -> None:
        """End the parsers."""
        self._workshop.close()

    async def at(self, due: feeds.DueFeed) -> Polled:
        """Look at a claimed feed once. A feed's own trouble is written and told; what it raises is a fault of ours."""
        began = perf_counter()
        address = due.address or due.url
        try:
            answer = await self._ask(due, address)
            if isinstance(answer, timedelta):
                return await self._leave(due, answer)
            self._manners.answered(address)
            body_hash = answer.fingerprint if isinstance(answer, Fetched) else due.body_hash
            known = due.key_version == KEY_VERSION and due.body_hash == body_hash
            parsed = None if known else await _read(self._workshop, answer)
        except FeedError as error:
            return await self._failed(due, error)
        news, body = News(), b""
        if parsed is not None and isinstance(answer, Fetched):
            news, body = await self._sifted(due, parsed), answer.body
        self.writing.add(due.id)
        kept = await self._upshot(
            due, answer, parsed, news, body_hash=body_hash, forbids=forbids_copying(body)
        )
        new = await self._written.put(kept)
        tell = log.info if new else log.debug
        tell(
            "polled",
            feed=due.name,
            new=new,
            unchanged=parsed is None,
            history=due.is_new,
            again=len(news.again),
            ms=round((perf_counter() - began) * 1000),
        )
        return Polled(due.name, new=new, unchanged=parsed is None)

    async def _ask(self, due: feeds.DueFeed, address: str) -> Fetched | Unchanged | timedelta:
        """Fetch when it is the host's turn; a time is how long the host rests, which has refused us."""
        wanted = self._feeds.get(due.url)
        request = Request(address, legacy_tls=wanted is not None and wanted.legacy_tls)
        if due.key_version == KEY_VERSION:  # after an upgrade that makes keys anew, all is read anew
            request = replace(request, etag=due.etag, last_modified=due.last_modified)
        self.queued.add(due.id)
        async with self._manners.turn(address) as rests:
            if rests is not None:
                return rests
            async with self._fetching:
                self.queued.discard(due.id)
                return await self._fetcher.fetch(request)

    async def _sifted(self, due: feeds.DueFeed, parsed: Parsed) -> News:
        """Say which of a document's entries are new."""
        seen: dict[str, Seen] = {}
        if not due.is_new:
            async with self._store.reading() as reading:
                seen = await entries.seen(reading, due.id, tuple(dict.fromkeys(parsed.keys)))
        if all(key in seen for key in parsed.keys):
            return News()
        unseen = await asyncio.to_thread(unseen_of, parsed, seen)
        if due.is_new or not unseen:
            return sift(parsed.keys, unseen, {}, ())
        async with self._store.reading() as reading:
            among = max(LOOK_BACK, 3 * len(parsed.keys))
            stored = await entries.alike(reading, due.id, unseen, among=among)
        took_over = due.succeeded_at if due.key_version != KEY_VERSION else None
        return sift(parsed.keys, unseen, seen, stored, took_over=took_over)

    async def _upshot(
        self,
        due: feeds.DueFeed,
        answer: Fetched | Unchanged,
        parsed: Parsed | None,
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
        reissued = is_to_tell(news, due.reissued_at, now)
        if reissued:
            log.warning("feed reissued", feed=due.name, entries=len(news.again))
        if forbids and not due.forbids:
            log.warning("feed forbids copying", feed=due.name, shown="title")
        again = after_success(
            wanted, self._polling, habits, now=now, place=place_of(due.url), fresh_for=answer.fresh_for
        )
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
            reissued_at=now if reissued else due.reissued_at,
            forbids=forbids or due.forbids,
        )
        batches = (
            entries.Batch(due.id, news.new, now, due.is_new),
            entries.Batch(due.id, news.past, now, history=True),
            entries.Batch(due.id, news.back, now, history=True, settled=True),
        )
        return polls.Kept(
            poll,
            now,
            tuple(batch for batch in batches if batch.new),
            tuple(entries.Renamed(known.id, one.entry.key, KEY_VERSION) for known, one in news.again),
        )

    async def _times(self, due: feeds.DueFeed, news: News, now: datetime) -> list[datetime]:
        times = [one.entry.published or now for one in (*news.new, *news.past)]
        if len(times) >= MOST or due.is_new:
            return times
        async with self._store.reading() as reading:
            return [*times, *await entries.recent_times(reading, due.id, MOST)]

    async def _failed(self, due: feeds.DueFeed, error: FeedError) -> Polled:
        """Write the failure in words; the delay grows with each in a row."""
        self.writing.add(due.id)
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
        if rest := self._rest(due, error):
            others = beside(due.address or due.url, self._feeds)
            kept = replace(
                kept, also_wait=others, wait_until=now + rest, wait_why=f"its host refused us: {error.what}"
            )
            log.warning(
                "host rests", host=host_of(due.address or due.url), seconds=round(rest.total_seconds())
            )
        await self._written.put(kept)
        log.warning(
            "feed gone" if gone else "feed failed",
            feed=due.name,
            error=error.what,
            failures=failures,
            next=why,
        )
        return Polled(due.name, error=error.what)

    def _rest(self, due: feeds.DueFeed, error: FeedError) -> timedelta | None:
        """How long the whole host rests that refused us; None where it does not."""
        address = due.address or due.url
        if isinstance(error, TryLaterError):
            return self._manners.refused(address, error)
        if error.status is not None:
            self._manners.answered(address)
        return None

    async def _leave(self, due: feeds.DueFeed, rests: timedelta) -> Polled:
        """Ask nothing of a host that rests."""
        self.writing.add(due.id)
        why = "its host refused us, and rests"
        async with self._store.writing() as tx:
            await feeds.let_wait(tx, due.id, self._now() + rests, why)
        return Polled(due.name, error=f"Not asked: its host refused us, and rests for {spoken(rests)}.")


async def _read(workshop: Workshop, answer: Fetched | Unchanged) -> Parsed | None:
    if isinstance(answer, Unchanged):
        return None
    return await workshop.read(Document(answer.body, answer.url, answer.content_type, answer.charset))
