"""Lists of stories that readers ask for: what grows, and what tells of the same people."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import desc, exists, func, select

from digests.model import StoryId, What
from digests.store.engine import Reading
from digests.store.subject_tables import namings
from digests.store.tables import entries, filings


async def growing(
    tx: Reading, categories: Collection[str], since: datetime, *, least: int, limit: int, among: int = 5_000
) -> tuple[StoryId, ...]:
    """Give the stories of the categories that at least `least` feeds told of since, those of most feeds first.

    Of the last `among` entries: what more than that have come after is over, whatever the clock says.
    """
    last = (
        select(entries.c.story_id, entries.c.feed_id, entries.c.seen_at)
        .order_by(entries.c.id.desc())
        .limit(among)
        .subquery()
    )
    feeds_of = func.count(last.c.feed_id.distinct())
    filed = exists().where(filings.c.story_id == last.c.story_id, filings.c.category.in_(categories))
    rows = await tx.rows(
        select(last.c.story_id)
        .where(last.c.story_id.is_not(None), last.c.seen_at > since, filed)
        .group_by(last.c.story_id)
        .having(feeds_of >= least)
        .order_by(feeds_of.desc(), last.c.story_id.desc())
        .limit(limit)
    )
    return tuple(StoryId(row.story_id) for row in rows)


async def naming(tx: Reading, names: Collection[str], *, limit: int) -> tuple[StoryId, ...]:
    """Give the stories in which one of the names was found last, by their ids."""
    rows = await tx.rows(
        select(namings.c.story_id)
        .where(namings.c.what == What.NAME, namings.c.value.in_(names))
        .group_by(namings.c.story_id)
        .order_by(desc(func.max(namings.c.seq)))
        .limit(limit)
    )
    return tuple(StoryId(row.story_id) for row in rows)
