"""WebSub's callback: hubs verify here what we asked of them, and tell us of news (WebSub 5.2, 5.3, 7)."""

import asyncio

import structlog
from aiohttp import web

from bot.web.server import Routes
from digests.errors import StoreError
from digests.hear import Heard, Listener, Notification

log = structlog.get_logger()

PATH = "/websub/{token:[A-Za-z0-9_-]{20,64}}"
BODY_SECONDS = 15.0  # for a notification to arrive in full
READ_AT_ONCE = 4  # notifications that are in memory; each may have the size of a feed
_CHUNK = 65_536
_STATUS = {Heard.TAKEN: 204, Heard.PINGED: 204, Heard.IGNORED: 202, Heard.GONE: 410}


def routes(listener: Listener, max_bytes: int, *, body_seconds: float = BODY_SECONDS) -> Routes:
    """Give the routes of the callback. A body over `max_bytes`, or slower than `body_seconds`, is refused."""
    hubs = _Hubs(listener, max_bytes, body_seconds)
    return [web.get(PATH, hubs.asked, allow_head=False), web.post(PATH, hubs.told)]


class _Hubs:
    def __init__(self, listener: Listener, max_bytes: int, body_seconds: float) -> None:
        self._listener = listener
        self._max_bytes = max_bytes
        self._body_seconds = body_seconds
        self._reading = asyncio.Semaphore(READ_AT_ONCE)

    async def asked(self, request: web.Request) -> web.Response:
        """Echo the challenge of what we asked for; 404 for all else."""
        try:
            called = await self._listener.called(request.match_info["token"])
            said = await self._listener.asked(called, request.query) if called else None
        except StoreError as error:
            return _later(error)
        if said is None:
            return web.Response(status=404)
        return web.Response(text=said, content_type="text/plain", charset="utf-8")

    async def told(self, request: web.Request) -> web.Response:
        """Take a notification: 2xx when its entries are stored, also where it is not believed (7.1.2)."""
        try:
            called = await self._listener.called(request.match_info["token"])
            if called is None:
                return web.Response(status=404)
            if request.headers.get("Content-Encoding", "identity").lower() != "identity":
                return web.Response(status=415)
            async with self._reading:
                body = await self._body(request)
                heard = await self._listener.told(
                    called,
                    Notification(
                        body,
                        request.headers.get("X-Hub-Signature", ""),
                        request.content_type.lower() if "Content-Type" in request.headers else "",
                        (request.charset or "").strip(" \"'").lower(),
                    ),
                )
        except StoreError as error:
            return _later(error)
        except TimeoutError:
            return web.Response(status=408)
        return web.Response(status=_STATUS[heard])

    async def _body(self, request: web.Request) -> bytes:
        """Read the body within its limits. Raises TimeoutError, and aiohttp's answer for one that is too large."""
        if (request.content_length or 0) > self._max_bytes:
            raise web.HTTPRequestEntityTooLarge(self._max_bytes)
        body = bytearray()
        async with asyncio.timeout(self._body_seconds):
            async for chunk in request.content.iter_chunked(_CHUNK):
                body += chunk
                if len(body) > self._max_bytes:
                    raise web.HTTPRequestEntityTooLarge(self._max_bytes)
        return bytes(body)


def _later(error: StoreError) -> web.Response:
    """Have the hub come again: what it says cannot be kept now."""
    log.warning("hub put off", error=error.what)
    return web.Response(status=503, headers={"Retry-After": "60"})
