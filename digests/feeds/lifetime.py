"""What the headers of an answer say about time: how long it stays fresh, when to come back; and its validators."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?(\d{1,10})"?(?=\s*(?:,|$))', re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[,\s])no-(?:cache|store)(?=\s*(?:[,=]|$))", re.IGNORECASE)


def validator(value: str) -> str:
    """Keep a validator that can be sent back as it is (RFC 9110, 8.8), else none."""
    return value if len(value) <= 1_000 and value.isascii() and value.isprintable() else ""


def fresh_for(headers: Mapping[str, str]) -> timedelta | None:
    """Tell how long an answer stays fresh for us, a private cache (RFC 9111, 4.2); None where it is not said.

    max-age speaks louder than Expires; what the answer has spent in caches (Age) is taken off. `s-maxage` is for
    shared caches. An Expires that is no date means that it is stale already.
    """
    control = headers.get("Cache-Control", "")
    if _NOT_KEPT.search(control):
        return timedelta(0)
    if found := _MAX_AGE.search(control):
        age = headers.get("Age", "").strip()
        spent = int(age) if re.fullmatch(r"[0-9]{1,10}", age) else 0
        return timedelta(seconds=max(0, int(found[1]) - spent))
    if "Expires" not in headers:
        return None
    until = _moment(headers["Expires"])
    since = _moment(headers.get("Date", ""))
    return max(timedelta(0), until - since) if until and since else timedelta(0)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Tell how long the server asks to wait (RFC 9110, 10.2.3): seconds, or a date beside the answer's own Date."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return timedelta(seconds=int(value))
    until = _moment(value)
    since = _moment(headers.get("Date", ""))
    return max(timedelta(0), until - since) if until and since else None


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text.strip())
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
