"""aiosqlite with one hop to its thread for each statement.

SQLAlchemy asks the driver for a cursor, to run a statement, for the rows, and to close the cursor. aiosqlite hands each of these to the
connection's thread and waits: four times a tenth of a millisecond, and while the event loop is busy each waits for Python's
lock, with the lock of all writers in hand. Here the thread does all four at once.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, Self

import aiosqlite


class Cursor:
    """What SQLAlchemy uses of a cursor. It has all its rows when the statement has run, and the thread is done with it."""

    arraysize = 1

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._in_thread: Callable[..., Awaitable[None]] = connection._execute  # noqa: SLF001 - what its own cursors call
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        """Have nothing to begin."""
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> None:
        """Run one statement and take its rows."""
        await self._in_thread(self._run, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> None:
        """Run one statement for each of many rows."""
        await self._in_thread(self._run_many, sql, parameters)

    async def fetchall(self) -> list[Any]:
        """Give the rows, once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Let the rows go."""
        self._rows = []

    def _run(self, sql: str, parameters: Any) -> None:
        self._take(self._connection._conn.execute(sql, parameters))  # noqa: SLF001 - the connection beneath

    def _run_many(self, sql: str, parameters: Any) -> None:
        self._take(self._connection._conn.executemany(sql, parameters))  # noqa: SLF001 - likewise

    def _take(self, cursor: sqlite3.Cursor) -> None:
        self._rows = cursor.fetchall()
        self.description, self.rowcount, self.lastrowid = (
            cursor.description,
            cursor.rowcount,
            cursor.lastrowid,
        )
        cursor.close()


class Connection(aiosqlite.Connection):
    """aiosqlite's, but for its cursors."""

    def cursor(self) -> Any:  # aiosqlite's is a coroutine that is a context as well; SQLAlchemy enters it
        """Give a cursor."""
        return Cursor(self)


def connect(*args: Any, **kwargs: Any) -> Connection:
    """Make a connection, as `sqlite3.connect` would. It connects when awaited."""
    connection = Connection(partial(sqlite3.connect, *args, **kwargs), iter_chunk_size=64)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does: a thread that hangs must not keep the process
    return connection
