"""What keeps two entries apart, however many words they share: parts of a series, another day's column, another subject."""

import re
from datetime import timedelta

from digests.stories.gist import Gist

_NOTICE = 0.25  # of the terms, which two notices under one heading share when they are one
DAY = timedelta(hours=24)
_LATER = timedelta(hours=12)
_SLACK = timedelta(hours=4)
_DAILY = re.compile(
    r"날씨|시세|일정|운세|증시|환율|시황|조간|석간|신문|부고|인사|게시판|동정|브리핑|헤드라인|내일|오늘|이번 ?주|주간|시청률|박스오피스|확진|"
    r"weather|today|daily|tomorrow|horoscope|markets?|headlines|this week|agenda|noticeboard|obituaries",
    re.IGNORECASE,
)
_WEATHER = re.compile(r"날씨|기상|weather|forecast", re.IGNORECASE)


def apart(one: Gist, other: Gist) -> str:
    """Say why two entries cannot tell of one event, "" where nothing speaks against it."""
    if one.serials and other.serials and _clash(one.serials, other.serials):
        return "serial"
    if one.headed and one.terms[: one.headed] == other.terms[: other.headed] and standing(one, other):
        return "standing"
    if one.feed and one.feed == other.feed and (why := _of_one_feed(one, other)):
        return why
    return "subject" if one.subject and other.subject and _other_subject(one, other) else ""


def _of_one_feed(one: Gist, other: Gist) -> str:
    """Say why two entries of one feed are two instalments of something, "" if they are not."""
    distance = abs(one.seen_at - other.seen_at)
    if one.column and one.column == other.column and _DAILY.search(one.column):
        return "column" if distance > _LATER or not _alike(one, other) else ""
    if distance > _SLACK and one.column != other.column and _WEATHER.search(one.column + other.column):
        return "column"
    return "daily" if distance > _LATER and _whole_days(distance) and _template(one, other) else ""


def standing(one: Gist, other: Gist) -> bool:
    """Whether an equal title proves nothing: what stands below it speaks of something else."""
    if one.photo and other.photo and abs(one.seen_at - other.seen_at) > timedelta(hours=1):
        return not _summaries_agree(one, other)
    if one.feed == other.feed and abs(one.seen_at - other.seen_at) > _LATER:
        return not _summaries_agree(one, other) or one.figures != other.figures
    return False


def _clash(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two entries number the same kind of part, and none of these parts is the same."""

    def by_kind(serials: frozenset[str]) -> dict[str, set[str]]:
        kinds: dict[str, set[str]] = {}
        for serial in serials:
            kinds.setdefault(re.sub(r"\d+", "", serial), set()).add(serial)
        return kinds

    mine, theirs = by_kind(one), by_kind(other)
    return any(mine[kind].isdisjoint(theirs[kind]) for kind in mine.keys() & theirs.keys())


def _whole_days(distance: timedelta) -> bool:
    rest = distance % DAY
    return min(rest, DAY - rest) <= _SLACK


def _template(one: Gist, other: Gist) -> bool:
    """Whether two titles are one form filled in twice: the words are the same, the numbers are not."""
    mine = {term for term in one.title if term[0] != "#"}
    theirs = {term for term in other.title if term[0] != "#"}
    if not mine or len(mine & theirs) < 0.6 * len(mine | theirs):
        return False
    return one.figures != other.figures


def _other_subject(one: Gist, other: Gist) -> bool:
    """Whether one form is filled in for two: what is told is the same, and of whom it is told is not."""
    return (
        one.language == other.language
        and one.subject.isdisjoint(other.title)
        and other.subject.isdisjoint(one.title)
        and _same_frame(one, other)
    )


def _same_frame(one: Gist, other: Gist) -> bool:
    """Whether what follows the subjects is in good part the same."""
    mine, theirs = one.title - one.subject, other.title - other.subject
    return len(mine & theirs) >= 0.5 * min(len(mine), len(theirs))


def _alike(one: Gist, other: Gist) -> bool:
    mine, theirs = set(one.terms), set(other.terms)
    return len(mine & theirs) >= _NOTICE * min(len(mine), len(theirs))


def _summaries_agree(one: Gist, other: Gist) -> bool:
    mine, theirs = one.below, other.below
    if not mine or not theirs:
        # With nothing below it a title under a standing heading is another's; a plain one is said again.
        series = one.photo or other.photo or one.column or other.column
        return bool(mine) == bool(theirs) and (one.feed != other.feed or not series)
    return len(mine & theirs) >= 0.4 * min(len(mine), len(theirs))
