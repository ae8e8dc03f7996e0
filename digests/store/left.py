"""What left lately for groups and channels: their limits look back for a minute, and a start forgets nothing of it."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from digests.model import State
from digests.store.engine import Reading
from digests.store.tables import chats, deliveries

MOST = 100_000  # messages that are looked at, the last ones: above 1,000 a second a minute's are more


class Sent(NamedTuple):
    """A message that a group was sent."""

    telegram_id: int
    at: datetime  # when its outcome was written: a moment after it left


async def to_groups(tx: Reading, since: datetime) -> list[Sent]:
    """Give what groups and channels, whose ids are negative, were sent since, in order. Replies are not stored."""
    rows = await tx.rows(
        select(chats.c.telegram_id, deliveries.c.settled_at, deliveries.c.parts_sent)
        .join(chats, chats.c.id == deliveries.c.chat_id)
        .where(
            deliveries.c.settled_at > since,
            deliveries.c.state.in_([State.SENT, State.UNHEARD]),
            chats.c.telegram_id < 0,
        )
        .order_by(deliveries.c.settled_at.desc())
        .limit(MOST)
    )
    return [
        Sent(row.telegram_id, row.settled_at) for row in reversed(rows) for _ in range(max(1, row.parts_sent))
    ]
