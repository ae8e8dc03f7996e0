"""What judge does with a story that rang, when more is told of it that does not ring: edits, and denials.

In the transaction of the judge, as a decision's broadcast is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.editions import revising
from digests.model import AlertContent, Revision, StoryId
from digests.store import revisions, stories
from digests.store.engine import Writing


@dataclass(frozen=True, slots=True)
class Revised:
    """What came of looking at a story that rang."""

    why: str = ""  # `language` or `sources`; "" where nothing is edited now
    again_at: datetime | None = (
        None  # when to look again: more is told of it than its budget of edits allows just now
    )


async def revise(tx: Writing, story: StoryId, now: datetime, worth: timedelta) -> Revised:
    """Owe an edit of what last rang of a story, if what is told now is worth one, for as long as it is `worth` sending.

    The story's entries must be written before.
    """
    told = await revisions.announced(tx, story)
    facts = await stories.facts(tx, [story]) if told else ()
    if not facts:
        return Revised()
    decided = revising.decide(told, facts[0], now)
    if not isinstance(decided, Revision):
        return Revised(again_at=decided.again_at)
    await revisions.revise(tx, story, decided, decided_at=now, expires_at=now + worth)
    return Revised(decided.why)


async def revise_due(
    tx: Writing, looks: Mapping[StoryId, datetime], now: datetime, worth: timedelta
) -> tuple[int, dict[StoryId, datetime]]:
    """Look at the stories whose time has come. Gives how many are edited, and when to look at which again."""
    edited, later = 0, {}
    for story, at in looks.items():
        revised = await revise(tx, story, now, worth) if at <= now else Revised(again_at=at)
        edited += bool(revised.why)
        if revised.again_at is not None:
            later[story] = revised.again_at
    return edited, later


async def deny(tx: Writing, story: StoryId, content: AlertContent, now: datetime, worth: timedelta) -> bool:
    """Owe a denial, silently and as a reply, to all chats whose digest showed the story. False: to nobody.

    `content` has `denial=True`, and the version that denies for its card.
    """
    owed = await revisions.deny(tx, story, content, decided_at=now, expires_at=now + worth)
    return owed is not None
