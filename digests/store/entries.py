"""Entries as they were read: stored once, and judged once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from digests.model import Entry, EntryId, FeedId, Known, StoryId, Unjudged
from digests.store.engine import Reading, Writing
from digests.store.inserting import CHUNK, insert_new
from digests.store.tables import entries, feeds


@dataclass(frozen=True, slots=True)
class Keyed:
    """An entry with what identifies it beyond its feed."""

    entry: Entry
    key_version: int
    link_key: str
    title_key: str


def entry_of(row: Any) -> Entry:
    """Read an entry's columns."""
    return Entry(
        key=row.key,
        title=row.title,
        link=row.link,
        summary=row.summary,
        author=row.author,
        published=row.published_at,
        updated=row.updated_at,
        tags=tuple(row.tags),
        language=row.language,
        image=row.image,
        source=row.source,
    )


async def unknown(tx: Reading, feed: FeedId, keyed: Sequence[Keyed]) -> tuple[Keyed, ...]:
    """Give those entries that the feed's set of keys does not hold, each key once."""
    keys = [one.entry.key for one in keyed]
    seen = {
        row.key
        for start in range(0, len(keys), CHUNK)
        for row in await tx.rows(
            select(entries.c.key).where(
                entries.c.feed_id == feed, entries.c.key.in_(keys[start : start + CHUNK])
            )
        )
    }
    new: dict[str, Keyed] = {}
    for one in keyed:
        if one.entry.key not in seen:
            new.setdefault(one.entry.key, one)
    return tuple(new.values())


async def add(tx: Writing, feed: FeedId, new: Sequence[Keyed], *, seen_at: datetime, history: bool) -> int:
    """Store entries; those that came in meanwhile are left as they are. Tells how many were new."""
    # Feeds list the newest first; stories begin with the oldest.
    rows = [_row(feed, one, seen_at=seen_at, history=history) for one in reversed(new)]
    return len(await insert_new(tx, entries, rows, entries.c.id))


def _row(feed: FeedId, one: Keyed, *, seen_at: datetime, history: bool) -> dict[str, Any]:
    entry = one.entry
    return {
        "feed_id": feed,
        "key": entry.key,
        "key_version": one.key_version,
        "title": entry.title,
        "link": entry.link,
        "summary": entry.summary,
        "author": entry.author,
        "published_at": entry.published,
        "updated_at": entry.updated,
        "tags": list(entry.tags),
        "language": entry.language,
        "image": entry.image,
        "source": entry.source,
        "link_key": one.link_key,
        "title_key": one.title_key,
        "seen_at": seen_at,
        "history": history,
    }


async def unjudged(tx: Reading, limit: int) -> tuple[Unjudged, ...]:
    """Give the oldest entries that no story has yet.

    In a writing transaction others wait for them, and then find them judged.
    """
    oldest = (
        select(entries, feeds.c.name.label("feed_name"))
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(entries.c.judged_at.is_(None))
        .order_by(entries.c.id)
        .limit(limit)
    )
    rows = await tx.rows(oldest.with_for_update(of=entries) if isinstance(tx, Writing) else oldest)
    return tuple(
        Unjudged(
            id=EntryId(row.id),
            feed=row.feed_name,
            entry=entry_of(row),
            link_key=row.link_key,
            title_key=row.title_key,
            seen_at=row.seen_at,
            history=row.history,
        )
        for row in rows
    )


async def known(tx: Reading, unjudged: Unjudged, limit: int = 50) -> tuple[Known, ...]:
    """Give the judged entries that share the link or the title of this one, the newest first."""
    alike = []
    if unjudged.link_key:
        alike.append(entries.c.link_key == unjudged.link_key)
    if unjudged.title_key:
        alike.append(entries.c.title_key == unjudged.title_key)
    if not alike:
        return ()
    rows = await tx.rows(
        select(entries.c.story_id, entries.c.link_key, entries.c.title_key, entries.c.seen_at)
        .where(or_(*alike), entries.c.story_id.is_not(None))
        .order_by(entries.c.id.desc())
        .limit(limit)
    )
    return tuple(Known(StoryId(row.story_id), row.link_key, row.title_key, row.seen_at) for row in rows)
