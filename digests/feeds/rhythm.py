"""When a feed is polled next, with the reason. Pure: the time is an argument, and chance is the feed's address."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = timedelta(days=1)  # a feed that fails, or asks us to wait, is still looked at once a day
_GROWTH = 288  # and waits no more than so many intervals: with five minutes that is the day


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When, and why then, in words for the operator."""

    at: datetime
    reason: str


def place_of(url: str) -> float:
    """Give a feed's place within its interval, from 0 to 1: always the same one, evenly spread over feeds."""
    digest = hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48


def next_poll(
    *,
    interval: timedelta,
    now: datetime,
    place: float,
    failures: int = 0,
    retry_after: timedelta | None = None,
) -> NextPoll:
    """Say when to poll next, after a poll that ended at `now`.

    `failures` is how many polls in a row have failed, this one included; 0 after a success, which brings the
    feed back to its rhythm at once. `retry_after` is what the server asked for; it never hastens a poll.
    A healthy feed never waits longer than `interval`.
    """
    if failures <= 0:
        chosen = NextPoll(slot(interval, now, place), "on schedule")
    else:
        longest = max(interval, min(_LONGEST, interval * _GROWTH))
        delay = min(longest, interval * 2 ** min(failures - 1, 16))
        times = "once" if failures == 1 else f"{failures} times in a row"
        # Feeds that failed together (a network was down) do not come back together.
        chosen = NextPoll(now + delay * (0.9 + 0.2 * place), f"failed {times}")
    if retry_after is not None:
        asked = now + min(max(retry_after, timedelta(0)), _LONGEST)
        if asked > chosen.at:
            return NextPoll(asked, f"the server asked for {round((asked - now).total_seconds())} s")
    return chosen


def slot(interval: timedelta, now: datetime, place: float) -> datetime:
    """Find the next slot of a feed at `place`: slots lie an interval apart, so a restart moves nothing."""
    first = _EPOCH + interval * place
    passed = (now - first) // interval
    return first + (passed + 1) * interval
