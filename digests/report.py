"""report: feeds that broke are told to the bot's administrators, once, and to no reader."""

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog

from digests.model import Address, BrokenFeed, NoticeContent, Owed, Priority, State
from digests.store import chats, editions, health, outbox
from digests.store.engine import Store

log = structlog.get_logger()

WORTH = timedelta(days=2)
NAMED = 15  # feeds of one notice; the rest is counted
MOST = 1_000


async def report(store: Store, admins: Collection[int], now: datetime) -> int:
    """Owe a notice of every feed that broke since the last one; gives how many chats get it.

    Administrators are told in their private chats, if they ever wrote to the bot and have not blocked it. As long as
    there is nobody to tell, it stays to be told.
    """
    async with store.reading() as reading:
        if not admins or not await health.broken(reading, 1):
            return 0
    async with store.writing() as tx:
        found = [await chats.at(tx, Address(admin)) for admin in sorted(admins)]
        told = [chat for chat in found if chat and not chat.paused_at]
        broken = await health.broken(tx, MOST) if told else ()
        if not broken:
            return 0
        await health.reported(tx, [one.id for one in broken], now)
        named = tuple(BrokenFeed(one.name, one.error, one.closed) for one in broken[:NAMED])
        edition = await editions.add(tx, NoticeContent(named, len(broken) - len(named)), now)
        owed = [
            Owed(chat.id, f"notice:{edition}", edition, Priority.DIGEST, State.OWED, now, now + WORTH)
            for chat in told
        ]
        await outbox.owe(tx, owed, now)
    log.warning("feeds reported", feeds=[one.name for one in broken], chats=len(told))
    return len(told)
