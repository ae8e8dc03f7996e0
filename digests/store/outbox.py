"""The outbox: messages owed to chats, claimed by one run at a time, settled by outcomes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, case, false, func, or_, select, update

from digests.model import (
    MOST_TURNS,
    ChatId,
    Delivery,
    DeliveryId,
    EditionId,
    Owed,
    Priority,
    State,
    StoryId,
    alert_key,
)
from digests.store import codec
from digests.store.engine import Reading, Writing
from digests.store.inserting import insert_new
from digests.store.leaving import NEWEST, taken
from digests.store.tables import IS_HELD, IS_OWED, deliveries, editions

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


@dataclass(frozen=True, slots=True)
class HeldAlert:
    """An alert that a chat's next digest must tell."""

    delivery: DeliveryId
    edition: EditionId


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
    written = await insert_new(tx, deliveries, rows, deliveries.c.id, deliveries.c.state, deliveries.c.run_id)
    return tuple(
        DeliveryId(row.id)
        for row in written
        if row.state == State.OWED and (run is None or row.run_id == run)
    )


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


async def settle(tx: Writing, settlements: Sequence[Settlement], now: datetime) -> None:
    """Write outcomes, and let the deliveries go. Only a debt can be settled: what was cancelled stays so."""
    if not settlements:
        return
    table = deliveries
    parts = bindparam("parts", type_=table.c.parts_sent.type)  # what was sent never becomes unsent
    statement = (
        update(table)
        .where(table.c.id == bindparam("delivery"), IS_OWED)
        .values(
            state=bindparam("to"),
            attempt=bindparam("tries"),
            unheard=bindparam("never"),
            parts_sent=case((parts > table.c.parts_sent, parts), else_=table.c.parts_sent),
            message_id=func.coalesce(bindparam("message", type_=table.c.message_id.type), table.c.message_id),
            due_at=func.coalesce(bindparam("due", type_=table.c.due_at.type), table.c.due_at),
            note=bindparam("why"),
            settled_at=bindparam("settled", type_=table.c.settled_at.type),
            run_id=None,
            lease_until=None,
        )
    )
    await tx.execute(
        statement,
        [
            {
                "delivery": one.delivery,
                "to": one.state,
                "tries": one.attempt,
                "never": one.unheard,
                "parts": one.parts_sent,
                "message": one.message_id,
                "due": one.due_at,
                "why": one.note[:500],
                "settled": now if one.state in _SETTLED else None,
            }
            for one in settlements
        ],
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


async def held(tx: Reading, chat_ids: Collection[ChatId]) -> dict[ChatId, tuple[HeldAlert, ...]]:
    """Give the alerts that wait for the chats' next digest, oldest first."""
    found: dict[ChatId, list[HeldAlert]] = defaultdict(list)
    for row in await tx.rows(
        select(deliveries.c.id, deliveries.c.chat_id, NEWEST.label("edition_id"))
        .join(editions, editions.c.id == deliveries.c.edition_id)
        .where(IS_HELD, deliveries.c.chat_id.in_(chat_ids))
        .order_by(deliveries.c.id)
    ):
        found[ChatId(row.chat_id)].append(HeldAlert(DeliveryId(row.id), EditionId(row.edition_id)))
    return {chat: tuple(alerts) for chat, alerts in found.items()}


async def told(tx: Writing, ids: Collection[DeliveryId], now: datetime) -> None:
    """Settle held alerts: the digest that is owed in the same transaction tells them."""
    await tx.execute(
        update(deliveries).where(deliveries.c.id.in_(ids), IS_HELD).values(state=State.TOLD, settled_at=now)
    )


async def unhold(tx: Writing, chat: ChatId, now: datetime) -> None:
    """Owe held alerts at once: the chat has no digest any more that could tell them."""
    await tx.execute(
        update(deliveries).where(deliveries.c.chat_id == chat, IS_HELD).values(state=State.OWED, due_at=now)
    )


async def alerted(
    tx: Reading, chat_ids: Collection[ChatId], story_ids: Collection[StoryId]
) -> dict[ChatId, frozenset[StoryId]]:
    """Tell which of the stories each chat has, or will have, as an alert or in "also broke"."""
    keys = {alert_key(story, turn): story for story in story_ids for turn in range(1, MOST_TURNS + 1)}
    found: dict[ChatId, set[StoryId]] = defaultdict(set)
    if keys:
        for row in await tx.rows(
            select(deliveries.c.chat_id, deliveries.c.key).where(
                deliveries.c.chat_id.in_(chat_ids),
                deliveries.c.key.in_(list(keys)),
                deliveries.c.state.in_([State.OWED, State.HELD, State.SENT, State.TOLD, State.UNHEARD]),
            )
        ):
            found[ChatId(row.chat_id)].add(keys[row.key])
    return {chat: frozenset(found[chat]) for chat in chat_ids}


async def had(tx: Reading, keys: Mapping[ChatId, str]) -> frozenset[ChatId]:
    """Tell which chats have, or had, a delivery under the key given for each."""
    rows = await tx.rows(
        select(deliveries.c.chat_id, deliveries.c.key).where(
            deliveries.c.chat_id.in_(list(keys)), deliveries.c.key.in_(set(keys.values()))
        )
    )
    return frozenset(ChatId(row.chat_id) for row in rows if keys[ChatId(row.chat_id)] == row.key)


async def cancel(tx: Writing, chats_: Collection[ChatId], state: State, now: datetime) -> int:
    """Settle all that chats are owed, unsent: the reader left (CANCELLED), or cannot be reached (GONE)."""
    rows = await tx.rows(
        update(deliveries)
        .where(deliveries.c.chat_id.in_(chats_), deliveries.c.state.in_([State.OWED, State.HELD]))
        .values(state=state, settled_at=now, run_id=None, lease_until=None)
        .returning(deliveries.c.id)
    )
    return len(rows)


async def cancel_alerts(tx: Writing, chat: ChatId, now: datetime) -> None:
    """Settle the alerts that a chat is owed, unsent: it wants none any more. Held ones stay, for its digest."""
    await tx.execute(
        update(deliveries)
        .where(deliveries.c.chat_id == chat, deliveries.c.priority == Priority.ALERT, IS_OWED)
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
