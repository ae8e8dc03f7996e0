"""judge: unjudged entries, one after the other: story, categories, does it ring; and the broadcast if it does.

One at a time, since two judges at once would begin two stories for one event. The debt is written with its
cause: the transaction that stores a decision stores its broadcast.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from digests.editions import revising
from digests.editions.cards import card
from digests.model import AlertContent, Decision, Filed, Joins, Known, StoryFacts, StoryId, Unjudged
from digests.revise import deny, revise_due
from digests.settings import Settings
from digests.store import editions, entries, interests, namings, past, stories
from digests.store.engine import Reading, Store, Writing
from digests.store.namings import Naming
from digests.store.stories import Placed
from digests.stories.index import Merge
from digests.stories.judgement import WINDOW, Judgement, Newsroom
from digests.stories.vocabulary import Vocabulary
from digests.stories.wanted import Wanted, name_subject

log = structlog.get_logger()

BATCH = 250  # entries of one transaction: short enough for other writers
MOST_ALERTS = 20  # of one transaction, which ends with them: each costs as much as many entries
FORGETS = timedelta(minutes=5)  # between two looks for what is past the window: each looks at all of it
PAGE = 1_000  # entries of the window that are read back at once
TURN = 100  # of them that are remembered before others have their turn
LATE = timedelta(
    hours=1
)  # entries are numbered in the order in which they were seen, by so much at the worst


@dataclass(frozen=True, slots=True)
class Judged:
    """What one step came to."""

    entries: tuple[Filed, ...]
    announced: int  # broadcasts that the sender can begin with
    more: bool


class Judge:
    """The newsroom over the store. What it remembers of the window is read from the store when it begins."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        vocabulary: Callable[[], Vocabulary],
        *,
        now: Callable[[], datetime],
    ) -> None:
        """Take all; `vocabulary` is asked for when there is first anything to judge: it takes half a second to read."""
        self._store = store
        self._settings = settings
        self._vocabulary = vocabulary
        self._now = now
        self._newsroom: Newsroom | None = None
        self._wanted = Wanted()
        self._wanted_as: object = None  # how things stood when `_wanted` was read
        self._forgets_at = now()
        self._later: dict[StoryId, datetime] = {}  # stories that rang, and when to look at them again
        self._stepping = asyncio.Lock()

    def heed(self, settings: Settings) -> None:
        """Know the feeds as they are now: some may have been added, or changed, while the bot runs."""
        self._settings = settings

    async def step(self) -> Judged:
        """Judge the oldest entries that no story has yet, at most BATCH."""
        async with self._stepping:
            async with self._store.reading() as reading:
                if not await entries.unjudged(reading, 1):
                    return Judged((), await self._look_again(), more=False)
            newsroom = self._newsroom or await self._remembered()
            newsroom.heed(self._settings)
            # Should the transaction fail, memory would know what the store does not: it is read anew then.
            self._newsroom = None
            judged = await self._judge(newsroom)
            if (now := self._now()) >= self._forgets_at:
                newsroom.forget(now)
                self._forgets_at = now + FORGETS
            self._newsroom = newsroom
        _tell(judged.entries)
        return judged

    async def _remembered(self) -> Newsroom:
        newsroom = Newsroom(self._settings, self._vocabulary())
        since, count = self._now() - WINDOW, 0
        async with self._store.reading() as tx:
            last = await past.newest_before(tx, since - LATE)
            linked = await past.linked(tx, since)
        more = True
        while more:
            async with self._store.reading() as tx:
                page = await past.judged(tx, since, after=last, limit=PAGE)
            for at, one in enumerate(page):
                newsroom.replay(
                    one.unjudged,
                    one.story,
                    turn=one.turn,
                    why_categories=one.why_categories,
                    rumour=one.rumour,
                    begins=one.begins,
                )
                if at % TURN == 0:
                    await asyncio.sleep(0)
            last = page[-1].unjudged.id if page else last
            count += len(page)
            more = len(page) == PAGE
        newsroom.settle(linked)
        self._later = dict.fromkeys(newsroom.rang_since(self._now() - revising.LATEST), self._now())
        if count:
            log.info("remembered", entries=count)
        return newsroom

    async def _look_again(self) -> int:
        """Edit alerts for which it was too soon; gives how many."""
        if (now := self._now()) < min(self._later.values(), default=now + WINDOW):
            return 0
        async with self._store.writing() as tx:
            made, self._later = await revise_due(tx, self._later, now, self._settings.breaking.worth)
        return made

    async def _all_wanted(self, tx: Reading) -> Wanted:
        """Give what readers follow: it is read anew only when somebody follows, or drops, something."""
        stand = await interests.stand(tx)
        if stand != self._wanted_as:
            self._wanted, self._wanted_as = Wanted.of(await interests.wanted(tx)), stand
        return self._wanted

    async def _judge(self, newsroom: Newsroom) -> Judged:
        announced = 0
        async with self._store.writing() as tx:
            waiting = await entries.unjudged(tx, BATCH)
            desk = _Desk(
                tx,
                newsroom,
                number=await stories.next_number(tx),
                known=await entries.known(tx, waiting),
                wanted=await self._all_wanted(tx),
                worth=self._settings.breaking.worth,
            )
            for unjudged in waiting:
                moment = self._now()
                one = newsroom.judge(unjudged, moment, desk.alike(unjudged))
                if one.filed.decision.rings and one.filed.categories:
                    await desk.write()  # an alert is about the story as it stands when it rings
                    story = await desk.lay(one, moment)
                    await desk.announce(story, one.filed, moment)
                    announced += 1
                    if announced >= MOST_ALERTS:
                        break
                else:
                    await desk.lay(one, moment)
            announced += await desk.finish(self._now())
        self._later = {desk.merged.get(story, story): at for story, at in self._later.items()} | desk.later
        filed = tuple(desk.filed)
        return Judged(filed, announced, more=len(waiting) == BATCH or len(filed) < len(waiting))


class _Desk:
    """Judged entries on their way into the store: those after them see them at once, and they are written together."""

    def __init__(
        self,
        tx: Writing,
        newsroom: Newsroom,
        *,
        number: StoryId,
        known: Collection[Known],
        wanted: Wanted,
        worth: timedelta,
    ) -> None:
        self.filed: list[Filed] = []
        self._tx = tx
        self._newsroom = newsroom
        self._number = number
        self._wanted = wanted
        self._worth = worth
        self._laid: list[Placed] = []
        self._again: dict[StoryId, None] = {}  # stories that rang before, and are told again
        self._denied: dict[StoryId, Filed] = {}
        self.merged: dict[StoryId, StoryId] = {}
        self.later: dict[
            StoryId, datetime
        ] = {}  # stories with more to tell than may be told now, and when it may
        self._by_link: dict[str, list[Known]] = defaultdict(list)
        self._by_title: dict[str, list[Known]] = defaultdict(list)
        for one in known:
            self._know(one)

    def alike(self, unjudged: Unjudged) -> list[Known]:
        """Give what shares a link or a title with an entry, of any age."""
        found = (*self._by_link.get(unjudged.link_key, ()), *self._by_title.get(unjudged.title_key, ()))
        return [replace(one, story=self.merged.get(one.story, one.story)) for one in found]

    async def lay(self, judgement: Judgement, at: datetime) -> StoryId:
        """Take one more. Where it makes one of two stories, so does the store. Gives the story that it is of then."""
        filed = judgement.filed
        if isinstance(filed.placement, Joins):
            story = filed.placement.story
        else:
            story, self._number = self._number, StoryId(self._number + 1)
        self.filed.append(filed)
        self._laid.append(Placed(filed, story, at))
        unjudged = filed.unjudged
        self._know(Known(story, unjudged.link_key, unjudged.title_key, unjudged.seen_at))
        if filed.decision.denial:
            self._denied[story] = filed
        for merge in self._newsroom.keep(judgement, story):
            await self._merge(merge)
        return self.merged.get(story, story)

    async def write(self) -> None:
        """Write what was laid."""
        laid, self._laid = self._laid, []
        written = await stories.file_all(self._tx, laid)
        if laid:
            await namings.write_all(self._tx, [naming for one in laid for naming in self._namings(one)])
        for one, made in zip(laid, written, strict=True):
            if made.alerted and not one.filed.decision.rings:
                self._again[made.story] = None
                if made.new and _only_told(one.filed.decision):
                    await self._owe(made.story, made.new, one.filed, one.at)

    async def announce(self, story: StoryId, filed: Filed, now: datetime) -> None:
        """Owe the alert, or the turn, that an entry of a story is, to everybody it is for."""
        await self.write()
        await self._owe(story, None, filed, now)
        await stories.alerted(self._tx, story, now, filed.decision.turn)

    async def finish(self, now: datetime) -> int:
        """Write the rest; edit, or deny, what readers were told. Gives how many broadcasts that is."""
        await self.write()
        again = {self.merged.get(story, story): now for story in self._again}
        made, self.later = await revise_due(self._tx, again, now, self._worth)
        for denied, filed in self._denied.items():
            story = self.merged.get(denied, denied)
            content = _content(await self._facts(story), filed, denial=True)
            made += await deny(self._tx, story, content, now, self._worth)
        return made

    async def _owe(self, story: StoryId, new: Collection[str] | None, filed: Filed, now: datetime) -> None:
        """Owe what an entry tells to the followers of its story, or to those of the categories that it is `new` to."""
        facts = await self._facts(story)
        content = _content(facts, filed)
        edition = await editions.add(self._tx, content, now, story=story)
        await editions.announce(
            self._tx,
            edition,
            story,
            facts.categories if new is None else new,
            decided_at=now,
            expires_at=now + self._worth,
            turn=content.turn,
            silent=filed.decision.silent,
            score=filed.decision.score if new is None else None,
            follows=() if new is not None else (await namings.of(self._tx, [story]))[story],
        )

    async def _facts(self, story: StoryId) -> StoryFacts:
        (facts,) = await stories.facts(self._tx, [story])
        return facts

    async def _merge(self, merge: Merge) -> None:
        await self.write()
        if merge.link:
            await stories.link(self._tx, merge.winner, merge.loser)
            return
        await stories.merge(self._tx, merge.winner, merge.loser)
        await namings.merge(self._tx, merge.loser, merge.winner)
        self.merged = {
            story: merge.winner if into == merge.loser else into for story, into in self.merged.items()
        } | {merge.loser: merge.winner}

    def _namings(self, placed: Placed) -> list[Naming]:
        filed, unjudged = placed.filed, placed.filed.unjudged
        subjects = {name_subject(name) for name in filed.names}
        subjects |= self._wanted.found_in(unjudged.entry, unjudged.feed, names=filed.names)
        became_news = filed.at if unjudged.history else unjudged.seen_at
        return [Naming(placed.story, subject, became_news) for subject in subjects]

    def _know(self, known: Known) -> None:
        if known.link_key:
            self._by_link[known.link_key].append(known)
        if known.title_key:
            self._by_title[known.title_key].append(known)


def _content(facts: StoryFacts, filed: Filed, *, denial: bool = False) -> AlertContent:
    """Say what an entry tells of its story: its own version in its language, beside those that others have.

    A turn, and a denial, are told by their own version alone: the others tell of what was before.
    """
    decision = filed.decision
    own = [
        one
        for one in facts.tellings
        if one.feed == filed.unjudged.feed and one.entry.key == filed.unjudged.entry.key
    ]
    whole = card(facts, breaking=True)
    versions = card(replace(facts, tellings=tuple(own)), breaking=True).versions if own else whole.versions
    turn = max(decision.turn, 1)
    if turn == 1 and not denial:
        versions = {**whole.versions, **versions}
    return AlertContent(
        card=replace(whole, versions=versions),
        reasons=tuple(reason.code for reason in decision.reasons if reason.speaks == "for"),
        turn=turn,
        sensitive=",".join(decision.sensitive),
        denial=denial,
    )


def _only_told(decision: Decision) -> bool:
    """Whether nothing speaks against a ring but that the story rang before."""
    against = {reason.code for reason in decision.reasons if reason.speaks == "against"}
    return against == {"told"}


def _tell(filed: Sequence[Filed]) -> None:
    """Say of each what was made of it; of a feed's history, which is much and rings nobody, how much it is."""
    for one in filed:
        if not one.unjudged.history:
            log.info(
                "judged",
                entry=one.unjudged.id,
                feed=one.unjudged.feed,
                placement=type(one.placement).__name__.lower(),
                categories=sorted(one.categories),
                rings=one.decision.rings,
                turn=one.decision.turn,
                reasons=[
                    f"{'+' if said.speaks == 'for' else '-'}{said.code}" for said in one.decision.reasons
                ],
            )
    past = sum(one.unjudged.history for one in filed)
    if past:
        log.info("judged history", entries=past)
