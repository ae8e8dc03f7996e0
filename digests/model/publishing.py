"""What a publisher says: feeds, entries, and hubs that tell of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digests.model.ids import EntryId, FeedId


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
