"""A loop runs its step when woken, goes on after a failure, and ends when told to."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from bot import loop as loops
from bot.loop import Loop
from digests.errors import StoreError

SOON = 5.0  # seconds, generous


@asynccontextmanager
async def running(step: Callable[[], Awaitable[bool]]) -> AsyncIterator[Loop]:
    loop = Loop("judge", step)
    task = asyncio.create_task(loop.run())
    try:
        yield loop
    finally:
        loop.stop()
        await asyncio.wait_for(task, SOON)


class Steps:
    """A step that counts, and does what it was told for each time."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.answers = list(answers)
        self.times = 0
        self._changed = asyncio.Event()

    async def __call__(self) -> bool:
        await asyncio.sleep(0)
        self.times += 1
        self._changed.set()
        answer = self.answers.pop(0) if self.answers else False
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def reach(self, times: int) -> None:
        async with asyncio.timeout(SOON):
            while self.times < times:
                self._changed.clear()
                await self._changed.wait()


async def quiet() -> None:
    """Long enough for a loop that would run again to do so."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_it_runs_at_once_and_then_waits_to_be_woken() -> None:
    steps = Steps()
    async with running(steps) as loop:
        await steps.reach(1)
        await quiet()
        assert steps.times == 1
        loop.wake()
        await steps.reach(2)


async def test_it_runs_again_while_there_is_more() -> None:
    steps = Steps(True, True, True)
    async with running(steps):
        await steps.reach(4)
        await quiet()
        assert steps.times == 4


async def test_many_wakes_are_one_run() -> None:
    steps = Steps()
    async with running(steps) as loop:
        await steps.reach(1)
        await quiet()
        for _ in range(100):
            loop.wake()
        await steps.reach(2)
        await quiet()
        assert steps.times == 2


async def test_a_wake_during_a_step_runs_it_again() -> None:
    went: list[int] = []
    go_on = asyncio.Event()
    begun = asyncio.Event()

    async def step() -> bool:
        went.append(len(went))
        begun.set()
        await go_on.wait()
        return False

    async with running(step) as loop:
        await asyncio.wait_for(begun.wait(), SOON)
        loop.wake()
        go_on.set()
        await quiet()
        assert len(went) == 2


async def test_it_goes_on_after_a_failure_with_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(loops, "LONGEST_PAUSE", 0.03)
    steps = Steps(RuntimeError("bot600:secret"), RuntimeError("again"), RuntimeError("and again"))
    with capture_logs() as lines:
        async with running(steps):
            await steps.reach(4)
    failures = [line for line in lines if line["event"] == "loop failed"]
    assert [line["failures"] for line in failures] == [1, 2, 3]
    assert [line["pause_seconds"] for line in failures] == [0.01, 0.02, 0.03]
    assert {line["loop"] for line in failures} == {"judge"}
    assert failures[0]["error"] == "RuntimeError"
    assert failures[0]["exc_info"]


async def test_the_pauses_begin_anew_after_a_success(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "FIRST_PAUSE", 0.01)
    steps = Steps(RuntimeError(), RuntimeError(), True, RuntimeError(), True)
    with capture_logs() as lines:
        async with running(steps):
            await steps.reach(6)
    assert [line["failures"] for line in lines if line["event"] == "loop failed"] == [1, 2, 1]


async def test_what_is_understood_is_said_in_its_words_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loops, "FIRST_PAUSE", 0.01)
    steps = Steps(StoreError("The database is away.", passing=True))
    with capture_logs() as lines:
        async with running(steps):
            await steps.reach(2)
    (failure,) = [line for line in lines if line["event"] == "loop failed"]
    assert failure["error"] == "The database is away."
    assert not failure["exc_info"]


async def test_waking_does_not_shorten_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "FIRST_PAUSE", 60.0)
    steps = Steps(RuntimeError())
    with capture_logs():
        async with running(steps) as loop:
            await steps.reach(1)
            for _ in range(5):
                loop.wake()
                await quiet()
            assert steps.times == 1


async def test_stopping_ends_a_pause_and_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "FIRST_PAUSE", 60.0)
    for answer in (RuntimeError(), False):
        steps = Steps(answer)
        with capture_logs():
            async with running(steps):  # leaving it waits for the end, for SOON at most
                await steps.reach(1)
                await quiet()
        assert steps.times == 1


async def test_stopping_lets_the_step_in_hand_finish_and_starts_no_other() -> None:
    finished: list[bool] = []
    go_on, begun = asyncio.Event(), asyncio.Event()

    async def step() -> bool:
        begun.set()
        await go_on.wait()
        finished.append(True)
        return True

    loop = Loop("send", step)
    task = asyncio.create_task(loop.run())
    await asyncio.wait_for(begun.wait(), SOON)
    loop.stop()
    await quiet()
    assert not task.done()
    go_on.set()
    await asyncio.wait_for(task, SOON)
    assert finished == [True]


async def test_it_can_be_cancelled_in_a_step() -> None:
    begun = asyncio.Event()

    async def step() -> bool:
        begun.set()
        await asyncio.Event().wait()
        return False

    task = asyncio.create_task(Loop("intake", step).run())
    await asyncio.wait_for(begun.wait(), SOON)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_process_that_is_to_live_long_seldom_looks_for_cycles() -> None:
    code = (
        "import gc; from bot.loop import long_lived; long_lived();"
        "print(gc.get_freeze_count() > 10_000, gc.get_threshold()[0] >= 10_000)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
