"""Polls that found everything as it was: nearly all of them, so they are written by one statement with one parameter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Update, cast, update

from digests.model import FeedId
from digests.store.among import moment_of, rows_named, rows_said
from digests.store.engine import Writing
from digests.store.tables import feeds


@dataclass(frozen=True, slots=True)
class AsBefore:
    """A poll after which nothing that is kept of the feed has changed, but its times."""

    feed: FeedId
    next_at: datetime
    next_why: str


async def polled(tx: Writing, polls: Sequence[tuple[AsBefore, datetime]]) -> None:
    """Write such polls, each with its time, and let the feeds go."""
    if not polls:
        return
    rows = [(one.feed, one.next_at, one.next_why, now) for one, now in polls]
    await tx.execute(_statement(tx.dialect), [{"polls": rows_said(rows)}])


@cache
def _statement(dialect: str) -> Update:
    poll = rows_named(dialect, "polls")
    next_at, at = (moment_of(dialect, poll[place].as_string()) for place in (1, 3))
    return (
        update(feeds)
        .where(
            feeds.c.id == cast(poll[0].as_string(), feeds.c.id.type),
            feeds.c.next_poll_at.is_not(None),
        )
        .values(
            next_poll_at=next_at,
            next_poll_why=poll[2].as_string(),
            polled_at=at,
            succeeded_at=at,
            run_id=None,
            lease_until=None,
        )
    )
