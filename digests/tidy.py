"""tidy: what is past its time, in small batches. Keys outlive what they stand for."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from digests.settings import Settings
from digests.store import chats, pruning
from digests.store.engine import Store

log = structlog.get_logger()

BATCH = 500


@dataclass(frozen=True, slots=True)
class Tidied:
    """What one step came to."""

    texts: int  # entries whose text was forgotten
    deliveries: int
    editions: int
    chats: int
    more: bool


async def tidy(store: Store, settings: Settings, now: datetime) -> Tidied:
    """Forget one batch of each kind."""
    kept = settings.retention
    async with store.writing() as tx:
        texts = await pruning.forget_texts(tx, now - kept.entry_text, BATCH)
    async with store.writing() as tx:
        deliveries = await pruning.settled_deliveries(tx, now - kept.settled, BATCH)
    async with store.writing() as tx:
        editions = await pruning.unused_editions(tx, now - kept.settled, BATCH)
    async with store.writing() as tx:
        gone = await chats.purge_paused(tx, now, older_than=kept.paused_chats, limit=BATCH)
    result = Tidied(texts, deliveries, editions, gone, more=BATCH in (texts, deliveries, editions, gone))
    if texts or deliveries or editions or gone:
        log.info("tidied", texts=texts, deliveries=deliveries, editions=editions, chats=gone)
    return result
