"""From a site's address to its feeds: the address itself, what its page names, then the usual places.

It looks around where nobody sent it, so it asks robots.txt first, and is slow with public hosts.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from digests.errors import FeedError
from digests.feeds import robots
from digests.feeds.addresses import shown
from digests.feeds.charset import decode
from digests.feeds.document import Document, Parsed
from digests.feeds.fetch import Fetched, Fetcher, Request
from digests.feeds.pages import feeds_named
from digests.feeds.websub import in_page, offered
from digests.feeds.workshop import Workshop

AGENT = "Sosik"  # as robots.txt names us
MOST = 8  # feeds that are looked into
USUAL = (
    "/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json",
    "/rss/allArticle.xml",  # of most Korean papers' software
    "/data/rss/news.xml",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Discovered:
    """A feed that was found and can be read."""

    url: str
    title: str  # its own name; ""
    entries: int
    newest: datetime | None  # when the newest of its entries was published
    hub: str = ""  # which tells of it (WebSub); ""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found, the best first, and what was tried in vain, as sentences."""

    found: tuple[Discovered, ...]
    troubles: tuple[str, ...] = ()


class PageError(FeedError):
    """There is a web page where a feed was looked for."""


class Discoverer:
    """Looks for feeds. One serves many; whoever made it closes the parts."""

    def __init__(self, fetcher: Fetcher, workshop: Workshop, *, legacy_tls: bool = False) -> None:
        self._fetcher = fetcher
        self._legacy_tls = legacy_tls
        self._workshop = workshop

    async def feed(self, address: str) -> Discovered:
        """Look at an address that somebody says is a feed. robots.txt is not asked: nobody looks around.

        Raises FeedError: PageError for a web page, which may name feeds.
        """
        url = with_scheme(address)
        answer = await self._get(url)
        try:
            return _told(url, answer, await self._parsed(answer))
        except FeedError as error:
            if not _is_page(answer):
                raise
            raise PageError(error.what, url=error.url, hint="Its address is that of a site.") from error

    async def discover(self, address: str) -> Discovery:
        """Look for the feeds of a site. Raises FeedError where its address cannot be had, or robots.txt forbids it."""
        url = with_scheme(address)
        rules: dict[str, robots.Robots] = {}
        if not (await self._robots(url, rules)).allows(url):
            raise FeedError(
                "The site's robots.txt asks programs to stay away from this address.",
                url=shown(url),
                hint="The address of a feed itself can be added all the same.",
                passing=False,
            )
        answer = await self._get(url)
        try:
            return Discovery((_told(url, answer, await self._parsed(answer)),))
        except FeedError:
            if not _is_page(answer):
                raise
        page = decode(answer.body[:1_000_000], answer.charset)
        named = await asyncio.to_thread(feeds_named, page, answer.url)
        found, troubles = await self._looked([link.url for link in named[:MOST]], rules)
        if not found:
            usual = [urljoin(answer.url, path) for path in USUAL]
            found, _ = await self._looked(usual, rules, enough=1)
        hubs, selves = await asyncio.to_thread(in_page, page, answer.url)
        found = tuple(  # a page may name the hub of its feed
            replace(one, hub=hubs[0]) if hubs and not one.hub and one.url in selves else one for one in found
        )
        return Discovery(found, troubles)

    async def _looked(
        self, urls: list[str], rules: dict[str, robots.Robots], enough: int = MOST
    ) -> tuple[tuple[Discovered, ...], tuple[str, ...]]:
        """Look into addresses in their order, until `enough` are feeds."""
        found: list[Discovered] = []
        troubles: list[str] = []
        for url in urls:
            if len(found) >= enough:
                break
            try:
                if not (await self._robots(url, rules)).allows(url):
                    troubles.append(f"{shown(url)}: robots.txt asks programs to stay away.")
                    continue
                answer = await self._get(url)
                found.append(_told(url, answer, await self._parsed(answer)))
            except FeedError as error:
                troubles.append(f"{shown(url)}: {error.what}")
        return tuple(found), tuple(troubles)

    async def _robots(self, url: str, rules: dict[str, robots.Robots]) -> robots.Robots:
        """Read the robots.txt of an address's host, once for each host."""
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in rules:
            try:
                answer = await self._get(f"{host}/robots.txt")
                rules[host] = await asyncio.to_thread(robots.read, answer.body, AGENT)
            except FeedError as error:
                if error.status is None:  # nor could anything else be had from there
                    raise
                missing = 400 <= error.status < 500 and error.status != 429
                rules[host] = robots.ALL if missing else robots.NOTHING
        return rules[host]

    async def _get(self, url: str) -> Fetched:
        answer = await self._fetcher.fetch(Request(url, legacy_tls=self._legacy_tls))
        if not isinstance(answer, Fetched):
            raise FeedError(
                "The server says that nothing has changed, though it was not asked.", url=shown(url)
            )
        return answer

    async def _parsed(self, answer: Fetched) -> Parsed:
        return await self._workshop.read(
            Document(answer.body, answer.url, answer.content_type, answer.charset)
        )


def with_scheme(address: str) -> str:
    """Give an address as a person types it with what it begins with: "news.example" is https://news.example."""
    address = address.strip().strip("<>")
    return address if "://" in address else f"https://{address}"


def _is_page(answer: Fetched) -> bool:
    return answer.content_type in ("text/html", "application/xhtml+xml", "")


def _told(url: str, answer: Fetched, parsed: Parsed) -> Discovered:
    times = [entry.published for entry in parsed.entries[:50] if entry.published]
    hub = offered(answer.links, answer.url, parsed.links("hub"), parsed.links("self")).hub
    return Discovered(url, parsed.title, len(parsed.raw.entries), max(times, default=None), hub)
