import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from digests.feeds.fetch import Fetcher
from digests.settings import PollingSettings
from tests.feeds.publisher import Publisher


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    publisher = Publisher()
    await publisher.server.start_server()
    yield publisher
    await publisher.server.close()


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    """A fetcher of the operator's own, who lets it reach this machine."""
    settings = PollingSettings(
        timeout=timedelta(seconds=20), user_agent="Sosik/test", allow_private_hosts=True, max_bytes=300_000
    )
    async with Fetcher(settings) as fetcher:
        yield fetcher


@pytest.fixture
async def raw_server() -> AsyncIterator[Callable[[bytes], Awaitable[str]]]:
    """Serve exactly the given bytes, then close: for answers that no proper server would send."""
    servers: list[asyncio.Server] = []

    async def start(answer: bytes) -> str:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def deadline() -> Callable[[float], None]:
    """Check that not more than so many seconds have passed since the test began."""
    started = time.perf_counter()

    def check(seconds: float) -> None:
        assert time.perf_counter() - started < seconds

    return check
