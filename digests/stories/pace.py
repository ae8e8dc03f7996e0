"""How much a feed usually publishes, at this hour: by which several sources within minutes are, or are not, a burst.

An agency that brings an entry a minute tells of everything, so that it tells of this as well proves little. Three papers that
publish nothing at four in the morning, and then all tell of one thing, prove much.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import log2

_REMEMBERED = 72  # hours, the window of the newsroom
_FEWEST = 6  # hours from which on there is something usual
_DAY = 24
_MOST, _LEAST = 1.3, 0.25  # what a source counts for that hardly ever publishes, and one that always does
_EACH = 0.25  # less for each doubling of its rate

Rates = Mapping[str, float]  # feeds by name: entries that are usual in an hour like this one


@dataclass(frozen=True, slots=True)
class Pace:
    """What one feed brought lately, hour by hour. Hours are counted from 1970; those without an entry are not listed."""

    since: int | None = None
    hours: tuple[tuple[int, int], ...] = ()  # hour and entries, the oldest first

    def seen(self, at: datetime) -> "Pace":
        """Remember one more entry; entries come in the order in which they were seen, give or take some minutes."""
        hour = _hour(at)
        kept = dict(one for one in self.hours if one[0] >= hour - _REMEMBERED)
        kept[hour] = kept.get(hour, 0) + 1
        since = hour if self.since is None else max(self.since, hour - _REMEMBERED)
        return Pace(since, tuple(sorted(kept.items())))

    def usual(self, at: datetime) -> float | None:
        """Give the entries that are usual in an hour of the day like this one; None as long as too little was seen.

        What the feed brings on the whole and what it brought in this hour of the days before, each as far as it is known. The
        present hour is none of them: a burst must not become usual by happening.
        """
        hour = _hour(at)
        if self.since is None or hour - self.since < _FEWEST:
            return None
        past = {one: count for one, count in self.hours if one < hour}
        overall = sum(past.values()) / min(_REMEMBERED, hour - self.since)
        alike = [past.get(one, 0) for one in range(hour - _DAY, self.since - 1, -_DAY)]
        return (overall + sum(alike)) / (1 + len(alike))


def surprise(rate: float | None) -> float:
    """Say how much it proves that a feed of this rate tells of something just now: 1 for one that is not known yet."""
    return 1.0 if rate is None else max(_LEAST, _MOST - _EACH * log2(1 + rate))


def _hour(at: datetime) -> int:
    return int(at.timestamp() // 3600)
