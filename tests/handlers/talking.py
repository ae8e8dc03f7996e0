"""Talking to the bot: the real application on a real store, in front of the emulated Telegram."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.handlers.context import Desk
from bot.playground.telegram import Answer, Chat, Message, Person, Telegram
from digests.feeds.identity import link_key, title_key
from digests.judge import Judge
from digests.model import Address, Entry
from digests.model import Chat as Kept
from digests.settings import Settings
from digests.store import chats, entries, feeds, inbox, subscriptions
from digests.store.engine import Store
from digests.store.entries import Keyed
from tests.emulated import Hands
from tests.words import vocabulary

PATIENCE = 20.0  # seconds; a handler takes milliseconds, a busy machine may take longer


async def publish(
    store: Store,
    settings: Settings,
    clock: Hands,
    title: str,
    *,
    feed: str = "seoul-daily",
    tags: tuple[str, ...] = (),
    link: str = "",
    **more: Any,
) -> None:
    """A feed of the settings brings an entry, now, and it is judged."""
    address = link or f"https://{feed}.example/{zlib.crc32(title.encode())}"
    entry = Entry(
        key=address,
        title=title,
        link=address,
        published=clock(),
        tags=tags,
        source=more.pop("source", "Seoul Daily"),
        **more,
    )
    async with store.writing() as tx:
        await feeds.settle_with(tx, settings.feeds, clock())
        due = await feeds.claim(tx, "test", clock(), lease_until=clock(), limit=99, whatever=True)
        (wanted,) = [one for one in due if one.name == feed]
        keyed = Keyed(entry, 1, link_key(address), title_key(title))
        await entries.add(tx, wanted.id, [keyed], seen_at=clock(), history=False)
    await Judge(store, settings, vocabulary, now=clock).step()


@dataclass
class Talking:
    """People on one side, the bot with its inbox and queue on the other.

    `ann` has Telegram in English, `min` (민아) in Korean. Everything returns when the bot is done with it, replies
    included. Without `chat` it happens in the person's private chat.
    """

    telegram: Telegram
    desk: Desk
    store: Store
    settings: Settings
    clock: Hands
    ann: Person
    min: Person
    handled: set[int] = field(default_factory=set)
    in_hand: set[int] = field(default_factory=set)  # a handler commits, and replies after it
    woken: list[bool] = field(
        default_factory=list
    )  # one for each time that a handler said something may be due
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    async def say(
        self, person: Person, text: str, *, chat: Chat | None = None, thread: int | None = None, **more: Any
    ) -> list[Message]:
        """A person writes; gives what the bot sent there since, oldest first. It may be nothing."""
        where = chat or self.telegram.private(person)
        self.telegram.say(where, person, text, thread=thread, **more)
        return await self.new(where)

    async def hear(self, person: Person, text: str, **more: Any) -> str:
        """Like `say`; gives the words of all that the bot sent, as a person sees them."""
        return "\n\n".join(message.plain for message in await self.say(person, text, **more))

    async def press(
        self, person: Person, message: Message, button: str, *, chat: Chat | None = None
    ) -> Answer:
        """A person presses a button, by its label or data; gives the pop-up. What was sent or edited stands in the chat."""
        where = chat or self.telegram.private(person)
        answer = await self.telegram.press(where, person, message.id, button, timeout=PATIENCE)
        await self.quiet()
        return answer

    async def new(self, chat: Chat) -> list[Message]:
        """Wait until the bot is done; give what it sent in the chat after the last thing anybody wrote there."""
        await self.quiet()
        found: list[Message] = []
        for message in reversed(self.telegram.messages(chat)):
            if not message.from_bot:
                break
            found.append(message)
        return found[::-1]

    async def quiet(self) -> None:
        """Wait until everything that Telegram has to tell is handled."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._more.clear()
                waiting = {update["update_id"] for update in self.telegram.pending} - self.handled
                async with self.store.reading() as tx:
                    left = await inbox.count(tx)
                if not waiting and not left and not self.in_hand:
                    return
                try:
                    async with asyncio.timeout(0.02):  # the queue takes the update out after it was handled
                        await self._more.wait()
                except TimeoutError:
                    pass

    def watched(
        self, handle: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> Callable[[dict[str, Any]], Awaitable[None]]:
        """Note what was handled."""

        async def watching(body: dict[str, Any]) -> None:
            self.in_hand.add(body["update_id"])
            try:
                await handle(body)
            finally:
                self.in_hand.discard(body["update_id"])
                self.handled.add(body["update_id"])
                self._more.set()

        return watching

    async def kept(self, where: Person | Chat, thread: int = 0) -> Kept:
        """What the store keeps of a chat. Raises LookupError for one it does not know."""
        found = await self.kept_or_none(where, thread)
        if found is None:
            raise LookupError(f"nothing is kept of {where}")
        return found

    async def kept_or_none(self, where: Person | Chat, thread: int = 0) -> Kept | None:
        async with self.store.reading() as tx:
            return await chats.at(tx, Address(where.id, thread))

    async def followed(self, where: Person | Chat, thread: int = 0) -> frozenset[str]:
        """The categories that a chat follows; none for one that is not known."""
        kept = await self.kept_or_none(where, thread)
        if kept is None:
            return frozenset()
        async with self.store.reading() as tx:
            return await subscriptions.of(tx, kept.id)

    async def publish(self, title: str, **more: Any) -> None:
        """A feed of the settings brings an entry, now, and it is judged."""
        await publish(self.store, self.settings, self.clock, title, **more)
