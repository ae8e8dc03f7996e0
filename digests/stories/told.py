"""What was read of one entry, as values: computed once, kept small, compared often."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digests.model import Language, Reason

FeedKind = Literal["", "wire", "press", "blog", "release"]
Doubt = Literal["", "negated", "possible", "rumoured", "denied", "asked", "drill", "past", "weak"]


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that is said to have happened: a code of data/happenings.toml, and the words that say it."""

    code: str
    evidence: str
    title: bool  # said in the title, not only below it
    doubt: Doubt = ""  # why it is not taken as a fact
    early: bool = False  # in the title or in the first words below it


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of people, and a magnitude; 0 where nothing is said."""

    dead: int = 0
    hurt: int = 0
    missing: int = 0
    ill: int = 0
    records: int = 0  # people whose data were taken
    magnitude: float = 0.0


NOBODY = Figures()


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as the rules see it."""

    feed: str
    kind: FeedKind  # who writes it, as configured or as judged by how it writes
    language: Language
    published: datetime | None  # as the publisher says; a feed's clock may be wrong, see FeedClock
    seen_at: datetime
    history: bool = False
    marks: tuple[Reason, ...] = ()  # for: feed, tag, marker, exclusive
    labelled: tuple[
        Reason, ...
    ] = ()  # against: what kind of piece the publisher's labels and categories say it is
    pieces: tuple[
        Reason, ...
    ] = ()  # against: the same and more, by how it is worded: opinion, trifle, sport, …
    happenings: tuple[Happening, ...] = ()
    figures: Figures = NOBODY
    bearings: frozenset[str] = (
        frozenset()
    )  # statement, proof, hearsay, question, denial, apology, roundup, live, …
    brief: bool = True  # what stands below the title is a teaser, not an essay
    print: bytes = b""  # of its words: two that are alike are copies of one text

    @property
    def codes(self) -> frozenset[str]:
        """What is told as a fact."""
        return frozenset(one.code for one in self.happenings if not one.doubt)
