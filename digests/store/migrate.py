"""Bringing a database to this version's tables, in one transaction.

Alembic is imported when there is something to bring it to: most starts find all in order, and need not wait for it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from digests.errors import NewerSchemaError, StoreError
from digests.store.engine import Store

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSIONS = "alembic_version"  # Alembic's table


def configuration(connection: Connection | None = None) -> "Config":
    """Give Alembic's settings, made here instead of read from a file."""
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
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


def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    return ScriptDirectory.from_config(configuration())


def _revision(connection: Connection) -> str | None:
    """Read the revision as Alembic keeps it; None: there are no tables yet."""
    if not inspect(connection).has_table(_VERSIONS):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {_VERSIONS}"))  # noqa: S608 - a constant
    return found


def _stand(connection: Connection) -> tuple[str | None, str]:
    before = _revision(connection)
    if before == _newest():
        return before, before
    scripts = _scripts()
    head = scripts.get_current_head() or ""
    known = {script.revision for script in scripts.walk_revisions()}
    if before is not None and before not in known:
        raise NewerSchemaError(
            f"The database was written by a newer version of Sosik (revision {before}).",
            hint="Upgrade Sosik, or give this version a database of its own.",
        )
    return before, head


def _newest() -> str:
    """Give this version's revision by the names of the files, which are numbered."""
    return max(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _upgrade(connection: Connection) -> tuple[str | None, str]:
    before, head = _stand(connection)
    if before != head:
        from alembic import command  # noqa: PLC0415 - see above

        command.upgrade(configuration(connection), "head")
    return before, head
