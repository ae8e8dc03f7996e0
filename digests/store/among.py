"""Many values as one parameter: one short statement to prepare, however many chats it is about.

What SQLAlchemy does for each row of many parameters takes longer than either database needs for it. A statement that is run often is
made once, with a parameter that has a name (`among_named`, `rows_named`) and is told later (`ids_said`, `rows_said`): making it takes
longer than running it.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
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

from digests.store.columns import Utc, utc_said
from digests.store.engine import Reading

Rows = Collection[Sequence[int | str | datetime | None]]


def among(tx: Reading, column: ColumnElement[int], ids: Collection[int]) -> ColumnElement[bool]:
    """Whether a column of ids holds one of `ids`. Each is looked up by the column's index, as with `IN (…)`."""
    return _among(tx.dialect, column, bindparam(None, ids_said(tx.dialect, ids), type_=_ids(tx.dialect)))


def among_named(dialect: str, column: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """Say the same of a parameter that is told later, by `ids_said`."""
    return _among(dialect, column, bindparam(name, type_=_ids(dialect)))


def ids_said(dialect: str, ids: Collection[int]) -> str | list[int]:
    """Give ids as the one parameter that they are."""
    return json.dumps(list(ids)) if dialect == "sqlite" else list(ids)


def rows_of(tx: Reading, rows: Rows) -> ColumnElement[list[object]]:
    """Give rows as a table of one column, each a JSON array: `[0].as_string()` is the first value of a row."""
    return _each_of(tx.dialect, bindparam(None, rows_said(rows), type_=Text))


def rows_named(dialect: str, name: str) -> ColumnElement[list[object]]:
    """Give the same of a parameter that is told later, by `rows_said`."""
    return _each_of(dialect, bindparam(name, type_=Text))


def rows_said(rows: Rows) -> str:
    """Give rows as the one parameter that they are."""
    return json.dumps(list(rows), default=_stored)


def moment_of(dialect: str, value: ColumnElement[str]) -> ColumnElement[datetime]:
    """Read a value of a row as the moment that it was."""
    return type_coerce(value, Utc) if dialect == "sqlite" else cast(value, Utc)


def _among(dialect: str, column: ColumnElement[int], ids: BindParameter[Any]) -> ColumnElement[bool]:
    if dialect == "sqlite":
        return column.in_(select(func.json_each(ids).table_valued("value").c.value))
    return column == any_(ids)


def _ids(dialect: str) -> TypeEngine[Any]:
    return Text() if dialect == "sqlite" else ARRAY(BigInteger)


def _each_of(dialect: str, said: ColumnElement[str]) -> ColumnElement[list[object]]:
    each = func.json_each if dialect == "sqlite" else func.json_array_elements
    one = each(said if dialect == "sqlite" else cast(said, JSON)).table_valued(Column("value", JSON))
    found: ColumnElement[list[object]] = one.c.value
    return found


def _stored(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"no value of a row: {type(value).__name__}")
    return utc_said(value)
