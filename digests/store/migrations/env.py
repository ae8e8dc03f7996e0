"""Alembic's entry: it is handed an open connection by `digests.store.migrate`, and reads no file."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import JSON

from digests.store.columns import Utc, Words
from digests.store.tables import POSTGRESQL_WHERE, metadata


def render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write column types by SQLAlchemy's own names: a migration must not change when ours do."""
    if kind != "type":
        return False
    if isinstance(item, Utc):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Words):
        return "sa.Text()"
    if isinstance(item, JSON):
        return "sa.JSON()"
    return False


for table in metadata.tables.values():
    for index in table.indexes:
        if POSTGRESQL_WHERE in index.info:
            index.dialect_kwargs[POSTGRESQL_WHERE] = index.info[POSTGRESQL_WHERE]

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    render_item=render,
)
context.run_migrations()
