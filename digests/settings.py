"""What the newsroom may be told. Reads no file: the caller fills these in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Literal

from digests.model import Quiet


@dataclass(frozen=True, slots=True)
class Category:
    """What a reader subscribes to."""

    slug: str
    names: Mapping[str, str]  # by language; "en" is always there
    aliases: tuple[str, ...] = ()
    emoji: str = ""

    def name(self, language: str) -> str:
        """Name the category in `language`, else in English, else by its slug."""
        return self.names.get(language) or self.names.get("en") or self.slug


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """A feed of the operator's file."""

    url: str
    name: str
    categories: tuple[str, ...]  # what its entries are filed under where the map is silent
    category_map: Mapping[str, str] = field(default_factory=dict)  # the publisher's categories -> ours
    language: str = ""
    breaking: bool = False
    interval: timedelta = timedelta(minutes=5)  # the longest wait; where `auto`, what it begins with
    auto: bool = False  # the wait is learned from how often the feed publishes
    legacy_tls: bool = False  # the publisher's server needs renegotiation as it was before RFC 5746
    show: Literal["excerpt", "title"] = "excerpt"
    weight: float = 1.0  # of its stories in a digest's order: 2 counts like twice the sources
    kind: Literal["", "wire", "press", "blog", "release"] = ""  # who writes it; "": judged by how it writes


@dataclass(frozen=True, slots=True)
class PollingSettings:
    """How feeds are polled."""

    interval: timedelta = timedelta(minutes=5)  # of a feed that was added without one
    auto: bool = False  # the same, learned
    concurrency: int = 32
    timeout: timedelta = timedelta(seconds=15)  # the whole of one request; no other limit is longer
    connect_timeout: timedelta = timedelta(seconds=5)
    first_byte_timeout: timedelta = timedelta(seconds=10)  # until the answer begins, connecting included
    auto_min: timedelta = timedelta(minutes=2)
    auto_max: timedelta = timedelta(hours=6)
    host_requests: int = 2  # at once, to one public host
    host_gap: timedelta = timedelta(seconds=1)  # from one request to a public host to the next
    private_manners: bool = False  # the same for hosts of this machine and of private networks
    shared_hosts: frozenset[str] = frozenset()  # a refusal there is about the one URL
    proxy: str = ""
    user_agent: str = "Sosik"
    allow_private_hosts: bool = False
    max_bytes: int = 10_000_000  # after decompression
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """What a digest is by default."""

    times: tuple[time, ...] = (time(8, 0),)
    zone: str = "Asia/Seoul"
    max_stories: int = 12
    say_when_empty: bool = False


@dataclass(frozen=True, slots=True)
class BreakingSettings:
    """What rings, and how often."""

    threshold: float = 5.0  # the score from which something rings
    thresholds: Mapping[str, float] = field(
        default_factory=dict
    )  # the same for a category alone, by its slug
    max_age: timedelta = timedelta(hours=6)
    worth: timedelta = timedelta(hours=6)  # how long an alert, or an edit of one, is worth sending
    quiet: Quiet | None = field(default_factory=lambda: Quiet(time(23, 0), time(7, 0)))
    max_per_hour: int = 3
    max_per_day: int = 8
    few_per_hour: int = 1  # for a chat that asked for fewer
    few_per_day: int = 2


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """How long what is not needed any more is kept."""

    entry_text: timedelta = timedelta(days=30)
    settled: timedelta = timedelta(days=30)  # deliveries' rows; longer than stories can come back
    paused_chats: timedelta = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it."""

    categories: tuple[Category, ...]
    feeds: tuple[FeedSettings, ...]
    polling: PollingSettings = PollingSettings()
    digest: DigestSettings = DigestSettings()
    breaking: BreakingSettings = BreakingSettings()
    retention: RetentionSettings = RetentionSettings()

    def category(self, slug: str) -> Category | None:
        """Find a category by its slug."""
        return next((category for category in self.categories if category.slug == slug), None)

    def feed(self, name: str) -> FeedSettings | None:
        """Find a feed by its name."""
        return next((feed for feed in self.feeds if feed.name == name), None)
