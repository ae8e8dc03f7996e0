"""Chats whose digest is due, block by block, with what decides their tastes."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from digests.editions.tastes import Pool, pool_of
from digests.settings import Settings
from digests.store import codec, due
from digests.store.due import DueChat
from digests.store.engine import Store

SIZE = 720  # chats of one transaction: other writers never wait for more than 50 ms


@dataclass(frozen=True, slots=True)
class Block:
    """Chats whose digest is due, in order, with what decides their tastes."""

    chats: Sequence[DueChat]
    pools: Sequence[Pool]

    @property
    def is_full(self) -> bool:
        """Whether there may be more of them."""
        return len(self.chats) == SIZE

    @property
    def end(self) -> tuple[datetime, int]:
        """Say after whom the next block begins."""
        return codec.moment_stored(self.chats[-1].at), self.chats[-1].id

    def last(self) -> dict[Pool, datetime | None]:
        """Give each pool with the time of the last digest of a chat of it."""
        found: dict[Pool, datetime | None] = {}
        for chat, pool in zip(self.chats, self.pools, strict=True):
            if pool not in found:
                found[pool] = _moment(chat.digested_at)
        return found


async def look(
    store: Store, settings: Settings, until: datetime, after: tuple[datetime, int] | None = None
) -> Block:
    """Read the next chats that are due."""
    async with store.reading() as tx:
        block = await due.due(tx, until, SIZE, after=after)
    return Block(block, _pools(settings, block))


class Following:
    """The next due chats. They are read while others are written, so that one computes while the other waits for the disk."""

    def __init__(self, look: Callable[[], Coroutine[Any, Any, Block]]) -> None:
        self._look = look
        self._task: asyncio.Task[Block] | None = None

    async def __aenter__(self) -> Self:
        """Have read nothing yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Read no further."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def begin(self) -> None:
        """Begin to read, unless that was begun."""
        self._begun()

    async def read(self) -> Block:
        """Give them."""
        return await self._begun()

    def _begun(self) -> "asyncio.Task[Block]":
        if self._task is None:
            self._task = asyncio.create_task(self._look())
        return self._task


def _pools(settings: Settings, block: Sequence[DueChat]) -> list[Pool]:
    """Give each chat's pool; chats alike have one and the same."""
    slugs = frozenset(category.slug for category in settings.categories)
    alike: dict[tuple[object, ...], Pool] = {}
    pools = []
    for chat in block:
        key = (chat.follows, chat.digested_seq, chat.named_seq, chat.digested_at, chat.at)
        pool = alike.get(key)
        if pool is None:
            pool = alike[key] = pool_of(
                slugs.intersection(chat.follows.split()),
                after=chat.digested_seq,
                named_after=chat.named_seq,
                last_at=_moment(chat.digested_at),
                due_at=codec.moment_stored(chat.at),
            )
        pools.append(pool)
    return pools


def _moment(stored: str | None) -> datetime | None:
    return None if stored is None else codec.moment_stored(stored)
