import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from digests.errors import InUseError, NewerSchemaError, StoreError
from digests.store.engine import Store
from digests.store.lock import hold
from digests.store.migrate import configuration, migrate, require_current
from digests.store.tables import metadata

pytestmark = pytest.mark.own_database


async def test_migrations_make_the_tables_that_the_code_expects(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with store.writer.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_twice_changes_nothing(store: Store) -> None:
    before, after = await migrate(store)
    assert before == after


async def test_a_database_of_a_newer_version_is_refused_with_a_sentence(store: Store) -> None:
    async with store.writing() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchemaError, match="newer version of Sosik"):
        await migrate(store)


async def test_an_empty_database_is_not_current(sqlite_url: str) -> None:
    store = Store.open(sqlite_url)
    with pytest.raises(StoreError, match="sosik migrate"):
        await require_current(store)
    await store.close()


async def test_a_second_process_is_told_so(store: Store) -> None:
    async with hold(store):
        other = Store.open(store.url.render_as_string(hide_password=False))
        with pytest.raises(InUseError, match="already works"):
            async with hold(other):
                pass
        await other.close()
    async with hold(store):
        pass


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mysql://root@localhost/x",
        "sqlite://",
        "sqlite:///:memory:",
        "nonsense",
        "sqlite:////no/such/folder/x.db",
    ],
)
def test_a_database_url_that_cannot_be_used_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(StoreError):
        Store.open(url)


async def test_a_server_that_does_not_answer_is_told_without_its_password() -> None:
    store = Store.open("postgresql://somebody:secret@127.0.0.1:1/none")
    with pytest.raises(StoreError) as caught:
        await store.ping()
    assert "does not answer" in str(caught.value)
    assert "secret" not in str(caught.value)
    await store.close()


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(Exception, match="read"):
        async with store.reading() as tx:
            await tx.rows(
                text("INSERT INTO memos (name, value, at) VALUES ('a', '1', '2026-01-01') RETURNING name")
            )


async def test_the_numbers_of_the_files_are_those_of_the_revisions() -> None:
    for script in ScriptDirectory.from_config(configuration()).walk_revisions():
        assert script.path.rpartition("/")[2].partition("_")[0] == script.revision
