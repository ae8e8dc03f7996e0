"""At a start digests wait until the feeds that are due were asked once."""

from datetime import timedelta

import pytest

from digests.catching_up import PATIENCE, CatchingUp
from tests.headlines import WAITS


async def down_overnight(newsroom) -> None:
    """The bot was stopped in the evening; the papers were printed; it is started before eight."""
    newsroom.publish(WAITS["kpop"][0])
    newsroom.jump(hours=20)


async def test_a_digest_waits_until_every_feed_was_asked_and_what_it_brought_is_judged(newsroom) -> None:
    await down_overnight(newsroom)
    catching_up = CatchingUp(newsroom.store, newsroom.now)
    assert not await catching_up.is_over()
    await newsroom.poll()
    assert not await catching_up.is_over(), "what came is not judged yet"
    await newsroom.judge()
    assert await catching_up.is_over()


async def test_a_feed_that_does_not_answer_was_asked(newsroom) -> None:
    await down_overnight(newsroom)
    newsroom.misbehave("daily", status=503)
    catching_up = CatchingUp(newsroom.store, newsroom.now)
    polled = await newsroom.news()
    assert not any(one.entry for one in polled)
    assert (await newsroom.feed()).failures == 1
    assert await catching_up.is_over()


async def test_it_waits_no_longer_than_readers_can(newsroom) -> None:
    await down_overnight(newsroom)
    catching_up = CatchingUp(newsroom.store, newsroom.now)
    newsroom.time += PATIENCE - timedelta(seconds=1)
    assert not await catching_up.is_over()
    newsroom.jump(seconds=1)
    assert await catching_up.is_over()


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_jumps_ends_the_wait_for_good(newsroom, hours: int) -> None:
    await down_overnight(newsroom)
    catching_up = CatchingUp(newsroom.store, newsroom.now)
    newsroom.jump(hours=hours)
    assert await catching_up.is_over()
    newsroom.jump(hours=-hours)
    assert await catching_up.is_over()


async def test_after_a_moment_nothing_waits(newsroom) -> None:
    """The feeds were polled just now, by the run before."""
    await newsroom.poll()
    assert await CatchingUp(newsroom.store, newsroom.now).is_over()
