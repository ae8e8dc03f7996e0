"""Forgetting what is past its time, a batch at a time, so that no writer waits for it."""

from datetime import datetime

from sqlalchemy import delete, exists, or_, select, update

from digests.model import State
from digests.store.engine import Writing
from digests.store.tables import broadcasts, deliveries, editions, entries


async def forget_texts(tx: Writing, before: datetime, limit: int) -> int:
    """Forget what entries said. Their keys stay: what is listed again is no news."""
    old = (
        select(entries.c.id)
        .where(
            entries.c.seen_at < before,
            entries.c.judged_at.is_not(None),
            or_(entries.c.summary != "", entries.c.author != "", entries.c.image != ""),
        )
        .limit(limit)
    )
    rows = await tx.rows(
        update(entries)
        .where(entries.c.id.in_(old))
        .values(summary="", author="", image="")
        .returning(entries.c.id)
    )
    return len(rows)


async def settled_deliveries(tx: Writing, before: datetime, limit: int) -> int:
    """Delete deliveries that were settled long ago."""
    old = (
        select(deliveries.c.id)
        .where(
            deliveries.c.settled_at < before,
            deliveries.c.state.not_in([State.OWED, State.HELD]),
        )
        .limit(limit)
    )
    return len(await tx.rows(delete(deliveries).where(deliveries.c.id.in_(old)).returning(deliveries.c.id)))


async def unused_editions(tx: Writing, before: datetime, limit: int) -> int:
    """Delete editions that no delivery and no open broadcast needs any more."""
    needed = or_(
        exists().where(deliveries.c.edition_id == editions.c.id),
        exists().where(broadcasts.c.edition_id == editions.c.id, broadcasts.c.done_at.is_(None)),
    )
    old = select(editions.c.id).where(editions.c.created_at < before, ~needed).limit(limit)
    return len(await tx.rows(delete(editions).where(editions.c.id.in_(old)).returning(editions.c.id)))
