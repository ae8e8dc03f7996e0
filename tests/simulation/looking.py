"""What the world looks up in the bot's database: when to go on, and whether it is over."""

from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select

from digests.store import tables
from digests.store.engine import Store


async def busy(store: Store, now: datetime) -> bool:
    """Whether something is to be done at once."""
    chats, deliveries = tables.chats, tables.deliveries
    wanted = or_(
        exists().where(tables.entries.c.judged_at.is_(None)),
        exists().where(tables.broadcasts.c.done_at.is_(None)),
        exists().where(deliveries.c.state == "owed", deliveries.c.due_at <= now),
        exists().select_from(tables.inbox),
        exists().where(chats.c.paused_at.is_(None), chats.c.next_digest_at <= now),
        exists().where(tables.feeds.c.next_poll_at <= now),
    )
    async with store.reading() as tx:
        return bool(await tx.value(select(wanted)))


async def open_debts(store: Store, began: datetime) -> list[datetime]:
    """When a feed is polled that was not since it `began`, what is owed comes due, and who has not yet had everything
    in a digest has the next one."""
    chats, deliveries, feeds = tables.chats, tables.deliveries, tables.feeds
    async with store.reading() as tx:
        last = await tx.value(select(func.max(tables.filings.c.seq)))
        held = exists().where(deliveries.c.chat_id == chats.c.id, deliveries.c.state == "held")
        awaits = and_(
            chats.c.paused_at.is_(None),
            chats.c.next_digest_at.is_not(None),
            or_(chats.c.digested_seq.is_(None), chats.c.digested_seq < (last or 0), held),
        )
        polls = await tx.rows(
            select(feeds.c.next_poll_at).where(or_(feeds.c.polled_at < began, feeds.c.failures > 0))
        )
        digests = await tx.rows(select(chats.c.next_digest_at).where(awaits))
        owed = await tx.rows(select(deliveries.c.due_at).where(deliveries.c.state == "owed"))
    return [row[0] for row in (*polls, *digests, *owed)]


async def held_by_others(store: Store, run: str) -> bool:
    claimed = tables.deliveries.c.run_id
    others = exists().where(tables.deliveries.c.state == "owed", claimed.is_not(None), claimed != run)
    async with store.reading() as tx:
        return bool(await tx.value(select(others)))


async def next_digest(store: Store) -> datetime | None:
    chats = tables.chats
    first = func.min(chats.c.next_digest_at, type_=chats.c.next_digest_at.type)
    async with store.reading() as tx:
        due: datetime | None = await tx.value(select(first).where(chats.c.paused_at.is_(None)))
    return due


async def feeds_due(store: Store, now: datetime) -> frozenset[str]:
    feeds = tables.feeds
    async with store.reading() as tx:
        return frozenset(
            row.name for row in await tx.rows(select(feeds.c.name).where(feeds.c.next_poll_at <= now))
        )
