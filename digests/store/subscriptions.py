"""Which categories each chat follows."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from digests.model import ChatId
from digests.store.engine import Reading, Writing
from digests.store.inserting import insert_new
from digests.store.tables import subscriptions


async def of(tx: Reading, chat: ChatId) -> frozenset[str]:
    """Give the categories a chat follows."""
    return (await of_many(tx, [chat]))[chat]


async def of_many(tx: Reading, chats: Sequence[ChatId]) -> dict[ChatId, frozenset[str]]:
    """Give the categories of many chats; a chat that follows none has an empty set."""
    found: dict[ChatId, set[str]] = defaultdict(set)
    for row in await tx.rows(
        select(subscriptions.c.chat_id, subscriptions.c.category).where(subscriptions.c.chat_id.in_(chats))
    ):
        found[ChatId(row.chat_id)].add(row.category)
    return {chat: frozenset(found[chat]) for chat in chats}


async def add(tx: Writing, chat: ChatId, categories: Collection[str], now: datetime) -> frozenset[str]:
    """Subscribe; gives those that are new. Those followed before keep their date."""
    rows = await insert_new(
        tx,
        subscriptions,
        [{"category": slug, "chat_id": chat, "since": now} for slug in sorted(set(categories))],
        subscriptions.c.category,
    )
    return frozenset(row.category for row in rows)


async def remove(tx: Writing, chat: ChatId, categories: Collection[str] | None = None) -> frozenset[str]:
    """Unsubscribe (None: from all); gives those that were followed."""
    gone = delete(subscriptions).where(subscriptions.c.chat_id == chat)
    if categories is not None:
        gone = gone.where(subscriptions.c.category.in_(categories))
    rows = await tx.rows(gone.returning(subscriptions.c.category))
    return frozenset(row.category for row in rows)
