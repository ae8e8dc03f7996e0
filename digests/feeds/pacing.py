"""How long a feed of the settings waits: its own interval, or what `auto` has learned."""

from datetime import datetime, timedelta

from digests.feeds.habits import Bounds, learned, next_auto_poll
from digests.feeds.rhythm import NextPoll, next_poll
from digests.model import Habits
from digests.settings import FeedSettings, PollingSettings

RELAXED = timedelta(hours=1)  # of a feed whose hub tells us: the net below it


def after_success(
    feed: FeedSettings | None,
    polling: PollingSettings,
    habits: Habits,
    *,
    now: datetime,
    place: float,
    fresh_for: timedelta | None,
    hub_until: datetime | None = None,
) -> NextPoll:
    """Say when a feed that was just read is polled next. Only `auto` waits longer than its interval for anybody.

    But one whose hub tells us of news (WebSub), until `hub_until`, is polled each RELAXED, and when that time is over.
    """
    plain = _plain(feed, polling, habits, now=now, place=place, fresh_for=fresh_for)
    if hub_until is None or hub_until <= now:
        return plain
    relaxed = min(next_poll(interval=RELAXED, now=now, place=place).at, hub_until)
    return NextPoll(relaxed, "its hub tells us of news") if relaxed > plain.at else plain


def _plain(
    feed: FeedSettings | None,
    polling: PollingSettings,
    habits: Habits,
    *,
    now: datetime,
    place: float,
    fresh_for: timedelta | None,
) -> NextPoll:
    if feed is None or not feed.auto:
        return next_poll(interval=interval_of(feed, polling, habits, now), now=now, place=place)
    return next_auto_poll(habits, now=now, place=place, bounds=_bounds(feed, polling), fresh_for=fresh_for)


def interval_of(
    feed: FeedSettings | None, polling: PollingSettings, habits: Habits, now: datetime
) -> timedelta:
    """Give the time between two polls of a healthy feed; None: one that was added a moment ago, and is known next time."""
    if feed is None:
        return polling.interval
    return learned(habits, now, _bounds(feed, polling)).interval if feed.auto else feed.interval


def _bounds(feed: FeedSettings, polling: PollingSettings) -> Bounds:
    """What is breaking is never waited for longer than a plain feed."""
    most = min(polling.auto_max, feed.interval) if feed.breaking else polling.auto_max
    return Bounds(polling.auto_min, most, feed.interval)
