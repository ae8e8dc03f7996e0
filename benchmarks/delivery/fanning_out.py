"""An alert to very many: when its first message leaves, what it costs in memory and on disk, and who waits for it."""

import asyncio
import time
from collections.abc import Sequence

from benchmarks.delivery.databases import Readers, database, fill, size, utc_now
from benchmarks.delivery.draining import WITHOUT
from benchmarks.delivery.processes import emulated, sending
from digests.store.engine import Store

FEW = 1_000  # chats, to compare with


def fan_out(databases: Sequence[tuple[str, str]], chats: int, seconds: float) -> None:
    """Print figures of the first `seconds` of alerts to a few chats and to many; no limit."""
    print(
        "| an alert to so many chats | first message after | wanted | peak MB | wanted | longest transaction "
        "| other writers: 99 %, longest | wanted | disk for each message |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, server in databases:
        for number in (FEW, chats):
            print(_row(name, server, number, seconds), flush=True)


def _row(name: str, server: str, chats: int, seconds: float) -> str:
    with database(server) as url, emulated() as telegram:
        asyncio.run(_filled(url, chats))
        before = size(url)
        with sending(url, telegram, WITHOUT, "--writer") as sender:
            time.sleep(1)
            sender.ask("figures")
            owed = sender.ask("announce", categories=["kpop", "drama"])
            telegram.until(1, still=sender.runs)
            end = time.monotonic() + seconds
            while time.monotonic() < end and telegram.counts()["messages"] < chats:
                time.sleep(0.2)
            seen = sender.ask("figures")
            counts = telegram.counts()
        grown = (size(url) - before) * 1e6 / counts["messages"]
    ms = 1_000
    return (
        f"| {chats:,}, {name} | {(counts['first'] - owed['at']) * ms:.0f} ms | 100 ms | {seen['memory']:.0f} | 250 "
        f"| {seen['transaction'] * ms:.0f} ms | {seen['p99'] * ms:.0f} ms, {seen['longest'] * ms:.0f} ms | 50 ms "
        f"| {grown:.0f} bytes |"
    )


async def _filled(url: str, chats: int) -> None:
    store = Store.open(url)
    await fill(store, Readers(chats), utc_now())
    await store.close()
