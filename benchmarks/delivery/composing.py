"""Digests for very many at one minute: how long until all are composed and stored. Prints JSON; a process of its own."""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from benchmarks.delivery.databases import SETTINGS, TASTES, Readers, database, fill, news, size, utc_now
from benchmarks.delivery.transactions import Transactions
from benchmarks.measuring import run as process
from bot.logs import set_up
from bot.loop import long_lived
from digests.compose import compose
from digests.store import tables
from digests.store.engine import Store

STORIES = 300  # of the last day


async def measure(url: str, chats: int) -> dict[str, float]:
    store = Store.open(url)
    now = utc_now()
    await fill(store, Readers(chats, tastes=TASTES, next_digest_at=now), now)
    await news(store, STORIES, now)
    before = size(url)
    transactions = Transactions(store)
    began, cpu = time.perf_counter(), time.process_time()
    owed = editions = 0
    while True:
        step = await compose(store, SETTINGS, utc_now)
        owed += step.owed
        editions += step.editions
        if not step.more:
            break
    seconds = time.perf_counter() - began
    async with store.reading() as tx:
        stored = await tx.value(select(func.count()).select_from(tables.deliveries))
    await store.close()
    return {
        "owed": owed,
        "stored": stored,
        "editions": editions,
        "seconds": seconds,
        "cpu": time.process_time() - cpu,
        "transaction": transactions.longest,
        "over": transactions.over,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000,
        "disk": size(url) - before,
    }


def digests(databases: Sequence[tuple[str, str]], chats: int) -> None:
    """Print what it takes, all of it due at one minute."""
    print(
        f"| {chats:,} digests at one minute | stored after | wanted | editions | longest transaction | over 50 ms "
        "| wanted | CPU | peak MB | disk for each |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, server in databases:
        with database(server) as url, TemporaryDirectory(prefix="sosik-") as folder:
            command = [sys.executable, "-m", "benchmarks.delivery.composing", url, str(chats)]
            one = json.loads(process(command, Path(folder)).said)
        print(
            f"| {name}: {one['stored']:,} stored, {one['owed']:,} owed | {one['seconds']:.1f} s | 30 s | {one['editions']} "
            f"| {one['transaction'] * 1e3:.0f} ms | {one['over']} | none | {one['cpu']:.1f} s | {one['memory']:.0f} "
            f"| {one['disk'] * 1e6 / max(1, one['stored']):.0f} bytes |",
            flush=True,
        )


if __name__ == "__main__":
    set_up(level="WARNING")
    long_lived()
    print(json.dumps(asyncio.run(measure(sys.argv[1], int(sys.argv[2])))))
