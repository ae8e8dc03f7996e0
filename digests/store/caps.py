"""How many alerts a chat had lately, and when there is room for another."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from digests.model import Priority, State
from digests.store.engine import Reading
from digests.store.tables import deliveries


def alerts_had(ids: Sequence[int], now: datetime) -> Any:
    """Count the alerts of the last hour and day, and since when the oldest of each counts."""
    recent = deliveries.c.due_at > now - timedelta(hours=1)
    return (
        select(
            deliveries.c.chat_id,
            func.sum(case((recent, 1), else_=0)).label("hour"),
            func.count().label("day"),
            func.min(case((recent, deliveries.c.due_at))).label("hour_from"),
            func.min(deliveries.c.due_at).label("day_from"),
        )
        .where(_counts(ids, now))
        .group_by(deliveries.c.chat_id)
    )


def _counts(ids: Sequence[int], now: datetime) -> ColumnElement[bool]:
    """Which deliveries count towards a chat's caps."""
    return and_(
        deliveries.c.chat_id.in_(ids),
        deliveries.c.priority == Priority.ALERT,
        deliveries.c.state.in_([State.OWED, State.SENT, State.UNHEARD]),
        deliveries.c.due_at > now - timedelta(days=1),
    )


async def dues(tx: Reading, ids: Sequence[int], now: datetime) -> dict[int, tuple[datetime, ...]]:
    """Give when the alerts of these chats came or come due, newest first: who has no digest waits for room."""
    if not ids:
        return {}
    found: dict[int, list[datetime]] = defaultdict(list)
    for row in await tx.rows(
        select(deliveries.c.chat_id, deliveries.c.due_at)
        .where(_counts(ids, now))
        .order_by(deliveries.c.due_at.desc())
    ):
        found[row.chat_id].append(row.due_at)
    return {chat: tuple(times) for chat, times in found.items()}
