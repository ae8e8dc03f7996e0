import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from digests.errors import StoreError
from digests.model import Address
from digests.store import chats, inbox, subscriptions
from digests.store.engine import Store
from digests.store.inbox import Received
from digests.store.tables import inbox as inbox_table
from digests.store.tables import memos


async def test_what_a_block_wrote_is_undone_when_it_raises(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        kept = await newsroom.chat(tx, 1, "kpop")

    async def breaks() -> None:
        async with store.writing() as tx:
            await newsroom.chat(tx, 2, "kpop")
            await chats.change(tx, kept.id, language="en")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await breaks()
    async with store.reading() as tx:
        assert await chats.at(tx, Address(2)) is None
        assert await chats.at(tx, Address(1)) == kept


async def test_a_block_that_is_cancelled_is_undone_and_blocks_nobody(store: Store, newsroom) -> None:
    inside = asyncio.Event()

    async def writer() -> None:
        async with store.writing() as tx:
            await newsroom.chat(tx, 1)
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(writer())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(20), store.writing() as tx:
        assert await chats.at(tx, Address(1)) is None
        await newsroom.chat(tx, 2)


async def test_blocks_that_are_cancelled_in_the_middle_of_a_statement_leave_the_store_usable(
    store: Store, newsroom
) -> None:
    async def writer(number: int) -> None:
        async with store.writing() as tx:
            for turn in range(20):
                await newsroom.chat(tx, 1_000 * number + turn + 1)

    for number in range(1, 12):
        task = asyncio.create_task(writer(number))
        for _ in range(number * 7):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
    async with asyncio.timeout(20):
        async with store.writing() as tx:
            await newsroom.chat(tx, 5)
        async with store.reading() as tx:
            assert await chats.at(tx, Address(5))


async def test_many_writers_at_once_all_succeed(store: Store, newsroom) -> None:
    async def writer(number: int) -> None:
        async with store.writing() as tx:
            chat = await newsroom.chat(tx, number, "kpop")
            await asyncio.sleep(0)
            await subscriptions.add(tx, chat.id, ["drama"], newsroom.now)

    await asyncio.gather(*(writer(number) for number in range(1, 41)))
    async with store.reading() as tx:
        everyone = [await chats.at(tx, Address(number)) for number in range(1, 41)]
        followed = await subscriptions.of_many(tx, [chat.id for chat in everyone if chat])
    assert list(followed.values()) == [{"kpop", "drama"}] * 40


async def test_one_who_reads_and_then_writes_loses_no_count_on_sqlite(sqlite_url: str, newsroom) -> None:
    from digests.store.migrate import migrate

    store, beside = Store.open(sqlite_url), Store.open(sqlite_url)  # as two processes would have it
    try:
        await migrate(store)
        async with store.writing() as tx:
            chat = await newsroom.chat(tx, 1)

        async def one_more(through: Store) -> None:
            async with through.writing() as tx:
                found = (await chats.by_ids(tx, [chat.id]))[chat.id]
                await asyncio.sleep(0)
                await chats.change(tx, chat.id, zone_asks=found.zone_asks + 1)

        await asyncio.gather(*(one_more(through) for _ in range(25) for through in (store, beside)))
        async with store.reading() as tx:
            assert (await chats.by_ids(tx, [chat.id]))[chat.id].zone_asks == 50
    finally:
        await store.close()
        await beside.close()


async def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 1)
    async with store.reading() as reading:
        before = await chats.at(reading, Address(1))
        async with asyncio.timeout(20), store.writing() as tx:
            await chats.change(tx, chat.id, language="en")
            await newsroom.chat(tx, 2)
        assert await chats.at(reading, Address(1)) == before
        assert await chats.at(reading, Address(2)) is None
    async with store.reading() as reading:
        assert await chats.at(reading, Address(2))


async def test_a_reader_waits_for_no_writer(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        await newsroom.chat(tx, 1)
        async with asyncio.timeout(20), store.reading() as reading:
            assert await chats.at(reading, Address(1)) is None


async def test_after_reading_a_connection_can_write_again(store: Store, newsroom) -> None:
    for number in range(1, 20):
        async with store.reading() as tx:
            await chats.last_id(tx)
        async with store.writing() as tx:
            await newsroom.chat(tx, number)


async def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "sosik.db"
    path.write_text("this is a letter to my aunt, and no database at all\n" * 200)
    store = Store.open(f"sqlite:///{path}")
    with pytest.raises(StoreError, match="does not answer"):
        await store.ping()
    await store.close()


zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=zones)


@given(st.lists(moments, min_size=2, max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_times_keep_their_microseconds_their_zone_and_their_order(
    store: Store, times: list[datetime]
) -> None:
    async with store.writing() as tx:
        await tx.execute(memos.delete())
        await tx.execute(
            memos.insert(), [{"name": str(number), "value": 0, "at": at} for number, at in enumerate(times)]
        )
    async with store.reading() as tx:
        rows = await tx.rows(select(memos).order_by(memos.c.at))
        assert [row.at for row in rows] == sorted(times)
        assert {row.name: row.at for row in rows} == {str(number): at for number, at in enumerate(times)}
        assert all(row.at.utcoffset() == timedelta() for row in rows)
        later = await tx.rows(select(memos.c.at).where(memos.c.at > times[0]))
        assert sorted(row.at for row in later) == sorted(at for at in times if at > times[0])


bodies = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**52), 2**52) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), bodies, max_size=5))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_telegram_sends_reads_as_it_was_written(store: Store, body: dict[str, object]) -> None:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    async with store.writing() as tx:
        await tx.execute(inbox_table.delete())
        await tx.execute(memos.delete())
        await inbox.receive(tx, [Received(1, 1, body)], moment)
    async with store.reading() as tx:
        assert await inbox.waiting(tx, beside=(), limit=1) == (Received(1, 1, body),)
