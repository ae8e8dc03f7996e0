"""Whatever happens in whatever order: a story reaches each chat that follows it, once."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from bot.playground.newsroom import Newsroom
from bot.playground.sample_news import Samples
from bot.playground.telegram import Server
from digests.feeds.fetch import Fetcher
from digests.judge import judge
from digests.model import Alerts, Chat, Quiet
from digests.settings import BreakingSettings, DigestSettings
from digests.store import feeds
from digests.store.engine import Store
from digests.store.migrate import migrate

START = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
FILED = timedelta(hours=4)  # a running bot has polled and judged by then; past six hours nothing rings

publishing = st.tuples(
    st.just("publish"), st.sampled_from(["daily", "post", "flash"]), st.booleans(), st.integers(0, 3)
)
carrying = st.tuples(st.just("carry"), st.sampled_from(["daily", "post"]), st.integers(0, 9))
jumping = st.tuples(st.just("jump"), st.integers(1, 9 * 60))
stepping = st.tuples(
    st.sampled_from(["poll", "poll", "judge", "judge", "compose", "unfold", "deliver", "tidy", "all at once"])
)
acts_ = st.lists(
    publishing | publishing | carrying | jumping | stepping | stepping | stepping, min_size=25, max_size=80
)


@dataclass
class Told:
    """What was published: under which categories each story stands."""

    categories: dict[str, set[str]] = field(default_factory=dict)
    rings: dict[str, bool] = field(default_factory=dict)
    at: dict[str, datetime] = field(default_factory=dict)
    unfiled: datetime | None = None  # since when something waits


@dataclass(frozen=True)
class House:
    """The parts of conftest.py that a game begins with."""

    situation: Any
    samples: Samples
    settings_of: Any


CATEGORY = {"daily": "kpop", "post": "korea", "flash": "korea"}


async def act(room: Any, told: Told, one: tuple[Any, ...]) -> None:
    match one:
        case ("publish", feed, breaking, minutes):
            name = f"Report number {len(told.categories):03} of these days"
            rings = breaking or feed == "flash"
            publish(room, told, name, feed, rings=rings, age=timedelta(minutes=minutes))
        case ("carry", feed, number) if told.categories:
            name = list(told.categories)[number % len(told.categories)]
            if room.time - told.at[name] < timedelta(hours=20):  # past two days a title is another story's
                publish(room, told, name, feed, rings=told.rings[name])
        case ("jump", minutes):
            if told.unfiled and room.time + timedelta(minutes=minutes) - told.unfiled > FILED:
                await file_all(room, told)
            room.jump(minutes=minutes)
        case (name,):
            await steps(room)[name]()


def steps(room: Any) -> dict[str, Callable[[], Awaitable[object]]]:
    judging = partial(judge, room.store, room.settings, room.now)
    return {
        "poll": room.poll,
        "judge": judging,
        "compose": room.compose,
        "unfold": room.unfold,
        "deliver": room.deliver,
        "tidy": room.tidy,
        "all at once": lambda: asyncio.gather(judging(), room.compose(), room.unfold()),
    }


def publish(
    room: Any, told: Told, name: str, feed: str, *, rings: bool, age: timedelta = timedelta()
) -> None:
    marked = f"BREAKING: {name}" if rings and feed != "flash" else name
    room.publish(marked, feed, at=room.time - age)
    told.categories.setdefault(name, set()).add(CATEGORY[feed])
    told.rings.setdefault(name, rings)
    told.at.setdefault(name, room.time)
    told.unfiled = told.unfiled or room.time


async def file_all(room: Any, told: Told) -> None:
    await room.news()
    told.unfiled = None


async def end(room: Any, told: Told) -> None:
    """Three quiet days: whatever is owed arrives."""
    await file_all(room, told)
    for _ in range(12):
        await room.deliver()
        while (await room.compose()).due:
            pass
        await room.deliver()
        room.jump(hours=6)


def heard(room: Any, chat: Chat) -> Counter[str]:
    return Counter(
        title.removeprefix("BREAKING: ")
        for message in room.received[chat.id]
        for title in (*message.titles, *message.also)
    )


async def play(acts: Sequence[tuple[Any, ...]], database: Path, house: House) -> None:
    async with AsyncExitStack() as stack:
        store = Store.open(f"sqlite:///{database}")
        stack.push_async_callback(store.close)
        room: Any = None
        press = Newsroom(
            lambda: room.time if room else START, lambda: server.url, samples=house.samples, stocked=False
        )
        server = await stack.enter_async_context(Server(press.app))
        configured = replace(
            house.settings_of(press),
            digest=DigestSettings(max_stories=200),
            breaking=BreakingSettings(max_per_hour=2, max_per_day=4),
        )
        fetcher = await stack.enter_async_context(Fetcher(configured.polling))
        room = house.situation(store, press, fetcher, configured, START)
        async with store.writing() as tx:
            await feeds.settle_with(tx, configured.feeds, room.time)
        await room.poll()
        room.jump(minutes=1)
        quiet = Quiet(time(23), time(7), hold=True)
        readers = {
            "plain": (await room.subscribe("kpop"), {"kpop"}),
            "both": (await room.subscribe("kpop", "korea", at=("07:30", "19:00")), {"kpop", "korea"}),
            "without alerts": (await room.subscribe("korea", alerts=Alerts.OFF), {"korea"}),
            "holds": (await room.subscribe("kpop", "korea", quiet=quiet), {"kpop", "korea"}),
            "far away": (await room.subscribe("korea", zone="America/New_York"), {"korea"}),
            "follows nothing": (await room.subscribe(), set()),
        }
        told = Told()
        for one in acts:
            await act(room, told, one)
        await end(room, told)
        for who, (chat, wanted) in readers.items():
            expected = {name for name, under in told.categories.items() if under & wanted}
            note(f"{who}: {room.received[chat.id]}")
            assert heard(room, chat) == Counter(expected), who
        kinds = Counter(message.kind for chat, _ in readers.values() for message in room.received[chat.id])
        event(f"{kinds['alert'] // 5 * 5} alerts or more")
        event(f"{kinds['digest'] // 5 * 5} digests or more")
        event(f"{len(told.categories) // 5 * 5} stories or more")


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "sosik.db"

    async def prepare() -> None:
        store = Store.open(f"sqlite:///{path}")
        await migrate(store)
        await store.close()

    asyncio.run(prepare())
    return path


@pytest.fixture
def house(situation: Any, papers: Any, settings_of: Any) -> House:
    return House(situation, Samples(papers, (), ()), settings_of)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=acts_)
def test_every_story_reaches_every_chat_that_follows_it_once(
    acts: list[tuple[Any, ...]], migrated: Path, tmp_path: Path, house: House
) -> None:
    for old in tmp_path.glob("sosik.db*"):
        old.unlink()
    asyncio.run(play(acts, Path(shutil.copy(migrated, tmp_path / "sosik.db")), house))
