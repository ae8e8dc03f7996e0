"""What a feed's head says about being looked at and shown: ttl, hours of rest, a notice against copying.

Read from the bytes before the first entry, whichever parser reads the rest: marks of a few ASCII letters need no
decoding, and a head that cannot be read wishes nothing.
"""

import codecs
import re
from datetime import timedelta

from digests.model import Habits

_MOST = 50_000  # bytes of a head
_HEAD = re.compile(rb"<(?:\w+:)?(?:item|entry)\b", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TTL = re.compile(r"<ttl\s*>\s*(\d{1,6})\s*</ttl\s*>", re.IGNORECASE)
_PERIOD = re.compile(r"<\w+:updatePeriod\s*>\s*(\w+)\s*</", re.IGNORECASE)
_FREQUENCY = re.compile(r"<\w+:updateFrequency\s*>\s*(\d{1,4})\s*</", re.IGNORECASE)
_SKIP = re.compile(r"<skip(hours|days)\s*>(.{0,2000}?)</skip\1\s*>", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(r"<hour\s*>\s*(\d{1,2})\s*</hour", re.IGNORECASE)
_DAY = re.compile(r"<day\s*>\s*([a-z]{3})[a-z]*\s*</day", re.IGNORECASE)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}

# "무단 전재·재배포 금지", "무단전재 및 재배포를 금합니다", "무단 복제·전재 금지" …: what Korean papers write under their texts.
_KOREAN = r"무단\s?(?:전재|복제|배포|이용|사용).{0,40}?(?:금지|금합|불허)"
_ENGLISH = re.compile(
    r"(?:redistribution|republication|reproduction|unauthori[sz]ed use)\b[^.<]{0,60}\b(?:prohibited|forbidden|not allowed)"
    r"|may not be (?:published|reproduced|copied|redistributed|rewritten)",
    re.IGNORECASE,
)


def wishes(body: bytes) -> Habits:
    """Read ttl (minutes; RSS 2.0), sy:updatePeriod over sy:updateFrequency (RSS 1.0's syndication module), skipHours
    (0 to 23 UTC, 24 meaning 0) and skipDays. The longer of ttl and period counts.
    """  # fmt: skip
    head = _head(body)
    kept = [timedelta(minutes=int(found[1])) for found in _TTL.finditer(head)][:1]
    if (found := _PERIOD.search(head)) and (period := _PERIODS.get(found[1].lower())):
        often = _FREQUENCY.search(head)
        kept.append(period / max(1, int(often[1]) if often else 1))
    rest = {found[1].lower(): found[2] for found in _SKIP.finditer(head)}
    hours = {int(found[1]) % 24 for found in _HOUR.finditer(rest.get("hours", "")) if int(found[1]) <= 24}
    days = {
        _DAYS.index(day)
        for found in _DAY.finditer(rest.get("days", ""))
        if (day := found[1].lower()) in _DAYS
    }
    return Habits(
        keep_for=max(kept, default=timedelta()) or None,
        # A publisher that rests always has made a mistake.
        skip_hours=frozenset(hours) if len(hours) < 24 else frozenset(),
        skip_days=frozenset(days) if len(days) < 7 else frozenset(),
    )


def forbids_copying(body: bytes) -> bool:
    """Whether the feed bears a notice against redistribution: in Korean anywhere, in English in its head.

    In Korean it stands under the texts themselves; an English sentence of the kind in a text may be news about it.
    """
    if body[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return bool(re.search(_KOREAN, body.decode("utf-16", "replace")) or _ENGLISH.search(_head(body)))
    for encoding in ("utf-8", "cp949"):
        mark = "무단".encode(encoding)
        start = body.find(mark)
        while start >= 0:
            if re.match(_KOREAN, body[start : start + 240].decode(encoding, "replace")):
                return True
            start = body.find(mark, start + 1)
    return bool(_ENGLISH.search(_head(body)))


def _head(body: bytes) -> str:
    if body[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        body = body[: 2 * _MOST].decode("utf-16", "replace").encode("utf-8", "replace")
    head = body[:_MOST]
    first = _HEAD.search(head)
    return _COMMENT.sub("", head[: first.start() if first else len(head)].decode("utf-8", "replace"))
