"""The words of the newsroom as values. Imports nothing of ours; every time is an aware datetime in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import Literal, NewType

FeedId = NewType("FeedId", int)
EntryId = NewType("EntryId", int)
StoryId = NewType("StoryId", int)
ChatId = NewType("ChatId", int)  # ours, never Telegram's
EditionId = NewType("EditionId", int)
BroadcastId = NewType("BroadcastId", int)
DeliveryId = NewType("DeliveryId", int)

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")


# -- what a publisher says ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, as parsed: plain text everywhere, nothing clamped, nothing judged."""

    key: str  # what tells this entry from the others of its feed: id, else link, else content
    title: str
    link: str = ""
    summary: str = ""  # plain text for people
    author: str = ""
    published: datetime | None = None  # as the publisher says, also when absurd
    updated: datetime | None = None
    tags: tuple[str, ...] = ()  # the publisher's own categories
    language: str = ""  # two letters, or "" where the feed does not say
    image: str = ""
    source: str = ""  # the publisher named in the entry, else the feed's title
    id: str = ""  # the publisher's own, whole, else the link
    content: str = ""  # the whole text that the feed carries, plain; not stored, and shown to nobody
    minutes: int | None = None  # to read it; None where the feed carries no more than a teaser
    comments: int | None = None  # readers' comments on it, None where the feed does not say


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A stored entry that no story has yet."""

    id: EntryId
    feed: str  # the feed's name in the settings
    entry: Entry
    link_key: str  # the normalised link, or ""
    title_key: str  # the normalised title, or ""
    seen_at: datetime
    history: bool  # of a feed's first successful poll: it rings nobody


@dataclass(frozen=True, slots=True)
class Keyed:
    """An entry with what identifies it beyond its feed."""

    entry: Entry
    key_version: int
    link_key: str
    title_key: str


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry whose key is known: when it was first seen, and published as it said then."""

    at: datetime
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry that was stored before, by what it may be recognised by under another key."""

    id: EntryId
    link_key: str
    title_key: str
    title: str
    summary: str  # "" when it is forgotten
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Habits:
    """How a feed publishes, as last learned: what the next poll rests on when nothing has changed."""

    recent: int = 0  # publications at different times since `since`, itself among them
    since: datetime | None = None
    keep_for: timedelta | None = None  # how long its document may be kept, as the document says
    skip_hours: frozenset[int] = frozenset()  # in UTC, in which the publisher asks us not to come
    skip_days: frozenset[int] = frozenset()  # the same, Monday is 0


@dataclass(frozen=True, slots=True)
class Move:
    """Where a feed says that it lives now, and for how long it has said so."""

    target: str
    since: datetime
    polls: int


# -- what the newsroom makes of it ----------------------------------------------------------------------------


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
    why: str  # "link" or "title"


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


@dataclass(frozen=True, slots=True)
class Telling:
    """One entry of a story, with the feed that brought it."""

    feed: str  # the feed's name in the settings
    source: str  # the publisher named in the entry, else the feed's title, else its name
    entry: Entry
    language: Language
    seen_at: datetime
    title_only: bool = False  # the operator or the publisher wants no more shown of this feed


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """A story with all that tells of it, in the order in which it was seen."""

    id: StoryId
    at: datetime
    categories: frozenset[str]
    tellings: tuple[Telling, ...]
    alerted: bool


# -- what a reader is shown -----------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Card:
    """A story as it is shown: its lead version in each language that tells of it."""

    story: StoryId
    at: datetime
    categories: tuple[str, ...]
    versions: Mapping[str, Version]  # by language; at least one
    breaking: bool = False
    sources: int = 1  # feeds that tell of it

    def version(self, language: Language) -> Version:
        """Give the version in `language`, else the one there is."""
        return self.versions.get(language) or next(iter(self.versions.values()))


@dataclass(frozen=True, slots=True)
class AlertContent:
    """What an alert says; the markup is the formatter's."""

    card: Card
    reasons: tuple[str, ...] = ()  # codes, for "why did I get this?"


@dataclass(frozen=True, slots=True)
class DigestContent:
    """What a digest says to all chats of one taste; a story stands in one place of it only."""

    since: datetime
    upto: datetime
    sections: tuple["Section", ...]  # in the order of the settings' categories
    more: int = 0  # stories that the length left out


@dataclass(frozen=True, slots=True)
class BrokenFeed:
    """A feed that administrators should look after."""

    name: str
    error: str  # in words
    closed: bool = False  # by its publisher, for good


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """What administrators are told, and no reader: feeds that broke."""

    feeds: tuple[BrokenFeed, ...]
    more: int = 0  # that the length left out


@dataclass(frozen=True, slots=True)
class Section:
    """The stories of a digest that stand under one category."""

    category: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What one chat's digest has that its edition does not say to all."""

    also: tuple[EditionId, ...] = ()  # alerts that were held for this chat: "also broke"
    ask_zone: bool = False


# -- who reads ------------------------------------------------------------------------------------------------


class ChatKind(StrEnum):
    """Where messages go, as Telegram names it."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class Alerts(StrEnum):
    """How a chat wants to be alerted."""

    ON = "on"
    FEW = "few"  # the first of each hour, a few a day; the rest waits for the digest
    SILENT = "silent"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet hours in local time; they may cross midnight. Inside them alerts come silently, or are held."""

    start: time
    end: time
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """Where Telegram delivers: a chat, and the forum topic in it (0: none)."""

    telegram_id: int
    thread_id: int = 0


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat and what it chose."""

    id: ChatId
    address: Address
    kind: ChatKind
    language: Language
    zone: str  # an IANA name, or "UTC+09:00"
    zone_known: bool  # the reader told it; until then it is the operator's default
    zone_asks: int  # how often we asked for it
    alerts: Alerts
    quiet: Quiet | None
    digest_times: tuple[time, ...]  # local, ascending; empty: no digest
    next_digest_at: datetime | None
    digested_seq: int | None  # the last filing a digest has covered; None: had no digest yet
    digested_at: datetime | None
    paused_at: datetime | None
    paused_why: str


@dataclass(frozen=True, slots=True)
class NewChat:
    """What a chat begins with, by the operator's defaults and the reader's Telegram language."""

    kind: ChatKind
    language: Language
    zone: str
    quiet: Quiet | None
    digest_times: tuple[time, ...]
    next_digest_at: datetime | None


# -- what is owed ---------------------------------------------------------------------------------------------


class Priority(IntEnum):
    """Which goes first; lower is sooner. Replies pass through the same gate, not through the outbox."""

    REPLY = 0
    ALERT = 10
    DIGEST = 30


class State(StrEnum):
    """What became of a delivery. `owed` and `held` are debts, every other state is settled."""

    OWED = "owed"
    HELD = "held"  # an alert that waits for the chat's next digest
    SENT = "sent"
    TOLD = "told"  # was held, and stands in a digest
    GONE = "gone"  # the chat cannot be written to any more
    REFUSED = "refused"  # Telegram will never take this message
    EXPIRED = "expired"  # its worth was over
    CANCELLED = "cancelled"  # the reader left
    UNHEARD = "unheard"  # written to the socket twice, never answered


class Kind(StrEnum):
    """The kinds of editions."""

    ALERT = "alert"
    DIGEST = "digest"
    NOTICE = "notice"


def alert_key(story: StoryId, turn: int = 1) -> str:
    """Give the key of an alert's delivery: a chat gets a turn of a story once, whatever runs twice."""
    return f"alert:{story}:{turn}"


@dataclass(frozen=True, slots=True)
class Edition:
    """The content of one alert, digest or notice, shared by all chats it is for."""

    id: EditionId
    kind: Kind
    content: AlertContent | DigestContent | NoticeContent


@dataclass(frozen=True, slots=True)
class Broadcast:
    """An alert on its way to an audience: who it is for as data, and how far it got."""

    id: BroadcastId
    edition: EditionId
    story: StoryId
    categories: frozenset[str]
    decided_at: datetime
    expires_at: datetime
    position: ChatId  # every chat up to this one has been decided
    last_chat: ChatId  # the highest chat there was at the decision


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chat that a broadcast may be for, with what the decision needs."""

    chat: Chat
    subscribed_at: datetime  # the earliest of its subscriptions to the story's categories
    alerts_last_hour: int
    alerts_last_day: int
    hour_frees_at: datetime | None = None  # when the oldest alert of the last hour leaves the window
    day_frees_at: datetime | None = None
    filed_seq: int | None = (
        None  # the story's first filing under those of the broadcast that the chat follows
    )
    had_chance: bool = (
        False  # follows a category under which the story stood before: that was another broadcast's
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """A decided debt to one chat, before it is written."""

    chat: ChatId
    key: str
    edition: EditionId
    priority: Priority
    state: State  # OWED or HELD
    due_at: datetime
    expires_at: datetime
    silent: bool = False
    share: Share = field(default_factory=Share)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A debt that this run has claimed."""

    id: DeliveryId
    chat: Chat
    edition: EditionId
    key: str
    priority: Priority
    expires_at: datetime
    silent: bool
    share: Share
    parts_sent: int
    attempt: int  # tries that failed before
    unheard: int  # of these, written and never answered
