"""The server of our own, and the callback for hubs: what may come in, how much, and for how long."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.errors import WebError
from bot.web import server
from bot.web.server import WebServer, application
from digests.store.engine import Store
from tests.websub.conftest import MAX_BYTES, Scene, free_port
from tests.websub.conftest import scene as scene  # noqa: PLC0414 - a fixture


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


async def raw(port: int, said: bytes, seconds: float = 5.0) -> bytes:
    """Say something on a socket, and hear what comes until it is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(), seconds)
    finally:
        writer.close()


# -- the server -----------------------------------------------------------------------------------------------


@pytest.fixture
async def plain() -> AsyncIterator[WebServer]:
    made = WebServer(application([web.get("/hello", hello)]), "127.0.0.1", free_port(), idle_seconds=0.3)
    await made.start()
    yield made
    await made.stop()


async def test_what_has_no_route_is_said_plainly(plain: WebServer, client: aiohttp.ClientSession) -> None:
    async with client.get(f"http://{plain.address}/hello") as response:
        assert (response.status, await response.text()) == (200, "hello")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Server"] == "sosik"
    async with client.get(f"http://{plain.address}/else") as response:
        assert (response.status, await response.text()) == (404, "Not Found")
    async with client.post(f"http://{plain.address}/hello") as response:
        assert (response.status, response.headers["Allow"]) == (405, "GET,HEAD")


@pytest.mark.parametrize("said", [b"", b"GET /hello HT", b"GET /hello HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_whoever_does_not_come_to_the_point_is_let_go(plain: WebServer, said: bytes) -> None:
    assert b"200" not in await raw(int(plain.address.rpartition(":")[2]), said)


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_refused(
    plain: WebServer, said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert b" 200 " not in await raw(int(plain.address.rpartition(":")[2]), said)
    assert (await raw(int(plain.address.rpartition(":")[2]), b"GET /hello HTTP/1.0\r\n\r\n")).endswith(
        b"hello"
    )
    assert [one for one in caplog.records if one.levelname == "ERROR"] == [], "strangers fill no log"


async def test_more_connections_than_there_is_room_for_are_closed(
    plain: WebServer, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 3)
    port = int(plain.address.rpartition(":")[2])
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
    assert await raw(port, b"GET /hello HTTP/1.0\r\n\r\n") == b""
    for reader, writer in held:
        assert await reader.read() == b"", "they were let go in time"
        writer.close()
    async with client.get(f"http://{plain.address}/hello") as response:
        assert response.status == 200


async def test_an_address_that_is_taken_is_said_in_words(plain: WebServer) -> None:
    again = WebServer(application(), "127.0.0.1", int(plain.address.rpartition(":")[2]))
    with pytest.raises(WebError, match="Nothing can be served at ") as refused:
        await again.start()
    assert "web.listen" in refused.value.hint


async def test_stopping_waits_for_nobody_for_long(plain: WebServer) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(plain.address.rpartition(":")[2]))
    await asyncio.wait_for(plain.stop(), 5)
    assert await reader.read() == b""
    writer.close()


# -- the callback ---------------------------------------------------------------------------------------------


@pytest.fixture
def callback(scene: Scene) -> Callable[[str], str]:
    return lambda token: f"http://127.0.0.1:{scene.port}/websub/{token}"


@pytest.mark.parametrize("token", ["x" * 43, "short", "..", "%00" * 10, "é" * 30, "a/b" * 10, ""])
async def test_an_address_that_was_given_to_nobody_is_not_found(
    scene: Scene, client: aiohttp.ClientSession, callback: Callable[[str], str], token: str
) -> None:
    await scene.begin()
    query = {"hub.mode": "subscribe", "hub.topic": scene.url, "hub.challenge": "x"}
    async with client.get(callback(token), params=query) as response:
        assert response.status == 404
    async with client.post(callback(token), data=b"x" * (MAX_BYTES * 3)) as response:
        assert response.status == 404


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_notification_that_is_too_large_is_refused_and_nobody_is_hurt(
    scene: Scene, chunked: bool
) -> None:
    await scene.begin()

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"<" * 10_000

    sent: Any = pieces() if chunked else b"<" * (MAX_BYTES + 1)
    with suppress(aiohttp.ClientError):  # it may hang up while more is on its way
        assert await scene.hub.post(scene.callbacks[0], sent, {}) == 413
    assert await scene.hub.distribute(scene.url, scene.document("One")) == [204]
    assert await scene.titles_kept() == ["One"]


async def test_a_notification_that_drips_is_given_up(scene: Scene) -> None:
    await scene.begin()

    async def drops() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"<"
            await asyncio.sleep(0.05)

    sent: Any = drops()
    dripping = asyncio.create_task(scene.hub.post(scene.callbacks[0], sent, {}))
    assert await scene.hub.distribute(scene.url, scene.document("One")) == [204]
    with suppress(aiohttp.ClientError):  # it may hang up while more is on its way
        assert await dripping == 408


async def test_a_notification_that_breaks_off_is_nothing(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    await scene.begin()
    path = scene.callbacks[0].partition("/websub")[2]
    head = f"POST /websub{path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n<rss"
    _, writer = await asyncio.open_connection("127.0.0.1", scene.port)
    writer.write(head.encode())
    await writer.drain()
    writer.close()
    await asyncio.sleep(0.1)
    assert await scene.hub.distribute(scene.url, scene.document("One")) == [204]
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


async def test_what_is_packed_is_not_unpacked(scene: Scene) -> None:
    await scene.begin()
    headers = {"Content-Encoding": "gzip"}
    assert await scene.hub.distribute(scene.url, scene.document("One"), headers=headers) == [415]


async def test_a_challenge_comes_back_as_plain_text(scene: Scene, client: aiohttp.ClientSession) -> None:
    scene.hub.verifies = False
    await scene.begin()
    query = {"hub.mode": "subscribe", "hub.topic": scene.url, "hub.challenge": "<script>alert(1)</script>"}
    async with client.get(scene.hub.forms[0]["hub.callback"], params=query) as response:
        assert response.status == 200
        assert await response.text() == query["hub.challenge"]
        assert response.content_type == "text/plain"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_hub_is_put_off_while_the_database_is_away(scene: Scene) -> None:
    await scene.begin()
    kept, scene.store = scene.store, Store.open("postgresql://nobody@127.0.0.1:1/nowhere")
    await scene.restart()
    assert await scene.hub.distribute(scene.url, scene.document("One")) == [503]
    scene.store = kept
    await scene.restart()
    assert await scene.hub.distribute(scene.url, scene.document("One")) == [204]
    assert await scene.titles_kept() == ["One"]
