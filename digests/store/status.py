"""How things stand, for an operator's eyes: what is owed, what was sent and what was not, who is written to.

Reading only. What was settled is counted in indexes alone; what is owed is looked at row by row, since its key says its kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, FromClause, and_, case, func, or_, select

from digests.model import Broadcast, Sends, State, StoryId, Wish
from digests.store.audiences import Audiences
from digests.store.editions import broadcast_of
from digests.store.engine import Reading
from digests.store.health import BROKEN_AFTER
from digests.store.inbox import OFFSET
from digests.store.revisions import about
from digests.store.stars import ledger_of
from digests.store.subject_tables import interests
from digests.store.tables import (
    IS_HELD,
    IS_OWED,
    IS_SETTLED,
    IS_UNDONE,
    IS_UNJUDGED,
    IS_UNSENT,
    broadcasts,
    chats,
    deliveries,
    entries,
    feeds,
    inbox,
    memos,
)

WINDOWS: Mapping[str, timedelta] = {  # over which is counted: what happens now, lately and today
    "now": timedelta(seconds=10),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Debt:
    """What is owed of one kind."""

    kind: str  # "alert", "turn", "edit", "denial", "digest", "notice": what keys begin with
    now: int  # messages that are due
    later: int  # that are due at a time to come
    oldest: datetime  # when the oldest was written down
    last_due: datetime


@dataclass(frozen=True, slots=True)
class Unfolding:
    """What is not owed to all of its audience yet."""

    sends: Sends
    story: StoryId
    turn: int
    left: int  # chats, estimated: those of them that want it


@dataclass(frozen=True, slots=True)
class Settled:
    """What was settled in one of WINDOWS."""

    sent: int
    unsent: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Failing:
    """A feed that somebody should look after."""

    name: str
    failures: int  # in a row
    error: str
    closed: bool  # for good, by its publisher


@dataclass(frozen=True, slots=True)
class Signs:
    """When a bot last did something, by what it has written; None: never, or it is forgotten."""

    settled: datetime | None
    polled: datetime | None
    heard: datetime | None  # an update of Telegram's


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand at one moment."""

    owed: tuple[Debt, ...]
    held: int
    unfolding: tuple[Unfolding, ...]
    settled: Mapping[str, Settled]  # by the names of WINDOWS
    active: int  # chats
    paused: Mapping[str, int]  # chats, by why; the most frequent reason first
    updates: int  # in the inbox
    oldest_update: datetime | None
    unjudged: int  # entries
    feeds: int  # that are polled
    failing: tuple[Failing, ...]
    paid_for: int  # messages, of today in UTC; what was set aside for some counts as well
    signs: Signs

    @property
    def due(self) -> int:
        """How many messages are owed and due, without those of audiences that are not unfolded yet."""
        return sum(one.now for one in self.owed)

    @property
    def left(self) -> int:
        """How many messages are about to be sent, those of audiences included."""
        return self.due + sum(one.left for one in self.unfolding)


async def status(tx: Reading, now: datetime, audiences: Audiences) -> Status:
    """Tell how things stand. `audiences` is what estimates of broadcasts rest on, and may be some minutes old."""
    polled = feeds.c.next_poll_at.is_not(None)
    updates = await tx.row(select(func.count().label("n"), func.min(inbox.c.received_at).label("oldest")))
    return Status(
        owed=await _owed(tx, now),
        held=await _count(tx, IS_HELD, deliveries),
        unfolding=await _unfolding(tx, now, audiences),
        settled={name: await _settled(tx, now - length) for name, length in WINDOWS.items()},
        active=await _count(tx, chats.c.paused_at.is_(None), chats),
        paused=await _paused(tx),
        updates=int(updates.n) if updates else 0,
        oldest_update=updates.oldest if updates else None,
        unjudged=await _count(tx, IS_UNJUDGED, entries),
        feeds=await _count(tx, polled, feeds),
        failing=await _failing(tx),
        paid_for=(await ledger_of(tx, now)).messages,
        signs=Signs(
            settled=await tx.value(select(func.max(deliveries.c.settled_at)).where(IS_SETTLED)),
            polled=await tx.value(select(func.max(feeds.c.polled_at))),
            heard=await tx.value(select(memos.c.at).where(memos.c.name == OFFSET)),
        ),
    )


async def _count(tx: Reading, which: ColumnElement[bool], table: FromClause) -> int:
    return int(await tx.value(select(func.count()).select_from(table).where(which)) or 0)


async def _owed(tx: Reading, now: datetime) -> tuple[Debt, ...]:
    """Count what is owed by kind, the most urgent first."""
    key = deliveries.c.key
    prefix = (
        func.substr(key, 1, func.instr(key, ":") - 1)
        if tx.dialect == "sqlite"
        else func.split_part(key, ":", 1)
    )
    kind = case((and_(prefix == "alert", key.not_like("%:1")), "turn"), else_=prefix)
    owed = (
        select(kind.label("kind"), deliveries.c.priority, deliveries.c.owed_at, deliveries.c.due_at)
        .where(IS_OWED)
        .subquery()
    )
    rows = await tx.rows(
        select(
            owed.c.kind,
            func.count().label("n"),
            func.sum(case((owed.c.due_at <= now, 1), else_=0)).label("now"),
            func.min(owed.c.owed_at).label("oldest"),
            func.max(owed.c.due_at).label("last_due"),
        )
        .group_by(owed.c.kind)
        .order_by(func.min(owed.c.priority), owed.c.kind)
    )
    return tuple(Debt(row.kind, int(row.now), int(row.n - row.now), row.oldest, row.last_due) for row in rows)


async def _settled(tx: Reading, since: datetime) -> Settled:
    lately = deliveries.c.settled_at > since
    every = await _count(tx, lately, deliveries)
    rows = await tx.rows(
        select(deliveries.c.state, func.count().label("n"))
        .where(IS_UNSENT, lately)
        .group_by(deliveries.c.state)
        .order_by(deliveries.c.state)
    )
    unsent = {State(row.state): int(row.n) for row in rows}
    return Settled(every - sum(unsent.values()), unsent)


async def _unfolding(tx: Reading, now: datetime, audiences: Audiences) -> tuple[Unfolding, ...]:
    """Estimate what broadcasts have left; one that is too late sends nothing any more."""
    rows = await tx.rows(
        select(broadcasts).where(IS_UNDONE, broadcasts.c.expires_at > now).order_by(broadcasts.c.id)
    )
    return tuple(
        [
            Unfolding(one.sends, one.story, one.turn, await _left(tx, one, audiences))
            for one in map(broadcast_of, rows)
        ]
    )


async def _left(tx: Reading, broadcast: Broadcast, audiences: Audiences) -> int:
    if broadcast.sends is not Sends.ALERT:  # they go to those who have a message
        sent = deliveries.c.edition_id.in_(await about(tx, broadcast))
        return await _count(tx, and_(sent, *_ahead(deliveries.c.chat_id, broadcast)), deliveries)
    # Chats are walked by their ids, which say little of what they follow: what is left of the ids is left of the audience.
    part = 1 - broadcast.position / broadcast.last_chat if broadcast.last_chat else 0.0
    subscribed = round(audiences.reach(broadcast.categories) * part)
    if not broadcast.follows:
        return subscribed
    wanted = or_(
        *(
            and_(interests.c.what == one.what, interests.c.value == one.value)
            for one in sorted(broadcast.follows)
        )
    )
    follow = and_(wanted, interests.c.wish == Wish.FOLLOW, interests.c.alerts)
    return subscribed + await _count(tx, and_(follow, *_ahead(interests.c.chat_id, broadcast)), interests)


def _ahead(chat: ColumnElement[int], broadcast: Broadcast) -> tuple[ColumnElement[bool], ...]:
    return chat > broadcast.position, chat <= broadcast.last_chat


async def _paused(tx: Reading) -> Mapping[str, int]:
    rows = await tx.rows(
        select(chats.c.paused_why, func.count().label("n"))
        .where(chats.c.paused_at.is_not(None))
        .group_by(chats.c.paused_why)
        .order_by(func.count().desc(), chats.c.paused_why)
    )
    return {row.paused_why: int(row.n) for row in rows}


async def _failing(tx: Reading) -> tuple[Failing, ...]:
    down = and_(feeds.c.failures >= BROKEN_AFTER, feeds.c.next_poll_at.is_not(None))
    rows = await tx.rows(
        select(feeds.c.name, feeds.c.failures, feeds.c.error, feeds.c.gone_at)
        .where(or_(down, feeds.c.gone_at.is_not(None)))
        .order_by(feeds.c.failures.desc(), feeds.c.id)
    )
    return tuple(Failing(row.name, row.failures, row.error, row.gone_at is not None) for row in rows)
