"""How feeds fare, for an operator's eyes; which are broken and not yet told; what nothing names any more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, extract, func, or_, select, update

from digests.model import FeedId
from digests.store.added import FILE, Standing, standing_of
from digests.store.engine import Reading, Writing
from digests.store.tables import entries, feeds, subscriptions

LOOK_BACK = timedelta(days=7)
BROKEN_AFTER = 3  # failures in a row; one alone is the weather


@dataclass(frozen=True, slots=True)
class Health:
    """How one feed fares. What is counted is of the last LOOK_BACK."""

    id: FeedId
    name: str
    url: str
    origin: str  # "file", "operator:cli" or "chat:<user id>"
    standing: Standing
    polled_at: datetime | None
    succeeded_at: datetime | None
    failures: int  # in a row
    error: str  # of the last poll, in words; "" after a success
    next_poll_at: datetime | None
    next_poll_why: str
    entries: int  # all that came from it
    a_day: float  # entries published a day
    delay: timedelta | None  # from publication to arrival, on average; None: nothing came that says when
    address: str  # where it is fetched now, if its publisher has moved it
    title_only: bool

    @property
    def is_broken(self) -> bool:
        """Whether somebody should look after it."""
        return self.standing == "gone" or (self.standing == "polled" and self.failures >= BROKEN_AFTER)


async def health(tx: Reading, now: datetime) -> tuple[Health, ...]:
    """Tell how every feed fares, by name; those that nobody wants polled are last."""
    counted = _counted(tx, now - LOOK_BACK).subquery()
    rows = await tx.rows(
        select(feeds, counted.c.held, counted.c.recent, counted.c.first, counted.c.delay)
        .outerjoin(counted, counted.c.feed_id == feeds.c.id)
        .order_by(func.lower(feeds.c.name))
    )
    every = [_health(row, now) for row in rows]
    return tuple(sorted(every, key=lambda one: one.standing == "retired"))


def _counted(tx: Reading, since: datetime) -> Any:
    at = func.coalesce(entries.c.published_at, entries.c.seen_at, type_=entries.c.seen_at.type)
    timely = (
        entries.c.history.is_(False),
        entries.c.published_at.is_not(None),
        entries.c.seen_at > since,
        entries.c.published_at > since,
    )
    return select(
        entries.c.feed_id,
        func.count().label("held"),
        func.sum(case((at > since, 1), else_=0)).label("recent"),
        func.min(case((at > since, at)), type_=entries.c.seen_at.type).label("first"),
        func.avg(case((timely[0] & timely[1] & timely[2] & timely[3], _seconds_late(tx)))).label("delay"),
    ).group_by(entries.c.feed_id)


def _seconds_late(tx: Reading) -> ColumnElement[float]:
    """Give the seconds from publication to arrival; a publisher's clock that runs ahead makes none."""
    seen, published = entries.c.seen_at, entries.c.published_at
    late: Any = (
        (func.julianday(seen) - func.julianday(published)) * 86_400
        if tx.dialect == "sqlite"
        else extract("epoch", seen - published)
    )
    return case((seen > published, late), else_=0.0)


def _health(row: Any, now: datetime) -> Health:
    days = LOOK_BACK / timedelta(days=1)
    if row.first:  # a feed may list, or be known for, less than a week
        days = min(days, max(1.0, (now - row.first) / timedelta(days=1)))
    return Health(
        id=FeedId(row.id),
        name=row.name,
        url=row.url,
        origin=row.origin,
        standing=standing_of(row),
        polled_at=row.polled_at,
        succeeded_at=row.succeeded_at,
        failures=row.failures,
        error=row.error,
        next_poll_at=row.next_poll_at,
        next_poll_why=row.next_poll_why,
        entries=int(row.held or 0),
        a_day=int(row.recent or 0) / days,
        delay=None if row.delay is None else timedelta(seconds=float(row.delay)),
        address=row.address,
        title_only=row.show == "title" or row.forbids,
    )


@dataclass(frozen=True, slots=True)
class Broken:
    """A feed that administrators should hear of."""

    id: FeedId
    name: str
    error: str
    closed: bool  # for good, by its publisher


async def broken(tx: Reading, limit: int) -> tuple[Broken, ...]:
    """Give the feeds that broke and that nobody was told of, those that broke first before others."""
    down = (feeds.c.failures >= BROKEN_AFTER) & feeds.c.next_poll_at.is_not(None)
    rows = await tx.rows(
        select(feeds.c.id, feeds.c.name, feeds.c.error, feeds.c.gone_at)
        .where(feeds.c.reported_at.is_(None), or_(down, feeds.c.gone_at.is_not(None)))
        .order_by(func.coalesce(feeds.c.succeeded_at, feeds.c.polled_at), feeds.c.id)
        .limit(limit)
    )
    return tuple(Broken(FeedId(row.id), row.name, row.error, row.gone_at is not None) for row in rows)


async def reported(tx: Writing, ids: Sequence[FeedId], now: datetime) -> tuple[FeedId, ...]:
    """Remember that administrators were told; gives those of which nobody had been. A success forgets it."""
    told = (
        update(feeds)
        .where(feeds.c.id.in_(ids), feeds.c.reported_at.is_(None))
        .values(reported_at=now)
        .returning(feeds.c.id)
    )
    return tuple(FeedId(row.id) for row in await tx.rows(told))


@dataclass(frozen=True, slots=True)
class Unnamed:
    """What the database has and the operator's file does not name any more."""

    feeds: tuple[str, ...]  # names of feeds that the file once named
    categories: tuple[tuple[str, int], ...]  # slugs, with how many chats follow them still


async def unnamed(tx: Reading, urls: Collection[str], slugs: Collection[str]) -> Unnamed:
    """Compare with what the file names: its feeds' addresses and its categories."""
    known = await tx.rows(
        select(feeds.c.url, feeds.c.name).where(feeds.c.origin == FILE).order_by(feeds.c.name)
    )
    followed = await tx.rows(
        select(subscriptions.c.category, func.count().label("chats"))
        .group_by(subscriptions.c.category)
        .order_by(subscriptions.c.category)
    )
    return Unnamed(
        tuple(row.name for row in known if row.url not in urls),
        tuple((row.category, row.chats) for row in followed if row.category not in slugs),
    )
