"""A task that is cancelled inside a transaction leaves nothing half done, and holds up nobody."""

import asyncio

import pytest

from digests.store import inbox
from digests.store.engine import Store
from digests.store.inbox import Received


async def _receive(store: Store, newsroom, number: int) -> None:
    async with store.writing() as tx:
        await inbox.receive(tx, [Received(number, 1, {"update_id": number})], newsroom.now)


async def test_writers_cancelled_at_any_moment_leave_the_store_free(store: Store, newsroom) -> None:
    for turn in range(40):
        task = asyncio.create_task(_receive(store, newsroom, 1000 + turn))
        for _ in range(turn):  # each time a little later
            await asyncio.sleep(0)
        await asyncio.sleep(turn / 20_000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled() or task.exception() is None
    async with asyncio.timeout(5):
        await _receive(store, newsroom, 5000)
    async with store.reading() as tx:
        assert await inbox.count(tx) >= 1


async def test_a_cancelled_writer_wrote_all_or_nothing(store: Store, newsroom) -> None:
    entered = asyncio.Event()

    async def write() -> None:
        async with store.writing() as tx:
            await inbox.receive(tx, [Received(1, 1, {})], newsroom.now)
            entered.set()
            await asyncio.sleep(30)

    task = asyncio.create_task(write())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.reading() as tx:
        assert await inbox.count(tx) == 0
    await _receive(store, newsroom, 2)
