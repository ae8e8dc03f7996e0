"""APScheduler as the clock that wakes the loops; it does no work itself."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler


class Scheduler:
    """Calls each `wake` at its interval. A late or missed tick is one tick, never many."""

    def __init__(self, ticks: Mapping[str, tuple[timedelta, Callable[[], None]]]) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for name, (interval, wake) in ticks.items():
            # A coroutine runs in the event loop; APScheduler would run a plain function in a thread.
            self._scheduler.add_job(
                _in_the_loop(wake), "interval", seconds=interval.total_seconds(), id=name, name=name
            )

    def start(self) -> None:
        """Begin to tick, in the running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more."""
        self._scheduler.shutdown(wait=False)


def _in_the_loop(wake: Callable[[], None]) -> Callable[[], object]:
    async def tick() -> None:
        wake()

    return tick
