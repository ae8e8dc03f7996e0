"""Who tells of a story independently: two feeds of one publisher are one source, and so are copies of one text."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from digests.model import Telling

BURST = timedelta(hours=2)
COPIED = 0.6  # of the shorter description's runs of words; quoted statements alone share less
LEAST = 40  # characters of a description that can prove a copy
MOST = 60  # tellings that are looked at: a flood of pictures adds no source

_RUN = 3  # words
_WORD = re.compile(r"\w+")
_NO_SITE = re.compile(r"[\d.]+|localhost|.*:.*")  # addresses of machines, which serve anybody's papers


@dataclass(frozen=True, slots=True)
class Sources:
    """The publishers that tell of a story, as each was first called, and when each that did not copy another first did.

    Both in the order in which they came.
    """

    names: tuple[str, ...]
    arrivals: tuple[datetime, ...]

    @property
    def publishers(self) -> int:
        """How many there are."""
        return len(self.names)

    @property
    def copies(self) -> int:
        """Publishers that only print what another wrote."""
        return self.publishers - len(self.arrivals)

    @property
    def burst(self) -> int:
        """The most independent sources that came within BURST."""
        return max(
            (sum(first <= at < first + BURST for at in self.arrivals) for first in self.arrivals), default=0
        )


@dataclass(slots=True)
class _Publisher:
    name: str
    at: datetime
    feeds: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    texts: list[frozenset[tuple[str, ...]]] = field(default_factory=list)

    def brought(self, telling: Telling, called: str, site: str) -> bool:
        """Whether it is this publisher's: the same name, or another of its feeds, by the site that it links to."""
        return called in self.called or (site in self.sites and telling.feed not in self.feeds)


def sources(tellings: Iterable[Telling]) -> Sources:
    """Tell the sources of a story apart, in whatever order its tellings are given."""
    ordered = sorted(tellings, key=lambda one: (one.seen_at, one.feed, one.entry.key))[:MOST]
    publishers: list[_Publisher] = []
    for telling in ordered:
        name = (telling.source or telling.feed).strip()
        called, site = name.casefold(), _site(telling.entry.link)
        known = (one for one in publishers if one.brought(telling, called, site))
        publisher = next(known, None)
        if publisher is None:
            publisher = _Publisher(name, telling.seen_at)
            publishers.append(publisher)
        publisher.feeds.add(telling.feed)
        publisher.called.add(called)
        publisher.sites |= {site} - {""}
        if runs := _runs(telling.entry.summary):
            publisher.texts.append(runs)
    own: list[_Publisher] = []
    for one in publishers:
        if not any(_copies(one.texts, other.texts) for other in own):
            own.append(one)
    return Sources(tuple(one.name for one in publishers), tuple(one.at for one in own))


def _copies(
    ours: Collection[frozenset[tuple[str, ...]]], theirs: Collection[frozenset[tuple[str, ...]]]
) -> bool:
    """Whether all that one publisher prints is what another does."""
    return bool(ours) and all(
        any(len(one & other) >= COPIED * min(len(one), len(other)) for other in theirs) for one in ours
    )


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    """Give a description's runs of words; none where it is too short to prove anything."""
    if len(text) < LEAST:
        return frozenset()
    words = _WORD.findall(text.casefold())
    return frozenset(zip(*(words[start:] for start in range(_RUN)), strict=False))


def _site(link: str) -> str:
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return ""
    return "" if _NO_SITE.fullmatch(host) else re.sub(r"^(?:www|m|amp)\.", "", host)
