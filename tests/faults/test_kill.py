"""kill -9 at random moments: nothing is lost, commands included, and nothing comes twice but what was in flight."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

from bot.playground.telegram import Fault
from bot.sending.sender import slots_for
from tests.faults.audience import at_size, audience

KILLS = int(os.environ.get("SOSIK_KILLS", at_size("20", "200")))
STORIES = at_size(8, 40)
READERS = at_size(60, 200)
RATE = 80  # a second: the kills strike in the middle of broadcasts
SECONDS = (0.02, at_size(0.6, 1.0))  # between a start and every other kill
MESSAGES = (1, 40)  # that come before each of the others


async def test_a_killed_bot_loses_nothing_and_repeats_no_more_than_was_in_flight(
    tmp_path: Path, migrated_url: str, held_to: Callable[..., None]
) -> None:
    chance = Random(20261124)
    struck = 0
    async with audience(tmp_path, migrated_url, READERS, rate=RATE) as readers:
        readers.telegram.fault(Fault.hangs(0.2, method="sendMessage", times=None))
        follows: dict[int, bool] = {}  # by the chat, whether it follows food: its last wish
        for kill in range(KILLS):
            if kill * STORIES // KILLS < (kill + 1) * STORIES // KILLS:
                readers.tell()
            for chat in chance.sample(readers.chats, 3):
                follows[chat.id] = not follows.get(chat.id, False)
                assert chat.person
                wish = "subscribe" if follows[chat.id] else "unsubscribe"
                readers.telegram.say(chat, chat.person, f"/{wish} food")
            if kill % 2:
                await asyncio.sleep(chance.uniform(*SECONDS))
            else:
                enough = min(readers.arrived + chance.randint(*MESSAGES), len(readers.owed))
                await readers.until(lambda enough=enough: readers.arrived >= enough)
            await readers.world.kill()
            struck += readers.arrived < len(readers.owed)
            await readers.again()
        assert struck > KILLS // 4, "few kills struck while something was owed"
        held_to(await readers.all(), bound=KILLS * slots_for(RATE))
        await readers.until(lambda: not readers.telegram.pending)
        followed = await readers.followed()
        assert {chat: "food" in followed[chat] for chat in follows} == follows
        assert await readers.world.stop() == 0
