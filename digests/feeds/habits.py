"""`interval = "auto"`: how often a feed is worth looking at, learned from when it published. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from digests.feeds.rhythm import NextPoll, slot
from digests.model import Habits

if TYPE_CHECKING:
    from digests.feeds.document import Parsed

WINDOW = timedelta(days=14)  # what lies further back says little about today
MOST = 20  # publications that are looked at: some days of a quiet feed, some hours of a busy one
_HOUR = timedelta(hours=1)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What `auto` keeps within, and where it begins."""

    least: timedelta
    most: timedelta
    start: timedelta  # as long as nothing is known


@dataclass(frozen=True, slots=True)
class Learned:
    """How long to wait between two polls, and why."""

    interval: timedelta
    reason: str


def wished(parsed: "Parsed") -> Habits:
    """Note what a feed says about being looked at: ttl or sy:updatePeriod, the longer, and when its publisher rests.

    A publisher that rests always has made a mistake.
    """
    said = [one for one in (parsed.ttl, parsed.update_period) if one]
    return Habits(
        keep_for=max(said, default=None),
        skip_hours=parsed.skip_hours if len(parsed.skip_hours) < 24 else frozenset(),
        skip_days=parsed.skip_days if len(parsed.skip_days) < 7 else frozenset(),
    )


def observed(habits: Habits, times: Iterable[datetime], now: datetime) -> Habits:
    """Learn from when the feed's newest entries were published; what was wished besides stays as it is.

    Entries of one moment count once: a feed filled in one go says nothing about its pace. Times ahead of `now`
    are no publications yet.
    """
    recent = sorted({at for at in times if now - WINDOW <= at <= now}, reverse=True)[:MOST]
    return replace(habits, recent=len(recent), since=recent[-1] if recent else None)


def learned(habits: Habits, now: datetime, bounds: Bounds) -> Learned:
    """Say how often to poll: twice as often as the feed publishes, silence since the last time counted.

    So the interval grows by itself while nothing comes. It is the shortest one doubled as often as fits, since
    slots that lie on one grid do not wander when the pace changes a little.
    """
    least = min(bounds.least, bounds.most)
    if habits.recent < 2 or habits.since is None:
        return Learned(min(max(bounds.start, least), bounds.most), "its pace is not known yet")
    span = max(now - habits.since, timedelta(seconds=1))
    wanted = span / habits.recent / 2
    doublings = max(0, math.floor(math.log2(max(wanted / least, 1))))
    interval = min(least * 2**doublings, bounds.most)
    a_day = habits.recent / (span / timedelta(days=1))
    pace = f"{a_day:.0f} entries a day" if a_day >= 1.5 else f"an entry in {1 / a_day:.0f} days"
    return Learned(interval, f"learned: about {'an entry a day' if 0.67 < a_day < 1.5 else pace}")


def next_auto_poll(
    habits: Habits,
    *,
    now: datetime,
    place: float,
    bounds: Bounds,
    fresh_for: timedelta | None = None,
) -> NextPoll:
    """Say when to poll next, after a success at `now`: as learned, or later where the publisher asks for it.

    Later are: the end of what HTTP calls fresh (RFC 9111, 4.2), `ttl` (RSS 2.0) or sy:updatePeriod, and the first
    hour that is not among skipHours and skipDays (RSS 2.0; UTC). Never later than `bounds.most`.
    """
    pace = learned(habits, now, bounds)
    chosen = NextPoll(slot(pace.interval, now, place), pace.reason)
    for wish, words in (
        (fresh_for, "the server calls it fresh for"),
        (habits.keep_for, "its publisher says to keep it for"),
    ):
        if wish is not None and now + min(wish, bounds.most) > chosen.at:
            chosen = NextPoll(now + min(wish, bounds.most), f"{words} {spoken(wish)}")
    resting = _resting(habits, chosen.at)
    if resting and chosen.at < now + bounds.most:
        return NextPoll(min(_awake(habits, chosen.at), now + bounds.most), resting)
    return chosen


def spoken(length: timedelta) -> str:
    """Say a length as people do: "90 s", "45 min", "3 h", "2 days"."""
    seconds = length.total_seconds()
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _resting(habits: Habits, at: datetime) -> str:
    at = at.astimezone(UTC)
    if at.weekday() in habits.skip_days:
        return f"its publisher rests on {_DAYS[at.weekday()]} (skipDays)"
    if at.hour in habits.skip_hours:
        return f"its publisher rests at {at.hour} h UTC (skipHours)"
    return ""


def _awake(habits: Habits, at: datetime) -> datetime:
    """Find the first hour on that the publisher does not rest in; the minute is kept, so that polls stay spread."""
    later: Sequence[datetime] = [at + hours * _HOUR for hours in range(8 * 24)]
    return next((one for one in later if not _resting(habits, one)), at)
