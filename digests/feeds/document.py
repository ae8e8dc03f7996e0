"""What a parser is given, and what comes of it: entries that are cleaned when somebody first looks at them."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from digests.feeds.entries import (
    Frame,
    entry_of,
    frame_of,
    keys_of,
    name_of,
    noted,
    page_of,
    resolved,
    two_letters,
)
from digests.feeds.raw import RawEntry, RawFeed
from digests.model import Entry

_PERIODS = {"hourly": 1, "daily": 24, "weekly": 24 * 7, "monthly": 24 * 30, "yearly": 24 * 365}  # hours
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of a feed with what HTTP said about them ("" where it said nothing)."""

    body: bytes
    url: str = ""  # relative links rest on it; "": they stay as written
    content_type: str = ""
    charset: str = ""


@dataclass(frozen=True)
class Parsed:
    """A feed as its publisher wrote it, in the document's order. Everything but `raw` is made on first use.

    Keys may repeat where a document lists one entry twice: the first is the newer one in nearly all feeds.
    """

    raw: RawFeed
    url: str = ""
    parser: str = "fast"  # which one read it: fast, feedparser or jsonfeed
    why: tuple[str, ...] = ()  # why that one, where it was not the usual

    @cached_property
    def title(self) -> str:
        """The feed's own name."""
        return name_of(self.raw)

    @cached_property
    def language(self) -> str:
        """Two letters, or "" where the feed does not say."""
        return two_letters(self.raw.language)

    @cached_property
    def link(self) -> str:
        """The address of the site."""
        return page_of(self.raw.links)

    @cached_property
    def ttl(self) -> timedelta | None:
        """How long the publisher says that the document may be kept (RSS 2.0 `ttl`, in minutes)."""
        found = re.fullmatch(r"[0-9]{1,6}", self.raw.ttl.strip())
        return timedelta(minutes=int(found[0])) if found else None

    @cached_property
    def update_period(self) -> timedelta | None:
        """How often the publisher says that something changes (RSS 1.0, module Syndication); None: it does not say."""
        hours = _PERIODS.get(self.raw.update_period.lower())
        times = re.fullmatch(r"[1-9][0-9]{0,3}", self.raw.update_frequency or "1")
        return timedelta(hours=hours) / int(times[0]) if hours and times else None

    @cached_property
    def skip_hours(self) -> frozenset[int]:
        """The hours, in UTC from 0 to 23, in which nobody need ask (RSS 2.0 `skipHours`, where 24 may stand for 0)."""
        hours = (int(hour) for hour in self.raw.skip_hours if re.fullmatch(r"[0-9]{1,2}", hour))
        return frozenset(hour % 24 for hour in hours if hour <= 24)

    @cached_property
    def skip_days(self) -> frozenset[int]:
        """The days, in UTC with Monday as 0, on which nobody need ask (RSS 2.0 `skipDays`)."""
        days = (day.lower()[:3] for day in self.raw.skip_days)
        return frozenset(_DAYS.index(day) for day in days if day in _DAYS)

    def links(self, rel: str) -> tuple[str, ...]:
        """Give the feed's own links of a relation, such as `hub` and `self` (WebSub)."""
        found = (resolved(link.href, link.base) for link in self.raw.links if link.rel == rel)
        return tuple(dict.fromkeys(filter(None, found)))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The key of each entry within its feed. Cheap: no text is cleaned where ids tell the entries apart."""
        return keys_of(self.raw)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, cleaned."""
        return tuple(self.entry(number) for number in range(len(self.raw.entries)))

    def entry(self, number: int) -> Entry:
        """Clean one entry, by its place in the document."""
        raw: RawEntry = self.raw.entries[number]
        return entry_of(raw, self.keys[number], self._frame)

    def noted(self, number: int) -> Entry:
        """Give an entry, by its place, with no more than it can be recognised by, and its times."""
        return noted(self.raw.entries[number], self.keys[number], self._frame)

    @cached_property
    def _frame(self) -> Frame:
        return frame_of(self.raw, source=self.title, language=self.language, url=self.url)
