"""What is known of each feed: its validators, its next poll and why, its failures."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, null, or_, select, update

from digests.model import FeedId, Habits, Move, Offer
from digests.settings import FeedSettings
from digests.store import added
from digests.store.engine import Reading, Writing
from digests.store.inserting import CHUNK, insert_new
from digests.store.tables import entries, feeds


@dataclass(frozen=True, slots=True)
class DueFeed:
    """A feed that this run has claimed to poll."""

    id: FeedId
    url: str
    name: str
    etag: str
    last_modified: str
    is_new: bool  # never read with success: what it holds now is history
    failures: int
    address: str = ""  # where it lives now, when it has moved; "": at its url
    body_hash: str = ""
    key_version: int = 1
    habits: Habits = field(default_factory=Habits)
    moving: Move | None = None
    reissued_at: datetime | None = None
    forbids: bool = False
    succeeded_at: datetime | None = None
    hub: Offer = field(default_factory=Offer)  # as its document said when it was last read
    hub_until: datetime | None = None  # so long its hub is relied on


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll came to, before it is written. A failure keeps what the last success told."""

    feed: FeedId
    next_at: datetime | None  # None: it rests, its publisher has closed it
    next_why: str
    etag: str = ""
    last_modified: str = ""
    title: str = ""
    error: str = ""  # empty: it succeeded
    failures: int = 0
    address: str = ""
    body_hash: str = ""
    key_version: int = 1
    habits: Habits = field(default_factory=Habits)
    moving: Move | None = None
    reissued_at: datetime | None = None
    forbids: bool = False


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed as an operator sees it."""

    name: str
    url: str
    polled_at: datetime | None
    succeeded_at: datetime | None
    next_poll_at: datetime | None
    next_poll_why: str
    failures: int
    error: str
    entries: int
    address: str = ""  # where it is fetched now, when its publisher has moved it
    gone_at: datetime | None = None  # when its publisher closed it for good
    reissued_at: datetime | None = None  # when it listed known entries anew under other ids
    title_only: bool = False
    forbids: bool = False  # it bears a notice against redistribution


async def settle_with(tx: Writing, wanted: Sequence[FeedSettings], now: datetime) -> None:
    """Make the table agree with the operator's file: new feeds are due now, feeds gone from it rest.

    A feed that its publisher closed for good stays closed, until the file has named it no more for a while.
    Added feeds are left alone, unless the file names them now: then they are the file's.
    """
    columns = feeds.c.url, feeds.c.name, feeds.c.show, feeds.c.next_poll_at, feeds.c.gone_at, feeds.c.origin
    known = {row.url: row for row in await tx.rows(select(*columns))}
    new = []
    for feed in wanted:
        row = known.pop(feed.url, None)
        if row is None:
            new.append({"url": feed.url, "name": feed.name, "show": feed.show, "next_poll_at": now})
            continue
        rests = row.next_poll_at is None and row.gone_at is None
        if rests or (row.name, row.show, row.origin) != (feed.name, feed.show, added.FILE):
            values: dict[str, Any] = {"name": feed.name, "show": feed.show, "origin": added.FILE}
            values |= {"next_poll_at": now, "next_poll_why": "", "reported_at": None} if rests else {}
            await tx.execute(
                update(feeds).where(feeds.c.url == feed.url).values(**values, wished=None, paused_at=None)
            )
    await insert_new(tx, feeds, new, feeds.c.id)
    names = {feed.name.lower() for feed in wanted}
    for row in known.values():
        if (
            row.origin != added.FILE and row.name.lower() in names
        ):  # the file's word counts: that name is taken
            await tx.execute(update(feeds).where(feeds.c.url == row.url).values(name=row.url))
    gone = [
        url
        for url, row in known.items()
        if row.origin == added.FILE and (row.next_poll_at is not None or row.gone_at is not None)
    ]
    for start in range(0, len(gone), CHUNK):
        await tx.execute(
            update(feeds)
            .where(feeds.c.url.in_(gone[start : start + CHUNK]))
            # What its publisher closed is forgotten with it: written into the file anew, it is asked anew.
            .values(next_poll_at=None, gone_at=None, next_poll_why="the configuration names it no more")
        )


async def claim(
    tx: Writing,
    run: str,
    now: datetime,
    *,
    lease_until: datetime,
    limit: int,
    in_hand: Collection[FeedId] = (),
    whatever: bool = False,
    after: FeedId | None = None,
) -> tuple[DueFeed, ...]:
    """Take the feeds that are due and that nobody holds, the longest due first.

    `whatever` their time: all that are not retired, in the order of their ids, from `after` on. `in_hand` are those
    that this run polls already. What it claimed and does not have in hand is free again: something failed between
    the claim and the answer.
    """
    due = select(feeds.c.id).where(
        feeds.c.next_poll_at.is_not(None),
        or_(feeds.c.run_id.is_(None), feeds.c.run_id == run, feeds.c.lease_until < now),
    )
    if in_hand:
        due = due.where(feeds.c.id.not_in(list(in_hand)))
    if whatever:
        due = due.where(feeds.c.id > (after or 0)).order_by(feeds.c.id)
    else:
        due = due.where(feeds.c.next_poll_at <= now).order_by(feeds.c.next_poll_at, feeds.c.id)
    due = due.limit(limit).with_for_update(skip_locked=True)
    rows = await tx.rows(
        update(feeds)
        .where(feeds.c.id.in_(select(due.cte().c.id)))
        .values(run_id=run, lease_until=lease_until)
        .returning(*DUE)
    )
    return tuple(due_of(row) for row in rows)


DUE = tuple(
    feeds.c[name]
    for name in (
        "id", "url", "name", "etag", "last_modified", "succeeded_at", "failures", "address", "body_hash", "key_version",
        "habits", "moving_to", "moving_since", "moving_polls", "reissued_at", "forbids", "hub", "hub_topic", "hub_until",
    )
)  # fmt: skip


def due_of(row: Any) -> DueFeed:
    """Read a feed's row, which begins with the columns of DUE."""
    (
        feed, url, name, etag, last_modified, succeeded_at, failures, address, body_hash, key_version,
        habits, moving_to, moving_since, moving_polls, reissued_at, forbids, hub, hub_topic, hub_until,
    ) = row[: len(DUE)]  # fmt: skip
    return DueFeed(
        feed,
        url,
        name,
        etag,
        last_modified,
        succeeded_at is None,
        failures,
        address,
        body_hash,
        key_version,
        _habits(habits),
        Move(moving_to, moving_since, moving_polls) if moving_to else None,
        reissued_at,
        forbids,
        succeeded_at,
        Offer(hub, hub_topic),
        hub_until,
    )


async def release(tx: Writing, *, but: str) -> None:
    """Let go what other runs hold: at a start, those runs are dead."""
    await tx.execute(
        update(feeds)
        .where(feeds.c.run_id.is_not(None), feeds.c.run_id != but)
        .values(run_id=None, lease_until=None)
    )


async def polled(tx: Writing, poll: Poll, now: datetime) -> None:
    """Write what a poll came to, and let the feed go."""
    await polled_all(tx, [(poll, now)])


async def polled_all(tx: Writing, polls: Sequence[tuple[Poll, datetime]]) -> None:
    """Write what many polls came to, each with its time: a statement for each kind of poll that is among them."""
    rows: dict[Any, list[dict[str, Any]]] = {}
    for poll, now in polls:
        statement = _FAILED if poll.error else _POLLED
        rows.setdefault(statement, []).append(_written(poll, now))
    for statement, those in rows.items():
        await tx.execute(statement, those)


async def postpone(tx: Writing, urls: Collection[str], until: datetime, why: str) -> None:
    """Let feeds wait that would have been polled before `until`."""
    await tx.execute(
        update(feeds)
        .where(feeds.c.url.in_(list(urls)), feeds.c.next_poll_at < until)
        .values(next_poll_at=until, next_poll_why=why)
    )


async def let_wait(tx: Writing, feed: FeedId, until: datetime, why: str) -> None:
    """Let a claimed feed go that was not asked; nothing is known of it that was not known before."""
    await tx.execute(
        update(feeds)
        .where(feeds.c.id == feed, feeds.c.next_poll_at.is_not(None))
        .values(next_poll_at=until, next_poll_why=why, run_id=None, lease_until=None)
    )


def _update(*columns: str, **more: Any) -> Any:
    said = {name: bindparam(f"said_{name}", type_=feeds.c[name].type) for name in columns}
    return (
        update(feeds)
        .where(feeds.c.id == bindparam("feed"), feeds.c.next_poll_at.is_not(None))
        .values(**said, **more, run_id=None, lease_until=None)
    )


_ALWAYS = ("next_poll_at", "next_poll_why", "polled_at", "failures", "error", "address", "gone_at")
_TOLD = (
    "etag", "last_modified", "body_hash", "key_version", "habits", "moving_to", "moving_since", "moving_polls",
    "reissued_at", "forbids",
)  # fmt: skip
_POLLED = _update(
    *_ALWAYS,
    *_TOLD,
    title=func.coalesce(func.nullif(bindparam("said_title", type_=feeds.c.title.type), ""), feeds.c.title),
    reported_at=null(),  # should it break again, that is told again
    succeeded_at=bindparam("said_polled_at", type_=feeds.c.succeeded_at.type),
)
_FAILED = _update(*_ALWAYS)


def _written(poll: Poll, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {
        "next_poll_at": poll.next_at,
        "next_poll_why": poll.next_why,
        "polled_at": now,
        "failures": poll.failures,
        "error": poll.error,
        "address": poll.address,
        "gone_at": now if poll.next_at is None else None,
    }
    if not poll.error:
        move = poll.moving
        values |= {
            "etag": poll.etag,
            "last_modified": poll.last_modified,
            "title": poll.title,
            "body_hash": poll.body_hash,
            "key_version": poll.key_version,
            "habits": _habits_to_json(poll.habits),
            "moving_to": move.target if move else "",
            "moving_since": move.since if move else None,
            "moving_polls": move.polls if move else 0,
            "reissued_at": poll.reissued_at,
            "forbids": poll.forbids,
        }
    return {"feed": poll.feed, **{f"said_{name}": value for name, value in values.items()}}


def _habits_to_json(habits: Habits) -> dict[str, Any] | None:
    if habits == Habits():
        return None
    return {
        "recent": habits.recent,
        "since": habits.since.isoformat() if habits.since else None,
        "keep_for": habits.keep_for.total_seconds() if habits.keep_for else None,
        "skip_hours": sorted(habits.skip_hours),
        "skip_days": sorted(habits.skip_days),
    }


def _habits(said: Any) -> Habits:
    if not said:
        return Habits()
    return Habits(
        said["recent"],
        datetime.fromisoformat(said["since"]) if said["since"] else None,
        timedelta(seconds=said["keep_for"]) if said["keep_for"] else None,
        frozenset(said["skip_hours"]),
        frozenset(said["skip_days"]),
    )


async def states(tx: Reading) -> tuple[FeedState, ...]:
    """Give every feed for an operator's eyes."""
    held = select(entries.c.feed_id, func.count().label("n")).group_by(entries.c.feed_id).subquery()
    rows = await tx.rows(
        select(feeds, func.coalesce(held.c.n, 0).label("held"))
        .outerjoin(held, held.c.feed_id == feeds.c.id)
        .order_by(feeds.c.name)
    )
    return tuple(
        FeedState(
            row.name,
            row.url,
            row.polled_at,
            row.succeeded_at,
            row.next_poll_at,
            row.next_poll_why,
            row.failures,
            row.error,
            row.held,
            address=row.address,
            gone_at=row.gone_at,
            reissued_at=row.reissued_at,
            title_only=row.show == "title" or row.forbids,
            forbids=row.forbids,
        )
        for row in rows
    )
