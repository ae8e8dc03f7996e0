"""Bringing a database to this version's tables, in one transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from digests.errors import NewerSchemaError, StoreError
from digests.store.engine import Store


def configuration(connection: Connection | None = None) -> Config:
    """Give Alembic's settings, made here instead of read from a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def migrate(store: Store) -> tuple[str | None, str]:
    """Apply what is missing and tell the revision before and after.

    Raises NewerSchemaError for a database that a newer Sosik has written: its tables are unknown here.
    """
    await store.ping()
    async with store.writing() as tx:
        return await tx.run_sync(_upgrade)


async def stand(store: Store) -> tuple[str | None, str]:
    """Tell the revision the database has (None: no tables), and the one of this version; changes nothing."""
    if not store.exists:
        return None, _scripts().get_current_head() or ""  # to connect would create the file
    await store.ping()
    async with store.reading() as tx:
        return await tx.run_sync(_stand)


async def require_current(store: Store) -> None:
    """Raise StoreError unless the tables are those of this version; changes nothing."""
    before, head = await stand(store)
    if before != head:
        raise StoreError(
            f"The database {store.shown_url} has no tables of this version yet.",
            hint="Run `sosik migrate` first.",
        )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())


def _stand(connection: Connection) -> tuple[str | None, str]:
    scripts = _scripts()
    head = scripts.get_current_head() or ""
    before = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if before is not None and before not in known:
        raise NewerSchemaError(
            f"The database was written by a newer version of Sosik (revision {before}).",
            hint="Upgrade Sosik, or give this version a database of its own.",
        )
    return before, head


def _upgrade(connection: Connection) -> tuple[str | None, str]:
    before, head = _stand(connection)
    if before != head:
        command.upgrade(configuration(connection), "head")
    return before, head
