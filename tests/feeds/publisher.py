from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.test_utils import TestServer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Publisher:
    """A real HTTP server whose paths do what a test tells them to."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self._handlers: dict[str, Handler] = {}
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self.server = TestServer(app, host="127.0.0.1")

    def serve(self, path: str, handler: Handler) -> str:
        """Let `handler` answer at `path`; gives the address."""
        self._handlers[path] = handler
        return self.url(path)

    def url(self, path: str) -> str:
        return str(self.server.make_url(path))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        handler = self._handlers.get(request.path)
        return web.Response(status=404) if handler is None else await handler(request)
