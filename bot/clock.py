"""The time, asked for here alone; everything else is told it.

Leases, pace and waiting use the event loop's monotonic time and are not moved by a jump of this clock.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time in UTC."""

    def now(self) -> datetime:
        """Tell the time, aware and in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Tell the time."""
        return datetime.now(UTC)


class JumpingClock:
    """A clock that can be moved, for the playground: the next morning without the night."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Tell the time, with all jumps so far."""
        return datetime.now(UTC) + self._ahead

    def jump_to(self, instant: datetime) -> None:
        """Make it `instant` now, an aware datetime; the clock then runs on."""
        self._ahead += instant - self.now()
