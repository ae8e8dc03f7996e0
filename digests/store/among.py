"""Many values as one parameter: one short statement to prepare, however many chats it is about."""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Text,
    any_,
    bindparam,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from digests.store.columns import Utc
from digests.store.engine import Reading


def among(tx: Reading, column: ColumnElement[int], ids: Collection[int]) -> ColumnElement[bool]:
    """Whether a column of ids holds one of `ids`. Each is looked up by the column's index, as with `IN (…)`."""
    return _among(tx.dialect, column, bindparam(None, ids_in(tx, ids), type_=_type_of(tx.dialect)))


def among_bound(dialect: str, column: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """Say the same for a statement that is made once, and run with `ids_in` as the parameter `name`."""
    return _among(dialect, column, bindparam(name, type_=_type_of(dialect)))


def ids_in(tx: Reading, ids: Collection[int]) -> str | list[int]:
    """Give ids as the one parameter that they are."""
    return json.dumps(list(ids)) if tx.dialect == "sqlite" else list(ids)


def _among(dialect: str, column: ColumnElement[int], ids: BindParameter[Any]) -> ColumnElement[bool]:
    if dialect == "sqlite":
        return column.in_(select(func.json_each(ids).table_valued("value").c.value))
    return column == any_(ids)


def _type_of(dialect: str) -> TypeEngine[Any]:
    return Text() if dialect == "sqlite" else ARRAY(BigInteger)


Value = int | str | datetime | None


def rows_of(tx: Reading, rows: Collection[Sequence[Value]]) -> ColumnElement[list[object]]:
    """Give rows as a table of one column, each a JSON array: `[0].as_string()` is the first value of a row.

    What SQLAlchemy does for each row of many parameters takes longer than either database needs for it.
    """
    each = func.json_each if tx.dialect == "sqlite" else func.json_array_elements
    said = bindparam(None, json.dumps(list(rows), default=_as_stored), type_=Text)
    one = each(said if tx.dialect == "sqlite" else cast(said, JSON)).table_valued(Column("value", JSON))
    found: ColumnElement[list[object]] = one.c.value
    return found


def moment_of(tx: Reading, value: ColumnElement[str]) -> ColumnElement[datetime]:
    """Read a value of `rows_of` as the moment that it was."""
    return type_coerce(value, Utc) if tx.dialect == "sqlite" else cast(value, Utc)


def _as_stored(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"no value of a row: {type(value).__name__}")
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"  # as SQLite holds it; PostgreSQL's sessions are in UTC
