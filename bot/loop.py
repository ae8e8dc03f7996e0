"""A step's loop: it runs when woken, again while there is more to do, and backs off when something fails."""

import asyncio
import gc
from collections.abc import Awaitable, Callable

import structlog

from digests.errors import SosikError

log = structlog.get_logger()

FIRST_PAUSE = 1.0  # seconds after a failure, doubled at each further one
LONGEST_PAUSE = 60.0
CYCLES = (
    20_000,
    50,
    100,
)  # objects made, and rounds, between two looks for cycles; Python's own are 700, 10 and 10


class Loop:
    """Runs `step` until told to stop. A step says True when there may be more to do at once.

    Waking it is cheap and may be repeated; a wake-up that is lost loses nothing, since the scheduler wakes every
    loop now and then. One of the three places that catch every exception: whatever a step raises is logged, and
    the loop goes on after a pause.
    """

    def __init__(self, name: str, step: Callable[[], Awaitable[bool]]) -> None:
        self.name = name
        self._step = step
        self._woken = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Run the step soon."""
        self._woken.set()

    def stop(self) -> None:
        """End after the step in hand."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Run until stopped."""
        failures = 0
        while not self._stopping:
            self._woken.clear()
            try:
                more = await self._step()
                failures = 0
            except Exception as error:  # noqa: BLE001 - the loop's door: whatever a step raises is logged
                failures += 1
                pause = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
                _tell(self.name, error, failures, pause)
                await self._rest(pause)
                continue
            if not more and not self._stopping:
                await self._woken.wait()

    async def _rest(self, seconds: float) -> None:
        """Wait out a failure; only stopping ends it early."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not self._stopping and (left := end - loop.time()) > 0:
            self._woken.clear()
            try:
                await asyncio.wait_for(self._woken.wait(), left)
            except TimeoutError:
                return


def long_lived() -> None:
    """Get this process ready for long work: Python looks for cycles of objects seldom, and never among what is there by now.

    By its own measure it does so every few messages, for a third of all the time that sending takes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*CYCLES)


def _tell(name: str, error: Exception, failures: int, pause: float) -> None:
    known = isinstance(error, SosikError)
    log.error(
        "loop failed",
        loop=name,
        error=str(error) if known else type(error).__name__,
        failures=failures,
        pause_seconds=pause,
        exc_info=not known,
    )
