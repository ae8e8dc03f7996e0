"""poll: what the database could not take is asked for again soon, and not at every step."""

import asyncio

import pytest

from digests import poll as step
from digests.errors import StoreError
from digests.look import Look
from digests.store.tables import entries

STEPS = 20


async def test_a_poll_that_the_database_could_not_take_is_made_again_soon(
    newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "SOON", 0.2)
    newsroom.publish("First")
    newsroom.jump(hours=1)
    asked = 0

    async def away(*_: object) -> None:
        nonlocal asked
        asked += 1
        raise StoreError("The database is away.", passing=True)

    poller = newsroom.poller()
    with monkeypatch.context() as gone:
        gone.setattr(Look, "at", away)
        for _ in range(STEPS):
            await poller.step()
            await asyncio.sleep(0)
    assert 0 < asked < STEPS * len(newsroom.settings.feeds), "no publisher is asked at every step"
    async with asyncio.timeout(20):  # far less than a claim lasts, after which a fault of ours is tried again
        while await newsroom.column(entries.c.title) != ["First"]:
            await poller.step()
            await asyncio.sleep(0.05)
    await poller.stop()
