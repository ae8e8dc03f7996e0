"""What the whole suite shares: a store on each database, and the skips that say why."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.engine import make_url

from bot.playground.telegram import Server, Telegram
from digests.store.engine import Store
from digests.store.migrate import migrate
from digests.store.tables import metadata
from tests.emulated import TOKEN, Hands

# The machines that run this are shared: an example's milliseconds say nothing.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

REQUIRED = frozenset(filter(None, os.environ.get("SOSIK_REQUIRE", "").split(",")))
POSTGRES_URL = os.environ.get("SOSIK_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")


WAITING = frozenset(
    {"whole_way", "faults", "browser"}
)  # they wait for minutes and processes, and hardly compute


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the tests that wait among those that compute, so that no worker ends with a row of them."""
    waiting = [item for item in items if item.path.parent.name in WAITING]
    others = [item for item in items if item.path.parent.name not in WAITING]
    if waiting and others:
        share = -(-len(others) // len(waiting))
        items[:] = [
            item
            for number, slow in enumerate(waiting)
            for item in (slow, *others[number * share : (number + 1) * share])
        ]


def skip_or_fail(what: str, why: str) -> None:
    """Skip, visibly; where SOSIK_REQUIRE names `what`, fail instead."""
    if what in REQUIRED:
        pytest.fail(f"{what} is required here, but {why}", pytrace=False)
    pytest.skip(f"{what}: {why}")


@pytest.fixture(scope="session")
def postgres_template(worker_id: str) -> Iterator[str]:
    """A migrated database of this worker's own, to be copied by each test."""
    try:
        connection = psycopg.connect(POSTGRES_URL, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        skip_or_fail(
            "postgres", f"no server answers at {make_url(POSTGRES_URL).host} ({type(error).__name__})"
        )
        raise
    name = f"sosik_template_{worker_id}_{os.getpid()}"
    with connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        asyncio.run(_prepare(_postgres(name)))
        yield name
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def postgres_kept(postgres_template: str) -> Iterator[str]:
    """The database that this worker's tests use one after the other."""
    with _copied(postgres_template) as name:
        with psycopg.connect(
            POSTGRES_URL, autocommit=True
        ) as connection:  # nothing here outlives a power cut
            hasty = sql.SQL("ALTER DATABASE {} SET synchronous_commit = off")
            connection.execute(hasty.format(sql.Identifier(name)))
        yield name


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, postgres_template: str) -> Iterator[str]:
    """The URL of an empty, migrated PostgreSQL database.

    To make one takes a third of a second, to empty one two milliseconds: it is this worker's own, as it was made, and
    only a test marked `own_database` gets a new one, since it changes more than rows, or is about what the server
    remembers of tables.
    """
    if request.node.get_closest_marker("own_database"):
        with _copied(postgres_template) as name:
            yield _postgres(name)
    else:
        name = request.getfixturevalue("postgres_kept")
        yield _postgres(name)
        _empty(name)


def _postgres(name: str) -> str:
    return str(make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False))


@contextmanager
def _copied(template: str) -> Iterator[str]:
    name = f"sosik_{os.getpid()}_{os.urandom(6).hex()}"
    with psycopg.connect(POSTGRES_URL, autocommit=True) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
        yield name
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _empty(name: str) -> None:
    """Throw out whoever is still there, delete every row, and let ids begin again."""
    with psycopg.connect(_postgres(name), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        there = {row[0] for row in found}
        tables = [sql.Identifier(one.name) for one in reversed(metadata.sorted_tables) if one.name in there]
        delete = [sql.SQL("DELETE FROM {}").format(table) for table in tables]
        begin_again = sql.SQL("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")
        connection.execute(sql.SQL(";").join([*delete, begin_again]))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a fresh SQLite database, not migrated yet."""
    return f"sqlite:///{tmp_path}/sosik.db"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("template") / "sosik.db"
    asyncio.run(_prepare(f"sqlite:///{path}"))
    return path


@pytest.fixture
def migrated_sqlite_url(sqlite_url: str, sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh SQLite database with the tables in it."""
    shutil.copyfile(sqlite_template, tmp_path / "sosik.db")
    return sqlite_url


async def _prepare(url: str) -> None:
    store = Store.open(url)
    await migrate(store)
    await store.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database's URL in turn; SQLite's is not migrated yet."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """Each database's URL in turn, with the tables in it."""
    url: str = request.getfixturevalue("migrated_sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
async def store(migrated_url: str) -> AsyncIterator[Store]:
    """A migrated store on each database."""
    opened = Store.open(migrated_url)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Hands:
    """A clock that is set by hand."""
    return Hands()


@pytest.fixture
def telegram(clock: Hands) -> Telegram:
    """An emulated Telegram."""
    return Telegram(token=TOKEN, now=clock)


@pytest.fixture
async def base_url(telegram: Telegram) -> AsyncIterator[str]:
    """Where it is reached over HTTP."""
    async with Server(telegram.app()) as server:
        yield f"{server.url}/bot"


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real input, where it is at hand."""
    folder = os.environ.get("SOSIK_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        skip_or_fail("data", "SOSIK_TEST_DATA names no folder")
    return Path(folder)


class Statements:
    """The SQL that passes through a store's engines, counted; BEGIN and the like are not."""

    def __init__(self, *stores: Store) -> None:
        self.texts: list[str] = []
        self.parameters: list[Any] = []
        self._engines = [engine.sync_engine for store in stores for engine in store.engines]
        for engine in self._engines:
            event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, text: str, parameters: Any, *_: Any) -> None:
        if not text.lstrip().upper().startswith(("BEGIN", "EXPLAIN", "PRAGMA")):
            self.texts.append(text)
            self.parameters.append(parameters)

    def __len__(self) -> int:
        return len(self.texts)

    def clear(self) -> None:
        """Forget what has passed."""
        self.texts.clear()
        self.parameters.clear()

    def close(self) -> None:
        """Stop listening."""
        for engine in self._engines:
            event.remove(engine, "before_cursor_execute", self._note)


@pytest.fixture
def statements(store: Store) -> Iterator[Statements]:
    """Count the statements of `store`: `statements.clear()`, do it, `len(statements)`."""
    watching = Statements(store)
    yield watching
    watching.close()
