"""APScheduler as the clock: it wakes, and a late tick is one tick."""

import asyncio
import time
from datetime import datetime, timedelta, tzinfo
from typing import Any

import apscheduler.schedulers.base
import apscheduler.triggers.interval
import pytest

from bot.clock import JumpingClock, SystemClock
from bot.scheduler import Scheduler

TICK = timedelta(milliseconds=100)


class Woken:
    """Counts how often it was woken, and by which thread's loop."""

    def __init__(self) -> None:
        self.times = 0
        self.loops: set[asyncio.AbstractEventLoop] = set()

    def __call__(self) -> None:
        self.times += 1
        self.loops.add(asyncio.get_running_loop())  # fails in another thread

    async def reach(self, times: int) -> None:
        async with asyncio.timeout(10):
            while self.times < times:
                await asyncio.sleep(0.01)


async def test_it_wakes_each_at_its_interval_in_the_event_loop() -> None:
    often, never = Woken(), Woken()
    scheduler = Scheduler({"often": (TICK, often), "never": (timedelta(hours=1), never)})
    scheduler.start()
    await often.reach(3)
    scheduler.stop()
    assert never.times == 0
    assert often.loops == {asyncio.get_running_loop()}


async def test_many_missed_ticks_are_one_late_tick() -> None:
    woken = Woken()
    scheduler = Scheduler({"tick": (TICK, woken)})
    scheduler.start()
    await woken.reach(1)
    before = woken.times
    time.sleep(1.5)  # the machine was busy, or asleep: 15 ticks are missed, all over a second late at most
    await asyncio.sleep(TICK.total_seconds() / 2)
    late = woken.times - before
    scheduler.stop()
    assert 1 <= late <= 3


async def test_a_tick_that_is_seconds_late_is_not_dropped() -> None:
    woken = Woken()
    scheduler = Scheduler({"tick": (timedelta(seconds=1), woken)})
    scheduler.start()
    time.sleep(3)  # the only ticks there were are 1 and 2 s late: APScheduler's defaults would drop them
    await asyncio.sleep(0.2)
    scheduler.stop()
    assert woken.times >= 1


async def test_it_wakes_no_more_once_stopped() -> None:
    woken = Woken()
    scheduler = Scheduler({"tick": (TICK, woken)})
    scheduler.start()
    await woken.reach(1)
    scheduler.stop()
    await asyncio.sleep(0)
    before = woken.times
    await asyncio.sleep(0.3)
    assert woken.times == before


async def test_a_machine_whose_clock_is_set_back_goes_on_ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = timedelta(hours=1)

    class Moved(datetime):  # as APScheduler asks for the time
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + ahead

    for module in (apscheduler.schedulers.base, apscheduler.triggers.interval):
        monkeypatch.setattr(module, "datetime", Moved)
    often, seldom = Woken(), Woken()
    scheduler = Scheduler({"often": (TICK, often), "seldom": (TICK * 4, seldom)})
    scheduler.start()
    await often.reach(2)
    ahead = timedelta()
    often.times = seldom.times = 0
    await often.reach(3)
    await seldom.reach(2)
    scheduler.stop()


def test_a_clock_that_jumped_runs_on() -> None:
    clock = JumpingClock()
    tomorrow = SystemClock().now() + timedelta(days=1)
    clock.jump_to(tomorrow)
    assert timedelta() <= clock.now() - tomorrow < timedelta(minutes=1)
    clock.jump_to(tomorrow - timedelta(days=2))
    assert clock.now() < SystemClock().now()
    assert clock.now().utcoffset() == timedelta()
