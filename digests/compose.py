"""compose: due chats, by taste; a ranking and an edition for each taste; a digest owed to each chat.

Digests need no broadcast: the index of due chats is the cursor, and a chat's next digest moves in the transaction that
owes this one. What is the same for all chats of a taste is made before, also ahead of the minute (`rankings`); what each
chat is owed is decided at its minute, in the transaction that writes it (`owing`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from digests.editions.cards import card
from digests.editions.digest import compose as arrange
from digests.editions.tastes import FIRST, Pool, Taste, pool_of
from digests.model import Card, Chat, DigestContent, StoryFacts, StoryId
from digests.owing import Owing, Reader, owe
from digests.rankings import DEPTH, RANG, Rankings, Upto, upto
from digests.settings import Settings
from digests.store import chats, due, namings, standing, stories, subscriptions
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


@dataclass(frozen=True, slots=True)
class Composed:
    """What one step came to."""

    due: int
    owed: int
    editions: int
    more: bool


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
    async with store.reading() as tx:
        block = await due.due(tx, moment, BLOCK)
    if not block:
        if ahead is not None:
            await _look_ahead(store, settings, ahead, moment)
        return Composed(0, 0, 0, more=False)
    rankings = await _rankings(store, settings, ahead, moment)
    seen = owed = editions = 0
    at = moment
    while block:
        seen += len(block)
        for one in await _owe(store, settings, rankings, block, now=now, at=at):
            owed += one.owed
            editions += len(one.written)
        if len(block) < BLOCK:
            break
        if ahead is not None and seen >= BLOCKS * BLOCK:
            ahead.keep(rankings, settings, moment, begun=True)
            break
        at = now()
        # Who was left out, since something happened to it, is not met again before the next step.
        async with store.reading() as tx:
            block = await due.due(tx, moment, BLOCK, after=(block[-1].at, block[-1].id))
    log.info("composed", due=seen, owed=owed, editions=editions)
    return Composed(seen, owed, editions, more=len(block) == BLOCK)


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


async def _owe(
    store: Store,
    settings: Settings,
    rankings: Rankings,
    block: Sequence[DueChat],
    *,
    now: Callable[[], datetime],
    at: datetime,
) -> list[Owing]:
    """Owe a block of chats their digests, in as many transactions as there is room for."""
    readers = await _readers(store, settings, rankings, block, at)
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


async def _readers(
    store: Store, settings: Settings, rankings: Rankings, block: Sequence[DueChat], now: datetime
) -> list[Reader]:
    """Read what decides the chats' tastes, and what they had in earlier digests; rankings follow what happened since."""
    if now >= rankings.read_at + FRESH:
        await rankings.refresh(now)
    ids = [chat.id for chat in block]
    async with store.reading() as tx:
        await rankings.heed(tx)
        pools = await _pools(tx, settings, block)
        interested = await due.interested(tx, ids)
    last: dict[Pool, datetime | None] = {}
    for chat, pool in zip(block, pools, strict=True):
        last.setdefault(pool, chat.digested_at)
    await rankings.gather(last)
    chosen = Filters()
    if interested:
        some = [
            Due(chat.id, chat.named_seq, pool.wanted, pool.since, rankings.here(pool))
            for chat, pool in zip(block, pools, strict=True)
            if chat.id in interested
        ]
        async with store.reading() as tx:
            chosen = await filters(tx, some, rankings.facts, upto=rankings.upto.named)
        await rankings.look_for(rankings.take(chosen.others.values()))
    stood = await rankings.stood(ids)
    plain = {pool: Taste(pool) for pool in last}
    readers = []
    for chat, pool in zip(block, pools, strict=True):
        taste, had, follows = plain[pool], stood.get(chat.id, _NONE), bool(pool.wanted)
        if chat.id in interested:
            taste = Taste(pool, chosen.of(chat.id))
            had |= chosen.muted(chat.id, rankings.facts)
            follows = follows or chat.id in chosen.followers
        readers.append(Reader(chat, taste, had, follows))
    return readers


async def _pools(tx: Reading, settings: Settings, block: Sequence[DueChat]) -> list[Pool]:
    """Give each chat's pool; chats alike have one and the same."""
    slugs = _slugs(settings)
    follow = await due.follow(tx, [chat.id for chat in block])
    alike: dict[tuple[object, ...], Pool] = {}
    pools = []
    for chat in block:
        said = follow.get(chat.id, "")
        key = (said, chat.digested_seq, chat.named_seq, chat.digested_at, chat.at)
        pool = alike.get(key)
        if pool is None:
            pool = alike[key] = pool_of(
                slugs.intersection(said.split()),
                after=chat.digested_seq,
                named_after=chat.named_seq,
                last_at=chat.digested_at,
                due_at=chat.at,
            )
        pools.append(pool)
    return pools


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
        async with store.reading() as tx:
            block = await due.due(tx, minute, BLOCK, after=after)
            pools = await _pools(tx, settings, block)
        last = {pool: chat.digested_at for chat, pool in zip(block, pools, strict=True)}
        await rankings.gather(last)
        tastes |= {Taste(pool) for pool in last}
        await rankings.rank(tastes)
        if len(block) < BLOCK:
            break
        after = (block[-1].at, block[-1].id)
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
