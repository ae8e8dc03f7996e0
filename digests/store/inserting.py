"""INSERT … ON CONFLICT, which both databases have and SQLAlchemy keeps in two dialects."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Table
from sqlalchemy.dialects import postgresql, sqlite

from digests.store.engine import Writing

CHUNK = 500  # values of one IN (…)


def insert(tx: Writing, table: Table) -> Any:
    """Give an insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(table) if tx.dialect == "sqlite" else postgresql.insert(table)


async def insert_new(
    tx: Writing, table: Table, rows: Sequence[dict[str, Any]], *returning: ColumnElement[Any]
) -> Sequence[Row[Any]]:
    """Insert rows in their order, but those that are there already; give `returning` of the new ones.

    The rows go as parameters of one statement that SQLAlchemy keeps compiled and cuts into batches itself:
    `values([…])` is compiled anew each time, for 5,000 deliveries a second of the event loop's time.
    """
    if not rows:
        return ()
    statement = insert(tx, table).on_conflict_do_nothing().returning(*returning)
    return (await tx.execute(statement, rows)).all()
