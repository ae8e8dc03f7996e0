"""When a local time comes next, daylight-saving changes included, and when quiet hours hold.

A local time that a change skips comes right after the gap; one that a change doubles comes once, the first
time (PEP 495's fold 0).
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from digests.model import Quiet

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_OFFSET = re.compile(r"UTC(?:([+-])(\d{2}):(\d{2}))?")


def zone_of(name: str) -> tzinfo:
    """Give the zone that a chat keeps: an IANA name, or "UTC+09:00".

    Raises ValueError for a name that is neither.
    """
    found = _OFFSET.fullmatch(name)
    if not found:
        try:
            return ZoneInfo(name)
        except (KeyError, OSError, ValueError) as error:  # OSError: "America" is a folder
            raise ValueError(f"{name!r} is no time zone.") from error
    sign, hours, minutes = found[1] or "+", int(found[2] or 0), int(found[3] or 0)
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(-away if sign == "-" else away)


def next_due(times: Sequence[time], zone: tzinfo, after: datetime) -> datetime | None:
    """Give the first instant strictly after `after` at which one of the local times comes; None without times.

    The answer is in UTC. Looks a day back, since a time that a change of the date line skipped comes a day
    late, and three ahead, since such a change can double a day.
    """
    today = after.astimezone(zone).date()
    for days in range(-1, 4):
        coming = [due for at in times if (due := instant(today + days * _DAY, at, zone)) > after]
        if coming:
            return min(coming)
    return None


def instant(day: date, at: time, zone: tzinfo) -> datetime:
    """Give the instant, in UTC, at which a local clock first shows `at` or, where that is skipped, what follows."""
    wall = datetime.combine(day, at.replace(fold=0))
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return first
    # In a gap fold 1 reads the wall with the offset after it and so lands before it (PEP 495).
    return _change(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first, zone)


def digest_key(due_at: datetime, zone: tzinfo) -> str:
    """Give the key of the digest that is due at an instant: `digest:<local date>:<HH:MM>`, once a chat."""
    return f"digest:{due_at.astimezone(zone):%Y-%m-%d:%H:%M}"


def in_quiet(quiet: Quiet | None, zone: tzinfo, now: datetime) -> bool:
    """Whether the local clock stands inside quiet hours, their start included, their end not.

    Start and end the same mean never: what a reader who wants a silent day has is `/alerts silent`, and
    alerts held for an end that does not come would be lost.
    """
    if quiet is None or quiet.start == quiet.end:
        return False
    wall = now.astimezone(zone).time().replace(fold=0)
    if quiet.start < quiet.end:
        return quiet.start <= wall < quiet.end
    return wall >= quiet.start or wall < quiet.end


def quiet_ends(quiet: Quiet | None, zone: tzinfo, now: datetime) -> datetime:
    """Give the instant, in UTC, at which the quiet hours around `now` end; `now` itself when there are none.

    In a doubled hour the clock may enter quiet hours again after they ended: then the second end counts.
    """
    if quiet is None or not in_quiet(quiet, zone, now):
        return now.astimezone(UTC)
    today = now.astimezone(zone).date()
    for days in range(-1, 4):
        day = today + days * _DAY
        again = datetime.combine(day, quiet.end, tzinfo=zone).replace(fold=1).astimezone(UTC)
        for end in sorted((instant(day, quiet.end, zone), again)):
            if end > now and not in_quiet(quiet, zone, end):
                return end
    return now.astimezone(UTC) + _DAY  # no zone has three days without an end; rather late than never


def _change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Find the second, in (before, after], from which the zone has its offset of `after`."""
    offset = after.astimezone(zone).utcoffset()
    low, high = 0, int((after - before) / _SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if (before + middle * _SECOND).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return before + high * _SECOND
