"""The database away in the middle of a broadcast: what was heard is remembered, and goes on when it is back."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

from bot.playground.telegram import Fault
from tests.faults.audience import at_size, audience
from tests.faults.cable import Cable

GONE = at_size(2.0, 10.0)
LOCKED = at_size(0.0, 5.0)  # and those 5 s before, in which SQLite waits for itself


async def test_a_server_that_was_cut_off_costs_nothing(
    tmp_path: Path, postgres_url: str, held_to: Callable[..., None]
) -> None:
    async with (
        Cable(postgres_url) as cable,
        audience(tmp_path, postgres_url, 100, by=cable.url, rate=100) as readers,
    ):
        readers.telegram.fault(Fault.hangs(0.1, method="sendMessage", times=None))
        readers.tell(2)
        await readers.some(0.2)
        cable.cut()
        readers.tell()  # polled, or judged, or unfolded while nothing can be written
        await asyncio.sleep(GONE)
        assert readers.arrived < len(readers.owed)
        await cable.mend()
        held_to(await readers.all(), bound=0)
        assert await readers.world.stop() == 0


async def test_a_database_that_another_program_locks_costs_nothing(
    tmp_path: Path, migrated_sqlite_url: str, held_to: Callable[..., None]
) -> None:
    async with audience(tmp_path, migrated_sqlite_url, 100, rate=100) as readers:
        readers.telegram.fault(Fault.hangs(0.1, method="sendMessage", times=None))
        readers.tell(2)
        await readers.some(0.2)
        other = sqlite3.connect(tmp_path / "sosik.db", isolation_level=None, timeout=30)
        other.execute("BEGIN EXCLUSIVE")
        readers.tell()
        await readers.until(lambda: "outcomes not written yet" in readers.world.log)
        await asyncio.sleep(LOCKED)
        assert readers.arrived < len(readers.owed)
        other.execute("ROLLBACK")
        other.close()
        held_to(await readers.all(), bound=0)
        assert await readers.world.stop() == 0
