"""The kinds of columns: ids, JSON, words from outside, times in UTC; and the metadata that all tables share."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, Text, TypeDecorator

Id = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up only an INTEGER primary key
Json = JSON(none_as_null=True)  # not JSONB: nothing looks inside, and JSONB refuses some of JSON (a NUL)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# PostgreSQL's text takes no NUL, and neither database half of a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def storable(text: str) -> str:
    """Leave out what a database refuses in a text."""
    return _UNSTORABLE.sub("", text)


class Words(TypeDecorator[str]):
    """Text from outside, without the characters that a database refuses: one entry must not stop a feed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Leave out what cannot be stored."""
        del dialect
        return None if value is None else storable(value)


class Utc(TypeDecorator[datetime]):
    """An aware datetime in UTC, on both sides, whatever the database makes of zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they are a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone reached the store")
        try:
            value = value.astimezone(UTC)
        except OverflowError:  # a publisher's year 1 or 9999, east or west of Greenwich
            early = (value.utcoffset() or timedelta()) > timedelta()
            value = _EARLIEST if early else _LATEST
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        del dialect
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def utc_said(at: datetime) -> str:
    """Write a time as SQLite's columns of kind Utc hold it; PostgreSQL, whose sessions keep UTC, reads it as it is meant."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
