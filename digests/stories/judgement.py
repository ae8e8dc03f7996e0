"""The whole judgement of one entry: the one door the judge step calls."""

from collections.abc import Sequence
from datetime import UTC, datetime

from digests.model import Filed, Known, Unjudged
from digests.settings import FeedSettings, Settings
from digests.stories.breaking import breaking
from digests.stories.categories import categorise
from digests.stories.language import language_of
from digests.stories.placing import place

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web there are only broken clocks


def judge_entry(unjudged: Unjudged, known: Sequence[Known], settings: Settings, now: datetime) -> Filed:
    """Judge one entry against the stories that share a key with it. Touches nothing.

    The decision is made also for an entry that joins a story: the bulletin may come after the plain report.
    Whether the story rang before is the caller's to look up. An entry of a feed that is configured no more
    is filed under nothing.
    """
    entry = unjudged.entry
    feed = settings.feed(unjudged.feed) or FeedSettings(url="", name=unjudged.feed, categories=())
    return Filed(
        unjudged=unjudged,
        placement=place(unjudged, known),
        categories=categorise(entry, feed, {category.slug for category in settings.categories}).categories,
        at=told_at(unjudged),
        language=language_of(entry, feed),
        decision=breaking(
            entry, feed, settings.breaking, seen_at=unjudged.seen_at, history=unjudged.history, now=now
        ),
    )


def told_at(unjudged: Unjudged) -> datetime:
    """Give the time an entry is shown with: as published, not after it was seen, not before EARLIEST."""
    published = unjudged.entry.published or unjudged.entry.updated or unjudged.seen_at
    return max(EARLIEST, min(published, unjudged.seen_at))
