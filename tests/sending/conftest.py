"""The fixtures of sending: an emulated Telegram, the real python-telegram-bot before it, and a sender with its store."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.playground.telegram import Server, Telegram
from bot.sending.pace import Gate
from bot.sending.wire import Wire
from digests.store.engine import Store
from tests.sending.outgoing import Office

TOKEN = "600000001:TEST"


class Hands:
    """A clock that is set by hand. It begins at 18:00 in Seoul."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **delta: float) -> None:
        self.time += timedelta(**delta)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def telegram(clock: Hands) -> Telegram:
    return Telegram(token=TOKEN, now=clock)


@pytest.fixture
async def base_url(telegram: Telegram) -> AsyncIterator[str]:
    async with Server(telegram.app()) as server:
        yield f"{server.url}/bot"


def real_bot(base_url: str, rate: float = 2_000, *, http: str = "aiohttp", **timeouts: float) -> ExtBot[int]:
    return ExtBot(
        TOKEN,
        base_url=base_url,
        request=HTTPXRequest(64, **timeouts) if http == "httpx" else Wire(64, **timeouts),
        get_updates_request=Wire(1),
        rate_limiter=Gate(rate),
    )


@pytest.fixture(params=["aiohttp", "httpx"])
def http(request: pytest.FixtureRequest) -> str:
    """Ours, and the one that python-telegram-bot brings."""
    return str(request.param)


@pytest.fixture
async def bot(base_url: str) -> AsyncIterator[ExtBot[int]]:
    async with real_bot(base_url, read_timeout=10.0) as real:
        yield real


@pytest.fixture
async def hasty(base_url: str, http: str) -> AsyncIterator[ExtBot[int]]:
    """A bot that waits for an answer for a second."""
    async with real_bot(base_url, http=http, read_timeout=1.0) as real:
        yield real


@pytest.fixture
async def office(store: Store, telegram: Telegram, bot: ExtBot[int], clock: Hands) -> AsyncIterator[Office]:
    """A sender at work on each database in turn; see `Office`."""
    async with Office(store, telegram, bot, clock) as opened:
        yield opened
