"""The side that sends, as the bot builds it, alone in its process: a store, a gate, a sender. Told what to do by lines.

Each line of standard input is a JSON object with `do`; each has one line of answer.
"""

import argparse
import asyncio
import cProfile
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from random import random
from typing import Any

from sqlalchemy import insert, select, update
from telegram.ext import ExtBot

from benchmarks.delivery.databases import SETTINGS, announce, utc_now
from benchmarks.delivery.processes import percentile
from benchmarks.delivery.transactions import Transactions
from bot.formatter.render import Formatter
from bot.logs import set_up
from bot.loop import Loop, long_lived
from bot.sending.pace import Gate
from bot.sending.rendering import Renderer
from bot.sending.sender import Sender, slots_for
from bot.sending.wire import Wire
from bot.texts import Texts
from bot.texts.cities import Gazetteer
from digests.store import tables
from digests.store.engine import Store

TICK = 1.0  # seconds, as the bot's scheduler
EVERY = 0.02  # seconds between two of the small writer's transactions


class Writer:
    """Somebody else's small transactions beside, by the same door: how long each waits and takes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.took: list[float] = []

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            began = time.perf_counter()
            async with self._store.writing() as tx:
                await tx.execute(
                    update(tables.memos).where(tables.memos.c.name == "benchmark").values(value=1)
                )
            self.took.append(time.perf_counter() - began)


class Room:
    """The sender with what it needs."""

    def __init__(self, store: Store, bot: ExtBot[int], rate: float) -> None:
        self.store = store
        self.transactions = Transactions(store)
        self.writer = Writer(store)
        self.loop = Loop("send", self._step)
        self.sender = Sender(
            store,
            SETTINGS,
            Renderer(store, Formatter(Texts.load(), SETTINGS.categories), Gazetteer.load()),
            bot,
            run="benchmark",
            now=utc_now,
            chance=random,
            messages_per_second=rate,
            wake=self.loop.wake,
        )

    async def _step(self) -> bool:
        return await self.sender.step()

    async def tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self.loop.wake()

    async def announce(self, asked: dict[str, Any]) -> dict[str, Any]:
        async with self.store.writing() as tx:
            await announce(tx, utc_now(), *asked["categories"])
        at = time.monotonic()
        self.loop.wake()
        return {"at": at}

    async def owing(self, _asked: dict[str, Any]) -> dict[str, Any]:
        """Whether anything is owed yet."""
        async with self.store.reading() as tx:
            owed = await tx.value(select(tables.deliveries.c.id).where(tables.IS_OWED).limit(1))
            broadcast = await tx.value(select(tables.broadcasts.c.id).where(tables.IS_UNDONE).limit(1))
        return {"owing": owed is not None or broadcast is not None}

    async def figures(self, _asked: dict[str, Any]) -> dict[str, Any]:
        """What was seen since it was asked last."""
        took, self.writer.took = self.writer.took, []
        longest, self.transactions.longest = self.transactions.longest, 0.0
        return {
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000,
            "transaction": longest,
            "waits": len(took),
            "p99": percentile(took, 0.99),
            "longest": max(took, default=0.0),
        }


async def serve(asked: argparse.Namespace) -> None:
    store = Store.open(asked.database)
    bot = ExtBot(
        "1:" + "x" * 35,
        base_url=f"{asked.telegram}/bot",
        request=Wire(slots_for(asked.rate) * 2),
        get_updates_request=Wire(2),
        rate_limiter=Gate(asked.rate),
    )
    async with store.writing() as tx:
        await tx.execute(insert(tables.memos).values(name="benchmark", value=0, at=utc_now()))
    async with bot:
        room = Room(store, bot, asked.rate)
        tasks = [asyncio.create_task(one) for one in (room.loop.run(), room.tick())]
        if asked.writer:
            tasks.append(asyncio.create_task(room.writer.run()))
        doing: dict[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]] = {
            "announce": room.announce,
            "owing": room.owing,
            "figures": room.figures,
        }
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
        )
        while line := await lines.readline():
            question = json.loads(line)
            print(json.dumps(await doing[question["do"]](question)), flush=True)
        room.loop.stop()
        await room.sender.stop(2.0)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
    await store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("telegram")
    parser.add_argument("rate", type=float)
    parser.add_argument("--writer", action="store_true", help="small transactions beside")
    parser.add_argument("--log", type=Path, default=Path("/dev/null"), help="where the log goes")
    parser.add_argument("--profile", type=Path, help="where cProfile's figures go")
    asked = parser.parse_args()
    set_up(form="json")
    long_lived()
    sys.stderr = asked.log.open("w")
    if asked.profile:
        profile = cProfile.Profile(time.thread_time)  # of this thread alone, whatever else the machine does
        profile.runcall(asyncio.run, serve(asked))
        profile.dump_stats(asked.profile)
    else:
        asyncio.run(serve(asked))


if __name__ == "__main__":
    main()
