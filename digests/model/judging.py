"""What the newsroom makes of it: stories, and decisions with their reasons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digests.model.ids import Language, StoryId
from digests.model.publishing import Entry, Unjudged


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a decision: a stable code, what it was seen on, and whether it speaks for or against."""

    code: str
    evidence: str = ""
    speaks: Literal["for", "against"] = "for"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something rings, and why."""

    rings: bool
    reasons: tuple[Reason, ...]
    score: float = (
        0.0  # the weight of what speaks for it, less what speaks against; a threshold is held against it
    )
    turn: int = 0  # which ring of its story: 1 the alert, 2 and more its turns; 0 where it does not ring
    silent: bool = False  # the news is sensitive: never with sound, emoji or 👍/👎
    sensitive: tuple[str, ...] = ()  # of what kind: "death", "suicide", "sexual", "minor"
    rumour: bool = False  # unproven as told; a digest says so
    denial: bool = False  # denies what was told: goes silently to the chats that were shown the rumour


@dataclass(frozen=True, slots=True)
class Known:
    """A story that an entry may belong to: one of its entries shares the link or the title."""

    story: StoryId
    link_key: str
    title_key: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Joins:
    """The entry tells of a story that is known."""

    story: StoryId
    why: str  # "link", "title" or "words"
    sure: bool = True  # sure enough to take it for told already, where a phone would ring
    score: float = 0.0  # of "words": by how much it is above what joins


@dataclass(frozen=True, slots=True)
class Begins:
    """The entry begins a story."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What judge made of one entry, before anything is written."""

    unjudged: Unjudged
    placement: Joins | Begins
    categories: frozenset[str]
    at: datetime  # the time the story is shown with and ordered by: published, clamped to when it was seen
    language: Language
    decision: Decision
    why_categories: tuple[Reason, ...] = ()
    names: tuple[str, ...] = ()  # ids of whom and what it tells of


@dataclass(frozen=True, slots=True)
class Telling:
    """One entry of a story, with the feed that brought it."""

    feed: str  # the feed's name in the settings
    source: str  # the publisher named in the entry, else the feed's title, else its name
    entry: Entry
    language: Language
    seen_at: datetime
    title_only: bool = False  # the operator or the publisher wants no more shown of this feed
    sensitive: tuple[str, ...] = ()  # as it was judged: "death", "suicide", "sexual", "minor"
    rumour: bool = False  # the same: unproven as told
    vouched: bool = False  # it rang, or somebody who must know stands for it
    happened: frozenset[str] = (
        frozenset()
    )  # codes of what speaks for ringing: what it says has happened among them


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """A story with all that tells of it, in the order in which it was seen."""

    id: StoryId
    at: datetime
    categories: frozenset[str]
    tellings: tuple[Telling, ...]
    alerted: bool
    names: tuple[str, ...] = ()  # ids of whom and what it tells of

    @property
    def sensitive(self) -> tuple[str, ...]:
        """Of what kinds any of its entries is: what one paper says of it is so, however the others put it."""
        return tuple(sorted({kind for telling in self.tellings for kind in telling.sensitive}))

    @property
    def rumour(self) -> bool:
        """Whether it was first told as a rumour, and nothing has rung since, nor has anybody stood for it."""
        first = min(self.tellings, key=lambda telling: telling.seen_at, default=None)
        return first is not None and first.rumour and not any(telling.vouched for telling in self.tellings)
