"""The fixtures of sending: the real python-telegram-bot before an emulated Telegram, and a sender with its store."""

from collections.abc import AsyncIterator

import pytest
from telegram.ext import ExtBot

from bot.playground.telegram import Telegram
from bot.sending.pace import Gate
from bot.sending.wire import Wire
from digests.store.engine import Store
from tests.emulated import TOKEN, Hands
from tests.sending.outgoing import Office


def real_bot(base_url: str, rate: float = 2_000, **timeouts: float) -> ExtBot[int]:
    return ExtBot(
        TOKEN,
        base_url=base_url,
        request=Wire(64, **timeouts),
        get_updates_request=Wire(1),
        rate_limiter=Gate(rate),
    )


@pytest.fixture
async def bot(base_url: str) -> AsyncIterator[ExtBot[int]]:
    async with real_bot(base_url, read_timeout=10.0) as real:
        yield real


@pytest.fixture
async def hasty(base_url: str) -> AsyncIterator[ExtBot[int]]:
    """A bot that waits for an answer for a second."""
    async with real_bot(base_url, read_timeout=1.0) as real:
        yield real


@pytest.fixture
async def office(store: Store, telegram: Telegram, bot: ExtBot[int], clock: Hands) -> AsyncIterator[Office]:
    """A sender at work on each database in turn; see `Office`."""
    async with Office(store, telegram, bot, clock) as opened:
        yield opened
