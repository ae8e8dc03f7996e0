"""Writes that many hand in at nearly one moment, made in one transaction: a commit costs the same for one as for fifty."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from digests.errors import StoreError
from digests.store.engine import Store, Writing

GATHER = 0.005  # seconds that facts are gathered for
MOST = 100  # of one transaction: short enough for other writers

Fact = TypeVar("Fact")
Made = TypeVar("Made")


class Gatherer(Generic[Fact, Made]):
    """Writes facts by `write`, which gives an answer for each in their order."""

    def __init__(
        self, store: Store, write: Callable[[Writing, Sequence[Fact]], Awaitable[Sequence[Made]]]
    ) -> None:
        self._store = store
        self._write = write
        self._waiting: list[tuple[Fact, asyncio.Future[Made]]] = []
        self._task: asyncio.Task[None] | None = None

    async def put(self, fact: Fact) -> Made:
        """Write one fact; returns when it is committed.

        Raises StoreError when the database is away, SQLAlchemyError for a fact that it will never take: one such
        spoils no other.
        """
        future: asyncio.Future[Made] = asyncio.get_running_loop().create_future()
        self._waiting.append((fact, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._empty(), name="gather")
        return await future

    async def _empty(self) -> None:
        await asyncio.sleep(GATHER)
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                await self._commit(batch)
            finally:  # nobody waits for ever, should writing end by a fault of ours
                for _, future in batch:
                    if not future.done():
                        future.set_exception(RuntimeError("writing ended in the middle"))

    async def _commit(self, batch: Sequence[tuple[Fact, "asyncio.Future[Made]"]]) -> None:
        try:
            async with self._store.writing() as tx:
                made = await self._write(tx, [fact for fact, _ in batch])
        except (StoreError, SQLAlchemyError) as error:
            if len(batch) > 1 and not isinstance(error, StoreError):
                for one in batch:
                    await self._commit([one])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
        else:
            for (_, future), answer in zip(batch, made, strict=True):
                if not future.done():
                    future.set_result(answer)
