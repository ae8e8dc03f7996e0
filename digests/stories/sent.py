"""Whether the phones rang for it already: a second telling that shares too few words to join its story by them alone.

A wire in Seoul and a paper in English may have no word in common but the kind of what happened. Before a phone rings, what
rang within the last hours is looked at again, telling by telling instead of story by story, for what is of the same kind and
contradicted by nothing: that is more likely told twice than to have happened twice.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.stories.newswords import NewsWords
from digests.stories.so_far import SoFar
from digests.stories.told import NOBODY, Told
from digests.stories.turns import NEEDS

LASTS = timedelta(hours=4)  # after a ring, that it is looked at for second tellings
FOLLOWED = timedelta(hours=48)  # the same for what ends it: a strike that is called off
_STRONG = 4.0  # from this weight on a happening is the news, not its circumstance
_FULL = timedelta(hours=1)  # of these the first costs nothing, each further one `_HOUR`
_HOUR = 1.5
_ACROSS = -2.3  # what a telling must score against one of the other language, above what joins a story
_WITHIN = -1.0  # the same within a language, where a second telling shares words
_SELDOM = (2.0, 4.0)  # so much less for what does not happen every day, within a language and across
_FRESH = timedelta(minutes=15)
_AT_ONCE = 1.2  # so much less within `_FRESH`: who is second is seldom later
_MORE = 1.5  # so much more where each tells of a kind that the other does not
_UNNAMED = 2.5  # so much more where both name somebody, and nobody that the other names
_TRANSLATED = 1.0  # the same across, where a name may be a word that is translated
_NAMED = 2.5  # so much less where the titles have a name in common
_AGAIN = frozenset({"missile", "shots", "border", "quake"})  # kinds of what happens again at the same place
_NEXT = timedelta(hours=6)  # after a ring, that the same at the same place is the next rather than told again
_OTHER_MAGNITUDE = 0.45  # of a quake: bulletins mend theirs by less
_AFTERSHOCK = timedelta(minutes=20)
_NEXT_SAID = re.compile(
    r"\b(?:another|again|second|third|fourth|fifth|more|fresh|new|day after|latest|resumes?)\b|(?<![가-힣])(?:또|또다시|다시|재차|연이어|연속|추가|거듭)(?![가-힣])|"
    r"(?:하루|이틀|사흘|나흘|닷새|열흘|일주일|보름|한 달|\d+일) 만에|번째",
    re.IGNORECASE,
)
_GROWN = re.compile(
    r"\b(?:rise|climb|grow|jump|mount|increase)s? to\b|\btoll\b|"
    r"명(?:으로|까지)|명 ?넘어|늘어|급증|불어|육박|추가 (?:사망|확진|환자)",
    re.IGNORECASE,
)
_EVERY_DAY = frozenset(
    {
        "death", "accident", "hurt", "fire", "arrest", "booked", "indict", "sentence", "lawsuit", "raid", "missing", "recall", "strike",
        "marriage", "parting", "attack", "takeover", "enlist", "decision", "fine", "critical", "collapse", "romance", "explosion", "prize",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Near:
    """How well an entry fits the telling of a story that it fits best."""

    score: float
    language: bool  # whether it is of the same language
    strangers: bool  # whether both name somebody, and nobody that the other names
    named: bool  # whether the titles have a name in common, or what may be one
    sorts: bool  # whether both name a thing of one kind, and not the same one


def kinds_of(told: Told, words: NewsWords) -> frozenset[str]:
    """Give the kinds of what an entry tells in its title as the news."""
    return frozenset(
        words.groups[one.code]
        for one in told.happenings
        if one.title and not one.doubt and words.signs[one.code].weight >= _STRONG
    )


def followed_by(told: Told, title: str, words: NewsWords) -> frozenset[str]:
    """Give the kinds of what an entry tells the end of, or of whose victims it tells that they are more by now."""
    if told.figures != NOBODY and _GROWN.search(title):
        return kinds_of(told, words)
    codes = {one.code for one in told.happenings if one.title and not one.doubt} & NEEDS.keys()
    return frozenset(words.groups[needed] for code in codes for needed in NEEDS[code])


def kinds_since(so_far: SoFar, since: datetime, words: NewsWords) -> frozenset[str]:
    """Give the kinds of what a story told as the news since then, for the first time."""
    return frozenset(
        words.groups[code]
        for code, at in so_far.facts.items()
        if at >= since and words.signs[code].weight >= _STRONG
    )


def is_second(near: Near, mine: frozenset[str], theirs: frozenset[str], since: timedelta) -> bool:
    """Whether what tells of these kinds is what rang so long ago and told of those."""
    shared = mine & theirs
    if near.sorts:
        return False
    need = _WITHIN if near.language else _ACROSS
    if not _EVERY_DAY.issuperset(shared):
        need -= _SELDOM[0 if near.language else 1]
    if since < _FRESH:
        need -= _AT_ONCE
    if mine - shared and theirs - shared:
        need += _MORE
    if near.named:
        need -= _NAMED
    elif near.strangers:
        need += _UNNAMED if near.language else _TRANSLATED
    return near.score >= need + _HOUR * max(0.0, (since - _FULL) / _FULL)


def is_next(told: Told, title: str, so_far: SoFar, words: NewsWords, now: datetime) -> bool:
    """Whether what is of a kind with what rang is the next such event, and not the same told again.

    A missile, shots and a quake come again at the same place, in the same words: after some hours when a title says so or is
    marked as a bulletin, a quake as soon as its magnitude is another.
    """
    at = so_far.rung_at
    kinds = {words.groups[one.code] for one in told.happenings if one.title and not one.doubt}
    if at is None or not kinds & _AGAIN & {words.groups[code] for code in so_far.facts}:
        return False
    mine, theirs = told.figures.magnitude, so_far.told.magnitude
    if mine and theirs:
        return now - at > _AFTERSHOCK and abs(mine - theirs) > _OTHER_MAGNITUDE
    marked = any(reason.code == "marker" for reason in told.marks)
    return now - at > _NEXT and (marked or _NEXT_SAID.search(title) is not None)
