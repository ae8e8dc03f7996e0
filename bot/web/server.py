"""The HTTP server: what may come in at all, how much of it, and for how long."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.errors import WebError

log = structlog.get_logger()

Routes = Iterable[web.AbstractRouteDef]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MOST_CONNECTIONS = 256  # at once; beyond, new ones are closed: files and sockets are needed elsewhere
IDLE_SECONDS = 15.0  # for the head of a request to arrive in full, the first one and each further one
STOP_SECONDS = 2.0  # for requests under way
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def application(*rooms: Routes) -> web.Application:
    """Make the application of the rooms' routes. What has no route is 404, whatever it asks for."""
    app = web.Application(middlewares=[_plainly])
    for routes in rooms:
        app.add_routes(routes)
    return app


@web.middleware
async def _plainly(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer as the rooms do, and say no more about ourselves than they."""
    try:
        response = await handler(request)
    except web.HTTPException as refusal:
        response = web.Response(status=refusal.status, text=refusal.reason)
        if allowed := refusal.headers.get("Allow"):
            response.headers["Allow"] = allowed
    except (ConnectionError, web.RequestPayloadError):  # it broke off: nobody hears the answer
        response = web.Response(status=400)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "sosik"
    return response


class WebServer:
    """Serves an application at one address. `start`, then `stop`."""

    def __init__(
        self, app: web.Application, host: str, port: int, *, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._host = host
        self._port = port
        self._runner = web.AppRunner(
            app,
            handle_signals=False,
            logger=_our_faults(),
            access_log=None,  # paths are secrets here: who knows one may speak in a hub's name
            keepalive_timeout=idle_seconds,
            lingering_time=1.0,
            auto_decompress=False,  # signatures are made over what is sent, and nothing unpacks to more than it is
            shutdown_timeout=STOP_SECONDS,
        )
        self._listening: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to serve. Raises WebError where the address cannot be had."""
        await self._runner.setup()
        try:
            self._listening = await asyncio.get_running_loop().create_server(
                self._connected, self._host, self._port
            )
        except OSError as error:
            await self._runner.cleanup()
            raise WebError(
                f"Nothing can be served at {self._host}:{self._port}: {error.strerror or error}.",
                hint="Set web.listen to an address of this machine that is free.",
            ) from error
        log.info("listening", address=self.address)

    @property
    def address(self) -> str:
        """Where it listens: host and port."""
        if self._listening is None or not self._listening.sockets:
            return f"{self._host}:{self._port}"
        host, port, *_ = self._listening.sockets[0].getsockname()
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def stop(self) -> None:
        """Take no more requests, and end those under way. Harmless where it never began."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        await self._runner.cleanup()

    def _connected(self) -> asyncio.Protocol:
        server = self._runner.server
        if server is None or len(server.connections) >= MOST_CONNECTIONS:
            return _Closed()
        return server()


def _our_faults() -> logging.Logger:
    """Give the logger of what goes wrong in here; what strangers send that is no HTTP does not fill the log."""
    logger = logging.getLogger("aiohttp.server")
    if _is_ours not in logger.filters:
        logger.addFilter(_is_ours)
    return logger


def _is_ours(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


class _Closed(asyncio.Protocol):
    """There is no room for this connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close it."""
        transport.close()
