"""compose: due chats, by taste; a ranking and an edition for each taste; a digest owed to each chat.

Digests need no broadcast: the index of due chats is the cursor, and a chat's next digest moves in the transaction that
owes this one. What is the same for all chats of a taste is made before, also ahead of the minute (`rankings`); what each
chat is owed is decided at its minute, in the transaction that writes it (`owing`).
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from digests.editions.cards import card
from digests.editions.digest import compose as arrange
from digests.editions.tastes import FIRST, Pool, Taste, pool_of
from digests.model import Card, Chat, DigestContent, StoryFacts, StoryId
from digests.owing import Owing, Reader, owe
from digests.rankings import DEPTH, RANG, Rankings, Upto, upto
from digests.settings import Settings
from digests.store import chats, codec, due, namings, standing, stories, subscriptions
from digests.store.due import DueChat
from digests.store.engine import Reading, Store, Writing
from digests.subjects import Due, Filters, filters

log = structlog.get_logger()

BLOCK = 800  # due chats of one transaction: other writers never wait for more than 50 ms
BLOCKS = 20  # of one step that has more to come back to, so that a bot that is told to stop does
LEAD = timedelta(seconds=30)  # before the minute, when ranking for it begins
SAMPLE = 20  # blocks of the minute's chats whose tastes are ranked ahead; any others are ranked at the minute
FRESH = timedelta(seconds=30)  # so long what rankings rest on need not be read again
LASTING = timedelta(minutes=5)  # so long what they cover is good enough

_NONE: frozenset[StoryId] = frozenset()

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Composed:
    """What one step came to."""

    due: int
    owed: int
    editions: int
    more: bool


@dataclass(frozen=True, slots=True)
class _Block:
    """Chats whose digest is due, in order, with what decides their tastes."""

    chats: Sequence[DueChat]
    pools: Sequence[Pool]

    @property
    def is_full(self) -> bool:
        """Whether there may be more of them."""
        return len(self.chats) == BLOCK

    @property
    def end(self) -> tuple[datetime, int]:
        """Say after whom the next block begins."""
        return codec.moment_stored(self.chats[-1].at), self.chats[-1].id

    def last(self) -> dict[Pool, datetime | None]:
        """Give each pool with the time of the last digest of a chat of it."""
        found: dict[Pool, datetime | None] = {}
        for chat, pool in zip(self.chats, self.pools, strict=True):
            if pool not in found:
                found[pool] = _moment(chat.digested_at)
        return found


@dataclass(slots=True)
class Ahead:
    """What was ranked ahead of the minute. Nothing of it is stored: who begins without it ranks at the minute."""

    minute: datetime | None = None
    rankings: Rankings | None = None
    settings: Settings | None = None
    begun: bool = False  # some of that minute's chats have theirs already: the others get the same

    def keep(self, rankings: Rankings, settings: Settings, minute: datetime, *, begun: bool = False) -> None:
        """Remember rankings for a minute, or for the next step of it."""
        self.minute, self.rankings, self.settings, self.begun = minute, rankings, settings, begun

    def holds(self, settings: Settings, minute: datetime, upto: Upto) -> bool:
        """Whether that minute is ranked, with all the news that there is."""
        return (
            self.rankings is not None
            and (self.minute, self.settings) == (minute, settings)
            and self.rankings.upto.has_all(upto)
        )

    def take(self, settings: Settings, now: datetime) -> Rankings | None:
        """Give what was ranked, once, if that is not long ago."""
        rankings, self.rankings = self.rankings, None
        if rankings is None or self.settings != settings or not rankings.at <= now < rankings.at + LASTING:
            return None
        return rankings


async def compose(
    store: Store, settings: Settings, now: Callable[[], datetime], ahead: Ahead | None = None
) -> Composed:
    """Compose the digests that are due. With `ahead`, what the next minute needs is ranked before it."""
    moment = now()
    block = await _look(store, settings, moment)
    if not block.chats:
        if ahead is not None:
            await _look_ahead(store, settings, ahead, moment)
        return Composed(0, 0, 0, more=False)
    rankings = await _rankings(store, settings, ahead, moment)
    seen = owed = editions = 0
    at = moment
    while block.chats:
        seen += len(block.chats)
        goes_on = block.is_full and (ahead is None or seen < BLOCKS * BLOCK)
        # Who was left out, since something happened to it, is not met again before the next step.
        coming = _look(store, settings, moment, after=block.end) if goes_on else None
        done, following = await _meanwhile(_owe(store, settings, rankings, block, now=now, at=at), coming)
        for one in done:
            owed += one.owed
            editions += len(one.written)
        if following is None:
            break
        block = following
        at = now()
    if block.is_full and ahead is not None:
        ahead.keep(rankings, settings, moment, begun=True)
    log.info("composed", due=seen, owed=owed, editions=editions)
    return Composed(seen, owed, editions, more=block.is_full)


async def _rankings(store: Store, settings: Settings, ahead: Ahead | None, now: datetime) -> Rankings:
    """Take what was ranked ahead. What is news since the last look ahead is ranked too: it would wait for a day."""
    begun = ahead is not None and ahead.begun
    found = ahead.take(settings, now) if ahead is not None else None
    async with store.reading() as tx:
        reach = await upto(tx)
    if found is not None and begun:
        return found
    if found is not None and found.upto.has_all(reach):
        await found.refresh(now)
        return found
    return Rankings(store, settings, reach, now)


async def for_chat(
    tx: Reading, chat: Chat, settings: Settings, now: datetime, *, since: timedelta = FIRST
) -> DigestContent | None:
    """Compose what happened in the last hours in a chat's categories, whatever it was sent before."""
    wanted = (await subscriptions.of(tx, chat.id)) & _slugs(settings)
    begin = now - since
    facts = await _facts(tx, wanted, begin)
    rang = await stories.facts(tx, list(await standing.rang_since(tx, begin, RANG)))
    here = frozenset(one.id for one in facts)
    every = {one.id: one for one in (*facts, *rang)}
    reader = Due(chat.id, None, wanted, begin, here)
    chosen = await filters(tx, [reader], every, upto=await namings.last(tx))
    every |= chosen.others
    followed = chosen.of(chat.id)
    told = await standing.alerted(tx, [chat.id], standing.alert_keys([one.id for one in rang]))
    return arrange(
        _cards([*facts, *(every[story] for story in sorted(followed - here))], settings),
        categories=[category.slug for category in settings.categories],
        wanted=wanted,
        since=begin,
        upto=now,
        max_stories=settings.digest.max_stories,
        without=chosen.muted(chat.id, every),
        followed=followed,
        others=_cards((one for one in rang if one.id not in told.get(chat.id, _NONE)), settings),
    )


async def of_categories(
    tx: Reading, wanted: frozenset[str], settings: Settings, now: datetime, *, since: timedelta = FIRST
) -> DigestContent | None:
    """Compose what happened in the last hours in some categories."""
    return arrange(
        _cards(await _facts(tx, wanted, now - since), settings),
        categories=[category.slug for category in settings.categories],
        wanted=wanted,
        since=now - since,
        upto=now,
        max_stories=settings.digest.max_stories,
    )


async def count_as_first(tx: Writing, chat: Chat, now: datetime) -> Chat:
    """Let what a chat has just been shown count as its digest: the next brings what is new since."""
    filed, named = await stories.last_filing(tx), await namings.last(tx)
    return await chats.change(tx, chat.id, digested_seq=filed, named_seq=named, digested_at=now)


def _slugs(settings: Settings) -> frozenset[str]:
    return frozenset(category.slug for category in settings.categories)


async def _look(
    store: Store, settings: Settings, until: datetime, after: tuple[datetime, int] | None = None
) -> _Block:
    """Read the next chats that are due."""
    async with store.reading() as tx:
        block = await due.due(tx, until, BLOCK, after=after)
    return _Block(block, _pools(settings, block))


async def _meanwhile(
    work: Coroutine[Any, Any, T], beside: Coroutine[Any, Any, U] | None
) -> tuple[T, U | None]:
    """Do both at once, so that one computes while the other waits for the database; none goes on where one fails."""
    if beside is None:
        return await work, None
    task = asyncio.create_task(beside)
    try:
        return await work, await task
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _owe(
    store: Store,
    settings: Settings,
    rankings: Rankings,
    block: _Block,
    *,
    now: Callable[[], datetime],
    at: datetime,
) -> list[Owing]:
    """Owe a block of chats their digests, in as many transactions as there is room for."""
    readers = await _readers(store, rankings, block, at)
    done: list[Owing] = []
    while readers:
        await rankings.rank({id(reader.taste): reader.taste for reader in readers}.values())
        async with store.writing() as tx:
            # The time is asked for again: a digest comes strictly after what is written.
            step = await owe(tx, readers, rankings, settings, now())
        step.keep()
        done.append(step)
        await rankings.rank(step.wanting)
        # Each round writes an edition or ranks for somebody; should one do neither, the next step has them.
        readers = step.aside if step.written or step.wanting else []
    return done


async def _readers(store: Store, rankings: Rankings, block: _Block, now: datetime) -> list[Reader]:
    """Give the chats with their tastes and what they had in earlier digests; rankings follow what happened since."""
    if now >= rankings.read_at + FRESH:
        await rankings.refresh(now)
    async with store.reading() as tx:
        await rankings.heed(tx)
    last = block.last()
    await rankings.gather(last)
    each = list(zip(block.chats, block.pools, strict=True))
    chosen = Filters()
    some = [
        Due(chat.id, chat.named_seq, pool.wanted, pool.since, rankings.here(pool))
        for chat, pool in each
        if chat.interested
    ]
    if some:
        async with store.reading() as tx:
            chosen = await filters(tx, some, rankings.facts, upto=rankings.upto.named)
        await rankings.look_for(rankings.take(chosen.others.values()))
    stood = await rankings.stood([chat.id for chat in block.chats])
    plain = {pool: Taste(pool) for pool in last}
    readers = []
    for chat, pool in each:
        taste, had, follows = plain[pool], stood.get(chat.id, _NONE), bool(pool.wanted)
        if chat.interested:
            taste = Taste(pool, chosen.of(chat.id))
            had |= chosen.muted(chat.id, rankings.facts)
            follows = follows or chat.id in chosen.followers
        readers.append(Reader(chat, taste, had, follows))
    return readers


def _pools(settings: Settings, block: Sequence[DueChat]) -> list[Pool]:
    """Give each chat's pool; chats alike have one and the same."""
    slugs = _slugs(settings)
    alike: dict[tuple[object, ...], Pool] = {}
    pools = []
    for chat in block:
        key = (chat.follows, chat.digested_seq, chat.named_seq, chat.digested_at, chat.at)
        pool = alike.get(key)
        if pool is None:
            pool = alike[key] = pool_of(
                slugs.intersection(chat.follows.split()),
                after=chat.digested_seq,
                named_after=chat.named_seq,
                last_at=_moment(chat.digested_at),
                due_at=codec.moment_stored(chat.at),
            )
        pools.append(pool)
    return pools


def _moment(stored: str | None) -> datetime | None:
    return None if stored is None else codec.moment_stored(stored)


async def _look_ahead(store: Store, settings: Settings, ahead: Ahead, now: datetime) -> None:
    """Rank for the next minute at which digests are due, if it is near. Nothing is written, and nobody is owed yet."""
    async with store.reading() as tx:
        minute = await due.next_moment(tx, now, now + LEAD)
        reach = await upto(tx)
    if minute is None or ahead.holds(settings, minute, reach):
        return
    rankings = Rankings(store, settings, reach, minute, at=now)
    after: tuple[datetime, int] | None = None
    tastes: set[Taste] = set()
    for _ in range(SAMPLE):
        block = await _look(store, settings, minute, after)
        last = block.last()
        await rankings.gather(last)
        tastes |= {Taste(pool) for pool in last}
        await rankings.rank(tastes)
        if not block.is_full:
            break
        after = block.end
    ahead.keep(rankings, settings, minute)
    log.info("ranked ahead", minute=minute.isoformat(), tastes=len(tastes))


async def _facts(tx: Reading, wanted: frozenset[str], since: datetime) -> tuple[StoryFacts, ...]:
    if not wanted:
        return ()
    ids = await stories.filed_since(
        tx, wanted, after=0, upto=await stories.last_filing(tx), since=since, limit=DEPTH
    )
    return await stories.facts(tx, ids)


def _cards(facts: Iterable[StoryFacts], settings: Settings) -> list[Card]:
    weights = {feed.name: feed.weight for feed in settings.feeds if feed.weight != 1}
    return [card(one, breaking=one.alerted, weights=weights) for one in facts]
