"""INSERT … ON CONFLICT, which both databases have and SQLAlchemy keeps in two dialects."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Table

from digests.store.engine import Writing

CHUNK = 500  # values of one IN (…)


def insert(tx: Writing, table: Table) -> Any:
    """Give an insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    # Each imported by whoever has it: the other one is a part of the time that a start takes.
    if tx.dialect == "sqlite":
        from sqlalchemy.dialects import sqlite  # noqa: PLC0415 - see above

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - see above

    return postgresql.insert(table)


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
