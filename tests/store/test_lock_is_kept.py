"""PostgreSQL's lock for one process: it outlives the connection it was taken on."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest

from digests.errors import InUseError
from digests.store.engine import Store
from digests.store.lock import ADVISORY_KEY, hold, is_held
from tests.faults.cable import Cable

LONGEST = 30.0  # seconds that anything here may take on a busy machine


@pytest.fixture
async def cable(postgres_url: str) -> AsyncIterator[Cable]:
    """A way to the database that can be cut."""
    async with Cable(postgres_url) as made:
        yield made


@pytest.fixture
async def other(postgres_url: str) -> AsyncIterator[Store]:
    """Another process's store, which goes another way."""
    store = Store.open(postgres_url)
    yield store
    await store.close()


async def until(so: Callable[[], object]) -> None:
    end = time.monotonic() + LONGEST
    while not so():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


async def until_held(store: Store, *, held: bool) -> None:
    async with asyncio.timeout(LONGEST):
        while await is_held(store) is not held:
            await asyncio.sleep(0.02)


async def test_a_lock_that_was_lost_with_its_connection_is_taken_again(cable: Cable, other: Store) -> None:
    store = Store.open(cable.url)
    async with hold(store):
        cable.cut()
        await until_held(other, held=False)
        await cable.mend()
        await until_held(other, held=True)
        with pytest.raises(InUseError):
            async with hold(other):
                pass
    await until_held(other, held=False)
    await store.close()


async def test_whoever_loses_the_lock_to_another_process_stops(cable: Cable, other: Store) -> None:
    store = Store.open(cable.url)
    put_away = False

    async def work() -> None:
        nonlocal put_away
        async with hold(store):
            cable.cut()
            await until_held(other, held=False)
            async with hold(other):
                await cable.mend()
                try:
                    await asyncio.sleep(LONGEST)
                finally:
                    put_away = True

    with pytest.raises(InUseError, match="Another process"):
        await work()
    assert put_away
    task = asyncio.current_task()
    assert task
    assert not task.cancelling(), "nobody else is told to stop"
    await store.close()


async def test_a_session_of_ours_that_the_server_believes_alive_is_ended(
    cable: Cable, other: Store, postgres_url: str
) -> None:
    """The network fails without a word: the server keeps the session, and the lock, for hours."""
    store = Store.open(cable.url)
    async with hold(store):
        before = holder(postgres_url)
        cable.cut(silently=True)
        await cable.mend()
        await until(lambda: holder(postgres_url) not in (None, before))
    await until_held(other, held=False)
    await store.close()


def holder(url: str) -> int | None:
    """The server's process that has the lock."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database() AND objid = %s",
            [ADVISORY_KEY],
        ).fetchone()
    return row[0] if row else None
