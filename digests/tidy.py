"""tidy: what is past its time, in small batches. Keys outlive what they stand for."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog

from digests.settings import Settings
from digests.store import chats, pruning
from digests.store.engine import Store, Writing

log = structlog.get_logger()

LOOK = 10_000  # of each kind that are looked for at once: to find them may mean to look at a whole table
BATCH = 500  # of these that one transaction forgets: all other writers wait for it

Id = TypeVar("Id")


@dataclass(frozen=True, slots=True)
class Tidied:
    """What one step came to."""

    texts: int  # entries whose text was forgotten
    deliveries: int
    editions: int
    chats: int
    more: bool


async def tidy(store: Store, settings: Settings, now: datetime) -> Tidied:
    """Forget what is past its time, at most LOOK of each kind."""
    kept = settings.retention
    old, asleep = now - kept.settled, now - kept.paused_chats
    async with store.reading() as tx:
        said = await pruning.old_texts(tx, now - kept.entry_text, LOOK)
        settled = await pruning.settled_long_ago(tx, old, LOOK)
        paused = await chats.paused_long(tx, asleep, LOOK)
    texts = await _in_batches(store, pruning.forget_texts, said)
    deliveries = await _in_batches(store, pruning.delete_deliveries, settled)
    gone = await _in_batches(store, partial(chats.purge_paused, before=asleep), paused)
    async with store.reading() as tx:  # some may be needed no more only now
        unused = await pruning.unused_editions(tx, old, LOOK)
    editions = await _in_batches(store, pruning.delete_editions, unused)
    more = LOOK in {len(found) for found in (said, settled, paused, unused)}
    result = Tidied(texts, deliveries, editions, gone, more=more)
    if texts or deliveries or editions or gone:
        log.info("tidied", texts=texts, deliveries=deliveries, editions=editions, chats=gone)
    return result


async def _in_batches(
    store: Store, forget: Callable[[Writing, Sequence[Id]], Awaitable[int]], ids: Sequence[Id]
) -> int:
    forgotten = 0
    for start in range(0, len(ids), BATCH):
        async with store.writing() as tx:
            forgotten += await forget(tx, ids[start : start + BATCH])
    return forgotten
