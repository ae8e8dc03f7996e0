"""kill -9 at random moments: nothing is lost, commands included, and nothing comes twice but what was in flight."""

import asyncio
import os
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from bot.playground.telegram import Chat, Fault, Person
from bot.sending.sender import SLOTS
from tests.headlines import RINGS
from tests.process import World, outside

KILLS = int(os.environ.get("SOSIK_KILLS", "5"))
READERS = 30
NO_CAPS = "[breaking]\nmax_per_hour = 1000\nmax_per_day = 1000\n"


async def test_a_killed_bot_loses_nothing_and_repeats_no_more_than_was_in_flight(
    tmp_path: Path, database_url: str
) -> None:
    chance = Random(20261124)
    async with outside(tmp_path, database_url, extra=NO_CAPS) as world:
        telegram = world.telegram
        readers = [telegram.person(f"Reader {number}") for number in range(READERS)]
        chats = {person: telegram.private(person) for person in readers}
        await world.start()
        for person, chat in chats.items():
            telegram.say(chat, person, "/subscribe kpop korea drama")
            telegram.say(chat, person, "/quiet off")
        await telegram.until(
            lambda: all(len(telegram.received(chat)) >= 2 for chat in chats.values()), timeout=60
        )
        await _history_is_read(world)
        telegram.fault(Fault.hangs(0.02, method="sendMessage", times=None))

        breaking = iter(title for titles in RINGS.values() for title in titles)
        told: list[str] = []
        wishes: dict[Person, str] = {}
        for _ in range(KILLS):
            for title in islice(breaking, 2):
                world.newsroom.publish_text("lightstick-weekly", title, f"{title}.")
                told.append(title.removeprefix("BREAKING: ").removeprefix("[속보] "))
            for person in chance.sample(readers, 5):
                wishes[person] = chance.choice(["food", "beauty"])
                telegram.say(chats[person], person, f"/subscribe {wishes[person]}")
            await asyncio.sleep(chance.uniform(0.05, 1.5))
            await world.kill()
            await world.start()

        def arrived() -> bool:
            return all(world.times_received(chat, title) for chat in chats.values() for title in told)

        try:
            await telegram.until(arrived, timeout=90)
        except TimeoutError:
            missing = [
                (chat.id, title)
                for chat in chats.values()
                for title in told
                if not world.times_received(chat, title)
            ]
            pytest.fail(f"lost after {KILLS} kills: {missing[:10]} ({len(missing)})\n{world.log_tail()}")
        doubled = _doubled(world, chats, told)
        assert sum(doubled.values()) <= KILLS * SLOTS, doubled
        for person, category in wishes.items():
            assert await _follows(world, person, chats[person], category), (person.first_name, category)
        assert await world.stop() == 0


def _doubled(world: World, chats: dict[Person, Chat], told: list[str]) -> Counter[str]:
    return Counter(
        {
            title: sum(max(0, world.times_received(chat, title) - 1) for chat in chats.values())
            for title in told
        }
    )


async def _follows(world: World, person: Person, chat: Chat, category: str) -> bool:
    """Ask for it once more: the bot says whether it was followed already."""
    answer = await world.ask(person, f"/subscribe {category}", chat=chat)
    return "already" in answer


async def _history_is_read(world: World) -> None:
    names = {feed.name for feed in world.newsroom.feeds}
    for _ in range(300):
        seen = Counter(one.feed for one in world.newsroom.asked)
        if all(seen[name] >= 2 for name in names):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the feeds were not polled")
