"""compose: due chats, by taste; ranking; an edition for each taste; a digest owed to each chat.

Digests need no broadcast: the index of due chats is the cursor, and a chat's next digest moves in the
transaction that owes this one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from digests.editions.cards import card
from digests.editions.digest import compose as arrange
from digests.editions.tastes import taste
from digests.editions.timetable import digest_key, next_due, zone_of
from digests.model import (
    Card,
    Chat,
    ChatId,
    DigestContent,
    EditionId,
    Owed,
    Priority,
    Share,
    State,
    StoryFacts,
    StoryId,
)
from digests.settings import Settings
from digests.store import chats, editions, namings, outbox, standing, stories, subscriptions
from digests.store.engine import Reading, Store, Writing
from digests.store.outbox import HeldAlert
from digests.subjects import Due, Filters, filters

log = structlog.get_logger()

BLOCK = 500  # due chats of one transaction
FIRST = timedelta(hours=24)  # what a chat's first digest covers, and `/digest` said now
WORTH = timedelta(hours=12)  # how long a digest is worth sending after its minute
ZONE_ASKS = 3  # a digest asks once, and with its question no more follow; those of commands are counted too
DEPTH = 200  # stories that are ranked at most; the rest is "more"
RANG = 40  # stories that rang last, among which "Don't miss" looks


@dataclass(frozen=True, slots=True)
class Composed:
    """What one step came to."""

    due: int
    owed: int
    editions: int
    more: bool


@dataclass(frozen=True, slots=True)
class _Upto:
    """How far the digests of one step reach."""

    filed: int
    named: int


@dataclass(frozen=True, slots=True)
class _Pool:
    """The stories that some chats may be told: new in these categories since this point."""

    wanted: frozenset[str]
    after: int  # the last filing their digests have covered
    since: datetime

    @property
    def last(self) -> datetime:
        """From when on what rang for others is news to them: their last digest, or a day ago."""
        return self.since + FIRST if self.after else self.since


@dataclass(frozen=True, slots=True)
class _Digest:
    """One chat's digest before it is written."""

    chat: Chat
    content: DigestContent | None  # None: nothing is new
    taste: str
    follows: bool  # anything at all
    held: tuple[HeldAlert, ...] = ()


async def compose(store: Store, settings: Settings, now: Callable[[], datetime]) -> Composed:
    """Compose the digests that are due, for at most BLOCK chats."""
    moment = now()
    async with store.reading() as tx:
        due = await chats.due(tx, moment, BLOCK)
        if not due:
            return Composed(0, 0, 0, more=False)
        upto = _Upto(await stories.last_filing(tx), await namings.last(tx))
        digests = await _digests(tx, due, settings, moment, upto)
    async with store.writing() as tx:
        # The time is asked for again: what the digests cover was decided before it.
        owed, made = await _owe(tx, digests, settings, now(), upto)
    log.info("composed", due=len(due), owed=owed, editions=made)
    return Composed(len(due), owed, made, more=len(due) == BLOCK)


async def for_chat(
    tx: Reading, chat: Chat, settings: Settings, now: datetime, *, since: timedelta = FIRST
) -> DigestContent | None:
    """Compose what happened in the last hours in a chat's categories, whatever it was sent before."""
    wanted = (await subscriptions.of(tx, chat.id)) & _slugs(settings)
    pool = _Pool(wanted, after=0, since=now - since)
    facts = await _facts(tx, pool, await stories.last_filing(tx))
    rang = await stories.facts(tx, list(await standing.rang_since(tx, pool.since, RANG)))
    here = frozenset(one.id for one in facts)
    every = {one.id: one for one in (*facts, *rang)}
    due = Due(replace(chat, named_seq=None), wanted, pool.since, here)
    chosen = await filters(tx, [due], every, upto=await namings.last(tx))
    every |= chosen.others
    followed = chosen.of(chat.id)
    told = await outbox.alerted(tx, [chat.id], [one.id for one in rang])
    return arrange(
        _cards([*facts, *(every[story] for story in sorted(followed - here))], settings),
        categories=[category.slug for category in settings.categories],
        wanted=wanted,
        since=pool.since,
        upto=now,
        max_stories=settings.digest.max_stories,
        without=chosen.muted(chat.id, every),
        followed=followed,
        others=_cards((one for one in rang if one.id not in told[chat.id]), settings),
    )


async def of_categories(
    tx: Reading, wanted: frozenset[str], settings: Settings, now: datetime, *, since: timedelta = FIRST
) -> DigestContent | None:
    """Compose what happened in the last hours in some categories."""
    pool = _Pool(wanted, after=0, since=now - since)
    return arrange(
        _cards(await _facts(tx, pool, await stories.last_filing(tx)), settings),
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


async def _digests(
    tx: Reading, due: Sequence[Chat], settings: Settings, now: datetime, upto: _Upto
) -> list[_Digest]:
    """Decide each chat's digest; what two chats of one taste are told is one and the same object."""
    ids = [chat.id for chat in due]
    followed = await subscriptions.of_many(tx, ids)
    held = await outbox.held(tx, ids)
    readers: dict[_Pool, list[Chat]] = defaultdict(list)
    for chat in due:
        # History of a feed that is new since the last digest reaches back a day, no further. A first digest
        # that comes late, the bot having been down, loses nothing of its day.
        last = _on_the_hour(chat.digested_at) if chat.digested_at else chat.next_digest_at or now
        since = last - FIRST
        wanted = followed[chat.id] & _slugs(settings)
        readers[_Pool(wanted, chat.digested_seq or 0, since)].append(chat)
    facts = {pool: await _facts(tx, pool, upto.filed) for pool in readers}
    rang = await standing.rang_since(tx, min(pool.since for pool in readers), RANG)
    every = {one.id: one for found in facts.values() for one in found}
    every |= {one.id: one for one in await stories.facts(tx, [story for story in rang if story not in every])}
    chosen = await filters(
        tx,
        [
            Due(chat, pool.wanted, pool.since, frozenset(one.id for one in facts[pool]))
            for pool, alike in readers.items()
            for chat in alike
        ],
        every,
        upto=upto.named,
    )
    every |= chosen.others
    rung = {story for story, one in every.items() if one.alerted}
    told = await outbox.alerted(tx, ids, rung)
    stood = await standing.in_digests(tx, ids, every, now)
    told = {chat: alerts | stood.get(chat, frozenset()) for chat, alerts in told.items()}
    cards = {one.story: one for one in _cards(every.values(), settings)}
    return [
        replace(digest, held=held.get(digest.chat.id, ()))
        for pool, alike in readers.items()
        for digest in _arranged(
            alike,
            pool,
            [cards[one.id] for one in facts[pool]],
            [cards[story] for story, at in rang.items() if story in cards and at > pool.last],
            told=told,
            chosen=chosen,
            every=cards,
            settings=settings,
            now=now,
        )
    ]


def _on_the_hour(moment: datetime) -> datetime:
    """Round down, so that chats whose digests left seconds apart still share the next one."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _arranged(
    readers: Sequence[Chat],
    pool: _Pool,
    new: Sequence[Card],
    missed: Sequence[Card],
    *,
    told: Mapping[ChatId, frozenset[StoryId]],
    chosen: Filters,
    every: Mapping[StoryId, Card],
    settings: Settings,
    now: datetime,
) -> list[_Digest]:
    """Arrange one pool of stories for its readers, once for all that were told the same alerts and filter alike."""
    made: dict[str, DigestContent | None] = {}
    result = []
    cards = {one.story: one for one in new}
    for chat in readers:
        followed = chosen.of(chat.id)
        here = {*cards, *followed, *(one.story for one in missed)}
        without = (told[chat.id] & here) | chosen.muted(chat.id, here)
        since = f"{pool.after}/{pool.since.isoformat()}"
        key = taste(pool.wanted, since=since, without=without, followed=followed)
        if key not in made:
            more = [every[story] for story in sorted(followed - cards.keys())]
            made[key] = arrange(
                [*cards.values(), *more],
                categories=[category.slug for category in settings.categories],
                wanted=pool.wanted,
                since=chat.digested_at or pool.since,
                upto=now,
                max_stories=settings.digest.max_stories,
                without=without,
                followed=followed,
                others=missed,
            )
        follows = bool(pool.wanted) or chat.id in chosen.followers
        result.append(_Digest(chat, made[key], key, follows=follows))
    return result


async def _facts(tx: Reading, pool: _Pool, upto: int) -> tuple[StoryFacts, ...]:
    if not pool.wanted:
        return ()
    ids = await stories.filed_since(
        tx, pool.wanted, after=pool.after, upto=upto, since=pool.since, limit=DEPTH
    )
    return await stories.facts(tx, ids)


def _cards(facts: Iterable[StoryFacts], settings: Settings) -> list[Card]:
    weights = {feed.name: feed.weight for feed in settings.feeds if feed.weight != 1}
    return [card(one, breaking=one.alerted, weights=weights) for one in facts]


async def _owe(
    tx: Writing, digests: Sequence[_Digest], settings: Settings, now: datetime, upto: _Upto
) -> tuple[int, int]:
    """Write editions and debts. A chat to which something happened meanwhile is left to the next step."""
    current = await chats.hold(tx, [one.chat.id for one in digests])
    rung = {one.taste: _rung(one.content) for one in digests}
    heard = await outbox.alerted(tx, list(current), frozenset().union(*rung.values()))
    had = await outbox.had(tx, {chat.id: _key(chat, now) for chat in current.values()})
    written: dict[str, EditionId] = {}
    owed: list[Owed] = []
    told: list[HeldAlert] = []
    moved: list[Chat] = []
    for one in digests:
        chat = current.get(one.chat.id)
        if chat is None or not _is_still_due(chat, one) or heard[chat.id] & rung[one.taste]:
            continue
        after = replace(chat, next_digest_at=next_due(chat.digest_times, zone_of(chat.zone), now))
        if chat.id in had:  # a traveller's second morning of one date: what is new waits for the next
            moved.append(after)
            continue
        content = _said(one, settings, now)
        if content is not None:
            if one.taste not in written:
                written[one.taste] = await editions.add(tx, content, now)
            owed.append(_owed(chat, written[one.taste], one.held, now))
            told += one.held
        asks = ZONE_ASKS if content is not None and _asks(chat) else chat.zone_asks
        covered = replace(after, digested_seq=upto.filed, named_seq=upto.named)
        moved.append(replace(covered, digested_at=now, zone_asks=asks))
    await outbox.owe(tx, owed, now)
    await outbox.told(tx, [alert.delivery for alert in told], now)
    # Strictly after now, so that a bot that was down for days sends one digest.
    await chats.move_on(tx, moved)
    return len(owed), len(written)


def _rung(content: DigestContent | None) -> frozenset[StoryId]:
    return frozenset(card.story for card in content.cards if card.breaking) if content else frozenset()


def _is_still_due(chat: Chat, digest: _Digest) -> bool:
    return chat.paused_at is None and chat.next_digest_at == digest.chat.next_digest_at


def _said(digest: _Digest, settings: Settings, now: datetime) -> DigestContent | None:
    """What the chat is told: also without news, where alerts were held for it or the operator wants it said."""
    if digest.content is None and (digest.held or (settings.digest.say_when_empty and digest.follows)):
        return DigestContent(since=digest.chat.digested_at or now - FIRST, upto=now, sections=())
    return digest.content


def _key(chat: Chat, now: datetime) -> str:
    return digest_key(chat.next_digest_at or now, zone_of(chat.zone))


def _owed(chat: Chat, edition: EditionId, held: Sequence[HeldAlert], now: datetime) -> Owed:
    return Owed(
        chat=chat.id,
        key=_key(chat, now),
        edition=edition,
        priority=Priority.DIGEST,
        state=State.OWED,
        due_at=chat.next_digest_at or now,
        expires_at=now + WORTH,
        share=Share(also=tuple(alert.edition for alert in held), ask_zone=_asks(chat)),
    )


def _asks(chat: Chat) -> bool:
    """Whether the digest asks where the reader lives: one digest does, where no answer has come by then."""
    return not chat.zone_known and chat.zone_asks < ZONE_ASKS
