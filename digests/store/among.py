"""Many values as one parameter: one short statement to prepare, however many chats it is about."""

import json
from collections.abc import Collection, Sequence

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Text,
    any_,
    bindparam,
    cast,
    func,
    select,
)

from digests.store.engine import Reading

Rows = Collection[Sequence[int | str | None]]


def among(tx: Reading, column: ColumnElement[int], ids: Collection[int]) -> ColumnElement[bool]:
    """Whether a column of ids holds one of `ids`. Each is looked up by the column's index, as with `IN (…)`."""
    if tx.dialect == "sqlite":
        each = func.json_each(bindparam(None, json.dumps(list(ids)), type_=Text)).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(bindparam(None, list(ids), type_=ARRAY(BigInteger)))


def rows_of(tx: Reading, rows: Rows) -> ColumnElement[list[object]]:
    """Give rows as a table of one column, each a JSON array: `[0].as_string()` is the first value of a row."""
    return _each_of(tx.dialect, bindparam(None, rows_said(rows), type_=Text))


def rows_named(dialect: str, name: str) -> ColumnElement[list[object]]:
    """Give the same of a parameter that is told later, by `rows_said`: for a statement that is made once."""
    return _each_of(dialect, bindparam(name, type_=Text))


def rows_said(rows: Rows) -> str:
    """Give rows as the one parameter that they are."""
    return json.dumps(list(rows))


def _each_of(dialect: str, said: ColumnElement[str]) -> ColumnElement[list[object]]:
    each = func.json_each if dialect == "sqlite" else func.json_array_elements
    one = each(said if dialect == "sqlite" else cast(said, JSON)).table_valued(Column("value", JSON))
    found: ColumnElement[list[object]] = one.c.value
    return found
