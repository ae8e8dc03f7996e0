"""A disk that fills up in the middle of a broadcast, and has room again later."""

import asyncio
import resource
from collections.abc import Callable
from pathlib import Path

from bot.playground.telegram import Fault
from tests.faults.audience import at_size, audience
from tests.faults.machine import Mood

FULL_FOR = at_size(0.5, 20.0)


async def test_a_full_disk_costs_nothing(
    tmp_path: Path, migrated_sqlite_url: str, held_to: Callable[..., None]
) -> None:
    async with audience(tmp_path, migrated_sqlite_url, 100, mood=Mood(), rate=100) as readers:
        readers.telegram.fault(Fault.hangs(0.1, method="sendMessage", times=None))
        readers.tell()
        await readers.some(0.2)
        readers.machine.be(full=True)
        readers.tell(2)
        await readers.until(lambda: "database or disk is full" in readers.world.log)
        await asyncio.sleep(FULL_FOR)
        assert readers.arrived < len(readers.owed)
        readers.machine.be(full=False)
        held_to(await readers.all(), bound=0)
        assert await readers.world.stop() == 0


async def test_a_quota_that_is_used_up_costs_nothing(
    tmp_path: Path, migrated_sqlite_url: str, held_to: Callable[..., None]
) -> None:
    """No file of the process may grow: writes are cut short, and then refused (EFBIG)."""
    async with audience(tmp_path, migrated_sqlite_url, 100, rate=100) as readers:
        readers.telegram.fault(Fault.hangs(0.1, method="sendMessage", times=None))
        readers.tell()
        await readers.some(0.2)
        limit = (tmp_path / "sosik.db-wal").stat().st_size + 10_000  # in the middle of a page
        pid = readers.world.process.pid
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, hard))
        readers.tell(2)
        await readers.until(lambda: "disk I/O error" in readers.world.log)
        await asyncio.sleep(FULL_FOR)
        assert readers.arrived < len(readers.owed)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
        held_to(await readers.all(), bound=0)
        assert await readers.world.stop() == 0
