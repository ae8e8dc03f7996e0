"""Many seeds, side by side: what came of each."""

import asyncio
import gc
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Self

from digests.store.engine import Store
from digests.store.migrate import migrate
from tests.simulation import ledger, promises
from tests.simulation.database import Disk
from tests.simulation.game import Rooms, begin, play
from tests.simulation.life import Strikes
from tests.simulation.loop import known

AT_A_TIME = 8  # seeds that a worker is given at once


@dataclass(frozen=True)
class Verdict:
    """What came of a seed."""

    seed: int
    hash: str  # of all that happened, in order
    broken: tuple[str, ...]  # promises, and faults that the bot itself spoke of
    runs: int
    kills: int
    steps: int
    messages: int  # that Telegram took
    again: int  # of these, came twice
    lines: tuple[str, ...] = ()


class Theatre:
    """Plays seeds one after the other. Used as a context; what takes long is made once."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(dir=_quick())
        folder = Path(self._folder.name)
        self._empty = folder / "empty.db"
        asyncio.run(_migrated(self._empty))
        self._rooms = Rooms.load()
        self._disk = Disk(folder / "sosik.db")
        self._played = 0
        self._calm = _calm()
        self._calm.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._calm.__exit__(None, None, None)
        self._folder.cleanup()

    def play(self, seed: int, *, keeps: bool = False) -> Verdict:
        """Play one seed; with `keeps` the verdict tells everything that happened."""
        self._disk.prepare(self._empty)
        world = begin(seed, self._disk, keeps=keeps)
        play(world, self._rooms)
        kept = asyncio.run(_kept(self._disk))
        broken = (*world.faults, *promises.broken(world, kept))
        self._played += 1
        # The first seed fills what libraries remember; of the others all is to be collected.
        gc.collect() if self._played % 100 == 1 else gc.collect(1)
        if self._played == 1:
            gc.freeze()
        taken = [one for one in world.airwaves.asked if one.taken and one.method == "sendMessage"]
        marks = {one.mark for one in taken if one.mark}
        return Verdict(
            seed,
            world.trace.hash,
            broken,
            runs=len(world.lives),
            kills=sum(life.ended not in (Strikes.NEVER, Strikes.STOP) for life in world.lives),
            steps=sum(life.loop.steps for life in world.lives),
            messages=len(taken),
            again=sum(one.mark is not None for one in taken) - len(marks),
            lines=tuple(world.trace.lines),
        )


def play_all(seeds: Iterable[int], processes: int) -> Iterator[Verdict]:
    """Play seeds on several cores; verdicts come in the seeds' order."""
    with ProcessPoolExecutor(processes, get_context("spawn"), _open_theatre) as pool:
        yield from pool.map(_play, seeds, chunksize=AT_A_TIME)


_theatre: list[Theatre] = []  # of a worker process


def _open_theatre() -> None:
    sys.unraisablehook = lambda _: None  # the worker ends with what its last run left suspended
    _theatre.append(Theatre().__enter__())


def _play(seed: int) -> Verdict:
    return _theatre[0].play(seed)


async def _migrated(path: Path) -> None:
    store = Store.open(f"sqlite:///{path}")
    await migrate(store)
    await store.close()


async def _kept(disk: Disk) -> ledger.Kept:
    async with disk.looked_at() as store:
        return await ledger.read(store)


@contextmanager
def _calm() -> Iterator[None]:
    """What libraries say of connections that a killed process left open is no news here."""
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), known():
            warnings.simplefilter("ignore")
            yield
            gc.collect()
    finally:
        logging.disable(disabled)


def _quick() -> str | None:
    """Where files cost no disk, if there is such a place."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return str(shared) if os.access(shared, os.W_OK) else None
