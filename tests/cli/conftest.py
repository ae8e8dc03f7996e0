"""What stands around the program in these tests: a Telegram and publishers on this machine, a folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.process import World, outside


@pytest.fixture
async def world(tmp_path: Path, sqlite_url: str) -> AsyncIterator[World]:
    """Everything but the bot; `world.write_config()` writes sosik.toml into the folder."""
    async with outside(tmp_path, sqlite_url) as around:
        yield around
