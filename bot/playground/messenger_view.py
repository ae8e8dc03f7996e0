"""What the messenger's page sees: everything at once, then each change as it happens."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime

from bot.playground.messenger_questions import ZONE
from bot.playground.messenger_shapes import (
    Shape,
    chat_shape,
    message_shape,
    moment,
    paper_titles,
    sample_shape,
    stories_by_link,
)
from bot.playground.newsroom import Newsroom
from bot.playground.telegram import Chat, Event, Message, Telegram

HEARTBEAT = 1.0  # seconds after which a stream looks for what no event tells: the clock, commands, stories
DRIFT = 0.4  # seconds that a page's clock may be off before it is told
REMINDER = 15.0  # seconds after which it is told anyway


class View:
    """The shown chats, the newsroom's panel and the clock. `now` is the emulated time."""

    def __init__(
        self, telegram: Telegram, newsroom: Newsroom, chats: Sequence[Chat], now: Callable[[], datetime]
    ) -> None:
        """Nothing is watched before a page asks."""
        self._telegram = telegram
        self._newsroom = newsroom
        self._chats = {chat.id: chat for chat in chats}
        self._now = now
        self.samples = newsroom.fresh  # a published one leaves the newsroom's own list, not the panel

    async def stream(self) -> AsyncIterator[tuple[str, Shape]]:
        """The state, then each change, by name."""
        news = (
            self._telegram.subscribe()
        )  # before the state is taken: what happens meanwhile comes twice, not never
        state = self.state()
        told = Told(state, time.monotonic())
        yield "state", state
        while True:
            try:
                event = await asyncio.wait_for(anext(news), HEARTBEAT)
            except TimeoutError:
                event = None
            for change in (*self._of(event), *self._unannounced(told)):
                yield change

    def _of(self, event: Event | None) -> Iterator[tuple[str, Shape]]:
        """An event of the emulation as the page is told of it."""
        shown_id = self._shown_id(event.chat) if event is not None else None
        if event is None or shown_id is None:
            return
        message = event.message
        match event.kind:
            case "message" | "edited" if message is not None and not message.deleted:
                yield "message", {"chat": shown_id, "message": self._message(message)}
            case "deleted" if message is not None:
                yield "gone", {"chat": shown_id, "message": message.id}
            case "action":
                yield "action", {"chat": shown_id, "action": event.detail.get("action", "typing")}
            case "answered":
                answer = event.detail
                yield (
                    "answer",
                    {
                        "query": str(answer.get("callback", "")),
                        "chat": shown_id,
                        "text": answer.get("text") or "",
                        "alert": bool(answer.get("show_alert")),
                        "url": answer.get("url"),
                    },
                )

    def _unannounced(self, told: "Told") -> Iterator[tuple[str, Shape]]:
        """What changed without an event: roles, blocks and commands, the stories, the clock."""
        if any(self.chat(shown_id).id != told.heads[shown_id]["telegram"] for shown_id in self._chats):
            state = self.state()  # a group moved: its messages are others, with ids of their own
            told.heads = heads(state)
            yield "state", state
        for shown_id in self._chats:
            head = self._head(shown_id)
            if told.heads.get(shown_id) != head:
                told.heads[shown_id] = head
                yield "chat", head
        panel = self.panel()
        if told.panel != panel:
            told.panel = panel
            yield "samples", {"samples": panel}
        now, passed = self._now(), time.monotonic() - told.at
        if passed > REMINDER or abs((now - told.now).total_seconds() - passed) > DRIFT:
            told.now, told.at = now, time.monotonic()
            yield "clock", {"now": moment(now)}

    def state(self) -> Shape:
        """Everything the page shows."""
        stories, papers = stories_by_link(self._newsroom), paper_titles(self._newsroom)
        bot = self._telegram.bot
        return {
            "now": moment(self._now()),
            "zone": ZONE.key,
            "bot": {"id": bot.id, "name": bot.first_name, "username": bot.username or ""},
            "chats": [
                {
                    **self._head(shown_id),
                    "messages": [message_shape(each, stories, papers) for each in self.chat(shown_id).live],
                }
                for shown_id in self._chats
            ],
            "samples": self.panel(),
        }

    def _message(self, message: Message) -> Shape:
        return message_shape(message, stories_by_link(self._newsroom), paper_titles(self._newsroom))

    def _head(self, shown_id: int) -> Shape:
        return chat_shape(self.chat(shown_id), shown_id, self._telegram.world.commands)

    def panel(self) -> list[Shape]:
        """The stories one can publish, and those that were."""
        out = {story.id: story.at for story in self._newsroom.stories}
        feeds = {feed.name: feed for feed in self._newsroom.feeds}
        return [
            sample_shape(sample, feeds[sample.feed].title, feeds[sample.feed].language, out.get(sample.id))
            for sample in self.samples
        ]

    def chat(self, shown_id: int) -> Chat:
        """The chat that stands at a place of the list; a group that became a supergroup keeps its place.

        KeyError for a chat that is not shown.
        """
        chat = self._chats[shown_id]
        while chat.migrated_to is not None:
            chat = self._telegram.world.chats[chat.migrated_to]
        return chat

    def _shown_id(self, chat: Chat) -> int | None:
        return next((shown_id for shown_id in self._chats if self.chat(shown_id) is chat), None)


class Told:
    """What one page was told last of the things that no event announces."""

    def __init__(self, state: Shape, at: float) -> None:
        """`at` is monotonic seconds."""
        self.heads = heads(state)
        self.panel = state["samples"]
        self.now = datetime.fromisoformat(state["now"])
        self.at = at


def heads(state: Shape) -> dict[int, Shape]:
    """The chats of a state without their messages, by id."""
    return {
        chat["id"]: {name: value for name, value in chat.items() if name != "messages"}
        for chat in state["chats"]
    }
