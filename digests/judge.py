"""judge: unjudged entries, one after the other: story, categories, does it ring; and the broadcast if it does.

One at a time, since two judges at once would begin two stories for one event. The debt is written with its
cause: the transaction that stores a decision stores its broadcast.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from digests.editions.alerts import WORTH
from digests.editions.cards import card
from digests.model import AlertContent, Filed, Joins, Known, StoryId, Unjudged
from digests.settings import Settings
from digests.store import editions, entries, stories
from digests.store.engine import Store, Writing
from digests.store.stories import Placed, Written
from digests.stories.judgement import judge_entry

log = structlog.get_logger()

BATCH = 250  # entries of one transaction: short enough for other writers
MOST_ALERTS = 20  # of one transaction, which ends with them: each costs as much as many entries
_UNBORN = 2**62  # stories that begin in a batch are numbered from here until they are written: later than any


@dataclass(frozen=True, slots=True)
class Judged:
    """What one step came to."""

    entries: tuple[Filed, ...]
    announced: int  # broadcasts that the sender can begin with
    more: bool


async def judge(store: Store, settings: Settings, now: Callable[[], datetime]) -> Judged:
    """Judge the oldest entries that no story has yet, at most BATCH."""
    async with store.reading() as reading:
        if not await entries.unjudged(reading, 1):
            return Judged((), 0, more=False)
    async with store.writing() as tx:
        waiting = await entries.unjudged(tx, BATCH)
        # Of thousands of feeds only those of the batch are looked through, once for each of its entries.
        named = {unjudged.feed for unjudged in waiting}
        settings = replace(settings, feeds=tuple(feed for feed in settings.feeds if feed.name in named))
        desk = _Desk(await entries.known(tx, waiting))
        announced = 0
        for unjudged in waiting:
            moment = now()
            one = judge_entry(unjudged, desk.alike(unjudged), settings, moment)
            if not (one.decision.rings and one.categories):
                desk.lay(one, moment)
                continue
            await desk.write(tx)  # an alert is about the story as it stands when it rings
            desk.lay(one, moment)
            (written,) = await desk.write(tx)
            announced += await _announce(tx, written, one, moment)
            if announced == MOST_ALERTS:
                break
        await desk.write(tx)
    filed = desk.written()
    _tell(filed)
    return Judged(filed, announced, more=len(waiting) == BATCH or len(filed) < len(waiting))


class _Desk:
    """Judged entries on their way into the store: those after them see them at once, and they are written together."""

    def __init__(self, known: Iterable[Known]) -> None:
        self.filed: list[Filed] = []
        self._laid: list[Placed] = []
        self._born: dict[StoryId, StoryId] = {}
        self._by_link: dict[str, list[Known]] = defaultdict(list)
        self._by_title: dict[str, list[Known]] = defaultdict(list)
        for one in known:
            self._know(one)

    def alike(self, unjudged: Unjudged) -> list[Known]:
        return [*self._by_link.get(unjudged.link_key, ()), *self._by_title.get(unjudged.title_key, ())]

    def lay(self, filed: Filed, at: datetime) -> None:
        if isinstance(filed.placement, Joins):
            story = self._born.get(filed.placement.story, filed.placement.story)
        else:
            story = StoryId(_UNBORN + len(self.filed))
        self.filed.append(filed)
        self._laid.append(Placed(filed, story, at))
        unjudged = filed.unjudged
        self._know(Known(story, unjudged.link_key, unjudged.title_key, unjudged.seen_at))

    async def write(self, tx: Writing) -> tuple[Written, ...]:
        laid, self._laid = self._laid, []
        written = await stories.file_all(tx, laid)
        self._born |= {one.story: made.story for one, made in zip(laid, written, strict=True)}
        return written

    def written(self) -> tuple[Filed, ...]:
        """Give all that was laid here, with the numbers that its stories have now."""
        return tuple(map(self._true, self.filed))

    def _true(self, filed: Filed) -> Filed:
        match filed.placement:
            case Joins(story, why) if story in self._born:
                return replace(filed, placement=Joins(self._born[story], why))
        return filed

    def _know(self, known: Known) -> None:
        if known.link_key:
            self._by_link[known.link_key].append(known)
        if known.title_key:
            self._by_title[known.title_key].append(known)


async def _announce(tx: Writing, written: Written, filed: Filed, now: datetime) -> bool:
    """Owe the alert to everybody it is for, with the story as it stands now. Tells whether there is anybody.

    What rang before rings only for the categories that are new to it.
    """
    (facts,) = await stories.facts(tx, [written.story])
    audience = written.new if written.alerted else facts.categories
    if not audience:
        return False
    reasons = tuple(reason.code for reason in filed.decision.reasons if reason.speaks == "for")
    content = AlertContent(card(facts, breaking=True), reasons)
    edition = await editions.add(tx, content, now, story=written.story)
    await editions.announce(tx, edition, written.story, audience, decided_at=now, expires_at=now + WORTH)
    await stories.alerted(tx, written.story, now)
    return True


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
                reasons=[
                    f"{'+' if said.speaks == 'for' else '-'}{said.code}" for said in one.decision.reasons
                ],
            )
    past = sum(one.unjudged.history for one in filed)
    if past:
        log.info("judged history", entries=past)
