"""How fast the outbox empties: without a limit, and how evenly with one."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, literal, select

from benchmarks.delivery.databases import Readers, card, database, fill, utc_now
from benchmarks.delivery.processes import busiest, emulated, sending
from digests.model import AlertContent, Priority, State, StoryId
from digests.store import editions, tables
from digests.store.engine import Store

WITHOUT = 100_000.0  # messages a second: no limit that anything here comes near to
WANTED = {"SQLite": 4_000, "PostgreSQL": 3_000}


@dataclass(frozen=True)
class Drained:
    """What one emptying came to."""

    messages: int
    seconds: float
    cpu: float
    memory: float
    refused: int
    stamps: Sequence[float]
    owed: int  # deliveries that were not sent


def drain(chats: int, server: str, *, born: bool, more: Sequence[str] = ()) -> Drained:
    """Send one message to each chat without a limit: of a broadcast, unfolded here, or owed before and claimed."""
    with database(server) as url, emulated() as telegram:
        prepare(url, chats, born=born)
        with sending(url, telegram, WITHOUT, *more) as sender:
            sender.ask("figures")
            cpu = sender.cpu()
            if born:
                sender.ask("announce", categories=["kpop", "drama"])
            telegram.until(chats, still=sender.runs)
            while sender.ask("owing")["owing"]:
                time.sleep(0.02)
            cpu = sender.cpu() - cpu
            memory = sender.ask("figures")["memory"]
        counts, stamps = telegram.counts(), telegram.stamps()
        return Drained(
            counts["messages"],
            stamps[-1] - stamps[0],
            cpu,
            memory,
            counts["refused"],
            stamps,
            asyncio.run(_unsent(url)),
        )


def prepare(url: str, chats: int, *, born: bool) -> None:
    """Make so many readers; not `born`: each is owed a message."""
    asyncio.run(_prepare(url, chats, born=born))


async def _prepare(url: str, chats: int, *, born: bool) -> None:
    store = Store.open(url)
    now = utc_now()
    await fill(store, Readers(chats), now)
    if not born:
        async with store.writing() as tx:
            edition = await editions.add(tx, AlertContent(card(StoryId(1), now)), now)
            columns = tables.deliveries.c
            values = {
                columns.chat_id: tables.chats.c.id,
                columns.key: literal("alert:1:1"),
                columns.edition_id: literal(edition),
                columns.priority: literal(int(Priority.DIGEST)),
                columns.state: literal(State.OWED.value),
                columns.silent: literal(False),
                columns.owed_at: literal(now, columns.owed_at.type),
                columns.due_at: literal(now, columns.due_at.type),
                columns.expires_at: literal(now.replace(year=now.year + 1), columns.expires_at.type),
            }
            await tx.execute(insert(tables.deliveries).from_select(list(values), select(*values.values())))
    await store.close()


async def _unsent(url: str) -> int:
    store = Store.open(url)
    async with store.reading() as tx:
        rows = await tx.rows(
            select(tables.deliveries.c.id).where(tables.deliveries.c.state != State.SENT.value)
        )
    await store.close()
    return len(rows)


def rates(databases: Sequence[tuple[str, str]], chats: int, more: Sequence[str] = ()) -> None:
    """Print how fast it goes without a limit."""
    print(
        f"| one message each to {chats} chats, no limit | messages/s | wanted | CPU µs each | peak MB | unsent |"
    )
    print("|---|---|---|---|---|---|")
    for name, server in databases:
        for born, words in ((True, "an alert, unfolded"), (False, "digests, claimed")):
            one = drain(chats, server, born=born, more=more)
            print(
                f"| {words}, {name} | {one.messages / one.seconds:.0f} | {WANTED[name]} "
                f"| {one.cpu / one.messages * 1e6:.0f} | {one.memory:.0f} | {one.owed} |",
                flush=True,
            )


def paced(databases: Sequence[tuple[str, str]], seconds: float, delay: float) -> None:
    """Print how evenly it goes with a limit."""
    print(f"| an alert at a limit, {seconds:.0f} s | of the limit | most in a second | 429 | of a core |")
    print("|---|---|---|---|---|")
    for name, server in databases:
        for rate in (30.0, 1_000.0):
            print(_pace(name, server, rate, seconds, delay), flush=True)


def _pace(name: str, server: str, rate: float, seconds: float, delay: float) -> str:
    chats = round(rate * (seconds + 10))
    with database(server) as url, emulated() as telegram:
        prepare(url, chats, born=True)
        telegram.begin(limit=-(-rate * 1.02 // 1), delay=delay)
        with sending(url, telegram, rate) as sender:
            sender.ask("announce", categories=["kpop", "drama"])
            telegram.until(1, still=sender.runs)
            time.sleep(1)
            cpu, began = sender.cpu(), time.monotonic()
            time.sleep(seconds)
            ended = time.monotonic()
            share = (sender.cpu() - cpu) / (ended - began)
            stamps = telegram.stamps()
            refused = telegram.counts()["refused"]
    sent = sum(began <= at < ended for at in stamps) / (ended - began)
    return (
        f"| {rate:.0f}/s, {name} | {sent / rate:.3f} | {busiest(stamps)} ({busiest(stamps) / rate:.1%}) "
        f"| {refused} | {share:.0%} |"
    )
