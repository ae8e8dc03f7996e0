"""Feed documents as publishers served them go the whole way: polled, judged, digested, and taken by Telegram."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.ext import ExtBot

from bot.formatter.render import Formatter
from bot.formatter.request import to_send
from bot.playground.telegram import Server, Telegram
from bot.sending.pace import Gate
from bot.texts import Texts
from digests.compose import of_categories
from digests.editions.timetable import zone_of
from digests.feeds.fetch import Fetcher
from digests.judge import Judge
from digests.look import Polled
from digests.model import LANGUAGES, Address
from digests.poll import Poller
from digests.settings import Category, FeedSettings, PollingSettings, RetentionSettings, Settings
from digests.store import feeds, stories
from digests.store.engine import Store
from tests.words import vocabulary

TOKEN = "600000001:AAreal-documents-real-documents-real"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
AGES = timedelta(days=365 * 30)  # whatever a document's dates are, its stories are looked at


@pytest.fixture
async def publisher(test_data: Path) -> AsyncIterator[str]:
    folder = test_data / "feeds"

    async def document(request: Request) -> Response:
        body = await asyncio.to_thread((folder / request.path_params["name"]).read_bytes)
        return Response(body, media_type="application/xml")

    async with Server(Starlette(routes=[Route("/{name}", document)])) as server:
        yield server.url


def _settings(url: str, test_data: Path) -> Settings:
    names = sorted(path.name for path in (test_data / "feeds").glob("*.xml"))
    assert names
    return Settings(
        categories=(Category("news", {"en": "News", "ko": "뉴스"}, emoji="🗞"),),
        feeds=tuple(FeedSettings(f"{url}/{name}", name, ("news",)) for name in names),
        polling=PollingSettings(allow_private_hosts=True, timeout=timedelta(seconds=60)),
        retention=RetentionSettings(entry_text=AGES),
    )


async def test_real_documents_become_digests_that_telegram_takes(
    store: Store, publisher: str, test_data: Path
) -> None:
    settings = _settings(publisher, test_data)
    polled: list[Polled] = []
    async with store.writing() as tx:
        await feeds.settle_with(tx, settings.feeds, NOW)
    async with Fetcher(settings.polling) as fetcher:
        await Poller(store, fetcher, settings, run="run", now=lambda: NOW, done=polled.append).all_once()
    assert [one for one in polled if one.error] == []
    assert all(one.new for one in polled), polled
    judge = Judge(store, settings, vocabulary, now=lambda: NOW)
    while (await judge.step()).more:
        pass

    telegram = Telegram(token=TOKEN, now=lambda: NOW)
    ann = telegram.person("Ann")
    telegram.start(ann)
    formatter = Formatter(Texts.load(), settings.categories)
    zone = zone_of("Asia/Seoul")
    async with Server(telegram.app()) as server:
        bot = ExtBot(TOKEN, base_url=f"{server.url}/bot", rate_limiter=Gate(100_000))
        for language in LANGUAGES:
            async with store.reading() as tx:
                ids = await stories.latest(tx, {"news"}, limit=5000)
                content = await of_categories(tx, frozenset({"news"}), settings, NOW, since=AGES)
            assert content is not None
            assert len(ids) > 300
            messages = list(formatter.digest(content, language=language, zone=zone, now=NOW))
            for start in range(0, len(ids), 50):
                async with store.reading() as tx:
                    cards = [_card(facts) for facts in await stories.facts(tx, ids[start : start + 50])]
                messages += formatter.stories(cards, language=language, zone=zone, now=NOW)
            for message in messages:
                # Another chat each time: what is tried here is the text, not the pace of a chat.
                person = telegram.person("Reader")
                telegram.start(person)
                address = Address(telegram.private(person).id)
                await bot.do_api_request("sendMessage", api_kwargs=to_send(message, address))
        await bot.shutdown()
    sent = telegram.calls_of("sendMessage")
    assert len(sent) > 30
    assert telegram.violations == []


def _card(facts: object) -> object:
    from digests.editions.cards import card

    return card(facts, breaking=False)  # type: ignore[arg-type]
