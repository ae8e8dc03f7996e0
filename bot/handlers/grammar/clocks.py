"""Times of day as people type them: `07:30`, `7am`, `0730`, `오전 7시 30분`, 자정."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from bot.handlers.grammar.letters import tidy

_LONGEST = 200  # characters; what is longer is no list of times


@dataclass(frozen=True, slots=True)
class Unclear:
    """A piece of what was said that could not be read."""

    said: str


_NAMED = {"noon": 12, "midday": 12, "정오": 12, "midnight": 0, "자정": 0}
_KOREAN = {
    word: hour
    for hour, word in enumerate(
        ("한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한", "열두"), start=1
    )
}
_PART = "오전|오후|아침|새벽|낮|점심|저녁|밤|am|pm"
_TIME = re.compile(
    rf"""
    (?:(?P<before>{_PART})\s*)?
    (?:
        (?P<named>{"|".join(_NAMED)})
      | (?P<korean>\d{{1,2}}|{"|".join(sorted(_KOREAN, key=len, reverse=True))})\s*시
            (?:\s*(?:(?P<korean_minute>[0-5]?\d)\s*분|(?P<half>반)))?
      | (?P<hour>\d{{1,2}})[:.](?P<minute>[0-5]\d)(?!\d)
      | (?P<run>\d{{1,2}}[0-5]\d)(?!\d)
      | (?P<bare>\d{{1,2}})(?!\d)
    )
    (?:\s*(?P<after>am|pm|a\.m\.?|p\.m\.?)(?![a-z]))?
    """,
    re.VERBOSE,
)
_BETWEEN = re.compile(
    r"(?:[\s,;/&+.·]|(?:and|then|at|daily|every ?day|o'?clock|hours)(?![a-z])|매일|그리고|이랑|으로|하고|에|로|및|랑|와|과|마다)+"
)
_SPAN = re.compile(
    r"(?:[\s,.~-]|(?:from|to|until|till|between|and|o'?clock)(?![a-z])|매일|부터|까지|에서|에|그리고|사이)+"
)
_DASHES = str.maketrans(
    dict.fromkeys("\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}\N{HYPHEN}\N{FIGURE DASH}\N{WAVE DASH}", "-")
)


def clocks_in(text: str) -> tuple[time, ...] | Unclear:
    """Read one or several times of day, in the order in which they were said."""
    return _read(text, _BETWEEN)


def span_in(text: str) -> tuple[time, time] | Unclear:
    """Read two times with what stands between a beginning and an end: `23:00-07:00`, `밤 11시부터 아침 7시까지`."""
    found = _read(text, _SPAN)
    if isinstance(found, Unclear):
        return found
    return (found[0], found[1]) if len(found) == 2 else Unclear(text.strip())


def _read(text: str, between: re.Pattern[str]) -> tuple[time, ...] | Unclear:
    if len(text) > _LONGEST:
        return Unclear(text)
    line = "".join(map(_digit, tidy(text).translate(_DASHES).casefold()))
    found: list[time] = []
    for match in _matches(line, between):
        if isinstance(match, Unclear):
            return match
        clock = _clock(match)
        if clock is None:
            return Unclear(match[0])
        found.append(clock)
    return tuple(found) or Unclear(text.strip())


def _matches(line: str, between: re.Pattern[str]) -> Iterator[re.Match[str] | Unclear]:
    """Give one time after the other; at what is neither a time nor between two, its word, and no more."""
    at = gap.end() if (gap := between.match(line)) else 0
    while at < len(line):
        match = _TIME.match(line, at)
        gap = between.match(line, match.end()) if match else None
        if match is None or (gap is None and match.end() < len(line)):
            yield Unclear(_word(line, at))
            return
        yield match
        at = gap.end() if gap else len(line)


def _word(line: str, at: int) -> str:
    """Give the whole word that stands at a place."""
    return next(found[0] for found in re.finditer(r"\S+", line) if found.end() > at)


def _digit(letter: str) -> str:
    return str(int(letter)) if letter.isdecimal() else letter  # those of every script


def _clock(match: re.Match[str]) -> time | None:
    part = (match["after"] or match["before"] or "").replace(".", "")
    if match["named"]:
        hour, minute = _NAMED[match["named"]], 0
    elif match["korean"]:
        hour = _KOREAN.get(match["korean"]) or int(match["korean"])
        minute = 30 if match["half"] else int(match["korean_minute"] or 0)
    elif match["run"]:
        hour, minute = int(match["run"][:-2]), int(match["run"][-2:])
    else:
        hour, minute = int(match["hour"] or match["bare"]), int(match["minute"] or 0)
    hour = _of_day(hour, part)
    if hour == 24 and minute == 0:
        hour = 0
    return time(hour, minute) if hour < 24 else None


def _of_day(hour: int, part: str) -> int:
    """Give the hour of 24, from one of 12 and its part of the day; what is past 12 already stays."""
    if hour > 12 or not part:
        return hour
    match part:
        case "am" | "오전" | "새벽" | "아침":
            return hour % 12
        case "pm" | "오후" | "저녁":
            return hour % 12 + 12
        case "낮" | "점심":  # 낮 11시 is before noon
            return hour if hour >= 10 else hour + 12
        case _:  # 밤 11시 is 23:00, 밤 12시 midnight, 밤 1시 an hour later
            return hour % 12 if hour == 12 or hour < 6 else hour + 12
