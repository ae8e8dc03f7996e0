"""What the whole suite shares: a store on each database, and the skips that say why."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.engine import make_url

from digests.store.engine import Store
from digests.store.migrate import migrate

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
        import asyncio

        async def prepare() -> None:
            store = Store.open(str(make_url(POSTGRES_URL).set(database=name).render_as_string(False)))
            await migrate(store)
            await store.close()

        asyncio.run(prepare())
        yield name
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def postgres_url(postgres_template: str) -> Iterator[str]:
    """The URL of a fresh, migrated PostgreSQL database."""
    name = f"sosik_{os.getpid()}_{os.urandom(6).hex()}"
    with psycopg.connect(POSTGRES_URL, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(postgres_template)
            )
        )
        yield make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a fresh SQLite database, not migrated yet."""
    return f"sqlite:///{tmp_path}/sosik.db"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database's URL in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A migrated store on each database."""
    opened = Store.open(database_url)
    await migrate(opened)
    yield opened
    await opened.close()


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
