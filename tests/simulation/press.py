"""The publishers: documents that are fetched without a network."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from random import Random
from xml.sax.saxutils import escape

from digests.errors import FeedError
from digests.feeds.fetch import Fetched, Fetcher, Request, Unchanged
from digests.settings import FeedSettings, PollingSettings
from tests.simulation.life import Life

LISTED = 40  # entries of a document
FAILS = 0.05


@dataclass(frozen=True)
class Item:
    title: str
    at: datetime
    number: int


@dataclass
class Press:
    """What each publisher lists, newest first."""

    feeds: tuple[FeedSettings, ...]
    items: dict[str, list[Item]] = field(default_factory=dict)
    calm: bool = False
    _made: int = 0

    def publish(self, feed: str, title: str, at: datetime) -> None:
        self._made += 1
        self.items.setdefault(feed, []).insert(0, Item(title, at, self._made))

    def document(self, feed: FeedSettings) -> bytes:
        items = "".join(
            f"<item><title>{escape(one.title)}</title><link>https://{feed.name}.example/{one.number}</link>"
            f"<guid>https://{feed.name}.example/{one.number}</guid>"
            f"<pubDate>{format_datetime(one.at)}</pubDate><description>{escape(one.title)}.</description></item>"
            for one in self.items.get(feed.name, [])[:LISTED]
        )
        head = (
            f"<title>{feed.name}</title><link>https://{feed.name}.example/</link><description>-</description>"
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


class SimulatedFetcher(Fetcher):
    """Fetches from `Press` instead of the network."""

    def __init__(self, settings: PollingSettings, press: Press, life: Life) -> None:
        super().__init__(settings)
        self._press = press
        self._life = life

    async def fetch(
        self, request: Request, *, begun: Callable[[], None] = lambda: None
    ) -> Fetched | Unchanged:
        begun()
        await self._life.passes()
        feed = next(one for one in self._press.feeds if one.url == request.url)
        self._life.fetched.append((feed.name, self._life.now()))
        chance: Random = self._life.chance
        if not self._press.calm and chance.random() < FAILS:
            raise FeedError("The server has trouble of its own (500).", url=request.url, status=500)
        body = self._press.document(feed)
        etag = f'"{len(self._press.items.get(feed.name, ()))}"'
        if request.etag == etag:
            return Unchanged(etag, "")
        return Fetched(request.url, 200, body, "application/rss+xml", "utf-8", etag, "", None)
