"""How numbers, lengths and times are said on the command line: pure."""

from datetime import datetime, timedelta


def number(value: float, *, decimals: int = 0) -> str:
    """Write a number with its thousands apart, and no decimals that say nothing."""
    said = f"{value:,.{decimals}f}"
    return said.rstrip("0").rstrip(".") if decimals else said


def count(value: float, one: str, many: str = "") -> str:
    """Say how many of something: "1 chat", "40,000 chats", "1.5 hours"."""
    return f"{number(value, decimals=1)} {one if value == 1 else many or f'{one}s'}"


def length(time: timedelta) -> str:
    """Say a time as people do, in one unit, rounded: "33 seconds", "22 minutes", "1.5 hours", "3 days"."""
    seconds = time.total_seconds()
    if seconds < 1:
        return "under a second"
    seconds = round(seconds)
    if seconds < 90:
        return count(seconds, "second")
    if round(seconds / 60) < 90:
        return count(round(seconds / 60), "minute")
    if round(seconds / 3_600) < 48:
        return count(_half(seconds / 3_600), "hour")
    return count(_half(seconds / 86_400), "day")


def rate(per_second: float) -> str:
    """Say a pace: "30/s", "1,000/s", "0.5/s"."""
    if 0 < per_second < 0.01:
        return f"{per_second:.1g}/s"
    return f"{number(per_second, decimals=2)}/s"


def utc(moment: datetime | None) -> str | None:
    """Write a time for programs (RFC 3339)."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _half(value: float) -> float:
    """Round to a half while that is worth saying, and above ten to a whole."""
    return round(value) if value >= 10 else round(value * 2) / 2
