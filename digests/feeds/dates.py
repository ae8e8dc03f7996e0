"""A publisher's date, in the shapes feeds use, as an aware time in UTC; None where there is none to be had.

Nothing is clamped and nothing is compared with the present: that is for those who show or judge. A time without
a zone is UTC (RFC 822 and RFC 3339 would not allow it), but Korean time in a feed written in Korean.
"""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

KST = timezone(timedelta(hours=9), "KST")

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
            "aug august", "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

# Hours from UTC. Names with two meanings have the one that feeds mean (RFC 822 for the American ones).
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "kst": 9, "jst": 9, "hkt": 8, "sgt": 8, "pht": 8, "ict": 7,
    "wib": 7, "msk": 3, "eet": 2, "eest": 3, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "bst": 1, "west": 1,
    "est": -5, "edt": -4, "et": -5, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "aest": 10, "aedt": 11, "awst": 8, "acst": 9.5, "acdt": 10.5,
    "nzst": 12, "nzdt": 13, "ist": 5.5, "brt": -3, "art": -3,
}  # fmt: skip

_CLOCK = (
    r"(?:(?P<before>오전|오후|[AaPp]\.?[Mm]\.?)\s*)?"
    r"(?P<hour>\d{1,2})(?:\s*시\s*(?:(?P<kminute>\d{1,2})\s*분)?\s*(?:(?P<ksecond>\d{1,2})\s*초)?"
    r"|:(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?)"
    r"(?:\s*(?P<after>[AaPp]\.?[Mm]\.?)(?![a-zA-Z]))?"
)
_ZONE = r"\s*(?P<zone>\S.*)?"
_WEEKDAY = r"(?:(?!오전|오후|[AaPp]\.?[Mm]\b)\(?[^\W\d_]{1,12}+\.?\)?\s*,?\s*)?"
_MONTH = r"(?P<month>[a-zA-Z]{3,9}\.?|\d{1,2}월?)"

_YMD = r"(?P<year>\d{4})\s*[-./년年]\s*(?P<month>\d{1,2})\s*[-./월月]\s*(?P<day>\d{1,2})\s*[일日.]?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_COMPACT = r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])"
_COMPACT_CLOCK = r"(?P<hour>[01]\d|2[0-4])(?P<minute>[0-5]\d)?(?P<second>[0-6]\d)?\s*(?P<zone>[Zz]|[+\-].*)?"

_SHAPES = (
    # 2022-07-30T09:04:28.5+09:00, 2013.12.24 16:29:20, 2022-07-30 오전 9:04:28, 2022년 7월 30일 (토) 9시 4분
    re.compile(rf"{_YMD}(?:[\s,Tt]*{_WEEKDAY}{_CLOCK}{_ZONE})?$"),
    # Sat, 30 Jul 2022 09:04:28 +0900, and with the month as a number
    re.compile(rf"{_WEEKDAY}{_DAY}[\s\-]+{_MONTH},?[\s\-]+(?P<year>\d{{2,4}})(?:[\s,T]*{_CLOCK}{_ZONE})?$"),
    # Sat Jul 30 09:04:28 KST 2022, as C and Java write it
    re.compile(
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY}\s+{_CLOCK}(?:\s+(?P<zone>[A-Za-z+:\d\-]+))?\s+(?P<year>\d{{4}})$"
    ),
    # July 30, 2022 9:04 AM
    re.compile(rf"{_WEEKDAY}{_MONTH}\s+{_DAY}\s*,?\s+(?P<year>\d{{4}})(?:[\s,]*(?:at\s+)?{_CLOCK}{_ZONE})?$"),
    # 7/30/2022 9:04:28 AM, the American order
    re.compile(rf"(?P<month>\d{{1,2}})/{_DAY}/(?P<year>\d{{4}})(?:[\s,]*{_CLOCK}{_ZONE})?$"),
    # 20220730090428, 20220730T090428Z, 202207300904, 20220730
    re.compile(rf"{_COMPACT}(?:[T\s]?{_COMPACT_CLOCK})?$"),
)
# The two that standards ask for (RFC 5322, 3.3; RFC 3339, 5.6) and nearly all feeds write.
_RFC5322 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|([+\-]\d\d)(\d\d))",
    re.ASCII,
)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+\-]\d\d:\d\d)", re.ASCII)


def read_date(text: str, *, korean: bool = False) -> datetime | None:
    """Read a date. `korean`: a time without a zone is Korean time (the feed is written in Korean)."""
    with suppress(ValueError, OverflowError):
        if found := _RFC5322.fullmatch(text):
            day, month, year, hour, minute, second, hours, minutes = found.groups("0")
            at = datetime(int(year), _month(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
            east = int(hours) * 60 + int(hours[0] + minutes if hours[0] in "+-" else 0)
            return at - timedelta(minutes=east) if abs(east) < 24 * 60 else read_any(text, korean=korean)
        if _RFC3339.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    return read_any(text, korean=korean)


def read_any(text: str, *, korean: bool = False) -> datetime | None:
    """Do what `read_date` does, with a text of which nothing is known."""
    text = " ".join(text[:100].split())
    for shape in _SHAPES:
        if found := shape.match(text):
            return _built(found.groupdict(), KST if korean else UTC)
    return _unix(text)


def _unix(text: str) -> datetime | None:
    """Read seconds, or milliseconds, since 1970."""
    if not re.fullmatch(r"\d{9,10}(?:\.\d+)?|\d{12,13}", text, re.ASCII):
        return None
    seconds = float(text)
    return datetime.fromtimestamp(seconds / 1000 if seconds >= 1e11 else seconds, UTC)


def _built(parts: dict[str, str | None], zone: timezone) -> datetime | None:
    try:
        year = int(parts["year"] or "")
        if len(parts["year"] or "") == 2:  # RFC 5322, 4.3
            year += 2000 if year < 50 else 1900
        hour = _hour(int(parts.get("hour") or 0), parts.get("before") or parts.get("after") or "")
        minute = int(parts.get("minute") or parts.get("kminute") or 0)
        second = int(parts.get("second") or parts.get("ksecond") or 0)
        day = datetime(
            year, _month(parts["month"] or ""), int(parts["day"] or ""), tzinfo=_zone(parts.get("zone"), zone)
        )
        if hour > 24 or minute > 59 or second > 60:
            return None
        fraction = int(((parts.get("fraction") or "") + "000000")[:6])
        return (
            day + timedelta(hours=hour, minutes=minute, seconds=second, microseconds=fraction)
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _month(text: str) -> int:
    name = text.rstrip(".월").lower()
    return int(name) if name.isdigit() else _MONTHS.get(name, 0)


def _hour(hour: int, half: str) -> int:
    half = half.lower()
    if half.startswith("p") or half == "오후":
        return hour + 12 if hour < 12 else hour
    if half.startswith("a") or half == "오전":
        return 0 if hour == 12 else hour
    return hour


def _zone(text: str | None, default: timezone) -> timezone:
    """Read a zone: a name, an offset, both ("GMT+0900"), or either with a remark in brackets behind it."""
    found = re.match(r"\(?\s*([A-Za-z]{1,5})?\s*(?:([+\-])\s*(\d{1,2}):?(\d{2})?(?!\d))?", text or "")
    if not found or not found.group():
        return default
    name, sign, hours, minutes = found.groups()
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(-offset if sign == "-" else offset)
    known = _ZONES.get(name.lower()) if name else None
    return default if known is None else timezone(timedelta(hours=known))
