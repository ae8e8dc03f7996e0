"""A second bot on the same database: it says so and ends, and the first does not notice."""

from collections.abc import Callable
from pathlib import Path

from bot.playground.telegram import Fault
from tests.cli.terminal import sosik
from tests.faults.audience import audience
from tests.faults.cable import Cable


async def test_a_second_bot_leaves_the_first_alone(
    tmp_path: Path, migrated_url: str, held_to: Callable[..., None]
) -> None:
    async with audience(tmp_path, migrated_url, 100, rate=200) as readers:
        readers.telegram.fault(Fault.hangs(0.1, method="sendMessage", times=None))
        readers.tell(2)
        await readers.some(0.2)
        second = await sosik("run", "--config", "sosik.toml", cwd=tmp_path)
        assert second.code == 1
        assert "Another process already works on" in second.err
        assert len(readers.telegram.calls_of("getMe")) == 1
        held_to(await readers.all(), bound=0)
        assert await readers.world.stop() == 0


async def test_a_second_bot_is_turned_away_after_the_database_was_away(
    tmp_path: Path, postgres_url: str, held_to: Callable[..., None]
) -> None:
    async with (
        Cable(postgres_url) as cable,
        audience(tmp_path, postgres_url, 50, by=cable.url, rate=200) as readers,
    ):
        cable.cut()
        await cable.mend()
        readers.tell(2)
        held_to(await readers.all(), bound=0)  # the first is at work again
        second = await sosik("run", "--config", "sosik.toml", cwd=tmp_path)
        assert second.code == 1
        assert "Another process already works on" in second.err
        assert await readers.world.stop() == 0
