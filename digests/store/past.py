"""The newsroom's memory, read back from the store: what was judged within the window, and what was made of it."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, desc, select

from digests.model import Reason, StoryId, Unjudged
from digests.store import codec
from digests.store.engine import Reading
from digests.store.entries import unjudged_of
from digests.store.tables import decisions, entries, feeds, stories


class Past(NamedTuple):
    """A judged entry as the judge had it, with what was made of it."""

    unjudged: Unjudged
    story: StoryId
    turn: int  # which turn of the story rang with it; 0: none
    why_categories: tuple[Reason, ...]
    rumour: bool
    begins: bool  # the story began with it: another that it took in may have earlier entries


async def newest_before(tx: Reading, moment: datetime) -> int:
    """Give the id of the newest entry that was seen before; 0: there is none. Looks at those that were seen since alone."""
    found = select(entries.c.id).where(entries.c.seen_at < moment).order_by(desc(entries.c.id)).limit(1)
    return int(await tx.value(found) or 0)


async def judged(tx: Reading, since: datetime, *, after: int = 0, limit: int = 2_000) -> tuple[Past, ...]:
    """Give judged entries seen since, in the order in which they were judged, those after entry `after`."""
    rows = await tx.rows(
        select(
            entries,
            feeds.c.name.label("feed_name"),
            *(decisions.c[name] for name in ("turn", "filed", "rumour")),
            and_(decisions.c.placed == "begins", stories.c.created_at == entries.c.judged_at).label("begins"),
        )
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .join(decisions, decisions.c.entry_id == entries.c.id)
        .join(stories, stories.c.id == entries.c.story_id)
        .where(entries.c.id > after, entries.c.seen_at >= since, entries.c.story_id.is_not(None))
        .order_by(entries.c.id)
        .limit(limit)
    )
    return tuple(
        Past(
            unjudged_of(row),
            StoryId(row.story_id),
            row.turn,
            codec.reasons(row.filed),
            rumour=bool(row.rumour),
            begins=bool(row.begins),
        )
        for row in rows
    )


async def linked(tx: Reading, since: datetime) -> tuple[tuple[StoryId, StoryId], ...]:
    """Give the pairs of stories that both rang and tell of one event, those that began since."""
    rows = await tx.rows(
        select(stories.c.id, stories.c.linked_to).where(
            stories.c.linked_to.is_not(None), stories.c.created_at >= since
        )
    )
    return tuple((StoryId(row.linked_to), StoryId(row.id)) for row in rows)
