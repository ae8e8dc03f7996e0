"""Writes that many hand in are made together, and one that cannot be written spoils no other."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError

from digests.store.engine import Store, Writing
from digests.store.gathering import MOST, Gatherer
from digests.store.tables import memos


class Memos:
    def __init__(self, now: object) -> None:
        self.now = now
        self.batches: list[int] = []

    async def write(self, tx: Writing, names: Sequence[str]) -> Sequence[int]:
        self.batches.append(len(names))
        for name in names:
            await tx.execute(insert(memos).values(name=name, value=1, at=self.now))
        return [len(name) for name in names]


async def written(store: Store) -> set[str]:
    async with store.reading() as tx:
        return {row.name for row in await tx.rows(select(memos.c.name))}


async def test_what_is_handed_in_at_one_moment_is_one_transaction(store: Store, newsroom) -> None:
    writer = Memos(newsroom.now)
    gatherer: Gatherer[str, int] = Gatherer(store, writer.write)
    names = [f"memo {'x' * number}" for number in range(40)]
    assert await asyncio.gather(*(gatherer.put(name) for name in names)) == [len(name) for name in names]
    assert len(writer.batches) == 1
    assert await written(store) == set(names)
    assert await gatherer.put("later") == 5


async def test_a_transaction_is_never_larger_than_others_can_wait_for(store: Store, newsroom) -> None:
    writer = Memos(newsroom.now)
    gatherer: Gatherer[str, int] = Gatherer(store, writer.write)
    names = [f"memo {number}" for number in range(2 * MOST + 1)]
    await asyncio.gather(*(gatherer.put(name) for name in names))
    assert writer.batches == [MOST, MOST, 1]


async def test_a_fact_that_cannot_be_written_spoils_no_other(store: Store, newsroom) -> None:
    gatherer: Gatherer[str, int] = Gatherer(store, Memos(newsroom.now).write)
    names = ["one", "two", "two", "three"]
    answers = await asyncio.gather(*(gatherer.put(name) for name in names), return_exceptions=True)
    assert [isinstance(one, SQLAlchemyError) for one in answers] == [False, False, True, False]
    assert await written(store) == {"one", "two", "three"}


async def test_who_waits_no_more_is_written_all_the_same(store: Store, newsroom) -> None:
    gatherer: Gatherer[str, int] = Gatherer(store, Memos(newsroom.now).write)
    leaving = asyncio.create_task(gatherer.put("left"))
    staying = asyncio.create_task(gatherer.put("stayed"))
    await asyncio.sleep(0)
    leaving.cancel()
    await staying
    assert await written(store) == {"left", "stayed"}


async def test_nobody_waits_for_ever_when_writing_ends_by_a_fault_of_ours(store: Store) -> None:
    async def broken(_: Writing, __: Sequence[str]) -> Sequence[int]:
        raise KeyError("a fault that nobody thought of")

    gatherer: Gatherer[str, int] = Gatherer(store, broken)
    with pytest.raises(RuntimeError, match="ended in the middle"):
        await asyncio.wait_for(gatherer.put("x"), 10)
