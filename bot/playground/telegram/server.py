"""Any ASGI application on loopback, in the running loop."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.playground.telegram.door import DROP

_STOP = 2.0  # seconds a request under way may take to notice that it was cancelled


class Server:
    """`async with Server(app) as server:` serves at `server.url` until the block ends.

    Port 0 lets the kernel pick. Signals are left to the program. Stopping closes open sockets at once: nothing waits
    for a long poll.
    """

    def __init__(self, app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._server: _Quiet | None = None
        self._running: asyncio.Task[None] | None = None
        self.url = ""

    async def start(self) -> Self:
        """Begin to serve; `url` is known afterwards. Raises OSError when the port is taken."""
        # The protocol is named since asyncio sets TCP_NODELAY only then; without it answers wait 40 ms.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, self._port))
        except OSError:
            listener.close()
            raise
        self._port = int(listener.getsockname()[1])
        self.url = f"http://{self._host}:{self._port}"
        config = uvicorn.Config(
            _droppable(self._app),
            log_config=None,
            log_level="error",
            access_log=False,
            lifespan="off",
            server_header=False,
            date_header=False,
            timeout_keep_alive=60,
        )
        self._server = _Quiet(config)
        self._running = asyncio.create_task(self._server.serve(sockets=[listener]), name="playground server")
        while not self._server.started and not self._running.done():  # noqa: ASYNC110 - uvicorn has no event
            await asyncio.sleep(0.005)
        if self._running.done():
            self._running.result()
        return self

    async def stop(self) -> None:
        """Stop now. Harmless when it does not run."""
        server, running = self._server, self._running
        if server is None or running is None:
            return
        self._server = self._running = None
        for listener in server.servers:
            listener.close()
        for connection in list(server.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        tasks = [running, *server.server_state.tasks]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=_STOP)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


class _Quiet(uvicorn.Server):
    """uvicorn without its hands on the program's signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _droppable(app: ASGIApp) -> ASGIApp:
    """Let the application close the socket under a request: uvicorn's `send` belongs to what holds the transport."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
        if scope["type"] == "http" and transport is not None:
            scope = {**scope, "extensions": {**(scope.get("extensions") or {}), DROP: transport.abort}}
        # Only stop() cancels a request, and its socket is closed by then: nothing for uvicorn to log as an error.
        with contextlib.suppress(asyncio.CancelledError):
            await app(scope, receive, send)

    return wrapped
