"""Entries as they were read: stored once, and judged once."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, desc, func, literal_column, or_, select, text, true, union, update

from digests.model import Entry, EntryId, FeedId, Keyed, Known, Seen, Stored, StoryId, Unjudged
from digests.store.engine import Reading, Writing
from digests.store.inserting import CHUNK, insert, insert_new
from digests.store.tables import entries, feeds

__all__ = [
    "Batch", "Keyed", "Renamed", "add", "add_all", "alike", "entry_of", "known", "recent_times", "rename", "seen",
    "unjudged", "unjudged_of", "unknown",
]  # fmt: skip


class Batch(NamedTuple):
    """Entries of one feed that are stored together."""

    feed: FeedId
    new: Sequence[Keyed]
    seen_at: datetime
    history: bool = False  # they ring nobody
    settled: bool = False  # nobody is shown them: they are old, and only their keys are wanted


class Renamed(NamedTuple):
    """A stored entry that its publisher lists under another key now."""

    id: EntryId
    key: str
    key_version: int


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
        minutes=row.minutes,
        comments=row.comments,
    )


async def unknown(tx: Reading, feed: FeedId, keyed: Sequence[Keyed]) -> tuple[Keyed, ...]:
    """Give those entries that the feed's set of keys does not hold, each key once."""
    listed = await seen(tx, feed, [one.entry.key for one in keyed])
    new: dict[str, Keyed] = {}
    for one in keyed:
        if one.entry.key not in listed:
            new.setdefault(one.entry.key, one)
    return tuple(new.values())


async def seen(tx: Reading, feed: FeedId, keys: Sequence[str]) -> dict[str, Seen]:
    """Tell of those of `keys` that the feed's set holds."""
    return {
        row.key: Seen(row.seen_at, row.published_at)
        for start in range(0, len(keys), CHUNK)
        for row in await tx.rows(
            select(entries.c.key, entries.c.seen_at, entries.c.published_at).where(
                entries.c.feed_id == feed, entries.c.key.in_(keys[start : start + CHUNK])
            )
        )
    }


async def alike(tx: Reading, feed: FeedId, new: Sequence[Keyed], *, among: int) -> tuple[Stored, ...]:
    """Give those of the feed's last `among` entries that share a link, a title or a summary with one of `new`."""
    last = (
        select(entries.c.id).where(entries.c.feed_id == feed).order_by(entries.c.id.desc()).limit(among)
    ).subquery()
    found: dict[EntryId, Stored] = {}
    for start in range(0, len(new), CHUNK):
        some = new[start : start + CHUNK]
        shared = (
            (entries.c.link_key, {one.link_key for one in some}),
            (entries.c.title_key, {one.title_key for one in some}),
            (entries.c.title, {one.entry.title for one in some}),
            (entries.c.summary, {one.entry.summary for one in some}),
        )
        rows = await tx.rows(
            select(entries).where(
                entries.c.id.in_(select(last.c.id)),
                or_(*(column.in_(said - {""}) for column, said in shared)),
            )
        )
        for row in rows:
            known = EntryId(row.id)
            found[known] = Stored(
                known, row.link_key, row.title_key, row.title, row.summary, row.published_at
            )
    return tuple(found[known] for known in sorted(found))


async def recent_times(tx: Reading, feed: FeedId, limit: int) -> tuple[datetime, ...]:
    """Tell when the feed's newest entries were published, or were seen where that is not known."""
    rows = await tx.rows(
        select(
            func.coalesce(entries.c.published_at, entries.c.seen_at, type_=entries.c.seen_at.type).label("at")
        )
        .where(entries.c.feed_id == feed)
        .order_by(entries.c.id.desc())
        .limit(limit)
    )
    return tuple(row.at for row in rows)


async def add(tx: Writing, feed: FeedId, new: Sequence[Keyed], *, seen_at: datetime, history: bool) -> int:
    """Store entries; those that came in meanwhile are left as they are. Tells how many were new."""
    return (await add_all(tx, [Batch(feed, new, seen_at, history)])).get(feed, 0)


async def add_all(tx: Writing, batches: Sequence[Batch]) -> dict[FeedId, int]:
    """Store entries of many feeds in one statement. Tells how many of each were new, settled ones not counted."""
    # Feeds list the newest first; stories begin with the oldest.
    rows = [_row(batch, one) for batch in batches if not batch.settled for one in reversed(batch.new)]
    settled = [_marks(batch, one) for batch in batches if batch.settled for one in reversed(batch.new)]
    if settled:
        await tx.execute(insert(tx, entries).values(**_FORGOTTEN).on_conflict_do_nothing(), settled)
    added: Counter[FeedId] = Counter()
    for row in await insert_new(tx, entries, rows, entries.c.feed_id):
        added[FeedId(row.feed_id)] += 1
    return dict(added)


async def rename(tx: Writing, renamed: Sequence[Renamed]) -> None:
    """Give stored entries the keys that their publishers list them under now."""
    if renamed:
        await tx.execute(
            update(entries)
            .where(entries.c.id == bindparam("entry"))
            .values(key=bindparam("to"), key_version=bindparam("version")),
            [{"entry": one.id, "to": one.key, "version": one.key_version} for one in renamed],
        )


def _row(batch: Batch, one: Keyed) -> dict[str, Any]:
    entry = one.entry
    return {
        "feed_id": batch.feed,
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
        "minutes": entry.minutes,
        "comments": entry.comments,
        "link_key": one.link_key,
        "title_key": one.title_key,
        "seen_at": batch.seen_at,
        "history": batch.history,
        "judged_at": None,
    }


# What a settled entry is never recognised by.
_FORGOTTEN = {
    **dict.fromkeys(("link", "author", "language", "image", "source"), literal_column("''")),
    "tags": literal_column("'[]'"),
    "history": true(),
}


def _marks(batch: Batch, one: Keyed) -> dict[str, Any]:
    entry = one.entry
    return {
        "feed_id": batch.feed,
        "key": entry.key,
        "key_version": one.key_version,
        "title": entry.title,
        "summary": entry.summary,
        "published_at": entry.published,
        "updated_at": entry.updated,
        "link_key": one.link_key,
        "title_key": one.title_key,
        "seen_at": batch.seen_at,
        "judged_at": batch.seen_at,
    }


async def unjudged(tx: Reading, limit: int) -> tuple[Unjudged, ...]:
    """Give the oldest entries that no story has yet.

    In a writing transaction others wait for them, and then find them judged.
    """
    waiting = entries.alias("waiting")
    first = select(waiting.c.id).where(waiting.c.judged_at.is_(None)).order_by(waiting.c.id).limit(limit)
    oldest = (
        select(entries, feeds.c.name.label("feed_name"))
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(entries.c.id.in_(first), entries.c.judged_at.is_(None))  # looked at again once it is locked
        .order_by(entries.c.id)
    )
    rows = await tx.rows(oldest.with_for_update(of=entries) if isinstance(tx, Writing) else oldest)
    return tuple(map(unjudged_of, rows))


def unjudged_of(row: Any) -> Unjudged:
    """Read an entry's columns, and its feed's name as `feed_name`."""
    return Unjudged(
        id=EntryId(row.id),
        feed=row.feed_name,
        entry=entry_of(row),
        link_key=row.link_key,
        title_key=row.title_key,
        seen_at=row.seen_at,
        history=row.history,
    )


async def known(tx: Reading, unjudged: Sequence[Unjudged], limit: int = 50) -> tuple[Known, ...]:
    """Give the judged entries that share a link or a title with one of these, of each the newest, the newest first."""
    links = sorted({one.link_key for one in unjudged} - {""})
    titles = sorted({one.title_key for one in unjudged} - {""})
    if not links and not titles:
        return ()
    found = union(_sharing(entries.c.link_key, links, limit), _sharing(entries.c.title_key, titles, limit))
    rows = await tx.rows(found.order_by(desc("id")))
    return tuple(Known(StoryId(row.story_id), row.link_key, row.title_key, row.seen_at) for row in rows)


def _sharing(column: Any, keys: Sequence[str], limit: int) -> Any:
    alike = (
        select(
            entries.c.id,
            entries.c.story_id,
            entries.c.link_key,
            entries.c.title_key,
            entries.c.seen_at,
            func.row_number().over(partition_by=column, order_by=entries.c.id.desc()).label("nth"),
        )
        # The empty key is ruled out as the index says it, or PostgreSQL may not use that.
        .where(column.in_(keys), column != text("''"), entries.c.story_id.is_not(None))
        .subquery()
    )
    columns = alike.c.id, alike.c.story_id, alike.c.link_key, alike.c.title_key, alike.c.seen_at
    return select(*columns).where(alike.c.nth <= limit)
