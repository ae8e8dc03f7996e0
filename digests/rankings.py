"""What one step of compose has ranked: an edition for each taste, made once, whoever of a million chats it is for.

All of it can be made ahead of the minute, since nothing in it is about one chat. It is memory only: what another run
would need of it is nothing.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from digests.editions.cards import card
from digests.editions.digest import filed, rank, suffices, told
from digests.editions.likeness import Traits
from digests.editions.tastes import Pool, Taste
from digests.model import Card, ChatId, DigestContent, EditionId, Ranking, StoryFacts, StoryId
from digests.settings import Settings
from digests.store import editions, namings, standing, stories
from digests.store.engine import Reading, Store
from digests.store.standing import Had

DEPTH = 200  # stories that are ranked at most; the rest is "more"
RANG = 40  # stories that rang last, among which "Don't miss" looks
MISSABLE = timedelta(days=7)  # that long ago one of them may have rung
READ = 100  # stories, or editions, that are read in one go: the reader's answer comes between

_NONE: frozenset[StoryId] = frozenset()


@dataclass(frozen=True, slots=True)
class Upto:
    """How far the digests of one step reach."""

    filed: int
    named: int
    rang: int  # the last broadcast: what rings after it is not ranked as what rang

    def has_all(self, other: "Upto") -> bool:
        """Whether nothing of what the other covers is missing."""
        return self.filed >= other.filed and self.named >= other.named


@dataclass(frozen=True, slots=True)
class Picked:
    """Whether a ranking has something to tell a chat, and enough of it."""

    anything: bool
    suffices: bool  # else the chat has a taste of its own


@dataclass(slots=True)
class Made:
    """The ranking of a taste, and its edition once that is written."""

    ranking: Ranking
    beyond: Mapping[StoryId, str]  # stories for which the ranking has no room, with their categories
    edition: EditionId | None = None
    news: frozenset[StoryId] = _NONE  # all that a chat can have had of it
    _picked: dict[frozenset[StoryId], Picked] = field(default_factory=dict)

    def picked(self, without: frozenset[StoryId]) -> Picked:
        """Tell what there is for a chat that has had some of `news`; asked for once for all such chats."""
        found = self._picked.get(without)
        if found is None:
            anything = any(one.card.story not in without for one in self.ranking.ranked)
            found = Picked(anything, suffices(self.ranking, self.beyond, without))
            self._picked[without] = found
        return found

    def anew(self, cards: Mapping[StoryId, Card]) -> None:
        """Take the words of now, in the order of before."""
        self.ranking = replace(
            self.ranking,
            ranked=tuple(replace(one, card=cards[one.card.story]) for one in self.ranking.ranked),
            missed=tuple(cards[one.story] for one in self.ranking.missed),
        )
        self._picked.clear()


class Rankings:
    """The rankings of one step. All that they rest on is read here, in transactions of its own."""

    def __init__(
        self, store: Store, settings: Settings, upto: Upto, now: datetime, *, at: datetime | None = None
    ) -> None:
        """Begin with nothing; `now` is the moment at which the digests are due, `at` that of ranking, if it is ahead."""
        self.upto = upto
        self._heeded = upto.rang
        self.now = now
        self.at = self.read_at = at or now
        self.facts: dict[StoryId, StoryFacts] = {}
        self.alert_keys: dict[str, StoryId] = {}
        self._store = store
        self._settings = settings
        self._slugs = [category.slug for category in settings.categories]
        self._cards: dict[StoryId, Card] = {}
        self._traits: dict[StoryId, Traits] = {}
        self._new: dict[Pool, tuple[StoryId, ...]] = {}
        self._since: dict[Pool, datetime] = {}
        self._rang: dict[StoryId, datetime] | None = None
        self._made: dict[Taste, Made] = {}
        self._digests: dict[EditionId, dict[StoryId, StoryId]] = {}  # in which any of the stories stand
        self._told: dict[tuple[EditionId, tuple[StoryId, ...]], frozenset[StoryId]] = {}

    def of(self, taste: Taste) -> Made | None:
        """Give the ranking of a taste; None: it is not made."""
        return self._made.get(taste)

    def here(self, pool: Pool) -> frozenset[StoryId]:
        """Give the stories that the categories of a pool bring."""
        return frozenset(self._new[pool])

    async def gather(self, pools: Mapping[Pool, datetime | None]) -> None:
        """Read the stories of pools, each with the time of the last digest of a chat of it (None: it had none)."""
        known: set[StoryId] = set()
        if self._rang is None:
            async with self._store.reading() as tx:
                self._rang = await standing.rang_since(tx, self.now - MISSABLE, RANG)
            known |= set(self._rang)
        for pool, last in pools.items():
            if pool not in self._new:
                async with self._store.reading() as tx:
                    self._new[pool] = await self._filed(tx, pool)
                self._since[pool] = last or pool.since
                known |= set(self._new[pool])
        await self._read(known - self.facts.keys())

    def take(self, found: Iterable[StoryFacts]) -> frozenset[StoryId]:
        """Take in stories that were read elsewhere; gives those that are new here."""
        weights = {feed.name: feed.weight for feed in self._settings.feeds if feed.weight != 1}
        new = set()
        for one in found:
            if one.id not in self.facts:
                new.add(one.id)
            self.facts[one.id] = one
            self._traits.pop(one.id, None)
            self._cards[one.id] = card(one, breaking=one.alerted, weights=weights)
        self.alert_keys |= standing.alert_keys(new)
        return frozenset(new)

    async def look_for(self, new: Collection[StoryId]) -> None:
        """Look in which digests stories stand already."""
        if new:
            async with self._store.reading() as tx:
                for edition, called in (await standing.digests_with(tx, new, self.now)).items():
                    self._digests.setdefault(edition, {}).update(called)
                    self._told = {key: told for key, told in self._told.items() if key[0] != edition}

    async def rank(self, tastes: Iterable[Taste]) -> None:
        """Rank what is not ranked yet; others have their turn between two rankings."""
        for taste in tastes:
            if taste not in self._made:
                self._made[taste] = self._ranked(taste)
                await asyncio.sleep(0)

    async def stood(self, chats: Sequence[ChatId]) -> dict[int, frozenset[StoryId]]:
        """Tell which of all these stories the chats were told in earlier digests; who was told none is left out."""
        if not self._digests:
            return {}
        async with self._store.reading() as tx:
            had = await standing.digests_had(tx, chats, self._digests.keys(), self.now)
            await self._recall(tx, had)
        found: dict[int, frozenset[StoryId]] = {}
        for chat, edition, without in had:
            if told := self._told[edition, without]:
                found[chat] = found.get(chat, _NONE) | told
        return found

    async def heed(self, tx: Reading) -> None:
        """Rank anew what has rung since: no alert is owed to a chat any more whose digest covers the story.

        So it must stand where what rang stands, and not behind "more".
        """
        self._heeded, rang = await standing.rung_after(tx, self._heeded)
        if known := rang & self.facts.keys():
            self.take(await stories.facts(tx, sorted(known)))
            self._drop(known)

    async def refresh(self, now: datetime) -> None:
        """Read again what the rankings rest on, some minutes after they were made: the words are those of `now`.

        The order stays, and so does what is covered. What rests on a story that is gone, since another took it in, is
        made anew when it is asked for.
        """
        self.now = self.read_at = now
        before = dict(self.facts)
        self.facts, self.alert_keys, self._digests, self._told = {}, {}, {}, {}
        await self._read(before.keys())
        gone = before.keys() - self.facts.keys()
        self._new = {pool: new for pool, new in self._new.items() if gone.isdisjoint(new)}
        self._drop(gone)
        for made in self._made.values():
            made.anew(self._cards)
        self._rang = None

    def _drop(self, changed: Collection[StoryId]) -> None:
        if changed:
            self._made = {taste: made for taste, made in self._made.items() if made.news.isdisjoint(changed)}

    def _ranked(self, taste: Taste) -> Made:
        pool = taste.pool
        new = self._new[pool]
        cards = [self._cards[one] for one in new if one in self._cards]
        more = [self._cards[one] for one in sorted(taste.followed.difference(new))]
        rang = (self._rang or {}).items()
        ranking = rank(
            [*cards, *more],
            categories=self._slugs,
            wanted=pool.wanted,
            since=self._since[pool],
            upto=self.now,
            max_stories=self._settings.digest.max_stories,
            without=taste.without,
            followed=taste.followed,
            known=self._traits,
            others=[self._cards[story] for story, at in rang if story in self._cards and at > pool.last],
        )
        under = filed((*cards, *more), ranking.categories, taste.followed)
        ranked = {one.card.story for one in ranking.ranked}
        return Made(
            replace(ranking, after=pool.after, named_after=pool.named_after),
            {
                story: slug
                for story, slug in under.items()
                if story not in ranked and story not in taste.without
            },
            news=frozenset(under).union(one.story for one in ranking.missed) - taste.without,
        )

    async def _filed(self, tx: Reading, pool: Pool) -> tuple[StoryId, ...]:
        if not pool.wanted:
            return ()
        return await stories.filed_since(
            tx, pool.wanted, after=pool.after or 0, upto=self.upto.filed, since=pool.since, limit=DEPTH
        )

    async def _read(self, ids: Collection[StoryId]) -> None:
        """Read stories, and in which digests they stand."""
        wanted = sorted(ids)
        for start in range(0, len(wanted), READ):
            async with self._store.reading() as tx:
                found = await stories.facts(tx, wanted[start : start + READ])
            await self.look_for(self.take(found))

    async def _recall(self, tx: Reading, had: Iterable[Had]) -> None:
        """Read what was told of editions that are met for the first time."""
        unknown = {(edition, without) for _, edition, without in had} - self._told.keys()
        wanted = sorted({edition for edition, _ in unknown})
        for start in range(0, len(wanted), READ):
            found = await editions.by_ids(tx, wanted[start : start + READ])
            for edition, without in unknown:
                if edition in found:
                    said = _said(found[edition].content, without)
                    truly = self._digests[edition]
                    self._told[edition, without] = frozenset(truly[one] for one in said if one in truly)
            await asyncio.sleep(0)
        for edition, without in unknown:
            self._told.setdefault((edition, without), _NONE)


def _said(content: object, without: Collection[StoryId]) -> frozenset[StoryId]:
    if isinstance(content, Ranking):
        return told(content, without)
    return frozenset(one.story for one in content.cards) if isinstance(content, DigestContent) else _NONE


async def upto(tx: Reading) -> Upto:
    """Tell how far a digest made now reaches."""
    return Upto(await stories.last_filing(tx), await namings.last(tx), await standing.last_broadcast(tx))
