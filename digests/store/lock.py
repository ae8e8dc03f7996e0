"""One process at a time works on a database: a lock that dies with the process that holds it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from filelock import FileLock, Timeout
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from digests.errors import InUseError, StoreError
from digests.store.engine import Store

ADVISORY_KEY = 0x50_51_11  # any number, the same in every Sosik; PostgreSQL keeps them by database

_IN_USE = "Another process already works on {url}."
_HINT = "Stop it first; `check` and `preview` may run beside it."


@asynccontextmanager
async def hold(store: Store) -> AsyncIterator[None]:
    """Hold the database for this process. Raises InUseError at once if another one has it, else StoreError."""
    if store.is_sqlite:
        lock = FileLock(f"{store.url.database}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise InUseError(_IN_USE.format(url=store.shown_url), hint=_HINT) from None
        except OSError as error:  # a read-only folder, a full disk
            raise StoreError(
                f"The database {store.shown_url} cannot be locked: {error.strerror}.",
                hint=f"Its folder must be writable: {lock.lock_file} is kept there.",
            ) from error
        try:
            yield
        finally:
            lock.release()
        return
    await store.ping()
    # A connection of its own, for as long as the lock is held: PostgreSQL frees it when the connection ends.
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
    try:
        async with engine.connect() as connection:
            got = await connection.scalar(select(func.pg_try_advisory_lock(ADVISORY_KEY)))
            if not got:
                raise InUseError(_IN_USE.format(url=store.shown_url), hint=_HINT)
            yield
    finally:
        await engine.dispose()
