"""What is owed to whom, and how it stands."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from digests.model.chats import Chat
from digests.model.ids import BroadcastId, ChatId, DeliveryId, EditionId, Language, StoryId
from digests.model.showing import AlertContent, DigestContent, NoticeContent, Ranking, Share
from digests.model.subjects import Subject


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
    edition: EditionId = EditionId(0)  # noqa: RUF009 - that brought it; a NewType calls nothing
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
