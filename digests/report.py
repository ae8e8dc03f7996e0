"""report: feeds that broke, and Stars that are spent, are told to the bot's administrators, once, and to no reader."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog

from digests.model import Address, BrokenFeed, Chat, NoticeContent, Owed, Priority, State
from digests.store import chats, editions, health, outbox, stars
from digests.store.engine import Store, Writing

log = structlog.get_logger()

WORTH = timedelta(days=2)
NAMED = 15  # feeds of one notice; the rest is counted
MOST = 1_000


async def report(store: Store, admins: Collection[int], now: datetime) -> int:
    """Owe notices of every feed that broke since the last one, and of Stars that are spent; gives how many chats get them.

    Administrators are told in their private chats, if they ever wrote to the bot and have not blocked it. As long as
    there is nobody to tell, it stays to be told.
    """
    async with store.reading() as reading:
        if not admins or not (await health.broken(reading, 1) or await stars.short(reading)):
            return 0
    async with store.writing() as tx:
        found = [await chats.at(tx, Address(admin)) for admin in sorted(admins)]
        told = [chat for chat in found if chat and not chat.paused_at]
        if not told:
            return 0
        broken, short = await health.broken(tx, MOST), await stars.short(tx)
        if broken:
            await health.reported(tx, [one.id for one in broken], now)
            named = tuple(BrokenFeed(one.name, one.error, one.closed) for one in broken[:NAMED])
            await _owe(tx, NoticeContent(named, len(broken) - len(named)), told, now)
        if short:
            await stars.noticed(tx, short, now)
            await _owe(tx, NoticeContent(stars=short), told, now)
    if broken:
        log.warning("feeds reported", feeds=[one.name for one in broken], chats=len(told))
    if short:
        log.warning("stars reported", short=[one.value for one in short], chats=len(told))
    return len(told) if broken or short else 0


async def _owe(tx: Writing, notice: NoticeContent, told: Sequence[Chat], now: datetime) -> None:
    edition = await editions.add(tx, notice, now)
    owed = [
        Owed(chat.id, f"notice:{edition}", edition, Priority.DIGEST, State.OWED, now, now + WORTH)
        for chat in told
    ]
    await outbox.owe(tx, owed, now)
