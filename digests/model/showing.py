"""What a reader is shown: the content of editions, without markup."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digests.model.ids import EditionId, Language, StoryId


@dataclass(frozen=True, slots=True)
class Version:
    """A story as one of its entries tells it."""

    language: Language
    title: str
    link: str
    source: str
    excerpt: str = ""
    author: str = ""
    image: str = ""
    minutes: int | None = None  # to read it, where the feed carried the whole text
    comments: int | None = None  # readers' comments on it, where the feed says


@dataclass(frozen=True, slots=True)
class Card:
    """A story as it is shown: its lead version in each language that tells of it."""

    story: StoryId
    at: datetime
    categories: tuple[str, ...]
    versions: Mapping[str, Version]  # by language; at least one
    breaking: bool = False
    sources: int = 1  # publishers that tell of it
    copies: int = 0  # of these, those that only print what another wrote
    burst: int = 0  # the most independent ones that came within two hours
    weight: float = 1.0  # the greatest of their feeds' weights, as configured
    names: tuple[str, ...] = ()  # ids of whom and what it tells of
    sensitive: tuple[str, ...] = ()  # why it asks for restraint: "death", "suicide", "sexual", "minor"
    rumour: bool = False  # unproven so far, and marked so

    def version(self, language: Language) -> Version:
        """Give the version in `language`, else the one there is."""
        return self.versions.get(language) or next(iter(self.versions.values()))


@dataclass(frozen=True, slots=True)
class AlertContent:
    """What an alert says; the markup is the formatter's."""

    card: Card
    reasons: tuple[str, ...] = ()  # codes, for "why did I get this?"
    turn: int = 1  # of the story: past 1 it is a development of what was alerted
    sensitive: str = ""  # why the news asks for restraint: "death", "suicide", "sexual", "minor"
    also: tuple[
        str, ...
    ] = ()  # who tells of it, the first of them, where an edit says so; the card counts all
    denial: bool = False  # of what was shown as a rumour


@dataclass(frozen=True, slots=True)
class DigestContent:
    """What a digest says to a chat; a story stands in one place of it only."""

    since: datetime
    upto: datetime
    sections: tuple["Section", ...]  # in the order of the settings' categories
    more: int = 0  # stories that the length left out
    lead: Card | None = None  # the most important one, told bigger; a digest of one or two has none
    missed: tuple[Card, ...] = ()  # what rang for others, of categories that these chats do not follow

    @property
    def cards(self) -> tuple[Card, ...]:
        """Every story of it, in the order in which they stand."""
        lead = (self.lead,) if self.lead else ()
        return (*lead, *(card for section in self.sections for card in section.cards), *self.missed)


@dataclass(frozen=True, slots=True)
class BrokenFeed:
    """A feed that administrators should look after."""

    name: str
    error: str  # in words
    closed: bool = False  # by its publisher, for good


class Shortage(StrEnum):
    """Why no messages are paid for."""

    BUDGET = "budget"  # what may be spent in a day is spent
    BALANCE = "balance"  # the bot has no Stars


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """What administrators are told, and no reader: feeds that broke, or that there are no Stars to spend."""

    feeds: tuple[BrokenFeed, ...] = ()
    more: int = 0  # that the length left out
    stars: tuple[Shortage, ...] = ()


FOLLOWED = "*"  # stands for a category where the stories are those that the chat follows something of


@dataclass(frozen=True, slots=True)
class Section:
    """The stories of a digest that stand under one category, or under FOLLOWED."""

    category: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A story of a ranking, with the category that it stands under."""

    card: Card
    category: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the digests of one taste are picked from: about three times what one of them tells, the first choice first.

    Each chat is told the first ones that it has not had (`digests.editions.digest.pick`).
    """

    since: datetime
    upto: datetime
    categories: tuple[str, ...]  # FOLLOWED and those of the taste, in the order in which they stand
    ranked: tuple[Ranked, ...]
    most: int  # stories that one digest tells
    stories: int  # that there were to rank
    missed: tuple[Card, ...] = ()  # what rang for others, of categories that these chats do not follow
    after: int | None = None  # the last filing that these chats had covered before; None: had no digest yet
    named_after: int | None = None  # the same, of namings

    @property
    def cards(self) -> tuple[Card, ...]:
        """Every story that some chat may be told."""
        return (*(one.card for one in self.ranked), *self.missed)


@dataclass(frozen=True, slots=True)
class Share:
    """What one chat's digest has that its edition does not say to all."""

    also: tuple[EditionId, ...] = ()  # alerts that were held for this chat: "also broke"
    ask_zone: bool = False
    without: tuple[StoryId, ...] = ()  # of the ranking: what this chat has had, or mutes
