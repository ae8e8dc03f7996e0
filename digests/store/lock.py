"""One process at a time works on a database: a lock that dies with the process that holds it."""

import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from filelock import FileLock, Timeout

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
    if store.is_sqlite:
        lock = FileLock(f"{store.url.database}.lock")
        try:
            lock.acquire(timeout=PATIENCE, poll_interval=PATIENCE / 10)
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
    async with kept(store, ADVISORY_KEY, InUseError(_IN_USE.format(url=store.shown_url), hint=_HINT)):
        yield


async def is_held(store: Store) -> bool:
    """Tell whether a process works on the database, without being in its way. Raises StoreError."""
    if store.is_sqlite:
        return _is_locked(Path(f"{store.url.database}.lock"))
    async with store.reading() as tx:
        return await tx.row(holder(ADVISORY_KEY)) is not None


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
