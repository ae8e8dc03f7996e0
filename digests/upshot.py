"""What a document of a feed comes to, whoever brought it: what is written of it, and what its operator should know."""

from datetime import datetime, timedelta

import structlog

from digests.feeds.identity import KEY_VERSION
from digests.feeds.novelty import News, is_to_tell
from digests.store.entries import Batch, Renamed
from digests.store.feeds import DueFeed

log = structlog.get_logger()

A_HUB_IS_LATE = timedelta(minutes=10)  # what a poll finds that is older, its hub should have told before


def to_write(due: DueFeed, news: News, now: datetime) -> tuple[tuple[Batch, ...], tuple[Renamed, ...]]:
    """Give what is to be written of a document's entries: those that are stored, and those that get another key."""
    batches = (
        Batch(due.id, news.new, now, due.is_new),
        Batch(due.id, news.past, now, history=True),
        Batch(due.id, (*news.back, *news.noted), now, history=True, settled=True),
    )
    renamed = (Renamed(known.id, one.entry.key, KEY_VERSION) for known, one in news.again)
    return tuple(batch for batch in batches if batch.new), tuple(renamed)


def notice(due: DueFeed, news: News, now: datetime, *, forbids: bool) -> datetime | None:
    """Tell the operator what a document shows of its publisher; gives when a re-issue was last told of."""
    if forbids and not due.forbids:
        log.warning("feed forbids copying", feed=due.name, shown="title")
    if not is_to_tell(news, due.reissued_at, now):
        return due.reissued_at
    log.warning("feed reissued", feed=due.name, entries=len(news.again))
    return now


def is_late(news: News, now: datetime) -> bool:
    """Whether a poll found news that has been out for a while: a hub would have told."""
    return any(one.entry.published and one.entry.published < now - A_HUB_IS_LATE for one in news.new)
