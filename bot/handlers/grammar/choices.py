"""What a person chooses: digest times, quiet hours, alerts, a language, on or off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from bot.handlers.grammar.clocks import Unclear, clocks_in, span_in
from bot.handlers.grammar.letters import keys, phrases
from digests.model import Alerts, Language

MOST_TIMES = 6  # digests a day


class Switch(StrEnum):
    """On or off."""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Times:
    """Local times of day, ascending, each once."""

    at: tuple[time, ...]


@dataclass(frozen=True, slots=True)
class TooMany:
    """More times than a chat may have."""

    most: int = MOST_TIMES


@dataclass(frozen=True, slots=True)
class Hours:
    """Quiet hours. Inside them alerts are held, if that was said; else they come silently."""

    start: time
    end: time
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Inside:
    """What happens inside the quiet hours there are."""

    hold: bool


@dataclass(frozen=True, slots=True)
class NoLength:
    """Quiet hours that end when they begin."""

    at: time


_ENDINGS = ("", "줘", "줘요", "주세요", "요", "해", "해줘", "해줘요", "해주세요", "하기", "놔", "둬")
_OFF = phrases(
    (
        *(
            "off",
            "no",
            "none",
            "never",
            "stop",
            "disable",
            "끄기",
            "꺼",
            "끔",
            "꺼두기",
            "오프",
            "해제",
            "중지",
        ),
        *("그만", "안받기", "받지않기", "없음", "없애"),
    ),
    _ENDINGS,
)
_ON = phrases(
    ("on", "yes", "start", "enable", "default", "켜기", "켜", "켬", "온", "시작", "받기", "기본"), _ENDINGS
)
_SILENT = phrases(
    ("silent", "silently", "mute", "muted", "무음", "음소거", "조용히", "소리없이", "소리끄기"), _ENDINGS
)
_FEW = phrases(
    ("few", "fewer", "less", "rarely", "적게", "조금", "조금만", "덜", "줄이기", "줄여", "가끔"), _ENDINGS
)
_HOLD = phrases(
    ("hold", "held", "keep", "collect", "보류", "모아", "모아서", "모으기", "담기", "나중에"), _ENDINGS
)

_LANGUAGES: Mapping[str, Language] = {
    **dict.fromkeys(
        phrases(("ko", "kr", "kor", "korean", "한국어", "한국말", "한글", "국어"), ("", "로", "으로")), "ko"
    ),
    **dict.fromkeys(phrases(("en", "eng", "english", "영어", "영문", "잉글리시"), ("", "로", "으로")), "en"),
}


def switch_in(text: str) -> Switch | None:
    """Read on or off, in either language; None for anything else."""
    typed = keys(text)
    if typed in _ON:
        return Switch.ON
    return Switch.OFF if typed in _OFF else None


def digest_in(text: str) -> Times | Switch | TooMany | Unclear | None:
    """Read what `/digest` is told: times of day, on or off; None if nothing."""
    if not text.strip():
        return None
    if (switch := switch_in(text)) is not None:
        return switch
    found = clocks_in(text)
    if isinstance(found, Unclear):
        return found
    times = tuple(sorted(set(found)))
    return Times(times) if len(times) <= MOST_TIMES else TooMany()


def quiet_in(text: str) -> Hours | Inside | Switch | NoLength | Unclear | None:
    """Read what `/quiet` is told: hours, what happens inside them, on or off; None if nothing."""
    if not text.strip():
        return None
    if (switch := switch_in(text)) is not None:
        return switch
    hold: bool | None = None
    rest: list[str] = []
    for word in text.split():
        if keys(word) in _HOLD:
            hold = True
        elif keys(word) in _SILENT:
            hold = False
        else:
            rest.append(word)
    if not rest and hold is not None:
        return Inside(hold)
    found = span_in(" ".join(rest))
    if isinstance(found, Unclear):
        return found
    start, end = found
    return NoLength(start) if start == end else Hours(start, end, hold=bool(hold))


def alerts_in(text: str) -> Alerts | Unclear | None:
    """Read what `/alerts` is told: on, few, silent or off; None if nothing."""
    if not text.strip():
        return None
    if keys(text) in _SILENT:
        return Alerts.SILENT
    if keys(text) in _FEW:
        return Alerts.FEW
    match switch_in(text):
        case Switch.ON:
            return Alerts.ON
        case Switch.OFF:
            return Alerts.OFF
        case _:
            return Unclear(text.strip())


def language_in(text: str) -> Language | Unclear | None:
    """Read the name of a language, in either; None if nothing was said."""
    if not text.strip():
        return None
    return _LANGUAGES.get(keys(text)) or Unclear(text.strip())
