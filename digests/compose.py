"""compose: due chats, by taste; a ranking and an edition for each taste; a digest owed to each chat.

Digests need no broadcast: the index of due chats is the cursor, and a chat's next digest moves in the transaction that
owes this one. What is the same for all chats of a taste is made before, also ahead of the minute (`rankings`); what each
chat is owed is decided at its minute, in the transaction that writes it (`owing`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from digests import blocks
from digests.blocks import Block, Following, look
from digests.editions.cards import card
from digests.editions.digest import compose as arrange
from digests.editions.tastes import FIRST, Taste
from digests.model import Card, Chat, DigestContent, StoryFacts, StoryId
from digests.owing import Owing, Reader, owe
from digests.rankings import DEPTH, RANG, Rankings, Upto, upto
from digests.settings import Settings
from digests.store import chats, due, namings, standing, stories, subscriptions
from digests.store.engine import Reading, Store, Writing
from digests.subjects import Due, Filters, filters

log = structlog.get_logger()

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
    block = await look(store, settings, moment)
    if not block.chats:
        if ahead is not None:
            await _look_ahead(store, settings, ahead, moment)
        return Composed(0, 0, 0, more=False)
    rankings = await _rankings(store, settings, ahead, moment)
    seen = owed = editions = 0
    at = moment
    while block.chats:
        seen += len(block.chats)
        goes_on = block.is_full and (ahead is None or seen < BLOCKS * blocks.SIZE)
        # Who was left out, since something happened to it, is not met again before the next step.
        async with Following(partial(look, store, settings, moment, block.end)) as following:
            writing = following.begin if goes_on else _nothing
            for one in await _owe(store, settings, rankings, block, now=now, at=at, writing=writing):
                owed += one.owed
                editions += len(one.written)
            if not goes_on:
                break
            block = await following.read()
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


def _nothing() -> None:
    pass


async def _owe(
    store: Store,
    settings: Settings,
    rankings: Rankings,
    block: Block,
    *,
    now: Callable[[], datetime],
    at: datetime,
    writing: Callable[[], None],
) -> list[Owing]:
    """Owe a block of chats their digests, in as many transactions as there is room for; `writing` is called as that begins."""
    readers = await _readers(store, rankings, block, at)
    done: list[Owing] = []
    while readers:
        await rankings.rank({id(reader.taste): reader.taste for reader in readers}.values())
        async with store.writing() as tx:
            # The time is asked for again: a digest comes strictly after what is written.
            step = await owe(tx, readers, rankings, settings, now(), writing=writing)
        step.keep()
        done.append(step)
        await rankings.rank(step.wanting)
        # Each round writes an edition or ranks for somebody; should one do neither, the next step has them.
        readers = step.aside if step.written or step.wanting else []
    return done


async def _readers(store: Store, rankings: Rankings, block: Block, now: datetime) -> list[Reader]:
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
        block = await look(store, settings, minute, after)
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
