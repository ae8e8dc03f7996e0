"""APScheduler as the clock that wakes the loops; it does no work itself."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger()

MISSED = 3  # of the most frequent ticks in a row: then the machine's clock was set back


class Scheduler:
    """Calls each `wake` at its interval. A late or missed tick is one tick, never many.

    APScheduler goes by the machine's clock. Where that is set back no tick would come until it has caught up, so they are
    watched by monotonic time, and counted anew from now where they fail to come.
    """

    def __init__(self, ticks: Mapping[str, tuple[timedelta, Callable[[], None]]]) -> None:
        self._intervals = {name: interval.total_seconds() for name, (interval, _) in ticks.items()}
        self._rest = MISSED * min(self._intervals.values())
        self._ticked = False
        self._watching: asyncio.TimerHandle | None = None
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for name, (_, wake) in ticks.items():
            # A coroutine runs in the event loop; APScheduler would run a plain function in a thread.
            self._scheduler.add_job(
                self._in_the_loop(wake), "interval", seconds=self._intervals[name], id=name, name=name
            )

    def start(self) -> None:
        """Begin to tick, in the running event loop."""
        self._scheduler.start()
        self._watch_from(asyncio.get_running_loop())

    def stop(self) -> None:
        """Tick no more."""
        if self._watching:
            self._watching.cancel()
        self._scheduler.shutdown(wait=False)

    def _in_the_loop(self, wake: Callable[[], None]) -> Callable[[], object]:
        async def tick() -> None:
            self._ticked = True
            wake()

        return tick

    def _watch_from(self, loop: asyncio.AbstractEventLoop) -> None:
        self._ticked = False
        due = loop.time() + self._rest
        self._watching = loop.call_at(due, self._look, loop, due)

    def _look(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        late = loop.time() - due  # who slept is owed a tick as well, which is about to come
        if not self._ticked and late < self._rest / MISSED:
            log.warning("clock set back")
            for name, seconds in self._intervals.items():
                self._scheduler.reschedule_job(name, trigger="interval", seconds=seconds)
        self._watch_from(loop)
