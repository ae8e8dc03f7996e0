"""Claimed deliveries: read with their chats, and looked at once more just before they leave."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select, text

from digests.model import Delivery, DeliveryId, EditionId, Priority, StoryId, alert_key
from digests.store import codec
from digests.store.chats import chat_of
from digests.store.engine import Reading
from digests.store.tables import IS_OWED, chats, deliveries, editions

NEWEST = func.coalesce(editions.c.revised_by, editions.c.id)  # what an edition says now


@dataclass(frozen=True, slots=True)
class Leaves:
    """What may have changed since a delivery was claimed."""

    edition: EditionId  # in its newest revision
    reply_to: int | None  # the number of the message that it answers or edits, if the chat has it


async def taken(tx: Reading, ids: Sequence[DeliveryId]) -> tuple[Delivery, ...]:
    """Read claimed deliveries with their chats, in the order in which they should leave."""
    if not ids:
        return ()
    own = (
        deliveries.c.id.label("delivery_id"),
        deliveries.c.edition_id,
        deliveries.c.key,
        deliveries.c.priority,
        deliveries.c.expires_at,
        deliveries.c.silent,
        deliveries.c.share,
        deliveries.c.parts_sent,
        deliveries.c.attempt,
        deliveries.c.unheard,
    )
    rows = await tx.rows(
        select(*own, chats)
        .join(chats, chats.c.id == deliveries.c.chat_id)
        .where(deliveries.c.id.in_(ids))
        .order_by(deliveries.c.priority, deliveries.c.due_at, deliveries.c.id)
    )
    return tuple(_delivery(row) for row in rows)


async def leaving(tx: Reading, ids: Collection[DeliveryId], run: str) -> dict[DeliveryId, Leaves]:
    """Give the claimed deliveries that still are to be sent, with what they say and answer now.

    A reader may have left meanwhile, or the chat be gone; the alert that a turn answers may have arrived, and what an
    edition says may have been revised.
    """
    rows = await tx.rows(_LEAVING.where(deliveries.c.id.in_(ids), deliveries.c.run_id == run))
    earlier = await _earlier(tx, [row for row in rows if row.message_id is None])
    return {
        DeliveryId(row.id): Leaves(EditionId(row.edition_id), row.message_id or earlier.get(row.id))
        for row in rows
    }


_ANSWERED = deliveries.alias("answered")
_LEAVING = (
    select(
        deliveries.c.id,
        deliveries.c.chat_id,
        deliveries.c.answers,
        deliveries.c.key,
        NEWEST.label("edition_id"),
        _ANSWERED.c.message_id,
    )
    .join(editions, editions.c.id == deliveries.c.edition_id)
    .outerjoin(
        _ANSWERED,
        and_(
            deliveries.c.answers != text("''"),
            _ANSWERED.c.chat_id == deliveries.c.chat_id,
            _ANSWERED.c.key == deliveries.c.answers,
        ),
    )
    .where(IS_OWED)
)


async def _earlier(tx: Reading, rows: Sequence[Any]) -> dict[int, int]:
    """Give what turns answer whose chat has no message of the turn before, but of one before that."""
    keys = {row.id: _turns_before(row.answers) for row in rows if row.key.startswith("alert:")}
    wanted = {key for one in keys.values() for key in one}
    if not wanted:
        return {}
    there = {
        (row.chat_id, row.key): int(row.message_id)
        for row in await tx.rows(
            select(deliveries.c.chat_id, deliveries.c.key, deliveries.c.message_id).where(
                deliveries.c.chat_id.in_({row.chat_id for row in rows}),
                deliveries.c.key.in_(wanted),
                deliveries.c.message_id.is_not(None),
            )
        )
    }
    found = {row.id: [(row.chat_id, key) for key in keys.get(row.id, ())] for row in rows}
    return {
        delivery: next(there[one] for one in places if one in there)
        for delivery, places in found.items()
        if any(one in there for one in places)
    }


def _turns_before(key: str) -> tuple[str, ...]:
    """Give the keys of the turns before an alert's, the last first."""
    if not key:
        return ()
    story, _, turn = key.removeprefix("alert:").partition(":")
    return tuple(alert_key(StoryId(int(story)), before) for before in range(int(turn) - 1, 0, -1))


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=DeliveryId(row.delivery_id),
        chat=chat_of(row),
        edition=EditionId(row.edition_id),
        key=row.key,
        priority=Priority(row.priority),
        expires_at=row.expires_at,
        silent=row.silent,
        share=codec.share(row.share),
        parts_sent=row.parts_sent,
        attempt=row.attempt,
        unheard=row.unheard,
    )
