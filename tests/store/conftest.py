"""What the store's tests are about: chats, feeds, entries and stories, made with as little said as possible."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from digests.model import (
    Address,
    AlertContent,
    Begins,
    Broadcast,
    Card,
    Chat,
    ChatId,
    ChatKind,
    Decision,
    EditionId,
    Entry,
    FeedId,
    Filed,
    Joins,
    NewChat,
    Owed,
    Priority,
    Reason,
    State,
    StoryId,
    Version,
)
from digests.settings import FeedSettings
from digests.store import chats, editions, entries, feeds, outbox, stories, subscriptions, tables
from digests.store.engine import Writing

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Newsroom:
    """Makes what a test needs, by the store's own doors, and counts so that nothing is made twice."""

    now: datetime = NOW
    made: int = 0

    async def chat(
        self, tx: Writing, telegram_id: int, *follows: str, thread: int = 0, since: datetime | None = None
    ) -> Chat:
        new = NewChat(
            ChatKind.PRIVATE if telegram_id > 0 else ChatKind.GROUP,
            "ko",
            "Asia/Seoul",
            None,
            (time(8, 0),),
            self.now + DAY,
        )
        chat = await chats.ensure(tx, Address(telegram_id, thread), new, self.now)
        await subscriptions.add(tx, chat.id, follows, since or self.now - DAY)
        return chat

    async def feed(self, tx: Writing, name: str = "daily") -> FeedId:
        known = {state.name: state.url for state in await feeds.states(tx)}
        wanted = known | {name: f"https://news.example/{name}"}
        every = [FeedSettings(url=url, name=called, categories=()) for called, url in wanted.items()]
        await feeds.settle_with(tx, every, self.now)
        return FeedId(await tx.value(select(tables.feeds.c.id).where(tables.feeds.c.name == name)))

    def keyed(self, title: str = "", **more: Any) -> entries.Keyed:
        self.made += 1
        title = title or f"소식 {self.made}"
        fields: dict[str, Any] = {"link_key": f"link of {title}", "title_key": title.lower(), "key": title}
        fields |= more
        entry = Entry(
            key=fields.pop("key"),
            title=title,
            **{name: fields.pop(name) for name in list(fields) if name not in {"link_key", "title_key"}},
        )
        return entries.Keyed(entry, 1, fields["link_key"], fields["title_key"])

    async def story(
        self,
        tx: Writing,
        *categories: str,
        at: datetime | None = None,
        joins: StoryId | None = None,
        feed: str = "daily",
        title: str = "",
        rings: bool = False,
        source: str = "",
        history: bool = False,
    ) -> StoryId:
        await entries.add(
            tx,
            await self.feed(tx, feed),
            [self.keyed(title, source=source)],
            seen_at=at or self.now,
            history=history,
        )
        (unjudged,) = await entries.unjudged(tx, 10)
        filed = Filed(
            unjudged,
            Begins() if joins is None else Joins(joins, "link"),
            frozenset(categories),
            at or self.now,
            "ko",
            Decision(rings, (Reason("marker", "[속보]"),)),
        )
        return (await stories.file(tx, filed, self.now)).story

    async def edition(self, tx: Writing, story: StoryId | None = None) -> EditionId:
        card = Card(
            story or StoryId(1), self.now, ("kpop",), {"ko": Version("ko", "소식", "https://a.example", "A")}
        )
        return await editions.add(tx, AlertContent(card), self.now, story=story)

    async def broadcast(self, tx: Writing, *categories: str) -> Broadcast:
        story = await self.story(tx, *categories)
        await editions.announce(
            tx,
            await self.edition(tx, story),
            story,
            categories,
            decided_at=self.now,
            expires_at=self.now + timedelta(hours=6),
        )
        found = await editions.undone(tx)
        assert found
        return found

    def owed(self, chat: ChatId, edition: EditionId, key: str = "alert:1:1", **more: Any) -> Owed:
        fields: dict[str, Any] = {
            "priority": Priority.ALERT,
            "state": State.OWED,
            "due_at": self.now,
            "expires_at": self.now + DAY,
        }
        return Owed(chat=chat, key=key, edition=edition, **(fields | more))

    async def owe(
        self, tx: Writing, chats_: Collection[Chat], key: str = "alert:1:1", **more: Any
    ) -> tuple[Any, ...]:
        edition = await self.edition(tx)
        return await outbox.owe(tx, [self.owed(chat.id, edition, key, **more) for chat in chats_], self.now)


@pytest.fixture
def newsroom() -> Newsroom:
    return Newsroom()
