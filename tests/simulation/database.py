"""The real SQLite behind the real driver, in the loop's own thread: a killed process loses what it has not committed."""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import aiosqlite

from digests.store import driver
from digests.store.engine import Store

SLOW = 0.04  # of what is asked for takes a while
LONGEST = 0.03  # seconds
_WRITES = re.compile(r"\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+(\w+)")


class Disk:
    """The file, and the store over it; a run brings its own connections, and what they left is dropped with it.

    The store's pools are those of each run. Its statements stay compiled: that is all that it remembers.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = Store.open(f"sqlite:///{path}", connect=self._connect)
        self._database: Database | None = None
        self._known = False

    def use(self, database: "Database | None") -> None:
        """Let a run connect; None: nobody."""
        for engine in self.store.engines:
            engine.sync_engine.dispose(close=False)
        self._database = database

    def prepare(self, empty: Path) -> None:
        """Begin with a copy of an empty database. What the dialect asks once, it has asked then."""
        self.clear()
        shutil.copyfile(empty, self.path)
        if not self._known:
            self._known = True
            asyncio.run(self._glance())
            self.prepare(empty)

    def clear(self) -> None:
        for part in self.path.parent.glob(f"{self.path.name}*"):
            part.unlink()

    @asynccontextmanager
    async def looked_at(self) -> AsyncIterator[Store]:
        """The store while no run is there."""
        self.use(Database(self.path, Random("a look"), _nothing, _nothing))
        yield self.store
        await self.store.close()
        self.use(None)

    async def _glance(self) -> None:
        async with self.looked_at() as store, store.writing(), store.reading():
            pass

    async def _connect(self) -> aiosqlite.Connection:
        if self._database is None:
            raise ValueError("no process is there")
        return await self._database.connect()


def _nothing(_: frozenset[str]) -> None:
    pass


Commit = Callable[[frozenset[str]], None]  # called with the tables that were written
Job = tuple[asyncio.Future[Any] | None, Callable[[], Any]]


class Database:
    """The connections of one run of the bot. `committing` is called before each commit, `committed` after it."""

    def __init__(self, path: Path, chance: Random, committing: Commit, committed: Commit) -> None:
        self._path = path
        self.chance = chance
        self.committing = committing
        self.committed = committed
        self.dead = False
        self._connections: list[Connection] = []

    async def connect(self) -> aiosqlite.Connection:
        """What `Store.open` takes."""
        opened = Connection(partial(sqlite3.connect, self._path), self)
        self._connections.append(opened)
        return await opened

    def die(self) -> None:
        """Be away, as for a killed process: what was not committed has never been."""
        self.dead = True
        for connection in self._connections:
            connection.die()


class Connection(driver.Connection):
    """The store's, whose thread and queue are the event loop."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], database: Database) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._database = database
        self._thread: Any = _NoThread()
        self._tx: Any = _Turns(self, database)
        self.written: set[str] = set()  # tables, by the transaction under way

    def __del__(self) -> None:
        """Say nothing: whoever was killed closed nothing."""

    def die(self) -> None:
        self._running = False
        raw, self._connection = self._connection, None
        if raw is not None:
            # Somebody still holds a cursor half read: by itself it would keep the connection, and its lock, alive.
            with suppress(sqlite3.Error):
                raw.rollback()
            raw.close()


class _NoThread:
    daemon = True

    def start(self) -> None:
        pass


class _Turns:
    """Does what aiosqlite would hand to its thread, one thing a step of the loop, some of it a while later."""

    def __init__(self, connection: Connection, database: Database) -> None:
        self._connection = connection
        self._database = database

    def put_nowait(self, job: Job) -> None:
        if self._database.dead:
            raise ValueError("Connection closed")
        loop = asyncio.get_running_loop()
        chance = self._database.chance
        if chance.random() < SLOW:
            loop.call_later(chance.uniform(0, LONGEST), self._do, *job)
        else:
            loop.call_soon(self._do, *job)

    def _do(self, future: asyncio.Future[Any] | None, function: Callable[[], Any]) -> None:
        name, sql = _name(function), str(next(iter(getattr(function, "args", ())), ""))
        if found := _WRITES.match(sql):
            self._connection.written.add(found[1])
        written, commits = frozenset(self._connection.written), False
        if name in {"commit", "rollback"}:
            self._connection.written.clear()
            commits = bool(written) and name == "commit"
        if commits:
            self._database.committing(written)
        if self._database.dead:  # it struck just before
            return
        try:
            result = function()
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
            if future is not None and not future.done():
                future.set_exception(error)
            return
        if commits:
            self._database.committed(written)
        if future is not None and not future.done():
            future.set_result(result)


def _name(function: Callable[[], Any]) -> str:
    return getattr(getattr(function, "func", function), "__name__", "")
