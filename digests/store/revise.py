"""Writing a new migration from what `tables.py` says and a fresh database lacks: `make migration MESSAGE=…`."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from digests.store.engine import Store
from digests.store.migrate import configuration, migrate


async def revise(message: str, folder: Path) -> None:
    """Write the migration; `folder` takes the database that it is compared with."""
    store = Store.open(f"sqlite:///{folder}/fresh.db")
    await migrate(store)
    number = len(list(ScriptDirectory.from_config(configuration()).walk_revisions())) + 1

    def write(connection: Connection) -> None:
        command.revision(configuration(connection), message=message, rev_id=f"{number:04}", autogenerate=True)

    async with store.writer.begin() as connection:
        await connection.run_sync(write)
    await store.close()


def main() -> None:
    """Run from the command line."""
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        raise SystemExit('Say what changes: make migration MESSAGE="Feeds learn their rhythm"')
    with TemporaryDirectory() as folder:
        asyncio.run(revise(sys.argv[1].strip(), Path(folder)))


if __name__ == "__main__":
    main()
