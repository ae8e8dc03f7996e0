"""One process at a time works on a database: a lock that dies with the process that holds it."""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from digests.errors import InUseError, StoreError
from digests.store.advisory import holder, kept
from digests.store.engine import Store

ADVISORY_KEY = 0x50_51_11  # any number, the same in every Sosik; PostgreSQL keeps them by database
PATIENCE = (
    0.2  # seconds for which a lock is asked for again: `is_held` may be looking at it in that very moment
)

_IN_USE = "Another process already works on {url}."
_HINT = "Stop it first; `status`, `check` and `preview` may run beside it."


@asynccontextmanager
async def hold(store: Store) -> AsyncIterator[None]:
    """Hold the database for this process. Raises InUseError at once if another one has it, else StoreError.

    PostgreSQL may lose the lock with its connection; should another process take it before we have it again, the block is
    cancelled and InUseError raised out of it.
    """
    in_use = InUseError(_IN_USE.format(url=store.shown_url), hint=_HINT)
    if store.is_sqlite:
        path = _beside(store)
        try:
            file = path.open("ab")
        except OSError as error:  # a read-only folder, a full disk
            raise _cannot_be_locked(store, error) from error
        with file:  # whoever closes it, or dies, gives the lock back
            try:
                locked = await _locked(file)
            except OSError as error:  # a file system that knows no locks
                raise _cannot_be_locked(store, error) from error
            if not locked:
                raise in_use
            yield
        return
    await store.ping()
    async with kept(store, ADVISORY_KEY, in_use):
        yield


async def is_held(store: Store) -> bool:
    """Tell whether a process works on the database, without being in its way. Raises StoreError."""
    if store.is_sqlite:
        return _is_locked(_beside(store))
    async with store.reading() as tx:
        return await tx.row(holder(ADVISORY_KEY)) is not None


def _beside(store: Store) -> Path:
    return Path(f"{store.url.database}.lock")


def _cannot_be_locked(store: Store, error: OSError) -> StoreError:
    return StoreError(
        f"The database {store.shown_url} cannot be locked: {error.strerror}.",
        hint=f"Its folder must be writable: {_beside(store)} is kept there.",
    )


async def _locked(file: BinaryIO) -> bool:
    """Ask for the whole lock, again and again for PATIENCE; tells whether it was given."""
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if loop.time() >= until:
                return False
            await asyncio.sleep(PATIENCE / 10)
        else:
            return True


def _is_locked(path: Path) -> bool:
    """Try a shared lock for a moment: there is no other way to ask, and whoever wants the whole of it asks again."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    except OSError as error:
        raise StoreError(f"The lock {path} cannot be looked at ({error.strerror}).") from None
    return False
