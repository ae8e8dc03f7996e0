"""Opening a database by its URL, and the only places where a transaction begins or ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Executable, Row, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from digests.errors import StoreError
from digests.store import driver

BUSY_TIMEOUT_MS = 5_000
_OURS = {"connect_args": {"async_creator_fn": driver.connect}}

T = TypeVar("T")


class Reading:
    """A transaction that reads. What it shows is one moment of the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> str:
        """Name the database: "sqlite" or "postgresql"."""
        return self._connection.dialect.name

    async def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        """Give all rows of a select (or of a RETURNING)."""
        return (await _whole(self._connection.execute(statement))).all()

    async def row(self, statement: Executable) -> Row[Any] | None:
        """Give the first row, or None."""
        return (await _whole(self._connection.execute(statement))).first()

    async def value(self, statement: Executable) -> Any:
        """Give the first column of the first row, or None."""
        return (await _whole(self._connection.execute(statement))).scalar()

    async def run_sync(self, look: Callable[[Connection], T]) -> T:
        """Hand the connection to what knows only synchronous ones: Alembic."""
        return await self._connection.run_sync(look)


class Writing(Reading):
    """A transaction that may write; it commits when the block that opened it ends well."""

    async def execute(
        self, statement: Executable, rows: Sequence[dict[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Run one statement, or the same one for many rows."""
        if rows is None:
            return await _whole(self._connection.execute(statement))
        return await _whole(self._connection.execute(statement, list(rows)))


class Store:
    """The door to a database. Made by `Store.open`, closed by whoever opened it."""

    def __init__(self, url: URL, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self.url = url
        self.writer = writer
        self._reader = reader

    @classmethod
    def open(
        cls, url: str, *, readers: int = 4, connect: Callable[[], Awaitable[Any]] | None = None
    ) -> "Store":
        """Make a store for `sqlite:///path` or `postgresql://user@host/name`; connects at first use.

        `connect` makes SQLite's connections instead of `driver`, whose connections have a thread each: for those who
        say themselves when a statement runs. Raises StoreError for a URL that names neither database.
        """
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError):  # ValueError: a port that is no number
            raise StoreError(
                "The database URL cannot be read.",
                hint="Write sqlite:///sosik.db or postgresql://user@host/name.",
            ) from None
        match parsed.get_backend_name():
            case "sqlite":
                driven = {"async_creator": connect} if connect else _OURS
                return cls._sqlite(parsed, readers, driven)
            case "postgresql":
                engine = create_async_engine(
                    parsed.set(drivername="postgresql+psycopg"),
                    pool_size=readers + 4,
                    max_overflow=0,
                    hide_parameters=True,  # they hold what people said, and errors reach logs
                    pool_pre_ping=True,
                    connect_args={"connect_timeout": 10, "options": "-c timezone=UTC"},
                )
                return cls(parsed, engine, engine)
            case other:
                raise StoreError(
                    f"Sosik does not know the database {other!r}.",
                    hint="It works on sqlite:///sosik.db and postgresql://user@host/name.",
                )

    @classmethod
    def _sqlite(cls, url: URL, readers: int, driven: dict[str, Any]) -> "Store":
        if not url.database or url.database == ":memory:":
            raise StoreError("Sosik keeps its SQLite database in a file.", hint="Write sqlite:///sosik.db.")
        folder = Path(url.database).absolute().parent
        if not folder.is_dir():
            raise StoreError(f"The database's folder {folder} does not exist.", hint="Create it first.")
        named = url.set(drivername="sqlite+aiosqlite")
        # One connection writes, so that writers wait in our queue and never meet SQLite's "locked".
        writer = create_async_engine(
            named, hide_parameters=True, pool_size=1, max_overflow=0, pool_timeout=60, **driven
        )
        reader = create_async_engine(
            named, hide_parameters=True, pool_size=readers, max_overflow=0, pool_timeout=60, **driven
        )
        _prepare_sqlite(writer, begin="BEGIN IMMEDIATE", writes=True)
        _prepare_sqlite(reader, begin="BEGIN", writes=False)
        return cls(url, writer, reader)

    @property
    def engines(self) -> tuple[AsyncEngine, ...]:
        """The pools behind the door, each once: for those who watch what passes."""
        return (self.writer,) if self._reader is self.writer else (self.writer, self._reader)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is embedded."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def exists(self) -> bool:
        """Whether there is something to connect to: SQLite would make its file by being asked."""
        return not self.is_sqlite or Path(self.url.database or "").exists()

    @property
    def shown_url(self) -> str:
        """The URL for people and logs, without a password."""
        shown = self.url.difference_update_query(["password", "sslpassword"])
        return shown.render_as_string(hide_password=True)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reading]:
        """Open a reading transaction. Raises StoreError when the database is away or its disk fails."""
        with self._in_words():
            async with _connected(self._reader) as connection:
                if not self.is_sqlite:
                    await connection.execution_options(
                        postgresql_readonly=True, isolation_level="REPEATABLE READ"
                    )
                yield Reading(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Writing]:
        """Open a writing transaction: committed when the block ends, rolled back when it raises.

        Raises StoreError when the database is away, or its disk full, failing or read-only.
        """
        with self._in_words():
            async with _connected(self.writer) as connection:
                transaction = await _whole(connection.begin().start())
                yield Writing(connection)
                await _whole(transaction.commit())

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Say what happened to the database, which is nobody's mistake in a statement."""
        try:
            yield
        except (OperationalError, InterfaceError, NoConnectionError) as error:
            raise StoreError(
                f"The database {self.shown_url} cannot be used: {_reason(error)}", passing=True
            ) from error

    async def ping(self) -> None:
        """Raise StoreError, in words, if the database does not answer."""
        try:
            async with self._reader.connect() as connection:
                # SQLite looks into its file only when it is asked for something that is in there.
                await connection.execute(
                    text("SELECT 1 FROM sqlite_master" if self.is_sqlite else "SELECT 1")
                )
        except (DBAPIError, OSError) as error:
            raise StoreError(
                f"The database {self.shown_url} does not answer: {_reason(error)}", passing=True
            ) from error

    async def close(self) -> None:
        """Close all connections."""
        for engine in self.engines:
            await engine.dispose()


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Take a connection out of the pool, and give it back whatever happens; what is not committed is rolled back."""
    connection = engine.connect()
    try:
        await _whole(connection.start())
        yield connection
    finally:
        if connection.sync_connection is not None:
            await _whole(connection.close())


async def _whole(asked: Awaitable[T]) -> T:
    """Wait for the database's answer, also when cancelled meanwhile; the cancellation is raised after it.

    What is cut off in the middle leaves its connection, and with SQLite the lock of all writers, to nobody.
    """
    task = asyncio.ensure_future(asked)
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            cancelled = True
    result = task.result()
    if cancelled:
        raise asyncio.CancelledError
    return result


def _reason(error: Exception) -> str:
    """Give only the server's first line: it names host, role and database, never the password."""
    return next(iter(str(getattr(error, "orig", error)).splitlines()), type(error).__name__)


def _prepare_sqlite(engine: AsyncEngine, *, begin: str, writes: bool) -> None:
    """Give each connection WAL, durability against kill -9, and transactions that we begin ourselves."""

    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        if writes:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")  # a power cut may lose the last commits, a kill none
        else:
            cursor.execute("PRAGMA query_only=ON")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    def started(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", connect)
    event.listen(engine.sync_engine, "begin", started)
