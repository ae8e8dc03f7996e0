"""A newsroom in a situation: publishers on this machine, a clock set by hand, and the steps as verbs."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Select, select

from bot.playground.newsroom import Behaviour, Newsroom
from bot.playground.sample_news import Paper, Samples
from bot.playground.telegram import Server
from digests.compose import Composed, compose
from digests.editions.alerts import decide
from digests.editions.digest import pick
from digests.editions.timetable import next_due, zone_of
from digests.feeds.fetch import Fetcher
from digests.judge import Judge, Judged
from digests.look import Polled
from digests.model import (
    Address,
    AlertContent,
    Alerts,
    Chat,
    ChatKind,
    DigestContent,
    Filed,
    NewChat,
    Owed,
    Quiet,
    Ranking,
    State,
)
from digests.poll import Poller
from digests.settings import Category, DigestSettings, FeedSettings, PollingSettings, Settings
from digests.store import chats, editions, feeds, outbox, subscriptions, tables
from digests.store.engine import Store
from digests.store.feeds import FeedState
from digests.store.outbox import Settlement
from digests.tidy import Tidied, tidy
from tests.words import vocabulary

MORNING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # 09:30 in Seoul: the digest of 08:00 is past
PAPERS = (
    Paper("daily", "Daily", "en", "/feeds/daily.xml", ("kpop",), {"Screen": "drama", "Vegetables": "gone"}),
    Paper("post", "The Post", "en", "/feeds/post.xml", ("korea",), {"K-pop": "kpop", "Series": "drama"}),
    Paper("flash", "Flash", "ko", "/feeds/flash.xml", ("korea",), {}, breaking=True),
)


@dataclass(frozen=True)
class Message:
    """What a chat received."""

    kind: str  # "alert" or "digest"
    at: datetime
    titles: tuple[str, ...]
    also: tuple[str, ...] = ()
    more: int = 0
    asks_zone: bool = False
    content: AlertContent | DigestContent | None = field(default=None, compare=False)


@dataclass
class Situation:
    """The steps over one store, told the time by `time`."""

    store: Store
    press: Newsroom
    fetcher: Fetcher
    settings: Settings
    time: datetime = MORNING
    received: dict[int, list[Message]] = field(default_factory=lambda: defaultdict(list))
    made: int = 0
    judging: Judge | None = None

    def now(self) -> datetime:
        return self.time

    def jump(self, **delta: float) -> None:
        self.time += timedelta(**delta)

    def clock(self, wall: str, zone: str = "Asia/Seoul") -> datetime:
        """Make it the next time that clocks in `zone` show `wall` (with a date: that date's)."""
        if len(wall) > 5:
            self.time = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        else:
            due = next_due([time.fromisoformat(wall)], zone_of(zone), self.time)
            assert due
            self.time = due
        return self.time

    def digests_are(self, **digest: Any) -> None:
        self.settings = replace(self.settings, digest=replace(self.settings.digest, **digest))

    def poller(self, **more: Any) -> Poller:
        return Poller(self.store, self.fetcher, self.settings, run="test", now=self.now, **more)

    def publish(self, title: str, feed: str = "daily", *tags: str, **more: Any) -> str:
        """Print a story; what stands below the title says no more than the title, as with many publishers."""
        self.press.publish_text(feed, title, f"{title}.", tags=tags, **more)
        return title

    def misbehave(self, feed: str, **behaviour: Any) -> None:
        self.press.misbehave(feed, Behaviour(**behaviour))

    async def poll(self) -> dict[str, Polled]:
        """Poll every feed, whatever its time."""
        return {polled.feed: polled for polled in await self.poller().all_once()}

    async def judge(self) -> list[Filed]:
        filed: list[Filed] = []
        while (step := await self.judge_once()).entries:
            filed += step.entries
        return filed

    async def judge_once(self, now: Callable[[], datetime] | None = None) -> Judged:
        """One step of a judge that lives as long as this situation; with a clock of its own, of another."""
        if now:
            return await Judge(self.store, self.settings, vocabulary, now=now).step()
        if self.judging is None:
            self.judging = Judge(self.store, self.settings, vocabulary, now=self.now)
        self.judging.heed(self.settings)
        return await self.judging.step()

    async def news(self) -> list[Filed]:
        """Poll and judge."""
        await self.poll()
        return await self.judge()

    async def compose(self) -> Composed:
        return await compose(self.store, self.settings, self.now)

    async def tidy(self) -> Tidied:
        return await tidy(self.store, self.settings, self.time)

    async def digest(self) -> Composed:
        """Compose and send."""
        composed = await self.compose()
        await self.deliver()
        return composed

    async def subscribe(
        self,
        *categories: str,
        zone: str = "Asia/Seoul",
        at: Sequence[str] = ("08:00",),
        alerts: Alerts = Alerts.ON,
        quiet: Quiet | None = None,
        zone_known: bool = True,
        zone_asks: int = 1,
    ) -> Chat:
        self.made += 1
        times = tuple(time.fromisoformat(one) for one in at)
        new = NewChat(ChatKind.PRIVATE, "en", zone, quiet, times, next_due(times, zone_of(zone), self.time))
        async with self.store.writing() as tx:
            chat = await chats.ensure(tx, Address(self.made), new, self.time)
            await subscriptions.add(tx, chat.id, categories, self.time)
            return await chats.change(tx, chat.id, alerts=alerts, zone_known=zone_known, zone_asks=zone_asks)

    async def set_times(self, chat: Chat, *at: str) -> Chat:
        """What `/digest 07:30` does."""
        times = tuple(time.fromisoformat(one) for one in at)
        async with self.store.writing() as tx:
            due = next_due(times, zone_of(chat.zone), self.time)
            return await chats.change(tx, chat.id, digest_times=times, next_digest_at=due)

    async def chat(self, chat: Chat) -> Chat:
        async with self.store.reading() as tx:
            return (await chats.by_ids(tx, [chat.id]))[chat.id]

    async def feed(self, name: str = "daily") -> FeedState:
        async with self.store.reading() as tx:
            return next(state for state in await feeds.states(tx) if state.name == name)

    async def rows(self, statement: Select[Any]) -> Sequence[Any]:
        async with self.store.reading() as tx:
            return await tx.rows(statement)

    async def column(self, column: Any) -> list[Any]:
        return [row[0] for row in await self.rows(select(column).order_by(column))]

    async def deliveries(self, kind: str = "") -> Sequence[Any]:
        table = tables.deliveries
        return await self.rows(select(table).where(table.c.key.startswith(kind)).order_by(table.c.id))

    async def unfold(self) -> None:
        """What the sender does with broadcasts."""
        while True:
            async with self.store.writing() as tx:
                broadcast = await editions.undone(tx)
                if broadcast is None:
                    return
                block = await editions.candidates(tx, broadcast, self.time, 1_000)
                decided = [
                    decide(
                        one,
                        broadcast,
                        rules=self.settings.breaking,
                        zone=zone_of(one.chat.zone),
                        now=self.time,
                    )
                    for one in block
                ]
                await outbox.owe(tx, [one for one in decided if isinstance(one, Owed)], self.time)
                await editions.advance(tx, broadcast, block[-1].chat.id if block else None, self.time)

    async def deliver(self) -> None:
        """Unfold, and send what is owed: all of it arrives."""
        await self.unfold()
        async with self.store.writing() as tx:
            claimed = await outbox.claim(
                tx, "test", self.time, lease_until=self.time, limit=10_000, in_hand=False
            )
            wanted = {one.edition for one in claimed} | {also for one in claimed for also in one.share.also}
            found = await editions.by_ids(tx, wanted)
            await outbox.settle(tx, [Settlement(one.id, State.SENT) for one in claimed], self.time)
        for one in claimed:
            content = found[one.edition].content
            if isinstance(content, Ranking):
                content = pick(content, one.share.without)
            self.received[one.chat.id].append(
                Message(
                    kind=found[one.edition].kind.value,
                    at=self.time,
                    titles=titles(content),
                    also=tuple(title for also in one.share.also for title in titles(found[also].content)),
                    more=content.more if isinstance(content, DigestContent) else 0,
                    asks_zone=one.share.ask_zone,
                    content=content,
                )
            )

    def got(self, chat: Chat, kind: str = "") -> list[tuple[str, ...]]:
        """The titles of each message that a chat received."""
        return [one.titles for one in self.received[chat.id] if one.kind.startswith(kind)]


def titles(content: AlertContent | DigestContent) -> tuple[str, ...]:
    if isinstance(content, AlertContent):
        return (content.card.version("en").title,)
    return tuple(card.version("en").title for card in content.cards)


def settings_of(press: Newsroom) -> Settings:
    return Settings(
        categories=tuple(Category(slug, {"en": slug}) for slug in ("kpop", "drama", "korea")),
        feeds=tuple(
            FeedSettings(
                url=one.url,
                name=one.name,
                categories=one.categories,
                category_map=one.category_map,
                language=one.language,
                breaking=one.breaking,
            )
            for one in press.feeds
        ),
        polling=PollingSettings(allow_private_hosts=True),
        digest=DigestSettings(),
    )


@pytest.fixture
async def new_newsroom(store: Store) -> AsyncIterator[Situation]:
    """Feeds are configured, and none was ever polled."""
    time_ = [MORNING]
    address = [""]
    press = Newsroom(lambda: time_[0], lambda: address[0], samples=Samples(PAPERS, (), ()), stocked=False)
    async with Server(press.app) as server:
        address[0] = server.url
        settings = settings_of(press)
        async with Fetcher(settings.polling) as fetcher:
            situation = Situation(store, press, fetcher, settings)
            press._now = situation.now  # the publishers look at the same clock
            async with store.writing() as tx:
                await feeds.settle_with(tx, settings.feeds, situation.time)
            yield situation
            for task in asyncio.all_tasks():
                if task.get_name().startswith("poll "):
                    task.cancel()


@pytest.fixture
async def newsroom(new_newsroom: Situation) -> Situation:
    """Every feed was polled once, when it was empty: what is published from now on is news."""
    assert all(not polled.error for polled in (await new_newsroom.poll()).values())
    new_newsroom.jump(minutes=1)
    return new_newsroom


@pytest.fixture(scope="session", name="settings_of")
def settings_of_the_press() -> Callable[[Newsroom], Settings]:
    return settings_of


@pytest.fixture(scope="session")
def papers() -> tuple[Paper, ...]:
    return PAPERS


@pytest.fixture(scope="session")
def situation() -> type[Situation]:
    return Situation
