"""HTTP in front of the service: POST or GET /bot<token>/<method>."""

import asyncio
import json
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from bot.playground.telegram.faults import Cut
from bot.playground.telegram.parameters import read
from bot.playground.telegram.refusals import NOT_FOUND, Refused
from bot.playground.telegram.service import Reply, check_token, serve
from bot.playground.telegram.world import World

DROP = "sosik.drop"  # the extension by which Server lets an application close the socket


def starlette(world: World) -> Starlette:
    """The application. Closing sockets on demand needs Server in front of it."""
    return Starlette(
        routes=[
            Route("/bot{token}/{method}", Door(world), methods=["GET", "POST"]),
            Route("/{rest:path}", Door(world), methods=["GET", "POST"]),
        ]
    )


class Door:
    """An ASGI application for one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a client that hangs up meanwhile is not answered."""
        try:
            body = await _body(receive)
            reply = None if body is None else await self._reply(scope, receive, body)
        except Refused as refused:
            reply = Reply(refused.code, json.dumps(refused.as_api()).encode())
        if reply is None:
            return
        await _send(reply, scope, send)

    async def _reply(self, scope: Scope, receive: Receive, body: bytes) -> Reply | None:
        path = scope.get("path_params", {})
        if "method" not in path:
            raise Refused(*NOT_FOUND)
        check_token(self._world, path["token"])
        headers = dict(scope["headers"])
        given = read(headers.get(b"content-type", b"").decode("latin-1"), scope["query_string"], body)
        answering = serve(self._world, path["method"], given)
        if path["method"].lower() != "getupdates":
            return await answering
        return await _unless_gone(asyncio.ensure_future(answering), receive)


async def _unless_gone(answering: "asyncio.Future[Reply]", receive: Receive) -> Reply | None:
    """The answer of a long poll, or None when the client left first: then nothing waits any more."""
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((answering, gone), return_when=asyncio.FIRST_COMPLETED)
        return answering.result() if answering.done() else None
    finally:
        gone.cancel()
        answering.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or None when the client left in its middle: then nothing was asked."""
    parts: list[bytes] = []
    while True:
        event: Message = await receive()
        if event["type"] == "http.disconnect":
            return None
        parts.append(event.get("body", b""))
        if not event.get("more_body"):
            return b"".join(parts)


async def _send(reply: Reply, scope: Scope, send: Send) -> None:
    drop: Callable[[], None] | None = (scope.get("extensions") or {}).get(DROP)
    if reply.cut is not None and drop is None:
        raise RuntimeError(
            "closing the socket needs bot.playground.telegram.Server in front of the application"
        )
    if drop is not None and reply.cut in (Cut.BEFORE, Cut.AFTER):
        await _hang_up(drop)
        return
    headers = [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", str(len(reply.body)).encode()),
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if reply.cut is not None and drop is not None:
        await send(
            {"type": "http.response.body", "body": reply.body[: len(reply.body) // 2], "more_body": True}
        )
        await asyncio.sleep(0.01)  # let the half leave
        await _hang_up(drop)
        return
    await send({"type": "http.response.body", "body": reply.body})


async def _hang_up(drop: Callable[[], None]) -> None:
    drop()
    await asyncio.sleep(0)  # let the server see that the socket is gone, or it answers 500
    await asyncio.sleep(0)
