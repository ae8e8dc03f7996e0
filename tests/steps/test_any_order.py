"""Whatever happens in whatever order: a story reaches each chat that follows it, once."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.playground.newsroom import Newsroom
from bot.playground.sample_news import Samples
from bot.playground.telegram import Server
from digests.feeds.fetch import Fetcher
from digests.judge import Judge
from digests.model import Alerts, Chat, DigestContent, Quiet
from digests.settings import BreakingSettings, DigestSettings
from digests.store import feeds, tables
from digests.store.engine import Store
from digests.store.migrate import migrate
from digests.stories.scoring import Weights
from digests.stories.vocabulary import Vocabulary
from tests.headlines import RINGS, WAITS
from tests.words import vocabulary

START = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
FILED = timedelta(hours=4)  # a running bot has polled and judged by then; past six hours nothing rings

publishing = st.tuples(
    st.just("publish"), st.sampled_from(["daily", "post", "flash"]), st.booleans(), st.integers(0, 3)
)
carrying = st.tuples(st.just("carry"), st.sampled_from(["daily", "post"]), st.booleans(), st.integers(0, 9))
jumping = st.tuples(st.just("jump"), st.integers(1, 9 * 60))
stepping = st.tuples(
    st.sampled_from(["poll", "poll", "judge", "judge", "compose", "unfold", "deliver", "tidy", "all at once"])
)
acts_ = st.lists(
    publishing | publishing | carrying | jumping | stepping | stepping | stepping, min_size=25, max_size=80
)


@dataclass
class Told:
    """What was published, and when first."""

    at: dict[str, datetime] = field(default_factory=dict)
    unfiled: datetime | None = None  # since when something waits


@dataclass(frozen=True)
class House:
    """The parts of conftest.py that a game begins with."""

    situation: Any
    samples: Samples
    settings_of: Any


CATEGORY = {"daily": "kpop", "post": "korea"}
SCREEN = {"daily": "Screen", "post": "Series"}  # the section by which a paper files a story under drama


def is_korean(title: str) -> bool:
    return any("가" <= letter <= "힣" for letter in title)


def listed(headlines: Mapping[str, Sequence[str]], feed: str) -> list[str]:
    """Headlines for a feed, in its language."""
    if feed == "flash":
        return [title for titles in headlines.values() for title in titles if is_korean(title)]
    return [title for title in (*headlines[CATEGORY[feed]], *headlines["drama"]) if not is_korean(title)]


async def act(room: Any, told: Told, one: tuple[Any, ...]) -> None:
    match one:
        case ("publish", feed, breaking, minutes):
            headlines = RINGS if breaking or feed == "flash" else WAITS
            unused = [title for title in listed(headlines, feed) if title not in told.at]
            if unused:
                publish(room, told, unused[0], feed, age=timedelta(minutes=minutes))
        case ("carry", feed, on_screen, number) if told.at:
            title = list(told.at)[number % len(told.at)]
            if is_korean(title):
                return
            if room.time - told.at[title] < timedelta(hours=20):  # past two days a title is another story's
                publish(room, told, title, feed, *([SCREEN[feed]] if on_screen else []))
        case ("jump", minutes):
            if told.unfiled and room.time + timedelta(minutes=minutes) - told.unfiled > FILED:
                await file_all(room, told)
            room.jump(minutes=minutes)
        case (name,):
            await steps(room)[name]()


def steps(room: Any) -> dict[str, Callable[[], Awaitable[object]]]:
    judging = room.judge_once
    return {
        "poll": room.poll,
        "judge": judging,
        "compose": room.compose,
        "unfold": room.unfold,
        "deliver": room.deliver,
        "tidy": room.tidy,
        "all at once": lambda: asyncio.gather(judging(), room.compose(), room.unfold()),
    }


def publish(room: Any, told: Told, title: str, feed: str, *tags: str, age: timedelta = timedelta()) -> None:
    room.publish(title, feed, *tags, at=room.time - age)
    told.at.setdefault(title, room.time)
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


async def filed(room: Any) -> dict[str, set[str]]:
    """Under which categories the newsroom filed each story, by its title."""
    found: dict[str, set[str]] = {}
    entries, filings = tables.entries, tables.filings
    for title, category in await room.rows(
        select(entries.c.title, filings.c.category).join(filings, filings.c.story_id == entries.c.story_id)
    ):
        found.setdefault(title, set()).add(category)
    return found


def told_to(room: Any, chat: Chat) -> Counter[str]:
    return Counter(title for message in room.received[chat.id] for title in (*message.titles, *message.also))


def not_to_be_missed(room: Any, chat: Chat) -> set[str]:
    """What stood in a digest although the chat does not follow it, since it rang for others."""
    return {
        card.version("en").title
        for message in room.received[chat.id]
        if isinstance(message.content, DigestContent)
        for card in message.content.missed
    }


def by_title_alone() -> Vocabulary:
    """What is told in other words is another story: here the way to the readers is looked at, not the judgement."""
    never = 1e9
    return replace(vocabulary(), weights=Weights(joins=never, across=never, absorbs=never, gathers=never))


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
        room.judging = Judge(store, configured, by_title_alone, now=room.now)
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
            "on screen": (await room.subscribe("drama"), {"drama"}),
            "all of it": (await room.subscribe("kpop", "drama", "korea"), {"kpop", "drama", "korea"}),
            "follows nothing": (await room.subscribe(), set()),
        }
        told = Told()
        for one in acts:
            await act(room, told, one)
        await end(room, told)
        under = await filed(room)
        apart = await room.rows(
            select(tables.entries.c.story_id, tables.entries.c.title, tables.entries.c.seen_at)
        )
        note("\n".join(str(tuple(row)) for row in apart))
        assert len(await room.column(tables.stories.c.id)) == len(under) == len(told.at)
        for who, (chat, wanted) in readers.items():
            expected = {title for title, categories in under.items() if categories & wanted}
            note(f"{who}: {room.received[chat.id]}")
            heard, missed = told_to(room, chat), not_to_be_missed(room, chat)
            assert heard == Counter(expected | missed), who
        kinds = Counter(message.kind for chat, _ in readers.values() for message in room.received[chat.id])
        event(f"{kinds['alert'] // 5 * 5} alerts or more")
        event(f"{kinds['digest'] // 5 * 5} digests or more")
        event(f"{len(told.at) // 5 * 5} stories or more")


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


# No shrinking: a game takes a second, and shrinking thousands.
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(acts=acts_)
def test_every_story_reaches_every_chat_that_follows_it_once(
    acts: list[tuple[Any, ...]], migrated: Path, tmp_path: Path, house: House
) -> None:
    for old in tmp_path.glob("sosik.db*"):
        old.unlink()
    asyncio.run(play(acts, Path(shutil.copy(migrated, tmp_path / "sosik.db")), house))
