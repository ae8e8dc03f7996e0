"""poll: a clock that is set back keeps no feed waiting until the old time comes again."""

import asyncio
from typing import Any

import pytest

from digests.poll import Poller
from digests.store.tables import entries, feeds


async def poll_what_is_due(poller: Poller) -> None:
    await poller.step()
    async with asyncio.timeout(20):
        while any(task.get_name().startswith("poll ") for task in asyncio.all_tasks()):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("restarted", [False, True])
async def test_feeds_are_polled_on_when_the_clock_was_set_back(newsroom: Any, restarted: bool) -> None:
    poller = newsroom.poller()
    newsroom.jump(hours=1)
    await poll_what_is_due(poller)
    newsroom.jump(hours=-1)
    newsroom.publish("First")
    if restarted:
        await poller.stop()
        poller = newsroom.poller()
    await poll_what_is_due(poller)
    assert await newsroom.column(entries.c.title) == ["First"]
    assert max(await newsroom.column(feeds.c.polled_at)) == newsroom.time
    await poller.stop()
