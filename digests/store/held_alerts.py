"""Alerts that wait for the next digest of their chat."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from digests.model import ChatId, DeliveryId, EditionId, Priority, State
from digests.store.among import among
from digests.store.engine import Reading, Writing
from digests.store.leaving import NEWEST
from digests.store.tables import IS_HELD, IS_OWED, deliveries, editions


@dataclass(frozen=True, slots=True)
class HeldAlert:
    """An alert that a chat's next digest must tell."""

    delivery: DeliveryId
    edition: EditionId


async def of(tx: Reading, chat_ids: Collection[ChatId]) -> dict[ChatId, tuple[HeldAlert, ...]]:
    """Give the alerts that wait for the chats' next digest, oldest first."""
    found: dict[ChatId, list[HeldAlert]] = defaultdict(list)
    for row in await tx.rows(
        select(deliveries.c.id, deliveries.c.chat_id, NEWEST.label("edition_id"))
        .join(editions, editions.c.id == deliveries.c.edition_id)
        .where(IS_HELD, among(tx, deliveries.c.chat_id, chat_ids))
        .order_by(deliveries.c.id)
    ):
        found[ChatId(row.chat_id)].append(HeldAlert(DeliveryId(row.id), EditionId(row.edition_id)))
    return {chat: tuple(alerts) for chat, alerts in found.items()}


async def told(tx: Writing, ids: Collection[DeliveryId], now: datetime) -> None:
    """Settle held alerts: the digest that is owed in the same transaction tells them."""
    await tx.execute(
        update(deliveries).where(deliveries.c.id.in_(ids), IS_HELD).values(state=State.TOLD, settled_at=now)
    )


async def unhold(tx: Writing, delivery: DeliveryId, due: datetime) -> None:
    """Owe a held alert at `due`: the chat has no digest any more that could tell it."""
    await tx.execute(
        update(deliveries).where(deliveries.c.id == delivery, IS_HELD).values(state=State.OWED, due_at=due)
    )


async def hold_waiting(
    tx: Writing, chat: ChatId, until: datetime, expires_at: datetime, now: datetime
) -> None:
    """Hold the alerts that wait for a cap, or for quiet hours to end, for the chat's digest at `until`: it has digests again."""
    await tx.execute(
        update(deliveries)
        .where(
            deliveries.c.chat_id == chat,
            deliveries.c.priority == Priority.ALERT,
            IS_OWED,
            deliveries.c.due_at > now,
            deliveries.c.attempt == 0,  # else it is tried again: that is no cap
        )
        .values(state=State.HELD, due_at=until, expires_at=expires_at, run_id=None, lease_until=None)
    )
