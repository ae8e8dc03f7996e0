"""An emulated Telegram, its server, and the real python-telegram-bot in front of it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.playground.telegram import Chat, Person, Schema, Telegram
from tests.emulated import TOKEN


@pytest.fixture
def service(telegram: Telegram) -> Telegram:
    """The emulated Telegram, which is what these tests are about."""
    return telegram


@pytest.fixture
def ann(service: Telegram) -> Person:
    return service.person("Ann", username="ann_reads")


@pytest.fixture
def chat(service: Telegram, ann: Person) -> Chat:
    """Ann's chat, in which she has pressed Start."""
    service.start(ann)
    return service.private(ann)


@pytest.fixture
def ask(service: Telegram) -> Callable[..., Any]:
    """Call a method as the bot would; the result, or the error's description."""

    async def call(method: str, **parameters: Any) -> Any:
        answer = await service.call(method, parameters)
        return answer["result"] if answer["ok"] else answer["description"]

    return call


@pytest.fixture
async def bot(base_url: str) -> AsyncIterator[ExtBot[None]]:
    """The real thing, as it comes from the package."""
    real: ExtBot[None] = ExtBot(
        TOKEN,
        base_url=base_url,
        request=HTTPXRequest(connection_pool_size=8),
        get_updates_request=HTTPXRequest(),
    )
    async with real:
        yield real


@pytest.fixture(scope="session")
def schema(test_data: Path) -> Schema:
    return Schema.load(test_data / "botapi" / "api.min.json")
