"""Chats that come from another bot, or leave for one: many at a time."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import and_, func, insert, select, tuple_

from digests.model import Address, Alerts, Chat, ChatKind, Language, Quiet
from digests.store import codec
from digests.store.chats import chat_of
from digests.store.engine import Reading, Writing
from digests.store.inserting import CHUNK
from digests.store.tables import chats, filings, subscriptions


@dataclass(frozen=True, slots=True)
class Arrival:
    """A chat as another bot had it."""

    address: Address
    kind: ChatKind
    language: Language
    zone: str
    zone_known: bool
    alerts: Alerts
    quiet: Quiet | None
    digest_times: tuple[time, ...]
    next_digest_at: datetime | None
    categories: tuple[str, ...]


async def arrive(tx: Writing, arrivals: Sequence[Arrival], now: datetime) -> int:
    """Write chats that are not known yet, with what they follow; tells how many are new.

    Who is known keeps what they chose here, and of two rows of one chat the first counts. Nothing older than `now` is
    sent to those that are new.
    """
    known = await _known(tx, [one.address for one in arrivals])
    first_of: dict[Address, Arrival] = {}
    for one in arrivals:
        if one.address not in known:
            first_of.setdefault(one.address, one)
    new = list(first_of.values())
    if not new:
        return 0
    upto = int(await tx.value(select(func.max(filings.c.seq))) or 0)
    first = int(await tx.value(select(func.max(chats.c.id))) or 0)
    await tx.execute(insert(chats), [_row(one, upto, now) for one in new])
    ids = {
        Address(row.telegram_id, row.thread_id): row.id
        for row in await tx.rows(
            select(chats.c.id, chats.c.telegram_id, chats.c.thread_id).where(chats.c.id > first)
        )
    }
    follows = [
        {"category": slug, "chat_id": ids[one.address], "since": now}
        for one in new
        for slug in one.categories
    ]
    if follows:
        await tx.execute(insert(subscriptions), follows)
    return len(new)


async def _known(tx: Reading, addresses: Sequence[Address]) -> frozenset[Address]:
    found: set[Address] = set()
    plain = sorted({one.telegram_id for one in addresses if not one.thread_id})
    for start in range(0, len(plain), CHUNK):
        rows = await tx.rows(
            select(chats.c.telegram_id).where(
                chats.c.telegram_id.in_(plain[start : start + CHUNK]), chats.c.thread_id == 0
            )
        )
        found |= {Address(row.telegram_id) for row in rows}
    topics = sorted({(one.telegram_id, one.thread_id) for one in addresses if one.thread_id})
    for start in range(0, len(topics), CHUNK):
        rows = await tx.rows(
            select(chats.c.telegram_id, chats.c.thread_id).where(
                tuple_(chats.c.telegram_id, chats.c.thread_id).in_(topics[start : start + CHUNK])
            )
        )
        found |= {Address(row.telegram_id, row.thread_id) for row in rows}
    return frozenset(found)


def _row(one: Arrival, upto: int, now: datetime) -> dict[str, Any]:
    return {
        "telegram_id": one.address.telegram_id,
        "thread_id": one.address.thread_id,
        "kind": one.kind,
        "language": one.language,
        "zone": one.zone,
        "zone_known": one.zone_known,
        "alerts": one.alerts,
        "quiet": codec.quiet_to_json(one.quiet),
        "digest_times": codec.times_to_json(one.digest_times),
        "next_digest_at": one.next_digest_at,
        "digested_seq": upto,  # what was filed before is another bot's to tell
        "digested_at": now,
        "created_at": now,
    }


async def all_chats(
    tx: Reading, block: int = 5_000
) -> AsyncIterator[tuple[tuple[Chat, frozenset[str]], ...]]:
    """Give every chat with what it follows, in the order in which they came, `block` at a time."""
    after = 0
    while True:
        rows = await tx.rows(select(chats).where(chats.c.id > after).order_by(chats.c.id).limit(block))
        if not rows:
            return
        first, after = rows[0].id, rows[-1].id
        follows: dict[int, set[str]] = {row.id: set() for row in rows}
        for row in await tx.rows(
            select(subscriptions.c.chat_id, subscriptions.c.category).where(
                and_(subscriptions.c.chat_id >= first, subscriptions.c.chat_id <= after)
            )
        ):
            follows.get(row.chat_id, set()).add(row.category)
        yield tuple((chat_of(row), frozenset(follows[row.id])) for row in rows)


async def count(tx: Reading) -> int:
    """Count the chats."""
    return int(await tx.value(select(func.count()).select_from(chats)) or 0)
