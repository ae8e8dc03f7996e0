"""HTTP: one document over the wire, within limits of time, size and address. Every failure is a FeedError.

Validators, status codes and Retry-After as in RFC 9110, lifetimes as in RFC 9111. Each host on the way is asked when
it is its turn; what it is owed is said in `manners`.
"""

import asyncio
import hashlib
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
from yarl import URL

from digests.errors import FeedError
from digests.feeds import trouble
from digests.feeds.addresses import guard, refuse_literal, shown
from digests.feeds.lifetime import fresh_for, retry_after, validator
from digests.feeds.manners import Manners
from digests.settings import PollingSettings

T = TypeVar("T")

_CHUNK = 65_536
_MOVED = frozenset({301, 302, 303, 307, 308})
_HOST = re.compile(r"[A-Za-z0-9._:%-]+")  # as sent: names in their ASCII form, IPv6 without brackets
_FOR_GOOD = frozenset({301, 308})
_AGAIN = frozenset({307, 308})  # the same method and form at another address (RFC 9110, 15.4)
_LEGACY_SERVER_CONNECT = 0x4  # ssl.OP_LEGACY_SERVER_CONNECT, which Python names from 3.12 on
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json;q=0.9, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for. The validators are those of the last answer, "" where there were none."""

    url: str
    etag: str = ""
    last_modified: str = ""
    legacy_tls: bool = (
        False  # let a server renegotiate as it was before RFC 5746; its certificate counts all the same
    )


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as it came."""

    url: str  # where it came from in the end, without a password; relative links rest on it
    status: int
    body: bytes  # decompressed
    content_type: str  # "application/rss+xml", lower case; "" where the server does not say
    charset: str  # as the server says, unchecked; ""
    etag: str
    last_modified: str
    permanent_url: str | None  # where 301s and 308s, before any other redirect, say it lives now
    fresh_for: timedelta | None = None  # how long the answer stays fresh; None where the server does not say
    links: tuple[str, ...] = ()  # its Link headers (RFC 8288), as they came

    @property
    def fingerprint(self) -> str:
        """What tells these bytes from any others: 32 hexadecimal digits."""
        return hashlib.blake2b(self.body, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """304: nothing new. The validators to keep, those of the request where the answer has none."""

    etag: str
    last_modified: str
    permanent_url: str | None = None
    fresh_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """A redirect."""

    target: str
    for_good: bool


class Fetcher:
    """The one HTTP client of all feeds, sites and hubs: `async with Fetcher(settings) as fetcher`."""

    def __init__(self, settings: PollingSettings) -> None:
        self._settings = settings
        self._manners = Manners(settings)
        self._places = asyncio.Semaphore(max(1, settings.concurrency))
        self._session: aiohttp.ClientSession | None = None
        self._legacy: ssl.SSLContext | None = None  # made when a feed first needs it

    async def __aenter__(self) -> Self:
        """Open the client. It reads neither proxies nor passwords from the environment, and keeps no cookies."""
        settings = self._settings
        connector = aiohttp.TCPConnector(
            limit=max(1, settings.concurrency),
            ttl_dns_cache=300,
            # With a proxy it is the proxy that is connected to, wherever the operator has it.
            socket_factory=guard(allow_private=settings.allow_private_hosts or bool(settings.proxy)),
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={
                "User-Agent": settings.user_agent,
                "Accept": _ACCEPT,
                "Accept-Encoding": "gzip, deflate, br, zstd",
            },
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=min(settings.connect_timeout, settings.timeout).total_seconds()
            ),
            trust_env=False,
            proxy=settings.proxy or None,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(
        self, request: Request, *, begun: Callable[[], None] = lambda: None
    ) -> Fetched | Unchanged:
        """Fetch one document, or learn that it has not changed. `begun` is called when its host's turn has come.

        Raises FeedError; among them `RestingError`, where a host that has refused us rests, and was not asked, and
        `TryLaterError`, where the server says when to come back.
        """
        return await self._led(request.url, partial(self._document, request), begun)

    async def send(self, url: str, form: Mapping[str, str]) -> None:
        """Send a form by POST, under the limits of a fetch; 307 and 308 lead on with it, and any 2xx is a yes.

        Raises FeedError for every other answer, and for none, as `fetch` does.
        """
        await self._led(url, partial(self._taken, Request(url), form), lambda: None)

    async def _led(
        self,
        asked: str,
        ask: Callable[[URL, URL | None, Callable[[], None]], Awaitable[T | _Elsewhere]],
        begun: Callable[[], None],
    ) -> T:
        """Ask where an address leads, and wait for the turn of each host on the way: that counts for no limit of time.

        `ask` is also told where 301s and 308s, before any other redirect, say that it lives now, and whom to call when
        there is more to an answer than its head.
        """
        loop = asyncio.get_running_loop()
        url = _checked(asked)
        seen = {url}
        permanent: URL | None = None
        lasting = True
        left = self._settings.timeout.total_seconds()
        for _ in range(self._settings.max_redirects + 1):
            async with self._manners.turn(url.raw_host or "") as rests:
                if rests is not None:
                    raise trouble.RestingError(rests, url=shown(asked))
                begun()
                async with self._places:
                    began = loop.time()
                    answer = await self._minding(url, asked, partial(ask, url, permanent), began + left)
                    left -= loop.time() - began
            if not isinstance(answer, _Elsewhere):
                return answer
            lasting = lasting and answer.for_good
            url = _next(url, answer.target, asked)
            if url in seen:
                raise FeedError("The server redirects in a circle.", url=shown(asked))
            seen.add(url)
            permanent = url if lasting else permanent
        raise FeedError(
            f"The server redirects more than {self._settings.max_redirects} times.", url=shown(asked)
        )

    async def _minding(
        self, url: URL, asked: str, ask: Callable[[Callable[[], None]], Awaitable[T]], until: float
    ) -> T:
        """Wait for an answer `until` then, by the loop's time, and less long for its head; note how the host treats us."""
        host = url.raw_host or ""
        head = self._settings.first_byte_timeout.total_seconds()
        limit = asyncio.timeout_at(min(until, asyncio.get_running_loop().time() + head))
        try:
            async with limit:
                got = await ask(partial(limit.reschedule, until))
        except trouble.TryLaterError as error:
            error.rest = self._manners.refused(host, error)
            error.host = host
            raise
        except FeedError as error:
            if error.status is not None:
                self._manners.answered(host)
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
            if limit.expired() and limit.when() != until:
                raise FeedError(
                    f"The server did not begin to answer within {head:g} seconds.", url=shown(asked)
                ) from error
            raise trouble.of_the_wire(error, asked, self._settings.timeout.total_seconds()) from error
        self._manners.answered(host)
        return got

    async def _document(
        self, request: Request, url: URL, permanent: URL | None, go_on: Callable[[], None]
    ) -> Fetched | Unchanged | _Elsewhere:
        async with await self._ask(url, request) as response:
            target = response.headers.get("Location", "")
            if response.status in _MOVED and target:
                return _Elsewhere(target, response.status in _FOR_GOOD)
            return await self._read(request, response, str(permanent) if permanent else None, go_on)

    async def _taken(
        self,
        request: Request,
        form: Mapping[str, str],
        url: URL,
        _permanent: URL | None,
        _go_on: Callable[[], None],
    ) -> _Elsewhere | None:
        async with await self._ask(url, request, form) as response:
            target = response.headers.get("Location", "")
            if response.status in _AGAIN and target:
                return _Elsewhere(target, response.status in _FOR_GOOD)
            if not 200 <= response.status < 300:
                raise trouble.of_the_form(response.status, request.url, retry_after(response.headers))
            return None

    async def _ask(
        self, url: URL, request: Request, form: Mapping[str, str] | None = None
    ) -> aiohttp.ClientResponse:
        """Ask, and wait for the head of the answer."""
        if self._session is None:
            msg = "Fetcher is used outside of `async with`"
            raise RuntimeError(msg)
        if self._settings.proxy and not self._settings.allow_private_hosts:
            refuse_literal(url)
        headers = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
        return await self._session.request(
            "GET" if form is None else "POST",
            url,
            data=form,
            headers={name: value for name, value in headers.items() if value},
            allow_redirects=False,
            ssl=self._legacy_tls() if request.legacy_tls else True,
        )

    def _legacy_tls(self) -> ssl.SSLContext:
        if self._legacy is None:
            self._legacy = ssl.create_default_context()
            self._legacy.options |= _LEGACY_SERVER_CONNECT
        return self._legacy

    async def _read(
        self,
        request: Request,
        response: aiohttp.ClientResponse,
        permanent: str | None,
        go_on: Callable[[], None],
    ) -> Fetched | Unchanged:
        etag = validator(response.headers.get("ETag", ""))
        last_modified = validator(response.headers.get("Last-Modified", ""))
        lasting = fresh_for(response.headers)
        if response.status == 304 and (request.etag or request.last_modified):
            return Unchanged(etag or request.etag, last_modified or request.last_modified, permanent, lasting)
        if not 200 <= response.status < 300:
            raise trouble.of_the_status(response.status, request.url, retry_after(response.headers))
        go_on()
        typed = "Content-Type" in response.headers
        return Fetched(
            url=str(response.url.with_user(None).with_fragment(None)),
            status=response.status,
            body=await self._body(request, response),
            content_type=response.content_type.lower() if typed else "",
            charset=(response.charset or "").strip(" \"'").lower() if typed else "",
            etag=etag,
            last_modified=last_modified,
            permanent_url=permanent,
            fresh_for=lasting,
            links=tuple(response.headers.getall("Link", ())),
        )

    async def _body(self, request: Request, response: aiohttp.ClientResponse) -> bytes:
        """Read the body, counting what it is after decompression: a small answer may unpack to gigabytes."""
        limit = self._settings.max_bytes
        body = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > limit:
                raise FeedError(
                    f"The document is larger than {limit / 1_000_000:g} MB.", url=shown(request.url)
                )
        return bytes(body)


def _checked(text: str) -> URL:
    """Make a URL of `text`, refusing what is no address of the web."""
    try:
        url = URL(text.strip()).with_fragment(None)
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not _HOST.fullmatch(url.raw_host or ""):
        raise FeedError(
            "This is not a web address.", url=shown(text), hint="Only http and https are read.", passing=False
        )
    return url


def _next(url: URL, target: str, asked: str) -> URL:
    try:
        return _checked(str(url.join(URL(target.strip()))))
    except (ValueError, FeedError) as error:
        raise FeedError("The server redirects to what is no web address.", url=shown(asked)) from error
