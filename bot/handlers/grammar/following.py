"""What a person wants to follow or mute: names, sources, words, several at once, and whether it may ring."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.handlers.grammar.letters import keys, phrases, tidy

SHORTEST, LONGEST = 2, 60  # characters; shorter words are in every text, longer ones in none
AT_ONCE = 10  # pieces of one message

_BETWEEN = re.compile(r"[,，、;\n]+")
_QUOTES = "\"'“”‘’«»「」『』"
_SOURCE = re.compile(r"(?:source|from|출처|언론사|매체)\s*[:：]\s*", re.IGNORECASE)
_WORDS = re.compile(r"(?:words?|keywords?|단어|키워드)\s*[:：]\s*", re.IGNORECASE)
_ALERTS = phrases(
    (
        *(
            "alerts",
            "alert",
            "withalerts",
            "alertson",
            "with alerts",
            "알림",
            "알림도",
            "알림켜기",
            "알림받기",
        ),
        *("속보도", "알림포함", "알림까지"),
    )
)
_NO_ALERTS = phrases(
    (
        *(
            "noalerts",
            "alertsoff",
            "withoutalerts",
            "silent",
            "digestonly",
            "알림끄기",
            "알림없이",
            "알림해제",
        ),
        *("알림꺼", "알림제외"),
    )
)
_ALL = phrases(("all", "everything", "전체", "모두", "전부", "다"))
# What people call the kinds of hard news that can be muted: digests/stories/kinds.py.
_KINDS = {
    kind: phrases(words)
    for kind, words in {
        "deaths": (
            "death",
            "deaths",
            "obituary",
            "obituaries",
            "사망",
            "죽음",
            "부고",
            "사망 소식",
            "부고 소식",
            "별세",
        ),
        "suicide": ("suicide", "suicides", "self-harm", "자살", "자해", "극단적 선택"),
        "accidents": (
            "accident",
            "accidents",
            "accidents and fires",
            "사고",
            "사건사고",
            "사고 소식",
            "사고와 화재",
        ),
        "disasters": ("disaster", "disasters", "재난", "재해", "자연재해"),
        "crime": ("crime", "crimes", "crime news", "범죄", "사건", "범죄 소식"),
        "sexual-crime": ("sexual crime", "sexual crimes", "sex crime", "sex crimes", "성범죄", "성폭력"),
        "children": (
            "children",
            "minors",
            "children as victims",
            "crimes against children",
            "아동",
            "아동 피해",
            "미성년 피해",
        ),
    }.items()
}
_TAIL_WORDS = 2  # "alerts on", "with alerts", "알림 켜기"


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that is wanted, as it was typed."""

    text: str
    only: Literal["", "source", "words"] = ""  # what it is, where the person says so

    @property
    def wrong(self) -> Literal["", "short", "long"]:
        """Why it can be no words; "" where it can."""
        many = len(self.text)
        return "short" if many < SHORTEST else "long" if many > LONGEST else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """All that was said with the command."""

    pieces: tuple[Piece, ...] = ()
    alerts: bool | None = None  # None: nothing was said of them
    everything: bool = False
    more: int = 0  # pieces beyond AT_ONCE


def asked_in(text: str) -> Asked:
    """Read what stands after /follow, /mute and their opposites."""
    text, alerts = _alerts(" ".join(tidy(text).split(" ")).strip())
    found = [piece for part in _BETWEEN.split(text) if (piece := _piece(part)).text]
    if len(found) == 1 and not found[0].only and keys(found[0].text) in _ALL:
        return Asked(alerts=alerts, everything=True)
    pieces = tuple(dict.fromkeys(found))
    return Asked(pieces[:AT_ONCE], alerts, more=max(len(pieces) - AT_ONCE, 0))


def kind_in(text: str) -> str | None:
    """Give the kind of hard news that a text calls, and nothing else with it; None for any other words."""
    typed = keys(text)
    return next((kind for kind, called in _KINDS.items() if typed in called), None)


def _alerts(text: str) -> tuple[str, bool | None]:
    """Take "alerts" off the end, where something stands before it."""
    words = text.split()
    for many in range(min(_TAIL_WORDS, len(words) - 1), 0, -1):
        tail = keys("".join(words[-many:]))
        if tail in _ALERTS or tail in _NO_ALERTS:
            at = len(text)
            for word in reversed(words[-many:]):
                at = text.rindex(word, 0, at)
            return text[:at].rstrip(" ,"), tail in _ALERTS
    return text, None


def _piece(part: str) -> Piece:
    part = " ".join(part.split())
    if found := _SOURCE.match(part):
        return Piece(part[found.end() :].strip(_QUOTES + " "), "source")
    if found := _WORDS.match(part):
        return Piece(part[found.end() :].strip(_QUOTES + " "), "words")
    bare = part.strip(_QUOTES + " ")
    return Piece(bare, "words" if bare != part and bare else "")
