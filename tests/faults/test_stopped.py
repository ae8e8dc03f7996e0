"""SIGSTOP in the middle of a broadcast, as a laptop's lid or a frozen container does, and SIGCONT."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from bot.playground.telegram import Fault
from bot.sending.sender import slots_for
from tests.faults.audience import at_size, audience

RATE = 200.0
PAUSE = at_size(2.0, 65.0)  # at full length claims grow stale meanwhile


async def test_a_bot_that_slept_goes_on_where_it_was(
    tmp_path: Path, migrated_url: str, held_to: Callable[..., None]
) -> None:
    async with audience(tmp_path, migrated_url, 120, rate=RATE) as readers:
        readers.telegram.fault(Fault.hangs(0.2, method="sendMessage", times=None))
        readers.tell(2)
        await readers.some(0.2)
        readers.signal(signal.SIGSTOP)
        before = readers.arrived
        await asyncio.sleep(PAUSE)
        assert readers.arrived <= before + slots_for(RATE) < len(readers.owed)
        readers.signal(signal.SIGCONT)
        held_to(await readers.all(), bound=slots_for(RATE))
        assert await readers.world.stop() == 0
