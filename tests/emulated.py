"""What stands in for the world in tests inside one process: the time, and Telegram's name for the bot."""

from datetime import UTC, datetime, timedelta

TOKEN = "600000001:TEST"


class Hands:
    """A clock that is set by hand. It begins on a Tuesday, 24 November 2026, 18:00 in Seoul."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **delta: float) -> None:
        self.time += timedelta(**delta)
