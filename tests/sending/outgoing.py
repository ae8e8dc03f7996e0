"""A sender with readers on the other side: owe them something, let it work, look at what they got."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any, Self

import aiosqlite
import psycopg
from sqlalchemy import func, insert, select, update
from telegram.ext import ExtBot

from bot.formatter.render import Formatter
from bot.loop import Loop
from bot.playground.telegram import Chat, Message, Person, Telegram
from bot.sending.rendering import Renderer
from bot.sending.sender import Sender
from bot.texts import Texts
from bot.texts.cities import Gazetteer
from digests.model import (
    Address,
    AlertContent,
    Alerts,
    Card,
    ChatId,
    ChatKind,
    DeliveryId,
    DigestContent,
    EditionId,
    Entry,
    FeedId,
    Keyed,
    Language,
    NewChat,
    Owed,
    Priority,
    Quiet,
    Revision,
    Section,
    Share,
    State,
    StoryId,
    Subject,
    Version,
)
from digests.settings import Category, FeedSettings, Settings
from digests.store import chats, editions, entries, feeds, outbox, revisions, subscriptions, tables
from digests.store.engine import Store

PATIENCE = 30.0  # seconds; what is awaited takes milliseconds, a busy machine may take longer
HOUR = timedelta(hours=1)
SETTINGS = Settings(
    categories=(
        Category("kpop", {"en": "K-pop", "ko": "케이팝"}),
        Category("drama", {"en": "Drama", "ko": "드라마"}),
    ),
    feeds=(),
)


@dataclass(frozen=True)
class Reader:
    """A chat on both sides."""

    id: ChatId
    there: Chat  # as Telegram has it
    person: Person
    thread: int = 0


def card(
    title: str, story: int = 1, at: datetime = datetime(2026, 11, 24, 8, 30, tzinfo=UTC), **more: Any
) -> Card:
    english = Version("en", title, f"https://news.example/{story}", "Daily", excerpt=more.pop("excerpt", ""))
    return Card(StoryId(story), at, ("kpop",), {"en": english}, **more)


@dataclass
class Office:
    """`store`, `telegram` and `bot` are real; the clock is set by hand. Used as a context, it ends what it began."""

    store: Store
    telegram: Telegram
    bot: ExtBot[int]
    clock: Any
    settings: Settings = SETTINGS
    messages_per_second: float = 300  # of the sender alone: so many that SLOTS are under way
    run: str = "run"
    formatter: Formatter = field(init=False)
    sender: Sender = field(init=False)
    _gazetteer: Gazetteer = field(init=False)
    _loop: Loop = field(init=False)
    _task: "asyncio.Task[None] | None" = None
    _made: int = 0

    async def __aenter__(self) -> Self:
        self._gazetteer = Gazetteer.load()
        self.formatter = Formatter(Texts.load(), self.settings.categories)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # Who reads

    async def reader(self, *follows: str, name: str = "", **more: Any) -> Reader:
        """Somebody who pressed Start and follows categories since yesterday."""
        self._made += 1
        person = self.telegram.person(name or f"Reader {self._made}")
        self.telegram.start(person)
        return await self._known(self.telegram.private(person), person, follows, ChatKind.PRIVATE, **more)

    async def group(
        self, *follows: str, topics: int = 0, supergroup: bool = True, **more: Any
    ) -> list[Reader]:
        """A group with the bot in it; with `topics`, each of them as a chat of its own."""
        self._made += 1
        owner = self.telegram.person(f"Owner {self._made}")
        there = self.telegram.group(
            f"Fans {self._made}", owner=owner, supergroup=supergroup, forum=topics > 0
        )
        self.telegram.add_bot(there, by=owner)
        kind = ChatKind.SUPERGROUP if supergroup else ChatKind.GROUP
        threads = [self.telegram.topic(there, f"Topic {number}") for number in range(topics)] or [0]
        return [await self._known(there, owner, follows, kind, thread=one, **more) for one in threads]

    async def _known(
        self,
        there: Chat,
        person: Person,
        follows: tuple[str, ...],
        kind: ChatKind,
        *,
        thread: int = 0,
        language: Language = "en",
        zone: str = "Asia/Seoul",
        alerts: Alerts = Alerts.ON,
        quiet: Quiet | None = None,
        times: tuple[time, ...] = (time(8, 0),),
        since: datetime | None = None,
    ) -> Reader:
        now = self.clock()
        new = NewChat(kind, language, zone, quiet, times, now + 14 * HOUR if times else None)
        async with self.store.writing() as tx:
            chat = await chats.ensure(tx, Address(there.id, thread), new, now)
            await chats.change(tx, chat.id, alerts=alerts)
            await subscriptions.add(tx, chat.id, follows, since or now - 24 * HOUR)
        return Reader(chat.id, there, person, thread)

    # What they are owed

    async def announce(
        self,
        title: str,
        *categories: str,
        worth: timedelta = 6 * HOUR,
        follows: frozenset[Subject] = frozenset(),
    ) -> EditionId:
        """A breaking story for all who follow one of the categories, or of the subjects with alerts."""
        now = self.clock()
        async with self.store.writing() as tx:
            story = StoryId(
                await tx.value(
                    insert(tables.stories)
                    .values(at=now, created_at=now, alerted_at=now)
                    .returning(tables.stories.c.id)
                )
            )
            edition = await editions.add(tx, AlertContent(card(title, story, now)), now, story=story)
            await editions.announce(
                tx, edition, story, categories, decided_at=now, expires_at=now + worth, follows=follows
            )
        return edition

    async def tell(self, edition: EditionId, title: str) -> None:
        """A feed brings an entry of the story that an edition tells."""
        story = await self.story_of(edition)
        async with self.store.writing() as tx:
            wanted = FeedSettings(url="https://news.example/feed", name="Daily", categories=())
            await feeds.settle_with(tx, [wanted], self.clock())
            feed = FeedId(await tx.value(select(tables.feeds.c.id)))
            keyed = Keyed(Entry(key=title, title=title), 1, "", "")
            await entries.add(tx, feed, [keyed], seen_at=self.clock(), history=False)
            await tx.execute(update(tables.entries).values(story_id=story, judged_at=self.clock()))

    async def turn(
        self, story: StoryId, number: int, title: str, *categories: str, sensitive: str = ""
    ) -> EditionId:
        """A development of a story that rang."""
        now = self.clock()
        content = AlertContent(card(title, story, now), turn=number, sensitive=sensitive)
        async with self.store.writing() as tx:
            edition = await editions.add(tx, content, now, story=story)
            await editions.announce(
                tx,
                edition,
                story,
                categories,
                decided_at=now,
                expires_at=now + 6 * HOUR,
                turn=number,
                silent=bool(sensitive),
            )
        return edition

    async def edit(
        self, story: StoryId, number: int, content: AlertContent, *, languages: Collection[str] = ()
    ) -> EditionId:
        """A revision of a story's last ring."""
        now = self.clock()
        revision = Revision(content.turn, number, content, "sources", frozenset(languages))
        async with self.store.writing() as tx:
            return await revisions.revise(tx, story, revision, decided_at=now, expires_at=now + 6 * HOUR)

    async def story_of(self, edition: EditionId) -> StoryId:
        """The story that an edition tells."""
        async with self.store.reading() as tx:
            return StoryId(
                await tx.value(select(tables.editions.c.story_id).where(tables.editions.c.id == edition))
            )

    async def edition(self, *titles: str, alert: bool = False, excerpt: str = "") -> EditionId:
        """A digest of stories, or an alert of one."""
        now = self.clock()
        self._made += 1
        first = 1_000 * self._made
        cards = tuple(
            card(title, first + number, now, excerpt=excerpt) for number, title in enumerate(titles)
        )
        digest = DigestContent(now - 24 * HOUR, now, (Section("kpop", cards),) if cards else ())
        async with self.store.writing() as tx:
            return await editions.add(tx, AlertContent(cards[0]) if alert else digest, now)

    async def owe(
        self,
        reader: Reader,
        edition: EditionId,
        *,
        alert: bool = False,
        key: str = "",
        worth: timedelta = 6 * HOUR,
        share: Share | None = None,
        silent: bool = False,
    ) -> DeliveryId:
        """A debt to one chat that is due now."""
        self._made += 1
        now = self.clock()
        owed = Owed(
            reader.id,
            key or f"made:{self._made}",
            edition,
            Priority.ALERT if alert else Priority.DIGEST,
            State.OWED,
            now,
            now + worth,
            silent=silent,
            share=share or Share(),
        )
        async with self.store.writing() as tx:
            (made,) = await outbox.owe(tx, [owed], now)
        return made

    async def spoil(self, edition: EditionId) -> None:
        """Make an edition one that nobody can read."""
        async with self.store.writing() as tx:
            await tx.execute(
                update(tables.editions).where(tables.editions.c.id == edition).values(content={"nonsense": 1})
            )

    # The sender at work

    def start(self) -> Sender:
        """Let a sender work, until `stop`."""
        self.sender = Sender(
            self.store,
            self.settings,
            Renderer(self.store, self.formatter, self._gazetteer),
            self.bot,
            run=self.run,
            now=self.clock,
            chance=lambda: 0.5,
            messages_per_second=self.messages_per_second,
            wake=self._wake,
        )
        self._loop = Loop("send", self.sender.step)
        self._task = asyncio.create_task(self._loop.run())
        return self.sender

    def _wake(self) -> None:
        self._loop.wake()

    async def stop(self, seconds: float = PATIENCE) -> None:
        task, self._task = self._task, None
        if task:
            self._loop.stop()
            await self.sender.stop(seconds)
            await task

    async def send(self) -> None:
        """Let a sender work until nothing is due any more."""
        self.start()
        await self.until_idle()
        await self.stop()

    async def until_idle(self) -> None:
        """Wait until nothing is due any more."""
        async with asyncio.timeout(PATIENCE):
            while await self._due():
                await asyncio.sleep(0.005)

    async def _due(self) -> bool:
        open_ = select(func.count()).where(tables.broadcasts.c.done_at.is_(None))
        due = select(func.count()).where(
            tables.deliveries.c.state == "owed", tables.deliveries.c.due_at <= self.clock()
        )
        async with self.store.reading() as tx:
            return bool(await tx.value(open_) or await tx.value(due))

    @asynccontextmanager
    async def writers_held(self) -> AsyncIterator[None]:
        """Somebody else holds the database: whoever wants to write a delivery waits."""
        if self.store.is_sqlite:
            async with aiosqlite.connect(str(self.store.url.database), isolation_level=None) as other:
                await other.execute("BEGIN EXCLUSIVE")
                yield
                await other.execute("ROLLBACK")
        else:
            url = self.store.url.render_as_string(hide_password=False)
            async with await psycopg.AsyncConnection.connect(url) as other:
                await other.execute("LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE")
                yield
                await other.rollback()

    # What became of it

    def got(self, reader: Reader) -> list[Message]:
        """The bot's messages in a chat."""
        return self.telegram.received(reader.there, thread=reader.thread or None)

    def asked(self, reader: Reader) -> int:
        """How many messages to a chat were tried."""
        return len(self.telegram.calls_of("sendMessage", reader.there))

    def answered(self, reader: Reader) -> int:
        """How many messages to a chat were taken, and the bot told so."""
        return sum(call.ok for call in self.telegram.calls_of("sendMessage", reader.there))

    async def rows(self, reader: Reader | None = None) -> list[Any]:
        """The rows of the outbox, oldest first."""
        table = tables.deliveries
        wanted = select(table).order_by(table.c.id)
        async with self.store.reading() as tx:
            return list(await tx.rows(wanted.where(table.c.chat_id == reader.id) if reader else wanted))

    async def states(self, reader: Reader | None = None) -> list[State]:
        """What became of the debts, oldest first."""
        return [State(row.state) for row in await self.rows(reader)]

    async def kept(self, reader: Reader) -> Any:
        """The chat as we keep it."""
        async with self.store.reading() as tx:
            return (await chats.by_ids(tx, [reader.id]))[reader.id]
