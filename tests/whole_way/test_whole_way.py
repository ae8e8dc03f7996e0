"""The first promise, with a real process: subscribe, an alert as it breaks, an opinion that does not ring, a digest."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.process import World, outside

TITLE = "TIDEMARK leader Ok Taeo leaves the group"
OPINION = "In defence of the song without a chorus"


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    async with outside(tmp_path, database_url) as made:
        await made.start()
        yield made


async def test_a_reader_subscribes_and_the_alert_and_the_digest_arrive(world: World) -> None:
    telegram, newsroom = world.telegram, world.newsroom
    ann, bo, cho, dan = (telegram.person(name) for name in ("Ann", "Bo", "Cho", "Dan"))
    chats = {person.first_name: telegram.private(person) for person in (ann, bo, cho, dan)}

    assert "K-pop" in await world.ask(ann, "/subscribe kpop")
    await world.ask(bo, "/subscribe food")
    await world.ask(cho, "/subscribe kpop")
    await world.ask(cho, "/alerts off")
    await world.ask(dan, "/subscribe 케이팝 drama")
    for person in (ann, dan):  # whatever the hour in which this test runs
        await world.ask(person, "/quiet off")
    await _history_is_read(world)

    newsroom.publish("tidemark-leader-leaves")
    alert = await telegram.wait_for(chats["Ann"], lambda m: TITLE in m.plain, timeout=20)
    await telegram.wait_for(chats["Dan"], lambda m: TITLE in m.plain, timeout=20)
    assert not alert.silent
    assert "Lightstick Weekly" in alert.plain

    newsroom.publish("song-without-a-chorus")
    due = _next_minute()
    for person in (ann, cho):
        await world.ask(person, "/timezone UTC")
        await world.ask(person, f"/digest {due:%H:%M}")
    digest = await telegram.wait_for(chats["Ann"], lambda m: OPINION in m.plain, timeout=90)
    assert digest.date >= due
    assert digest.date < due + timedelta(minutes=1)
    assert TITLE not in digest.plain, "what was sent as an alert is not told again"
    with_alerts_off = await telegram.wait_for(chats["Cho"], lambda m: TITLE in m.plain, timeout=30)
    assert OPINION in with_alerts_off.plain
    assert with_alerts_off.date >= due

    await asyncio.sleep(1)
    assert {name: world.times_received(chat, TITLE) for name, chat in chats.items()} == {
        "Ann": 1,
        "Bo": 0,
        "Cho": 1,
        "Dan": 1,
    }
    assert world.times_received(chats["Ann"], OPINION) == 1
    assert world.times_received(chats["Bo"], OPINION) == 0
    assert await world.stop() == 0


async def test_a_graceful_stop_and_a_start_lose_and_repeat_nothing(world: World) -> None:
    telegram = world.telegram
    ann = telegram.person("Ann")
    chat = telegram.private(ann)
    await world.ask(ann, "/subscribe kpop korea")
    await world.ask(ann, "/quiet off")
    await _history_is_read(world)
    world.newsroom.publish("tidemark-leader-leaves")
    await telegram.wait_for(chat, lambda m: TITLE in m.plain, timeout=20)
    assert await world.stop() == 0

    world.newsroom.publish("east-coast-quake")
    telegram.say(chat, ann, "/categories")
    await world.start()
    await telegram.wait_for(chat, lambda m: "quake" in m.plain, timeout=20)
    await asyncio.sleep(1)
    assert world.times_received(chat, TITLE) == 1
    assert world.times_received(chat, "quake shakes") == 1
    assert await world.stop() == 0


async def _history_is_read(world: World) -> None:
    """Wait until every feed was read once: from then on what is published is news."""
    asked = world.newsroom.asked
    names = {feed.name for feed in world.newsroom.feeds}
    for _ in range(300):
        seen = [one.feed for one in asked]
        if all(seen.count(name) >= 2 for name in names):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the feeds were not polled")


def _next_minute() -> datetime:
    """Give the next whole minute that leaves time to say it."""
    soon = datetime.now(UTC) + timedelta(seconds=5)
    return soon.replace(second=0, microsecond=0) + timedelta(minutes=1)
