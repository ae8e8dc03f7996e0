"""What a story has told until now, folded into one small value: enough to know a turn from a repeat."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from digests.stories.newswords import NewsWords
from digests.stories.prints import alike
from digests.stories.told import NOBODY, Figures, Told

_RECENT = timedelta(minutes=30)
_MOST = 24  # voices that are remembered
_NO_FACTS: Mapping[str, datetime] = MappingProxyType({})  # one for all stories that have none


@dataclass(frozen=True, slots=True)
class Voice:
    """Who told it when, and in which words."""

    feed: str
    at: datetime
    print: bytes = b""


@dataclass(frozen=True, slots=True)
class SoFar:
    """A story's earlier tellings. The empty one is a new story."""

    rung: int = 0  # the alert and its turns
    rung_at: datetime | None = None  # the last of them
    tellings: int = 0
    facts: Mapping[str, datetime] = field(
        default_factory=lambda: _NO_FACTS
    )  # what was told as a fact, and when first
    told: Figures = NOBODY  # the highest counts
    alerted: Figures = NOBODY  # the counts as they were when it last rang
    named: bool = False  # what rang said what had happened, in words that we know
    confirmed: bool = False  # by a statement, in what rang
    rumoured: bool = False  # was told as a rumour
    voices: tuple[Voice, ...] = ()


def kept(so_far: SoFar, told: Told, words: NewsWords, *, turn: int, rumour: bool) -> SoFar:
    """Add one telling. `turn` is the ring that it was (0: none), `rumour` whether it was judged to be one."""
    never = any(_never(words, reason.code) for reason in told.pieces)
    new = [] if never else [one.code for one in told.happenings if not one.doubt and (turn or one.title)]
    facts = so_far.facts
    if not facts.keys() >= set(new):
        facts = {**facts, **{code: told.seen_at for code in new if code not in facts}}
    highest = so_far.told if never else _highest(so_far.told, told.figures)
    return replace(
        so_far,
        rung=max(so_far.rung, turn),
        rung_at=told.seen_at if turn else so_far.rung_at,
        tellings=so_far.tellings + 1,
        facts=facts,
        told=highest,
        alerted=highest if turn else so_far.alerted,
        named=so_far.named or (bool(turn) and any(words.signs[code].weight >= 4 for code in told.codes)),
        confirmed=so_far.confirmed
        or (bool(turn) and bool({"statement", "officially"} & told.bearings or "confirmed" in told.codes)),
        rumoured=so_far.rumoured or rumour,
        voices=(*so_far.voices[-_MOST + 1 :], Voice(told.feed, told.seen_at, told.print)),
    )


def merged(one: SoFar, other: SoFar) -> SoFar:
    """Fold two stories that turn out to be one."""
    facts = dict(one.facts)
    for code, at in other.facts.items():
        facts[code] = min(at, facts.get(code, at))
    rings = [at for at in (one.rung_at, other.rung_at) if at]
    return SoFar(
        rung=max(one.rung, other.rung),
        rung_at=max(rings, default=None),
        tellings=one.tellings + other.tellings,
        facts=facts,
        told=_highest(one.told, other.told),
        alerted=_highest(one.alerted, other.alerted),
        named=one.named or other.named,
        confirmed=one.confirmed or other.confirmed,
        rumoured=one.rumoured or other.rumoured,
        voices=tuple(sorted((*one.voices, *other.voices), key=lambda voice: voice.at)[-_MOST:]),
    )


def voices(so_far: SoFar, told: Told) -> tuple[str, ...]:
    """Give the independent feeds that told it in the last half hour, the one that tells it now first; copies of one text are one."""
    heard: list[Voice] = [Voice(told.feed, told.seen_at, told.print)]
    for voice in so_far.voices:
        if told.seen_at - voice.at > _RECENT:
            continue
        if not any(voice.feed == known.feed or alike(voice.print, known.print) for known in heard):
            heard.append(voice)
    return tuple(voice.feed for voice in heard)


def _highest(one: Figures, other: Figures) -> Figures:
    if other in (NOBODY, one):
        return one
    return Figures(
        dead=max(one.dead, other.dead),
        hurt=max(one.hurt, other.hurt),
        missing=max(one.missing, other.missing),
        ill=max(one.ill, other.ill),
        records=max(one.records, other.records),
        magnitude=max(one.magnitude, other.magnitude),
    )


def _never(words: NewsWords, code: str) -> bool:
    piece = words.pieces.get(code)
    return piece is None or piece.never
