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
from digests.model import AlertContent, Filed
from digests.settings import Settings
from digests.store import editions, entries, stories
from digests.store.engine import Store, Writing
from digests.store.stories import Written
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
        if not await entries.unjudged(reading, 1):
            return Judged((), 0, more=False)
    filed: list[Filed] = []
    announced = 0
    async with store.writing() as tx:
        waiting = await entries.unjudged(tx, BATCH)
        for unjudged in waiting:
            moment = now()
            one = judge_entry(unjudged, await entries.known(tx, unjudged), settings, moment)
            written = await stories.file(tx, one, moment)
            if one.decision.rings and one.categories:
                announced += await _announce(tx, written, one, moment)
            filed.append(one)
    for one in filed:
        _tell(one)
    return Judged(tuple(filed), announced, more=len(waiting) == BATCH)


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
