"""Forgetting what is past its time, a batch at a time, so that no writer waits for it.

What is old enough is looked for by reading, which may take its time in a large table and holds up nobody; what was found is
then forgotten by its numbers.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, or_, select, update

from digests.model import DeliveryId, EditionId, EntryId, State
from digests.store.engine import Reading, Writing
from digests.store.tables import broadcasts, deliveries, editions, entries


async def old_texts(tx: Reading, before: datetime, limit: int) -> tuple[EntryId, ...]:
    """Find entries that were seen long ago, are judged, and say something."""
    rows = await tx.rows(
        select(entries.c.id)
        .where(
            entries.c.seen_at < before,
            entries.c.judged_at.is_not(None),
            or_(entries.c.summary != "", entries.c.author != "", entries.c.image != ""),
        )
        .limit(limit)
    )
    return tuple(EntryId(row.id) for row in rows)


async def forget_texts(tx: Writing, ids: Collection[EntryId]) -> int:
    """Forget what entries said. Their keys stay: what is listed again is no news."""
    forgotten = update(entries).where(entries.c.id.in_(ids)).values(summary="", author="", image="")
    return len(await tx.rows(forgotten.returning(entries.c.id)))


async def settled_long_ago(tx: Reading, before: datetime, limit: int) -> tuple[DeliveryId, ...]:
    """Find deliveries that were settled before a moment; debts are none of them."""
    rows = await tx.rows(
        select(deliveries.c.id)
        .where(
            deliveries.c.settled_at < before,
            deliveries.c.state.not_in([State.OWED, State.HELD]),
        )
        .limit(limit)
    )
    return tuple(DeliveryId(row.id) for row in rows)


async def delete_deliveries(tx: Writing, ids: Collection[DeliveryId]) -> int:
    """Delete settled deliveries."""
    gone = delete(deliveries).where(deliveries.c.id.in_(ids)).returning(deliveries.c.id)
    return len(await tx.rows(gone))


async def unused_editions(tx: Reading, before: datetime, limit: int) -> tuple[EditionId, ...]:
    """Find editions that no delivery and no open broadcast needs any more."""
    old = select(editions.c.id).where(editions.c.created_at < before, _unused()).limit(limit)
    return tuple(EditionId(row.id) for row in await tx.rows(old))


async def delete_editions(tx: Writing, ids: Collection[EditionId]) -> int:
    """Delete editions, but those that are needed again by now."""
    gone = delete(editions).where(editions.c.id.in_(ids), _unused()).returning(editions.c.id)
    return len(await tx.rows(gone))


def _unused() -> ColumnElement[bool]:
    return ~or_(
        exists().where(deliveries.c.edition_id == editions.c.id),
        exists().where(broadcasts.c.edition_id == editions.c.id, broadcasts.c.done_at.is_(None)),
    )
