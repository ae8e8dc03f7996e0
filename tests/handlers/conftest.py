"""The fixture `talking`: say something to the bot, and look at what it answered and what it kept."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.formatter.render import Formatter
from bot.handlers.context import Parts, desk
from bot.handlers.intake import Intake
from bot.handlers.queue import Queue
from bot.handlers.registering import handle, register
from bot.loop import Loop
from bot.playground.telegram import Server, Telegram
from bot.sending.wire import Wire
from bot.texts import Texts
from bot.texts.cities import Gazetteer
from digests.settings import Category, FeedSettings, Settings
from digests.store.engine import Store
from digests.store.migrate import migrate
from tests.emulated import TOKEN, Hands
from tests.handlers.talking import Talking, publish
from tests.words import vocabulary

CATEGORIES = (
    Category("kpop", {"en": "K-pop", "ko": "케이팝"}, ("k-pop", "idol", "아이돌"), "🎤"),
    Category("drama", {"en": "Drama & Film", "ko": "드라마"}, ("k-drama", "film", "영화"), "🎬"),
    Category("beauty", {"en": "Beauty", "ko": "뷰티"}, ("fashion", "패션"), "💄"),
    Category("food", {"en": "Food", "ko": "푸드"}, ("k-food", "음식"), "🍜"),
    Category("korea", {"en": "Korea", "ko": "시사"}, ("politics", "economy", "정치"), "🇰🇷"),
)
FEEDS = (
    FeedSettings(
        "https://seoul-daily.example/feed",
        "seoul-daily",
        ("kpop",),
        {"Drama": "drama", "Beauty": "beauty", "Food": "food", "Politics": "korea"},
        language="en",
    ),
    FeedSettings("https://hanguk.example/rss", "hanguk", ("korea",), {"가요": "kpop"}, language="ko"),
)


@pytest.fixture(scope="session")
def texts() -> Texts:
    return Texts.load()


@pytest.fixture(scope="session")
def formatter(texts: Texts) -> Formatter:
    return Formatter(texts, CATEGORIES)


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database with a few stories, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "sosik.db"

    async def prepare() -> None:
        store = Store.open(f"sqlite:///{path}")
        await migrate(store)
        await _stories(store)
        await store.close()

    asyncio.run(prepare())
    return path


@pytest.fixture
def settings() -> Settings:
    return Settings(categories=CATEGORIES, feeds=FEEDS)


@pytest.fixture
async def sqlite_store(migrated: Path, tmp_path: Path) -> AsyncIterator[Store]:
    for part in migrated.parent.iterdir():
        shutil.copy(part, tmp_path / part.name)
    opened = Store.open(
        f"sqlite:///{tmp_path}/sosik.db",
    )
    yield opened
    await opened.close()


@pytest.fixture
async def talking(
    sqlite_store: Store, settings: Settings, clock: Hands, formatter: Formatter, gazetteer: Gazetteer
) -> AsyncIterator[Talking]:
    """The bot at work: five categories, a few stories of today (two of K-pop, one each of Drama and Korea)."""
    telegram = Telegram(token=TOKEN, now=clock)
    woken: list[bool] = []
    parts = Parts(
        store=sqlite_store,
        settings=settings,
        formatter=formatter,
        gazetteer=gazetteer,
        now=clock,
        wake=lambda: woken.append(True),
        names=vocabulary().names,
    )
    async with Server(telegram.app()) as server:
        bot: ExtBot[int] = ExtBot(
            TOKEN,
            base_url=f"{server.url}/bot",
            request=Wire(8),
            get_updates_request=Wire(2),
        )
        application = desk(bot, parts)
        register(application)
        people = Talking(
            telegram=telegram,
            desk=application,
            store=sqlite_store,
            settings=settings,
            clock=clock,
            ann=telegram.person("Ann", username="ann_reads"),
            min=telegram.person("민아", language_code="ko"),
            woken=woken,
        )
        async with application:
            loops: list[Loop] = []

            def wake() -> None:
                loops[0].wake()

            queue = Queue(sqlite_store, people.watched(handle(application)), wake=wake)
            intake = Intake(sqlite_store, bot, now=clock, stored=wake)
            loops += [Loop("queue", queue.step), Loop("intake", intake.step)]
            tasks = [asyncio.create_task(loop.run()) for loop in loops]
            while not telegram.polling:
                await asyncio.sleep(0.002)
            yield people
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await queue.stop(1)


async def _stories(store: Store) -> None:
    """A few stories of the day, the last an hour before the clock begins."""
    settings, clock = Settings(categories=CATEGORIES, feeds=FEEDS), Hands()

    async def published(title: str, **more: Any) -> None:
        await publish(store, settings, clock, title, **more)

    clock.forward(hours=-3)
    await published("Nova Lane announces a winter tour", summary="Eleven cities in six weeks, Busan first.")
    await published("Drama of the year begins shooting", tags=("Drama",), summary="In a village by the sea.")
    await published("눈이 많이 와요", feed="hanguk", source="한국일보", summary="중부 지방에 큰 눈이 내려요.")
    clock.forward(hours=1)
    await published(
        "Velvet Kites’ singer breaks leg in fall from stage",
        tags=("Breaking",),
        summary="The first show is postponed.",
    )
