"""An event loop that counts its steps, and can be killed between any two of them: with it dies the bot that runs in it."""

import asyncio
import gc
import math
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any

from tests.sending.virtual import VirtualLoop

Callback = Callable[..., object]
UNWINDS = 20  # times that a coroutine is told to end


class MortalLoop(VirtualLoop):
    """Virtual time, one thread, and a `step` for each callback: whatever suspends at an await comes back as one.

    `strikes_at` is the step before which it is killed. A killed loop runs nothing any more: no `except`, no `finally`.
    """

    def __init__(self, began: float, dies: Callable[[], None]) -> None:
        super().__init__()
        self.clock.now = began
        self.clock.select = self._sleep  # type: ignore[method-assign] - there is no file to watch
        self.steps = 0
        self.jumped = 0.0  # seconds that passed while the process did nothing
        self.strikes_at: int | None = None
        self.longest: int | None = None  # more steps than this are those of a bot that never rests
        self.dead = False
        self._dies = dies

    def _sleep(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise AssertionError("everybody waits for something that will never happen")
        if timeout > 0:
            self.clock.now += math.ceil(timeout * 1_000) / 1_000
        return []

    def kill(self) -> None:
        """End here and now."""
        if not self.dead:
            self.dead = True
            self._dies()
            self.stop()

    def jump(self, seconds: float) -> None:
        """Let time pass in which this process has no turn."""
        self.jumped += seconds
        self.stall(seconds)

    def live(self) -> None:
        """Run until `stop`, or until killed; then nothing of what ran is left."""
        try:
            self.run_forever()
        finally:
            asyncio.set_event_loop(None)
        self.dead = True
        self._dies = lambda: None  # it knows the whole run
        self.set_exception_handler(lambda *_: None)
        for task in asyncio.all_tasks(self):
            _unwind(task)
        self.close()

    # Everything that asyncio runs later comes through one of these.

    def call_soon(self, callback: Callback, *args: Any, context: Context | None = None) -> Any:
        return super().call_soon(self._step, callback, args, context=context)

    def call_at(self, when: float, callback: Callback, *args: Any, context: Context | None = None) -> Any:
        return super().call_at(when, self._step, callback, args, context=context)

    def call_soon_threadsafe(self, callback: Callback, *args: Any, context: Context | None = None) -> Any:
        if self.dead:  # a coroutine of the dead is collected
            return None
        return self.call_soon(callback, *args, context=context)

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        """What would go to a thread is done here, a step later."""
        del executor
        future = self.create_future()

        def work() -> None:
            try:
                result = func(*args)
            except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
                future.set_exception(error)
            else:
                future.set_result(result)

        self.call_soon(work)
        return future

    def _step(self, callback: Callback, args: tuple[Any, ...]) -> None:
        if self.dead:
            return
        self.steps += 1
        if self.steps in (self.strikes_at, self.longest):
            self.kill()
            return
        callback(*args)


def _unwind(task: "asyncio.Task[Any]") -> None:
    """Leave a coroutine that will never go on: SQLAlchemy's wait in greenlets, which nobody collects by themselves.

    Its `finally` blocks reach nobody: its database, its Telegram and its loop are dead.
    """
    coroutine: Any = task.get_coro()
    for _ in range(UNWINDS):
        try:
            coroutine.close()
        except BaseException:  # noqa: BLE001, S112 - it may wait for something else on its way out
            continue
        return


@contextmanager
def buried() -> Iterator[None]:
    """Let what a run left suspended be collected when it is over, unheard: a killed process cleans nothing up."""
    unheard, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
            gc.collect(0)  # of a seed all is young, see `known`
    finally:
        sys.unraisablehook = unheard


@contextmanager
def known() -> Iterator[None]:
    """Take everything there is by now for permanent, and collect only when asked to: burying the dead is quick then."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
