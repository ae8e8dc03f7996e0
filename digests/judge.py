"""judge: unjudged entries, one after the other: story, categories, does it ring; and the broadcast if it does.

One at a time, since two judges at once would begin two stories for one event. The debt is written with its
cause: the transaction that stores a decision stores its broadcast.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from digests.editions.alerts import WORTH
from digests.editions.cards import card
from digests.model import AlertContent, Filed, StoryId
from digests.settings import Settings
from digests.store import editions, entries, stories
from digests.store.engine import Store, Writing
from digests.stories.judgement import judge_entry

log = structlog.get_logger()

BATCH = 20  # entries of one transaction: short enough for other writers


@dataclass(frozen=True, slots=True)
class Judged:
    """What one step came to."""

    entries: tuple[Filed, ...]
    announced: int  # broadcasts that the sender can begin with
    more: bool


async def judge(store: Store, settings: Settings, now: Callable[[], datetime]) -> Judged:
    """Judge the oldest entries that no story has yet, at most BATCH."""
    async with store.reading() as reading:
        waiting = await entries.unjudged(reading, BATCH)
    if not waiting:
        return Judged((), 0, more=False)
    filed: list[Filed] = []
    announced = 0
    async with store.writing() as tx:
        for unjudged in waiting:
            moment = now()
            one = judge_entry(unjudged, await entries.known(tx, unjudged), settings, moment)
            written = await stories.file(tx, one, moment)
            if one.decision.rings and one.categories and not written.alerted:
                await _announce(tx, written.story, one, moment)
                announced += 1
            filed.append(one)
    for one in filed:
        _tell(one)
    return Judged(tuple(filed), announced, more=len(waiting) == BATCH)


async def _announce(tx: Writing, story: StoryId, filed: Filed, now: datetime) -> None:
    """Owe the alert to everybody it is for, with the story as it stands now."""
    (facts,) = await stories.facts(tx, [story])
    reasons = tuple(reason.code for reason in filed.decision.reasons if reason.speaks == "for")
    content = AlertContent(card(facts, breaking=True), reasons)
    edition = await editions.add(tx, content, now, story=story)
    await editions.announce(tx, edition, story, facts.categories, decided_at=now, expires_at=now + WORTH)
    await stories.alerted(tx, story, now)


def _tell(filed: Filed) -> None:
    log.info(
        "judged",
        entry=filed.unjudged.id,
        feed=filed.unjudged.feed,
        placement=type(filed.placement).__name__.lower(),
        categories=sorted(filed.categories),
        rings=filed.decision.rings,
        reasons=[f"{'+' if one.speaks == 'for' else '-'}{one.code}" for one in filed.decision.reasons],
    )
