"""Feeds that the operator's file does not name: added by command or in a chat, and changed the same way.

Whatever changes them counts a version up: the single fact by which a running bot notices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import TypeAdapter
from sqlalchemy import func, or_, select, update

from digests.model import FeedId
from digests.settings import FeedSettings, PollingSettings
from digests.store.engine import Reading, Writing
from digests.store.inserting import insert
from digests.store.tables import feeds, memos

FILE = "file"  # the origin of what the operator's file names
VERSION = "feeds"

Standing = Literal["polled", "paused", "gone", "retired"]


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed to be added."""

    url: str
    name: str
    categories: tuple[str, ...]
    language: str = ""
    breaking: bool = False
    interval: timedelta | Literal["auto"] | None = None  # None: as [polling] says
    category_map: Mapping[str, str] = field(default_factory=dict)  # the publisher's categories -> ours
    show: Literal["excerpt", "title"] = "excerpt"
    legacy_tls: bool = False


@dataclass(frozen=True, slots=True)
class FeedRecord:
    """A feed that the database knows, whoever named it."""

    id: FeedId
    url: str
    name: str
    origin: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class _Wished:
    """What stands in the column `wished`. A field added with a default reads old rows."""

    categories: tuple[str, ...]
    language: str = ""
    breaking: bool = False
    interval: float | Literal["auto"] | None = None  # seconds
    category_map: dict[str, str] = field(default_factory=dict)
    show: Literal["excerpt", "title"] = "excerpt"
    legacy_tls: bool = False


_WISHED: TypeAdapter[_Wished] = TypeAdapter(_Wished)
_IN_FORCE = or_(
    feeds.c.next_poll_at.is_not(None), feeds.c.paused_at.is_not(None), feeds.c.gone_at.is_not(None)
)


async def version(tx: Reading) -> int:
    """Tell how often added feeds were changed."""
    return int(await tx.value(select(memos.c.value).where(memos.c.name == VERSION)) or 0)


async def in_force(tx: Reading, polling: PollingSettings) -> tuple[FeedSettings, ...]:
    """Give the added feeds, paused ones too: what came from them may wait to be judged."""
    rows = await tx.rows(
        select(feeds.c.url, feeds.c.name, feeds.c.wished)
        .where(feeds.c.origin != FILE, feeds.c.wished.is_not(None))
        .order_by(feeds.c.id)
    )
    return tuple(_settings(row, polling) for row in rows)


def _settings(row: Any, polling: PollingSettings) -> FeedSettings:
    wished = _WISHED.validate_python(row.wished)
    fixed = timedelta(seconds=wished.interval) if isinstance(wished.interval, float | int) else None
    return FeedSettings(
        url=row.url,
        name=row.name,
        categories=wished.categories,
        language=wished.language,
        breaking=wished.breaking,
        category_map=wished.category_map,
        show=wished.show,
        legacy_tls=wished.legacy_tls,
        interval=fixed or polling.interval,
        auto=wished.interval == "auto" or (wished.interval is None and polling.auto),
    )


async def at(tx: Reading, url: str) -> FeedRecord | None:
    """Find a feed by its address; whoever retired it, it is known still."""
    row = await tx.row(select(feeds).where(feeds.c.url == url))
    return _record(row) if row else None


async def names(tx: Reading) -> tuple[str, ...]:
    """Give the names of all feeds that are not retired."""
    rows = await tx.rows(select(feeds.c.name).where(_IN_FORCE).order_by(feeds.c.id))
    return tuple(row.name for row in rows)


async def called(tx: Reading, word: str) -> tuple[FeedRecord, ...]:
    """Find feeds by address or by name (in any case). Several share a name only if all but one are retired."""
    named = or_(feeds.c.url == word, func.lower(feeds.c.name) == word.lower())
    found = [_record(row) for row in await tx.rows(select(feeds).where(named).order_by(feeds.c.id))]
    live = [one for one in found if one.standing != "retired"]
    return tuple(live or found)


def standing_of(row: Any) -> Standing:
    """Tell whether a feed is polled, or why it rests: paused, closed by its publisher, or wanted no more."""
    if row.next_poll_at is not None:
        return "polled"
    return "paused" if row.paused_at else "gone" if row.gone_at else "retired"


def _record(row: Any) -> FeedRecord:
    return FeedRecord(FeedId(row.id), row.url, row.name, row.origin, standing_of(row))


async def add(tx: Writing, new: Sequence[NewFeed], origin: str, now: datetime) -> None:
    """Add feeds, each with an address and a name that no feed in force has; they are due now.

    One that was there before is taken up again: what it listed then is no news now.
    """
    for feed in new:
        seconds = feed.interval.total_seconds() if isinstance(feed.interval, timedelta) else feed.interval
        wished = _Wished(
            feed.categories,
            feed.language,
            feed.breaking,
            seconds,
            dict(feed.category_map),
            feed.show,
            feed.legacy_tls,
        )
        values: dict[str, Any] = {
            "name": feed.name,
            "origin": origin,
            "show": feed.show,
            "wished": _WISHED.dump_python(wished, mode="json"),
            "next_poll_at": now,
            "next_poll_why": "",
            "paused_at": None,
            "gone_at": None,
            "failures": 0,
            "error": "",
            "reported_at": None,
        }
        statement = insert(tx, feeds).values(url=feed.url, **values)
        await tx.execute(statement.on_conflict_do_update(index_elements=[feeds.c.url], set_=values))
    await _count(tx, now)


async def taken(tx: Reading) -> frozenset[str]:
    """Give the addresses and names that feeds in force have; names in lower case."""
    rows = await tx.rows(select(feeds.c.url, feeds.c.name).where(_IN_FORCE))
    return frozenset(word for row in rows for word in (row.url, row.name.lower()))


async def remove(tx: Writing, feed: FeedId, now: datetime) -> None:
    """Poll a feed no more. What came from it stays, and so does the memory of what it listed."""
    values = {"wished": None, "paused_at": None, "gone_at": None, "next_poll_at": None}
    await _change(tx, feed, now, values | {"next_poll_why": "it was removed"})


async def pause(tx: Writing, feed: FeedId, now: datetime) -> None:
    """Let a feed rest until it is resumed."""
    await _change(tx, feed, now, {"paused_at": now, "next_poll_at": None, "next_poll_why": "it is paused"})


async def resume(tx: Writing, feed: FeedId, now: datetime) -> None:
    """Poll a feed again, from now on."""
    values = {"paused_at": None, "gone_at": None, "next_poll_at": now, "next_poll_why": "it was resumed"}
    await _change(tx, feed, now, values)


async def _change(tx: Writing, feed: FeedId, now: datetime, values: dict[str, Any]) -> None:
    await tx.execute(update(feeds).where(feeds.c.id == feed, feeds.c.origin != FILE).values(**values))
    await _count(tx, now)


async def _count(tx: Writing, now: datetime) -> None:
    """Count the version up. Two that do so at once wait for each other, so that no number is given twice."""
    await tx.execute(insert(tx, memos).values(name=VERSION, value=0, at=now).on_conflict_do_nothing())
    held = select(memos.c.value).where(memos.c.name == VERSION).with_for_update()
    count = int(await tx.value(held) or 0) + 1
    await tx.execute(update(memos).where(memos.c.name == VERSION).values(value=count, at=now))
