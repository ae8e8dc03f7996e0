"""How old an entry is, for a feed whose clock may be wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.model import Reason

SKEW = timedelta(hours=1)  # publishers' clocks run ahead by minutes; by hours it is a wrong zone or a plan
_KEPT = 24  # entries that a clock remembers
_HALF_HOUR, _HOUR = timedelta(minutes=30), timedelta(hours=1)  # zones differ by these
_LATE = timedelta(minutes=25)  # from publishing to seeing, at the usual pace of polling
_WIDEST = timedelta(hours=14)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FeedClock:
    """What a feed's dates have been like: how far ahead of our clock each stood when we first saw it.

    A feed that writes local time as if it were UTC is ahead, or behind, by its zone, every time. A feed that gives
    days without a time stands at midnight every time.
    """

    ahead: tuple[timedelta, ...] = ()  # the newest last
    midnights: int = 0  # of the last _KEPT

    def seen(self, published: datetime | None, seen_at: datetime) -> "FeedClock":
        """Remember one more entry."""
        if published is None:
            return self
        midnights = min(_KEPT, self.midnights + 1) if _is_midnight(published) else 0
        return FeedClock((*self.ahead[-_KEPT + 1 :], published - seen_at), midnights)

    @property
    def offset(self) -> timedelta:
        """How far the clock is off: a whole zone, or nothing."""
        zones = [_zone(ahead) for ahead in self.ahead]
        return _agreed([zone for zone in zones if zone is not None], len(zones))

    def right(self, published: datetime, seen_at: datetime) -> datetime:
        """Give the true time of publication as far as it can be told."""
        if self.midnights >= 2 and _is_midnight(published) and timedelta(0) <= seen_at - published < _DAY:
            return seen_at
        offset = self.offset
        if not offset and not self._was_right():
            # The first entries of a feed: whole hours ahead, at an odd minute, is another zone's time and hardly a plan.
            zone = _zone(published - seen_at, _HOUR)
            if zone is not None and zone > timedelta(0) and published.minute % 30:
                offset = zone
        return published - offset if _zone(published - seen_at) == offset else published

    def _was_right(self) -> bool:
        return any(-6 * SKEW <= ahead <= timedelta(minutes=2) for ahead in self.ahead)


def _zone(ahead: timedelta, step: timedelta = _HALF_HOUR) -> timedelta | None:
    """Which wrong zone would put a fresh entry there; None: none does."""
    if abs(ahead) < 2 * SKEW or abs(ahead) > _WIDEST:
        return None
    zone = round((ahead + _LATE / 2) / step) * step
    return zone if -_LATE <= ahead - zone <= timedelta(minutes=3) else None


def _agreed(zones: list[timedelta], of: int) -> timedelta:
    """Take the zone that most entries agree on: ahead needs two, behind four, for what is behind may be old."""
    if not zones:
        return timedelta(0)
    best = max(set(zones), key=lambda zone: (zones.count(zone), zone))
    need = 2 if best > timedelta(0) else 4
    return best if zones.count(best) >= max(need, of * 0.7) else timedelta(0)


def _is_midnight(published: datetime) -> bool:
    """In whatever zone: on the hour, with no seconds; a feed that does so every time gives days."""
    return published.minute == 0 and published.second == 0 and published.microsecond == 0


def freshness(
    published: datetime | None, seen_at: datetime, clock: FeedClock, max_age: timedelta, now: datetime
) -> Iterator[Reason]:
    """Say what speaks against its time; an entry without a date is as fresh as the moment it was first seen."""
    at = clock.right(published, seen_at) if published else seen_at
    if now - at > max_age:
        yield Reason("stale", at.isoformat(), "against")
    if at - now > SKEW:
        yield Reason("future", at.isoformat(), "against")
