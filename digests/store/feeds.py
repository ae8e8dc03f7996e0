"""What is known of each feed: its validators, its next poll and why, its failures."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update

from digests.model import FeedId
from digests.settings import FeedSettings
from digests.store.engine import Reading, Writing
from digests.store.inserting import insert
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


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll came to, before it is written."""

    feed: FeedId
    next_at: datetime
    next_why: str
    etag: str = ""
    last_modified: str = ""
    title: str = ""
    error: str = ""  # empty: it succeeded
    failures: int = 0


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


async def settle_with(tx: Writing, wanted: Sequence[FeedSettings], now: datetime) -> None:
    """Make the table agree with the operator's file: new feeds are due now, feeds gone from it rest."""
    known = {row.url: row for row in await tx.rows(select(feeds.c.url, feeds.c.name, feeds.c.next_poll_at))}
    for feed in wanted:
        row = known.pop(feed.url, None)
        if row is None:
            await tx.execute(insert(tx, feeds).values(url=feed.url, name=feed.name, next_poll_at=now))
        elif row.name != feed.name or row.next_poll_at is None:
            await tx.execute(
                update(feeds)
                .where(feeds.c.url == feed.url)
                .values(
                    name=feed.name, **({} if row.next_poll_at else {"next_poll_at": now, "next_poll_why": ""})
                )
            )
    gone = [url for url, row in known.items() if row.next_poll_at is not None]
    if gone:
        await tx.execute(
            update(feeds)
            .where(feeds.c.url.in_(gone))
            .values(next_poll_at=None, next_poll_why="the configuration names it no more")
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
) -> tuple[DueFeed, ...]:
    """Take the feeds that are due (all that are not retired, `whatever` their time) and that nobody holds.

    `in_hand` are those that this run polls already. What it claimed and does not have in hand is free again:
    something failed between the claim and the answer.
    """
    due = select(feeds.c.id).where(
        feeds.c.next_poll_at.is_not(None),
        feeds.c.id.not_in(list(in_hand)),
        or_(feeds.c.run_id.is_(None), feeds.c.run_id == run, feeds.c.lease_until < now),
    )
    if not whatever:
        due = due.where(feeds.c.next_poll_at <= now)
    due = due.order_by(feeds.c.next_poll_at, feeds.c.id).limit(limit).with_for_update(skip_locked=True)
    rows = await tx.rows(
        update(feeds)
        .where(feeds.c.id.in_(select(due.cte().c.id)))
        .values(run_id=run, lease_until=lease_until)
        .returning(feeds)
    )
    return tuple(
        DueFeed(
            FeedId(row.id),
            row.url,
            row.name,
            row.etag,
            row.last_modified,
            row.succeeded_at is None,
            row.failures,
        )
        for row in rows
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
    values = {
        "next_poll_at": poll.next_at,
        "next_poll_why": poll.next_why,
        "polled_at": now,
        "failures": poll.failures,
        "error": poll.error,
        "run_id": None,
        "lease_until": None,
    }
    if not poll.error:
        values |= {"etag": poll.etag, "last_modified": poll.last_modified, "succeeded_at": now}
        if poll.title:
            values["title"] = poll.title
    await tx.execute(
        update(feeds).where(feeds.c.id == poll.feed, feeds.c.next_poll_at.is_not(None)).values(values)
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
        )
        for row in rows
    )
