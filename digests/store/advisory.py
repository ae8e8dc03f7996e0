"""PostgreSQL's lock for one process, kept also through a database that goes away and comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from sqlalchemy import Select, column, func, select, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from digests.errors import StoreError
from digests.store.engine import Store

log = structlog.get_logger()

AGAIN = 0.2  # seconds until a database that is away is asked again

_ACTIVITY = table("pg_stat_activity", column("pid"), column("backend_start"))
_DATABASES = table("pg_database", column("oid"), column("datname"))
_LOCKS = table(
    "pg_locks",
    *map(column, ("pid", "database", "locktype", "granted", "classid", "objid", "objsubid")),
)
# A session by its process at the server and its beginning: after a restart of the server numbers of processes come again.
_SESSION = select(_ACTIVITY.c.pid, _ACTIVITY.c.backend_start)
_OWN = _SESSION.where(_ACTIVITY.c.pid == func.pg_backend_pid())


def holder(key: int) -> Select[Any]:
    """Select the session that holds the advisory lock `key` of this database: its `pid` and `backend_start`.

    The lock is only looked at, not tried: a try would take it for a moment.
    """
    locks = _LOCKS.c
    return (
        _SESSION.join(_LOCKS, locks.pid == _ACTIVITY.c.pid)
        .join(_DATABASES, _DATABASES.c.oid == locks.database)
        .where(
            locks.locktype == "advisory",
            locks.granted,
            _DATABASES.c.datname == func.current_database(),
            # A key of 64 bits is shown in two halves (PostgreSQL, pg_locks).
            locks.classid == key >> 32,
            locks.objid == key & 0xFFFF_FFFF,
            locks.objsubid == 1,
        )
    )


@asynccontextmanager
async def kept(store: Store, key: int, in_use: StoreError) -> AsyncIterator[None]:
    """Hold an advisory lock, on a connection of its own: the server frees it when that ends.

    Where the connection ends before the block does the lock is taken again, as soon as the database is back. Raises
    `in_use` if another process has it: at once, or out of the block, which is cancelled.
    """
    engine = create_async_engine(
        store.writer.url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={
            "keepalives": 1,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
        },
    )
    lock = _Lock(engine, key)
    try:
        if not await lock.take():
            raise in_use
        owner = asyncio.current_task()
        keeping = asyncio.create_task(lock.keep(), name="keep the lock")
        keeping.add_done_callback(lambda task: task.cancelled() or (owner and owner.cancel()))
        try:
            yield
        except asyncio.CancelledError:
            if owner and keeping.done() and not keeping.cancelled():
                owner.uncancel()
                keeping.result()
                raise in_use from None
            raise
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
    finally:
        await lock.leave()
        await engine.dispose()


class _Lock:
    """The lock, and the connection on which we have it."""

    def __init__(self, engine: AsyncEngine, key: int) -> None:
        self._engine = engine
        self._key = key
        self._connection: AsyncConnection | None = None
        self._session: tuple[Any, ...] = ()

    async def take(self) -> bool:
        """Take the lock. Says False if another process has it; raises DBAPIError when the database is away."""
        connection = await self._engine.connect()
        try:
            while not await connection.scalar(select(func.pg_try_advisory_lock(self._key))):
                other = (await connection.execute(holder(self._key))).first()
                if other and tuple(other) != self._session:
                    await connection.close()
                    return False
                if other:  # our own session, whose end the server has not noticed yet
                    await connection.scalar(select(func.pg_terminate_backend(other.pid, 1_000)))
            self._session = tuple((await connection.execute(_OWN)).one())
        except BaseException:
            await connection.close()
            raise
        self._connection = connection
        return True

    async def keep(self) -> None:
        """Take it again whenever the connection ends. Returns when another process was quicker."""
        while True:
            await self._lost()
            log.warning("lock lost")
            while True:
                try:
                    got = await self.take()
                    break
                except (DBAPIError, OSError):  # the database is away
                    await asyncio.sleep(AGAIN)
            if not got:
                return
            log.info("lock taken again")

    async def leave(self) -> None:
        """End the connection, and with it the lock."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with suppress(DBAPIError, OSError):
                await connection.invalidate()
                await connection.close()

    async def _lost(self) -> None:
        """Wait until the connection ends: nobody notifies us of anything else."""
        assert self._connection is not None  # noqa: S101
        driver: Any = (await self._connection.get_raw_connection()).driver_connection
        with suppress(self._engine.dialect.loaded_dbapi.Error, OSError):
            async for _ in driver.notifies():
                pass
        await self.leave()
