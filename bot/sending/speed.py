"""How fast messages may leave in all: as configured, slower for a while after Telegram says that it is too fast.

The rule is additive increase, multiplicative decrease, as TCP's (RFC 5681, section 3.1): when all are told to wait, the rate
becomes half of what really left in the second before (`messages_per_second = 100000` tells nothing of what Telegram takes).
From the end of the wait on it grows by a sixtieth of that each second (of FREE_RATE, if that is more), so that it is back
after half a minute, and on to what is configured. What was sent before the rate was lowered lowers it no further. Times are monotonic, in seconds.
"""

import math
from dataclasses import dataclass

from bot.config.cautions import FREE_RATE

DECREASE = 0.5
REGAINED_IN = 60.0  # seconds in which the rate grows by as much as had left in the second before
LEAST = 1.0  # messages a second; or what is configured, where that is less
MOST_IN_A_SECOND = 1.02  # of the rate, as the other side counts
CATCHING_UP = 1.008  # of the rate, at most: what a busy moment kept back leaves that much faster afterwards
UNEVEN = 0.5  # of what room is left in a second: how late a message may leave and not delay those after it. The rest is the way's
LATENESS = 0.01  # seconds, at most, of the same
MADE_UP_FOR = 0.1  # seconds' worth that are not forgotten


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast messages may leave, in messages a second; and for how many seconds all wait first."""

    configured: float
    allowed: float
    waits: float = 0.0

    @property
    def slowed(self) -> bool:
        """Whether Telegram made us slower than we were told to be."""
        return self.allowed < self.configured


class Flow:
    """A stream of messages with a mean rate, of which at most 102 % leave in any second; in whole messages.

    Two clocks of the generic cell rate algorithm (ITU-T I.371): one keeps the mean, the other every second. Thirty a
    second leave no room for a thirty-first, so that they leave half a percent slower; a thousand leave room for twenty, which
    is what a process that was busy for a moment catches up with.
    """

    def __init__(self, rate: float) -> None:
        self._mean = 0.0  # when the next is due by the mean rate
        self._second = 0.0  # and by what any second may take
        self.rate = rate

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        most = math.floor(rate * MOST_IN_A_SECOND)
        room = (most if most >= rate else math.ceil(rate)) / rate
        faster = max(0.995, min(CATCHING_UP, room - 0.012))
        self._rate = rate
        self._interval = 1 / rate
        self._shortest = 1 / (rate * faster)
        self._late = min(LATENESS, (room / faster - 1) * UNEVEN)

    def begin(self, now: float) -> None:
        """Begin as if a message had just left."""
        self._mean = max(self._mean, now + self._interval)
        self._second = max(self._second, now + self._interval)

    def free_at(self) -> float:
        """Say when the next may leave."""
        return max(self._mean, self._second)

    def take(self, now: float) -> None:
        """Let one leave now."""
        self._mean = max(self._mean, now - MADE_UP_FOR) + self._interval
        self._second = max(self._second, now - self._late) + self._shortest


class Speed:
    """The flow of all messages, and what Telegram says to it."""

    def __init__(self, configured: float) -> None:
        self.configured = configured
        self._flow = Flow(configured)
        self._waits_until = 0.0
        self._lowered_at = (
            0.0  # when the rate was lowered last; what left before says nothing about the new one
        )
        self._grows_from = 0.0  # monotonic
        self._base: float | None = None  # the rate there; None: as configured
        self._growth = 0.0  # a second
        self._second = 0.0  # the last whole second in which messages were counted, and how many they were
        self._in_second = 0
        self._in_second_before = 0

    def begin(self, now: float) -> None:
        """Begin as if a message had just left."""
        self._flow.begin(now)

    def free_at(self) -> float:
        """Say when the next message of all may leave."""
        return max(self._flow.free_at(), self._waits_until)

    def take(self, now: float) -> None:
        """Let one leave now."""
        if self._base is not None:
            self._flow.rate = self.allowed(now)
            if self._flow.rate >= self.configured:
                self._base = None
        self._flow.take(now)
        if now >= self._second + 1:
            self._in_second_before = self._in_second if now < self._second + 2 else 0
            self._second, self._in_second = now, 0
        self._in_second += 1

    def allowed(self, now: float) -> float:
        """Give the rate, messages a second."""
        if self._base is None:
            return self.configured
        return min(self.configured, self._base + max(0.0, now - self._grows_from) * self._growth)

    def pace(self, now: float) -> Pace:
        """Give the rate as a value."""
        return Pace(self.configured, self.allowed(now), max(0.0, self._waits_until - now))

    def told(self, seconds: float, now: float, *, left_at: float) -> bool:
        """Let all wait, as was told to a request that left at `left_at`; says whether the rate was lowered by it."""
        allowed = self.allowed(now)
        self._waits_until = max(self._waits_until, now + seconds)
        lowers = left_at > self._lowered_at
        if lowers:
            left = max(self._in_second, self._in_second_before, LEAST)
            self._growth = max(left, min(FREE_RATE, self.configured)) / REGAINED_IN
            self._base = max(min(allowed, left) * DECREASE, min(LEAST, self.configured))
            self._lowered_at = now
        elif self._base is not None:
            self._base = allowed
        self._grows_from = self._waits_until
        if self._base is not None:
            self._flow.rate = self._base
        return lowers
