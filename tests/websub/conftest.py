"""A newsroom that hubs can reach: a publisher, a hub, our server, and a clock set by hand."""

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select

from bot.errors import WebError
from bot.web import hubs
from bot.web.server import WebServer, application
from digests.feeds.fetch import Fetcher
from digests.feeds.websub import key_of
from digests.hear import Listener
from digests.look import Polled
from digests.poll import Poller
from digests.settings import Category, FeedSettings, PollingSettings, Settings
from digests.store import feeds, tables
from digests.store.engine import Store
from digests.subscribe import Ours, Subscriber
from tests.feeds.publisher import Publisher
from tests.websub.hub import Hub

START = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
MAX_BYTES = 200_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Scene:
    """One feed, its hub, and us."""

    store: Store
    publisher: Publisher
    hub: Hub
    fetcher: Fetcher
    settings: Settings
    port: int
    key: str = "the operator's token"
    time: datetime = START
    titles: list[str] = field(default_factory=list)
    links: tuple[str, ...] = ()  # Link headers of the feed
    names: bool = True  # the hub, in the feed itself
    hub_url: str = ""
    woken: list[str] = field(default_factory=list)
    served: int = 0
    _made: int = 0

    def now(self) -> datetime:
        return self.time

    def jump(self, **delta: float) -> None:
        self.time += timedelta(**delta)

    @property
    def url(self) -> str:
        return self.settings.feeds[0].url

    @property
    def callbacks(self) -> list[str]:
        return [callback for _, callback in self.hub.subscriptions]

    def document(self, *titles: str, hub: bool | None = None) -> bytes:
        named = self.names if hub is None else hub
        says = (
            f"<atom:link rel='hub' href='{self.hub_url or self.hub.url}'/>"
            f"<atom:link rel='self' href='{self.url}'/>"
            if named
            else ""
        )
        items = "".join(
            f"<item><title>{title}</title><guid>{title}</guid><link>https://daily.example/{n}</link>"
            f"<pubDate>{self.time:%a, %d %b %Y %H:%M:%S +0000}</pubDate></item>"
            for n, title in enumerate(titles or self.titles)
        )
        return (
            "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
            f"<title>Daily</title>{says}{items}</channel></rss>"
        ).encode()

    async def serve(self, _: web.Request) -> web.StreamResponse:
        self.served += 1
        response = web.Response(body=self.document(), content_type="application/rss+xml")
        for link in self.links:
            response.headers.add("Link", link)
        return response

    def build(self) -> None:
        """Make our parts, as a start does."""
        ours = Ours(f"http://127.0.0.1:{self.port}", key_of(self.key))
        self.poller = Poller(self.store, self.fetcher, self.settings, run="test", now=self.now)
        self.subscriber = Subscriber(self.store, self.fetcher, ours, now=self.now, token=self._token)
        self.listener = Listener(
            self.store,
            self.poller.look,
            ours.key,
            now=self.now,
            news=lambda: self.woken.append("judge"),
            ping=lambda: self.woken.append("poll"),
        )
        self.server = WebServer(
            application(hubs.routes(self.listener, MAX_BYTES, body_seconds=0.5)), "127.0.0.1", self.port
        )

    async def open(self) -> None:
        """Listen where nobody else does: another test may have taken the port that was free a moment ago."""
        for _ in range(10):
            self.build()
            try:
                await self.server.start()
            except WebError:
                self.port = free_port()
            else:
                return
        raise AssertionError("no port is free")

    def _token(self) -> str:
        self._made += 1
        return f"a-token-that-nobody-guesses-{self._made:04}"

    async def restart(self) -> None:
        await self.server.stop()
        await self.poller.stop()
        self.build()
        await self.server.start()

    async def poll(self) -> Polled:
        (polled,) = await self.poller.all_once()
        return polled

    async def subscribe(self) -> None:
        """Ask whom there is to ask, and let the hub verify."""
        while await self.subscriber.step():
            pass
        await self.hub.settled()

    async def begin(self) -> None:
        """Read the feed for the first time, and agree with its hub."""
        assert (await self.poll()).error == ""
        await self.subscribe()
        self.jump(minutes=10)

    async def to_judge(self) -> list[str]:
        return [row.title for row in await self.rows(tables.entries) if row.judged_at is None]

    async def feed(self) -> Any:
        return (await self.rows(tables.feeds))[0]

    async def websub(self) -> list[Any]:
        return await self.rows(tables.websub)

    async def rows(self, table: Any) -> list[Any]:
        async with self.store.reading() as tx:
            return list(await tx.rows(select(table).order_by(table.c.id)))

    async def titles_kept(self) -> list[str]:
        return sorted(row.title for row in await self.rows(tables.entries))


@pytest.fixture
async def scene(store: Store) -> AsyncIterator[Scene]:
    publisher, hub = Publisher(), Hub()
    await publisher.server.start_server()
    await hub.start()
    settings = Settings(
        categories=(Category("kpop", {"en": "K-pop"}),),
        feeds=(FeedSettings(publisher.url("/feed.xml"), "daily", ("kpop",)),),
        polling=PollingSettings(allow_private_hosts=True, timeout=timedelta(seconds=5)),
    )
    async with Fetcher(settings.polling) as fetcher:
        scene = Scene(store, publisher, hub, fetcher, settings, free_port())
        publisher.serve("/feed.xml", scene.serve)
        async with store.writing() as tx:
            await feeds.settle_with(tx, settings.feeds, scene.time)
        await scene.open()
        yield scene
        await scene.server.stop()
        await scene.poller.stop()
        await hub.stop()
        await publisher.server.close()
