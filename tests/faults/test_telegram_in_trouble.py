"""Telegram in trouble in the middle of a broadcast: errors, silence, cut connections, and answers that come too late."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.playground.telegram import Cut, Fault
from tests.faults.audience import at_size, audience
from tests.faults.machine import Mood

READERS = at_size(80, 400)
MET = at_size(40, 200)  # chats that meet the trouble, each once
MET_SLOWLY = at_size(30, 60)  # those that meet what takes its time
SILENCE = at_size(1.0, 15.0)  # seconds, within the bot's patience
PATIENCE = at_size(2.0, 0.0)  # seconds; at full length the bot's own
LATE = at_size(3.5, 25.0)  # seconds, when it is over


@pytest.mark.parametrize(
    ("trouble", "met", "repeats"),
    [
        pytest.param(Fault.error(500, method="sendMessage"), MET, 0, id="500"),
        pytest.param(Fault.error(502, method="sendMessage"), MET, 0, id="502"),
        pytest.param(Fault.hangs(SILENCE, method="sendMessage"), MET_SLOWLY, 0, id="hangs"),
        pytest.param(Fault.cuts(Cut.BEFORE, method="sendMessage"), MET, 0, id="cut before"),
        pytest.param(Fault.cuts(Cut.AFTER, method="sendMessage"), MET, 1, id="cut unanswered"),
        pytest.param(Fault.cuts(Cut.MIDDLE, method="sendMessage"), MET, 1, id="cut in the answer"),
    ],
)
async def test_trouble_that_passes_loses_nothing(
    tmp_path: Path,
    migrated_sqlite_url: str,
    held_to: Callable[..., None],
    *,
    trouble: Fault,
    met: int,
    repeats: int,
) -> None:
    """What was taken and never answered may come twice, and nothing else."""
    async with audience(tmp_path, migrated_sqlite_url, READERS, rate=200) as readers:
        readers.tell(2)
        await readers.some(0.2)
        for chat in readers.chats[-met:]:
            readers.telegram.fault(replace(trouble, chat=chat.id))
        held_to(await readers.all(), bound=met * repeats)
        assert await readers.world.stop() == 0


async def test_an_answer_that_comes_too_late_makes_at_most_one_more(
    tmp_path: Path, migrated_sqlite_url: str, held_to: Callable[..., None]
) -> None:
    async with audience(
        tmp_path, migrated_sqlite_url, READERS, rate=200, mood=Mood(patience=PATIENCE)
    ) as readers:
        readers.tell(2)
        await readers.some(0.2)
        for chat in readers.chats[-MET_SLOWLY:]:
            readers.telegram.fault(Fault.hangs(LATE, method="sendMessage", chat=chat.id))
        held_to(await readers.all(), bound=MET_SLOWLY)
        assert await readers.world.stop() == 0
