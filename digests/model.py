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
    summary: str = ""  # plain text for people: the publisher's own description, never made of the content
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


@dataclass(frozen=True, slots=True)
class Offer:
    """Which hub tells of a feed, and by which address (topic) it knows it; "" where none does (WebSub)."""

    hub: str = ""
    topic: str = ""


class HubState(StrEnum):
    """How we stand with a hub about one topic."""

    WANTED = "wanted"  # not asked yet, or not since the lease ended
    PENDING = "pending"  # asked; the hub has not come back to verify
    VERIFIED = "verified"  # it tells us until the lease ends
    REFUSED = "refused"  # it did not take the request; asked again later
    DENIED = "denied"  # it said that it will not tell us; asked again much later
    LEAVING = "leaving"  # we want to be told no more


@dataclass(frozen=True, slots=True)
class HubSubscription:
    """What we have agreed with a hub about one topic of one feed."""

    id: int
    feed: FeedId
    hub: str
    topic: str
    token: str  # what nobody can guess, in the address at which the hub tells us
    state: HubState
    failures: int = 0  # requests in a row that came to nothing
    lease_until: datetime | None = None


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


# -- what a story may be followed or muted for -----------------------------------------------------------------


class What(StrEnum):
    """What can be followed or muted beside categories."""

    NAME = "name"
    SOURCE = "source"
    WORDS = "words"
    KIND = "kind"  # of hard news: deaths, accidents; it can only be muted


class Wish(StrEnum):
    """What a chat wants with it."""

    FOLLOW = "follow"
    MUTE = "mute"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """Something that can be followed or muted: a name by its id; a source, or words, folded; a kind of news by its word."""

    what: What
    value: str


@dataclass(frozen=True, slots=True)
class Interest:
    """What one chat follows or mutes."""

    id: int
    wish: Wish
    subject: Subject
    label: str  # as the reader typed it
    alerts: bool  # a follow that may ring
    since: datetime


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


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """What administrators are told, and no reader: feeds that broke."""

    feeds: tuple[BrokenFeed, ...]
    more: int = 0  # that the length left out


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
    named_seq: int | None = None  # the last naming a digest has covered; None: no digest knew of names yet


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
    EDIT = 20  # of an alert that was sent; and denials, which are silent
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
    CANCELLED = "cancelled"  # the reader left, or something newer says it
    UNHEARD = "unheard"  # written to the socket twice, never answered


class Kind(StrEnum):
    """The kinds of editions."""

    ALERT = "alert"
    DIGEST = "digest"
    NOTICE = "notice"


MOST_TURNS = 9  # of one story that ring, the alert among them


def alert_key(story: StoryId, turn: int = 1) -> str:
    """Give the key of an alert's delivery: a chat gets a turn of a story once, whatever runs twice."""
    return f"alert:{story}:{turn}"


def edit_key(story: StoryId, turn: int, revision: int) -> str:
    """Give the key of an edit's delivery: a chat gets a revision of a turn once."""
    return f"edit:{story}:{turn}:{revision}"


def denial_key(story: StoryId) -> str:
    """Give the key of a denial's delivery: a chat hears it once."""
    return f"denial:{story}"


class Sends(StrEnum):
    """What a broadcast sends."""

    ALERT = "alert"  # an alert, or a turn, to whoever subscribed
    EDIT = "edit"  # a revision, to whoever was sent the alert
    DENIAL = "denial"  # to whoever was shown the rumour


Content = AlertContent | Ranking | DigestContent | NoticeContent


@dataclass(frozen=True, slots=True)
class Edition:
    """The content of one alert, digest or notice, shared by all chats it is for."""

    id: EditionId
    kind: Kind
    content: Content


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
    turn: int = 1  # of the story
    silent: bool = False  # sad news makes no sound
    score: float | None = None  # how much spoke for ringing; None: whatever a cap has left takes it
    follows: frozenset[Subject] = (
        frozenset()
    )  # whoever follows one of them with alerts belongs to the audience
    sends: Sends = Sends.ALERT
    revision: int = 0  # EDIT: which of its turn
    languages: frozenset[str] = frozenset()  # EDIT: for whoever reads them; none: for all


@dataclass(frozen=True, slots=True)
class Announced:
    """What a story's readers were told by one broadcast: an alert or turn, or an edit of it."""

    turn: int
    content: AlertContent
    at: datetime
    revision: int = 0  # past 0 it is an edit
    why: str = ""  # of an edit: "language" or "sources"


@dataclass(frozen=True, slots=True)
class Revision:
    """What a sent alert shall say from now on."""

    turn: int
    number: int  # the edits of a turn count up from 1
    content: AlertContent
    why: str  # "language": a version in a reader's own; "sources": more tell of it
    languages: frozenset[str] = frozenset()  # for whoever reads them; none: for all


@dataclass(frozen=True, slots=True)
class Addressee:
    """A chat that has, or is about to have, a message that an edit or a denial is about."""

    chat: ChatId
    key: str  # of the delivery that brought the message
    language: Language
    paused: bool
    state: State  # of that delivery
    has_message: bool  # Telegram told its number
    in_hand: bool = False  # it is being sent just now
    edition: EditionId = EditionId(0)  # that brought it
    without: tuple[StoryId, ...] = ()  # of a digest: what of its ranking this chat was not told


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chat that a broadcast may be for, with what the decision needs."""

    chat: Chat
    subscribed_at: (
        datetime  # since when it follows any of the story's categories, or of what else is announced
    )
    alerts_last_hour: int
    alerts_last_day: int
    hour_frees_at: datetime | None = None  # when the oldest alert of the last hour leaves the window
    day_frees_at: datetime | None = None
    dues: tuple[
        datetime, ...
    ] = ()  # of a chat without digests: when each of these came or comes due, newest first
    filed_seq: int | None = (
        None  # the story's first filing under those of the broadcast that the chat follows
    )
    named_seq: int | None = None  # the story's first naming of those of the broadcast that the chat follows
    mutes: frozenset[Subject] = frozenset()
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
    answers: str = ""  # the key of the delivery that it is a reply to, where the chat has it


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
    reply_to: int | None = None  # the message in the chat that it is a reply to, or an edit of

    @property
    def is_edit(self) -> bool:
        """Whether it changes a message that was sent, instead of sending one."""
        return self.key.startswith("edit:")
