"""What a settled delivery takes on disk, and how long others wait while the old ones are forgotten."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import insert, literal, select

from benchmarks.delivery.databases import SETTINGS, Readers, card, database, fill, size, utc_now
from benchmarks.delivery.transactions import Transactions
from bot.logs import set_up
from digests.model import AlertContent, Priority, State, StoryId
from digests.store import editions, tables
from digests.store.engine import Store
from digests.tidy import tidy

OLD = timedelta(days=40)  # ago: longer than they are kept


def grow(databases: Sequence[tuple[str, str]], rows: int) -> None:
    """Print figures of so many deliveries that were sent long ago."""
    set_up(level="WARNING")
    print(
        f"| {rows:,} settled deliveries | bytes each | forgotten after | longest transaction | wanted | bytes left each |"
    )
    print("|---|---|---|---|---|---|")
    for name, server in databases:
        with database(server) as url:
            print(asyncio.run(_row(name, url, rows)), flush=True)


async def _row(name: str, url: str, rows: int) -> str:
    store = Store.open(url)
    now = utc_now()
    await fill(store, Readers(rows // 10), now)
    before = size(url)
    for number in range(10):
        await _settled(store, number, now - OLD)
    full = size(url)
    transactions = Transactions(store)
    began = time.perf_counter()
    while (await tidy(store, SETTINGS, now)).more:
        pass
    took = time.perf_counter() - began
    await store.close()
    return (
        f"| {name} | {(full - before) * 1e6 / rows:.0f} | {took:.0f} s | {transactions.longest * 1e3:.0f} ms | 50 ms "
        f"| {(size(url) - before) * 1e6 / rows:.0f} |"
    )


async def _settled(store: Store, number: int, at: object) -> None:
    async with store.writing() as tx:
        edition = await editions.add(tx, AlertContent(card(StoryId(1), at)), at)  # type: ignore[arg-type]
        columns = tables.deliveries.c
        moment = literal(at, columns.owed_at.type)
        values = {
            columns.chat_id: tables.chats.c.id,
            columns.key: literal(f"alert:{number + 1}:1"),
            columns.edition_id: literal(edition),
            columns.priority: literal(int(Priority.ALERT)),
            columns.state: literal(State.SENT.value),
            columns.silent: literal(False),
            columns.owed_at: moment,
            columns.due_at: moment,
            columns.expires_at: moment,
            columns.attempt: literal(1),
            columns.message_id: tables.chats.c.telegram_id,
            columns.settled_at: moment,
        }
        await tx.execute(insert(tables.deliveries).from_select(list(values), select(*values.values())))
