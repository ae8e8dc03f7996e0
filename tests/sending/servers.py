"""Servers on loopback for the wire: one that writes down what it gets, one that says what it is told, a proxy."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

from aiohttp import web

CERTIFICATE = Path(__file__).parent / "tls" / "self_signed.pem"
OK = b'HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n{"ok":true,"result":true}'


@dataclass(frozen=True, slots=True)
class Got:
    """One request as it arrived."""

    path: str
    method: str
    kind: str  # of its body
    length: int | None  # as announced; None: in chunks, or nothing
    fields: dict[str, Any]
    files: dict[str, tuple[str | None, str | None, bytes]]  # by name: filename, type, content


@dataclass
class Recorder:
    """A Bot API that takes everything, and answers `result`."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    result: Any = True
    peers: set[Any] = field(default_factory=set)

    @classmethod
    @asynccontextmanager
    async def open(cls, *, tls: bool = False) -> AsyncIterator["Recorder"]:
        recorder = cls()
        app = web.Application(client_max_size=2**28)
        app.router.add_route("*", "/{path:.*}", recorder._take)
        runner = web.AppRunner(app)
        await runner.setup()
        context = None
        if tls:
            context = SSLContext(PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        port = runner.addresses[0][1]
        recorder.url = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
        try:
            yield recorder
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        assert request.transport
        self.peers.add(request.transport.get_extra_info("peername"))
        if request.method == "GET":
            self.got.append(Got(request.path, "GET", "", None, {}, {}))
            return web.Response(body=b"bytes of a file")
        fields: dict[str, Any] = {}
        files = {}
        if request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                assert part.name
                if part.filename is None:
                    fields[part.name] = await part.text()
                else:
                    files[part.name] = (
                        part.filename,
                        part.headers.get("Content-Type"),
                        bytes(await part.read()),
                    )
        elif request.content_type == "application/json":
            fields = await request.json()
        else:
            fields = {name: str(value) for name, value in (await request.post()).items()}
        got = Got(request.path, request.method, request.content_type, request.content_length, fields, files)
        self.got.append(got)
        return web.json_response({"ok": True, "result": self.result})


Speech = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def speaking(speech: Speech) -> AsyncIterator[str]:
    """A server that does with each connection what `speech` does; then it is closed. Gives its address."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await speech(reader, writer)
        writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def saying(*pieces: bytes, pause: float = 0.0) -> Speech:
    """Hear one request, then say this, and close."""

    async def speech(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard(reader)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return speech


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hear everything and never answer."""
    del writer
    while await reader.read(2**16):
        pass


async def deafness(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take the connection and read nothing, so that whoever writes must wait."""
    del writer
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    await asyncio.sleep(30)


async def heard(reader: asyncio.StreamReader) -> bytes:
    """One request of a form: its head and its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.lower().splitlines()
            if line.startswith(b"content-length")
        ),
        0,
    )
    return head + await reader.readexactly(length)


@dataclass
class HttpProxy:
    """An HTTP proxy that lets through whoever names `user:password`, in the clear and by CONNECT."""

    credentials: str = ""
    asked: list[str] = field(default_factory=list)  # the first lines of requests

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode().splitlines()
        self.asked.append(lines[0])
        wanted = f"basic {base64.b64encode(self.credentials.encode()).decode()}"
        given = next(
            (one.partition(":")[2].strip() for one in lines if one.lower().startswith("proxy-auth")), ""
        )
        if self.credentials and given.lower() != wanted.lower():
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        method, target, _ = lines[0].split()
        there = target if method == "CONNECT" else target.split("/")[2]
        host, _, port = there.rpartition(":")
        onward, back = await asyncio.open_connection(host, int(port))
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            back.write(head)
        await asyncio.gather(_pump(reader, back), _pump(onward, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(2**16):
            writer.write(piece)
            await writer.drain()
    writer.close()
