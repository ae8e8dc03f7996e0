"""The outbox: messages owed to chats, claimed by one run at a time, settled by outcomes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Update, and_, case, false, func, or_, select, update
from sqlalchemy import cast as as_type

from digests.model import (
    Chat,
    ChatId,
    Delivery,
    DeliveryId,
    Owed,
    Priority,
    State,
)
from digests.store import codec, undelivered
from digests.store.among import moment_of, rows_named, rows_said
from digests.store.columns import storable
from digests.store.engine import Reading, Writing
from digests.store.inserting import insert_new
from digests.store.leaving import taken
from digests.store.tables import IS_HELD, IS_OWED, deliveries

_SETTLED = (
    State.SENT,
    State.TOLD,
    State.GONE,
    State.REFUSED,
    State.EXPIRED,
    State.CANCELLED,
    State.UNHEARD,
)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an outcome makes of a delivery. With state OWED it is tried again at `due_at`."""

    delivery: DeliveryId
    state: State
    attempt: int = 0
    unheard: int = 0
    parts_sent: int = 0
    message_id: int | None = None
    due_at: datetime | None = None
    note: str = ""


async def owe(
    tx: Writing,
    owed: Sequence[Owed],
    now: datetime,
    *,
    run: str | None = None,
    lease_until: datetime | None = None,
) -> tuple[DeliveryId, ...]:
    """Write debts; a chat that has the key already is left as it is. With `run` they are born claimed by it.

    Gives the ids of those that are new and owed.
    """
    written = await _write(tx, owed, now, run, lease_until)
    return tuple(
        DeliveryId(row.id)
        for row in written
        if row.state == State.OWED and (run is None or row.run_id == run)
    )


async def bear(
    tx: Writing,
    owed: Sequence[Owed],
    readers: Mapping[ChatId, Chat],
    now: datetime,
    *,
    run: str,
    lease_until: datetime,
) -> tuple[Delivery, ...]:
    """Write debts that are born claimed by `run`, at most one of a chat; gives them in the order of `owed`.

    They are made of what is at hand, the chats as they were read in this transaction: to read them back would take as long
    as writing them.
    """
    written = await _write(tx, owed, now, run, lease_until)
    born = {row.chat_id: row.id for row in written if row.run_id == run}
    return tuple(
        Delivery(
            id=DeliveryId(born[one.chat]),
            chat=readers[one.chat],
            edition=one.edition,
            key=one.key,
            priority=one.priority,
            expires_at=one.expires_at,
            silent=one.silent,
            share=one.share,
            parts_sent=0,
            attempt=0,
            unheard=0,
        )
        for one in owed
        if one.chat in born
    )


async def _write(
    tx: Writing, owed: Sequence[Owed], now: datetime, run: str | None, lease_until: datetime | None
) -> Sequence[Row[Any]]:
    rows = [
        {
            "chat_id": one.chat,
            "key": one.key,
            "edition_id": one.edition,
            "priority": one.priority,
            "state": one.state,
            "silent": one.silent,
            "share": codec.share_to_json(one.share),
            "answers": one.answers,
            "owed_at": now,
            "due_at": one.due_at,
            "expires_at": one.expires_at,
            "run_id": run if one.state is State.OWED and one.due_at <= now else None,
            "lease_until": lease_until if one.state is State.OWED and one.due_at <= now else None,
        }
        for one in owed
    ]
    columns = deliveries.c
    return await insert_new(tx, deliveries, rows, columns.id, columns.chat_id, columns.state, columns.run_id)


async def claim(
    tx: Writing,
    run: str,
    now: datetime,
    *,
    lease_until: datetime,
    limit: int,
    in_hand: bool = True,
    least: Priority = Priority.DIGEST,
) -> tuple[Delivery, ...]:
    """Take what is owed and due and that nobody holds: alerts before digests, the oldest first.

    `in_hand` says that this run has claimed deliveries under way. Without any, what it claimed before is free
    again: something failed between the claim and the outcome. What is less urgent than `least` is left.
    """
    due = (
        select(deliveries.c.id)
        .where(*_free(run, now, in_hand=in_hand), deliveries.c.priority <= least)
        .order_by(deliveries.c.priority, deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await tx.rows(
        update(deliveries)
        .where(deliveries.c.id.in_(select(due.cte().c.id)))
        .values(run_id=run, lease_until=lease_until)
        .returning(deliveries.c.id)
    )
    return await taken(tx, [DeliveryId(row.id) for row in rows])


async def anything_due(
    tx: Reading, run: str, now: datetime, *, in_hand: bool, least: Priority = Priority.DIGEST
) -> bool:
    """Tell whether a claim would find anything, without the lock that it takes."""
    free = _free(run, now, in_hand=in_hand)
    found = await tx.value(select(deliveries.c.id).where(*free, deliveries.c.priority <= least).limit(1))
    return found is not None


def _free(run: str, now: datetime, *, in_hand: bool) -> tuple[ColumnElement[bool], ...]:
    # Our own claims are no matter of the clock, which may jump; those of another run are free when its lease is
    # over, those of a dead one since `release` at our start.
    ours = false() if in_hand else deliveries.c.run_id == run
    free = or_(
        deliveries.c.run_id.is_(None), ours, and_(deliveries.c.run_id != run, deliveries.c.lease_until < now)
    )
    return IS_OWED, deliveries.c.due_at <= now, free


async def settle(tx: Writing, settlements: Sequence[Settlement], now: datetime) -> tuple[ChatId, ...]:
    """Write outcomes, and let the deliveries go. Only a debt can be settled: what was cancelled stays so.

    What a digest was to tell that ends unsent is owed again (`undelivered`). Gives the chats for which an alert is held by
    this, and that have no digest: what becomes of it is the caller's (`digests/holding.py`).
    """
    if not settlements:
        return ()
    lost = [one.delivery for one in settlements if one.state in undelivered.LOST]
    late = [one.delivery for one in settlements if one.state is State.HELD]
    if lost or late:
        await undelivered.hold_chats(tx, [*lost, *late])
    rows = [
        (
            one.delivery,
            one.state,
            one.attempt,
            one.unheard,
            one.parts_sent,
            one.message_id,
            one.due_at,
            storable(one.note[:500]),
            now if one.state in _SETTLED else None,
        )
        for one in settlements
    ]
    await tx.execute(_settling(tx.dialect), [{"outcomes": rows_said(rows)}])
    if lost:
        await undelivered.give_back(tx, lost, now)
    return await undelivered.without_digests(tx, [*lost, *late]) if lost or late else ()


@cache
def _settling(dialect: str) -> Update:
    row = rows_named(dialect, "outcomes")
    parts = row[4].as_integer()  # what was sent never becomes unsent
    message = as_type(row[5].as_string(), deliveries.c.message_id.type)
    return (
        update(deliveries)
        .where(deliveries.c.id == as_type(row[0].as_string(), deliveries.c.id.type), IS_OWED)
        .values(
            state=row[1].as_string(),
            attempt=row[2].as_integer(),
            unheard=row[3].as_integer(),
            parts_sent=case((deliveries.c.parts_sent < parts, parts), else_=deliveries.c.parts_sent),
            message_id=func.coalesce(message, deliveries.c.message_id),
            due_at=func.coalesce(moment_of(dialect, row[6].as_string()), deliveries.c.due_at),
            note=row[7].as_string(),
            settled_at=moment_of(dialect, row[8].as_string()),
            run_id=None,
            lease_until=None,
        )
    )


async def part_sent(tx: Writing, delivery: DeliveryId, parts: int, lease_until: datetime) -> None:
    """Remember how far a split digest got, so that a kill repeats one part at most."""
    await tx.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery)
        .values(parts_sent=parts, lease_until=lease_until)
    )


async def let_go(tx: Writing, ids: Collection[DeliveryId], run: str) -> None:
    """Give claimed deliveries back unsent, as they were."""
    await tx.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(ids), deliveries.c.run_id == run, deliveries.c.state == State.OWED)
        .values(run_id=None, lease_until=None)
    )


async def release(tx: Writing, *, but: str) -> int:
    """Let go what other runs hold: at a start, those runs are dead."""
    rows = await tx.rows(
        update(deliveries)
        .where(IS_OWED, deliveries.c.run_id.is_not(None), deliveries.c.run_id != but)
        .values(run_id=None, lease_until=None)
        .returning(deliveries.c.id)
    )
    return len(rows)


async def cancel(tx: Writing, chats_: Collection[ChatId], state: State, now: datetime) -> int:
    """Settle all that chats are owed, unsent: the reader left (CANCELLED), or cannot be reached (GONE)."""
    rows = await tx.rows(
        update(deliveries)
        .where(deliveries.c.chat_id.in_(chats_), deliveries.c.state.in_([State.OWED, State.HELD]))
        .values(state=state, settled_at=now, run_id=None, lease_until=None)
        .returning(deliveries.c.id)
    )
    return len(rows)


async def cancel_alerts(tx: Writing, chat: ChatId, now: datetime, *, held: bool) -> None:
    """Settle the alerts that a chat is owed, unsent: it wants none any more. With `held` also those: no digest tells them."""
    await tx.execute(
        update(deliveries)
        .where(
            deliveries.c.chat_id == chat,
            deliveries.c.priority == Priority.ALERT,
            or_(IS_OWED, IS_HELD) if held else IS_OWED,
        )
        .values(state=State.CANCELLED, settled_at=now, run_id=None, lease_until=None)
    )


async def counts(tx: Reading) -> dict[tuple[Priority, State], int]:
    """Count deliveries by kind and state."""
    rows = await tx.rows(
        select(deliveries.c.priority, deliveries.c.state, func.count().label("n")).group_by(
            deliveries.c.priority, deliveries.c.state
        )
    )
    return {(Priority(row.priority), State(row.state)): int(row.n) for row in rows}
