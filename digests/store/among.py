"""Many values as one parameter: one short statement to prepare, however many chats it is about."""

import json
from collections.abc import Collection

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, any_, bindparam, func, select

from digests.store.engine import Reading


def among(tx: Reading, column: ColumnElement[int], ids: Collection[int]) -> ColumnElement[bool]:
    """Whether a column of ids holds one of `ids`. Each is looked up by the column's index, as with `IN (…)`."""
    if tx.dialect == "sqlite":
        each = func.json_each(bindparam(None, json.dumps(list(ids)), type_=Text)).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(bindparam(None, list(ids), type_=ARRAY(BigInteger)))
