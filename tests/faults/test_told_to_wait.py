"""429 in the middle of a broadcast, for one chat and for all."""

import time
from collections.abc import Callable
from pathlib import Path

from bot.playground.telegram import Fault
from bot.sending.sender import slots_for
from tests.faults.audience import at_size, audience

WAIT = at_size(6, 30)  # seconds
RATE = 200.0
READERS = at_size(60, 400)


async def test_one_chat_that_is_told_to_wait_delays_nobody_else(
    tmp_path: Path, migrated_sqlite_url: str, held_to: Callable[..., None]
) -> None:
    async with audience(tmp_path, migrated_sqlite_url, READERS, rate=RATE) as readers:
        slow = readers.chats[0]
        flood = Fault.flood(WAIT, chat=slow.id, method="sendMessage", times=None, lasts=WAIT)
        readers.telegram.fault(flood)
        readers.tell(2)
        await readers.until(lambda: bool(readers.telegram.calls_of("sendMessage", slow)))
        told = readers.telegram.calls_of("sendMessage", slow)[0].at
        await readers.until(lambda: readers.arrived == len(readers.owed) - 2)
        assert time.monotonic() - told < WAIT, "the others waited with it"
        tally = await readers.all()
        asked = readers.telegram.calls_of("sendMessage", slow)
        assert [call.ok for call in asked] == [False, True, True]
        assert asked[1].at - told >= WAIT
        held_to(tally, bound=0)
        assert await readers.world.stop() == 0


async def test_when_all_are_told_to_wait_all_wait_and_nothing_is_lost(
    tmp_path: Path, migrated_sqlite_url: str, held_to: Callable[..., None]
) -> None:
    async with audience(tmp_path, migrated_sqlite_url, READERS, rate=RATE) as readers:
        readers.tell(2)
        await readers.some(0.2)
        readers.telegram.fault(Fault.flood(WAIT, method="sendMessage", times=None, lasts=WAIT))
        held_to(await readers.all(), bound=0)
        refused = [call for call in readers.telegram.calls_of("sendMessage") if not call.ok]
        assert 0 < len(refused) <= 2 * slots_for(RATE), (
            "hardly more than were under way when the first was told"
        )
        assert await readers.world.stop() == 0
