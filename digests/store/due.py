"""Chats whose digest is due, many at a time: read by narrow columns, held, owed their digests, moved on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Text,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy import cast as as_type

from digests.model import ChatId, EditionId, Priority, State
from digests.store.among import among, among_named, ids_said, rows_of
from digests.store.engine import Reading, Writing
from digests.store.subject_tables import interests
from digests.store.tables import chats, deliveries, subscriptions


class DueChat(NamedTuple):
    """Of a chat only what its digest is made from: a million of them are looked at."""

    id: ChatId
    at: str  # when the digest is due, as it is stored (`codec.moment_stored`)
    zone: str
    times: str  # its digest times as they are stored (`codec.times_stored`)
    digested_seq: int | None
    digested_at: str | None  # likewise
    named_seq: int | None
    zone_known: bool
    zone_asks: int
    follows: str  # its categories, parted by spaces, in no order
    interested: bool  # whether it follows or mutes anything beside them


class OwedDigest(NamedTuple):
    """A digest before it is written."""

    chat: ChatId
    key: str
    edition: EditionId
    share: str | None  # as it is stored (`codec.share_stored`)


@dataclass(frozen=True, slots=True)
class Covered:
    """What the digests of one step cover."""

    filed: int  # the last filing
    named: int  # the last naming
    at: datetime


class Move(NamedTuple):
    """Where chats stand whose digest was looked at."""

    chats: Sequence[ChatId]
    next_at: datetime | None
    covered: Covered | None  # None: what it was
    zone_asks: int | None = None  # None: as many as there were


_AT = as_type(chats.c.next_digest_at, Text)
_COLUMNS = (
    chats.c.id,
    _AT,
    chats.c.zone,
    as_type(chats.c.digest_times, Text),
    chats.c.digested_seq,
    as_type(chats.c.digested_at, Text),
    chats.c.named_seq,
    chats.c.zone_known,
    chats.c.zone_asks,
    func.coalesce(
        select(func.aggregate_strings(subscriptions.c.category, " "))
        .where(subscriptions.c.chat_id == chats.c.id)
        .scalar_subquery(),
        "",
    ),
    exists().where(interests.c.chat_id == chats.c.id),
)


async def due(
    tx: Reading, until: datetime, limit: int, *, after: tuple[datetime, int] | None = None
) -> list[DueChat]:
    """Give the chats whose digest is due by `until`, the longest due first; those `after` a moment and an id."""
    wanted = [chats.c.paused_at.is_(None), chats.c.next_digest_at <= until]
    if after is not None:
        at, last = after
        wanted.append(chats.c.next_digest_at >= at)
        wanted.append(or_(chats.c.next_digest_at > at, chats.c.id > last))
    order = (chats.c.next_digest_at, chats.c.id)
    rows = await tx.rows(select(*_COLUMNS).where(*wanted).order_by(*order).limit(limit))
    return list(map(DueChat._make, rows))


async def next_moment(tx: Reading, after: datetime, until: datetime) -> datetime | None:
    """Tell when the next digests are due, if that is by `until`."""
    found: datetime | None = await tx.value(
        select(chats.c.next_digest_at)
        .where(chats.c.paused_at.is_(None), chats.c.next_digest_at > after, chats.c.next_digest_at <= until)
        .order_by(chats.c.next_digest_at)
        .limit(1)
    )
    return found


async def hold(tx: Writing, block: Sequence[DueChat]) -> frozenset[int]:
    """Keep all others from changing the chats, and give those that are as they were read: due then, and not paused."""
    row = rows_of(tx, [(chat.id, chat.at, chat.digested_seq) for chat in block])
    id_, seq = (as_type(row[place].as_string(), BigInteger) for place in (0, 2))
    same = and_(
        chats.c.id == id_,
        row[1].as_string() == _AT,
        chats.c.digested_seq.is_not_distinct_from(seq),
        chats.c.paused_at.is_(None),
    )
    held = (
        select(chats.c.id)
        .join_from(row.table, chats, same)
        .order_by(chats.c.id)
        .with_for_update(of=chats)
        .cte("held")
    )
    # They are counted first, since mostly they are all.
    if await tx.value(select(func.count()).select_from(held)) == len(block):
        return frozenset(chat.id for chat in block)
    return frozenset(found.id for found in await tx.rows(select(held.c.id)))


async def had(tx: Reading, ids: Sequence[ChatId], keys: Collection[str]) -> frozenset[tuple[int, str]]:
    """Tell which of the chats have, or had, a delivery under which of the keys."""
    rows = await tx.rows(
        select(deliveries.c.chat_id, deliveries.c.key).where(
            among(tx, deliveries.c.chat_id, ids), between(keys)
        )
    )
    found = cast("Sequence[tuple[int, str]]", rows)
    return frozenset((chat, key) for chat, key in found if key in keys)


def between(keys: Collection[str]) -> ColumnElement[bool]:
    """From the first to the last of keys: one range of the index for each chat, where each key would be looked up."""
    return and_(deliveries.c.key >= min(keys), deliveries.c.key <= max(keys))


async def owe(tx: Writing, owed: Sequence[OwedDigest], now: datetime, expires_at: datetime) -> None:
    """Write digests that are owed at the moment which their chats wait for. The chats are held, and have none under these keys."""
    if not owed:
        return
    row = rows_of(tx, owed)
    chat, edition = (as_type(row[place].as_string(), chats.c.id.type) for place in (0, 2))
    share = row[3].as_string()
    columns = deliveries.c
    values: dict[ColumnElement[Any], Any] = {
        columns.chat_id: chats.c.id,
        columns.key: row[1].as_string(),
        columns.edition_id: edition,
        columns.share: share if tx.dialect == "sqlite" else as_type(share, columns.share.type),
        columns.due_at: chats.c.next_digest_at,
        columns.priority: literal(Priority.DIGEST, columns.priority.type),
        columns.state: literal(State.OWED, columns.state.type),
        columns.silent: literal(False, columns.silent.type),
        columns.owed_at: literal(now, columns.owed_at.type),
        columns.expires_at: literal(expires_at, columns.expires_at.type),
    }
    each = select(*values.values()).join_from(row.table, chats, chats.c.id == chat)
    await tx.execute(insert(deliveries).from_select(list(values), each))


async def move_on(tx: Writing, moves: Sequence[Move]) -> None:
    """Write when chats' next digest is due, what their last one covered, and how often their zone was asked for.

    What was covered never becomes less.
    """
    if not moves:
        return
    rows = [
        {
            "ids": ids_said(tx.dialect, move.chats),
            "next": move.next_at,
            "covers": move.covered is not None,
            "filed": move.covered.filed if move.covered else 0,
            "named": move.covered.named if move.covered else 0,
            "now": move.covered.at if move.covered else None,
            "asks": move.zone_asks,
        }
        for move in moves
    ]
    await tx.execute(_moving(tx.dialect), rows)


@cache
def _moving(dialect: str) -> Update:
    """Make the statement once: with that SQLAlchemy is busy for longer than with running it."""
    covers = bindparam("covers", type_=Boolean)
    at_least: dict[ColumnElement[Any], Any] = {
        column: case((or_(not_(covers), column > covered), column), else_=covered)
        for column, covered in (
            (chats.c.digested_seq, bindparam("filed", type_=chats.c.digested_seq.type)),
            (chats.c.named_seq, bindparam("named", type_=chats.c.named_seq.type)),
        )
    }
    values: dict[ColumnElement[Any], Any] = {
        chats.c.next_digest_at: bindparam("next", type_=chats.c.next_digest_at.type),
        **at_least,
        chats.c.digested_at: func.coalesce(
            bindparam("now", type_=chats.c.digested_at.type), chats.c.digested_at
        ),
        chats.c.zone_asks: func.coalesce(bindparam("asks", type_=chats.c.zone_asks.type), chats.c.zone_asks),
    }
    return update(chats).where(among_named(dialect, chats.c.id, "ids")).values(values)
