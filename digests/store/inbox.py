"""Updates on their way to handlers. They are here before Telegram is told that we have them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from digests.store.engine import Reading, Writing
from digests.store.inserting import insert, insert_new
from digests.store.tables import inbox, memos

OFFSET = "updates.offset"
BOT = "updates.bot"
FORGOTTEN = timedelta(days=7)  # without an update for so long, Telegram numbers them anew


@dataclass(frozen=True, slots=True)
class Received:
    """One update as Telegram sent it; `telegram_id` is the chat whose updates go one after the other."""

    update_id: int
    telegram_id: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offset:
    """The next update to ask for, and when one last came."""

    value: int
    at: datetime


async def belong_to(tx: Writing, bot: int, now: datetime) -> None:
    """Keep updates of this bot from now on. Another bot's numbers say nothing about this one's: they go."""
    known = await tx.value(select(memos.c.value).where(memos.c.name == BOT))
    if known == bot:
        return
    if known is not None:
        await tx.execute(delete(inbox))
        await tx.execute(delete(memos).where(memos.c.name == OFFSET))
    await tx.execute(
        insert(tx, memos)
        .values(name=BOT, value=bot, at=now)
        .on_conflict_do_update(index_elements=["name"], set_={"value": bot, "at": now})
    )


async def offset(tx: Reading) -> Offset | None:
    """Tell where getUpdates stands; None for a new bot."""
    row = await tx.row(select(memos.c.value, memos.c.at).where(memos.c.name == OFFSET))
    return Offset(int(row.value), row.at) if row else None


async def receive(tx: Writing, updates: Sequence[Received], now: datetime) -> int:
    """Store updates that are not here yet, and the offset after them; tell how many were new.

    An update before the offset was here already, and may have been handled: it is not stored again. Only after
    `FORGOTTEN` Telegram may begin its numbers anew (Bot API, Update: "chosen randomly instead of sequentially").
    """
    if not updates:
        return 0
    stands = await offset(tx)
    following = max(one.update_id for one in updates) + 1
    if stands and now - stands.at < FORGOTTEN:
        updates = [one for one in updates if one.update_id >= stands.value]
        following = max(following, stands.value)
    if not updates:
        return 0
    rows = [
        {"update_id": one.update_id, "telegram_id": one.telegram_id, "body": one.body, "received_at": now}
        for one in updates
    ]
    new = await insert_new(tx, inbox, rows, inbox.c.update_id)
    await tx.execute(
        insert(tx, memos)
        .values(name=OFFSET, value=following, at=now)
        .on_conflict_do_update(index_elements=["name"], set_={"value": following, "at": now})
    )
    return len(new)


async def waiting(tx: Reading, *, beside: Iterable[int], limit: int) -> tuple[Received, ...]:
    """Give the oldest updates but those in `beside` (in hand already), in their order."""
    rows = await tx.rows(
        select(inbox).where(inbox.c.update_id.not_in(list(beside))).order_by(inbox.c.update_id).limit(limit)
    )
    return tuple(Received(row.update_id, row.telegram_id, row.body) for row in rows)


async def done(tx: Writing, update_id: int) -> None:
    """Delete a handled update: in the transaction that holds its effect."""
    await tx.execute(delete(inbox).where(inbox.c.update_id == update_id))


async def count(tx: Reading) -> int:
    """Count the updates that wait."""
    return int(await tx.value(select(func.count()).select_from(inbox)) or 0)
