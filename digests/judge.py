"""judge: unjudged entries, one after the other: story, categories, does it ring; and the broadcast if it does.

One at a time, since two judges at once would begin two stories for one event. The debt is written with its
cause: the transaction that stores a decision stores its broadcast.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from digests.desk import Desk
from digests.editions import revising
from digests.model import Filed, StoryId
from digests.revise import revise_due
from digests.settings import Settings
from digests.store import entries, interests, past, stories
from digests.store.engine import Reading, Store
from digests.stories.judgement import WINDOW, Newsroom
from digests.stories.vocabulary import Vocabulary
from digests.stories.wanted import Wanted

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
            made, later = await revise_due(tx, self._later, now, self._settings.breaking.worth)
        self._later = later
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
            desk = Desk(
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
