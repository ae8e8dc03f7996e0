"""A server that does not know RFC 5746 (secure renegotiation), and how far we go with it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from digests.errors import FeedError
from digests.feeds.fetch import Fetcher, Request
from digests.settings import PollingSettings

# TLS 1.2 (RFC 5246, 7.4.1.3): a ServerHello without extensions, hence without renegotiation_info, which every
# OpenSSL of today sends: ECDHE-RSA with AES-128-GCM, no session. All that can be played without writing a TLS server.
_BODY = b"\x03\x03" + bytes(32) + b"\x00" + b"\xc0\x2f" + b"\x00"
_HANDSHAKE = b"\x02" + len(_BODY).to_bytes(3, "big") + _BODY
OLD_HELLO = b"\x16\x03\x03" + len(_HANDSHAKE).to_bytes(2, "big") + _HANDSHAKE


class OldServer:
    """Greets as an old server does."""

    def __init__(self) -> None:
        self.url = ""
        self.waited: asyncio.Queue[bool] = asyncio.Queue()  # whether a client waited for its certificate then

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(5)
        await reader.readexactly(int.from_bytes(head[3:], "big"))
        writer.write(OLD_HELLO)
        try:
            await asyncio.wait_for(reader.read(), 0.5)
        except TimeoutError:
            await self.waited.put(True)
        else:
            await self.waited.put(False)
        writer.close()


@pytest.fixture
async def old() -> AsyncIterator[OldServer]:
    server = OldServer()
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0, family=socket.AF_INET)
    server.url = f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}/feed"
    async with listening:
        yield server


async def asked(url: str, *, legacy_tls: bool) -> FeedError:
    polling = PollingSettings(timeout=timedelta(seconds=5), allow_private_hosts=True)
    async with Fetcher(polling) as fetcher:
        with pytest.raises(FeedError) as caught:
            await fetcher.fetch(Request(url, legacy_tls=legacy_tls))
    return caught.value


async def test_a_server_with_outdated_tls_is_left_and_the_reason_named(old: OldServer) -> None:
    error = await asked(old.url, legacy_tls=False)
    assert "only speaks an outdated kind of TLS (legacy renegotiation)." in error.what
    assert "legacy_tls" in error.hint
    assert await old.waited.get() is False  # we broke off at its greeting


async def test_where_the_feed_says_so_its_greeting_is_taken_and_its_certificate_asked_for(
    old: OldServer,
) -> None:
    error = await asked(old.url, legacy_tls=True)
    assert "outdated" not in error.what
    assert await old.waited.get() is True
