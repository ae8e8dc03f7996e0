"""Everything the emulated service remembers, and the few things that happen to it."""

import asyncio
import itertools
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.playground.telegram.faults import Faults
from bot.playground.telegram.journal import Answer, Call, Event
from bot.playground.telegram.limits import Gauge, Limits
from bot.playground.telegram.model import Chat, Message, Person, Shape, Status
from bot.playground.telegram.refusals import bad, forbidden, migrated
from bot.playground.telegram.schema import Schema
from bot.playground.telegram.updates import Updates

_KEPT_EVENTS = 10_000  # a page that reads no faster loses the oldest


class Subscription:
    """The events from the moment of subscribing on. Iterate it with `async for`."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=_KEPT_EVENTS)
        self._news = asyncio.Event()

    def put(self, event: Event) -> None:
        """Hand over an event."""
        self._events.append(event)
        self._news.set()

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> Event:
        while not self._events:
            self._news.clear()
            await self._news.wait()
        return self._events.popleft()


@dataclass(slots=True, eq=False)
class Pressed:
    """A pressed button that waits for its answer."""

    id: str
    chat: Chat
    person: Person
    answer: "asyncio.Future[Answer] | None" = None


@dataclass(slots=True, eq=False)
class World:
    """One bot's Telegram."""

    bot: Person
    token: str
    now: Callable[[], datetime]
    limits: Limits
    schema: Schema | None = None
    privacy_off: bool = False
    people: dict[int, Person] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    updates: Updates = field(default_factory=Updates)
    faults: Faults = field(default_factory=Faults)
    calls: list[Call] = field(default_factory=list)
    pressed: dict[str, Pressed] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Shape]] = field(default_factory=dict)  # (scope, language code)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)  # (name | description | …, language code)
    violations: list[str] = field(default_factory=list)  # requests that the Bot API does not describe
    gauge: Gauge = field(init=False)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    small_ids: "itertools.count[int]" = field(
        default_factory=lambda: itertools.count(1)
    )  # private chats, groups
    _subscribers: "weakref.WeakSet[Subscription]" = field(default_factory=weakref.WeakSet)
    _changes: list["asyncio.Future[None]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gauge = Gauge(self.limits)

    def subscribe(self) -> Subscription:
        """Events from now on."""
        subscription = Subscription()
        self._subscribers.add(subscription)
        return subscription

    def emit(self, event: Event) -> None:
        """Tell the pages and whoever waits."""
        for subscription in list(self._subscribers):
            subscription.put(event)
        changes, self._changes = self._changes, []
        for change in changes:
            if not change.done():
                change.set_result(None)

    async def change(self) -> None:
        """Wait for the next event of any kind."""
        change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._changes.append(change)
        try:
            await change
        finally:
            if change in self._changes:
                self._changes.remove(change)

    def add(self, message: Message) -> Message:
        """Put a new message into its chat and tell the pages."""
        message.chat.messages[message.id] = message
        self.emit(Event("message", message.chat, message))
        return message

    def next_id(self, chat: Chat) -> int:
        """A message id: counted per supergroup and channel, together for all other chats, as Telegram does."""
        if chat.kind in ("private", "group"):
            return next(self.small_ids)
        chat.last_id += 1
        return chat.last_id

    def set_status(self, chat: Chat, who: Person, status: Status, *, by: Person) -> None:
        """Somebody becomes something somewhere: my_chat_member for the bot, chat_member for anybody else."""
        old = member_shape(who, chat.status(who))
        chat.people[who.id] = who
        chat.members[who.id] = status
        body = {
            "chat": chat.as_api(),
            "from": by.as_api(),
            "date": int(self.now().timestamp()),
            "old_chat_member": old,
            "new_chat_member": member_shape(who, status),
        }
        if who is self.bot:
            self.updates.put("my_chat_member", body)
        elif chat.administers(self.bot):
            self.updates.put("chat_member", body)
        self.emit(Event("chat", chat))

    def chat(self, chat_id: int | str | None) -> Chat:
        """A chat the bot has met. Raises Refused as the server words it."""
        if chat_id is None or chat_id == "":
            raise bad("chat_id is empty")
        chat = self._find(chat_id)
        if chat is None or (chat.kind == "private" and not chat.started and not self._met(chat)):
            raise bad("chat not found")
        if chat.migrated_to is not None:
            raise migrated(chat.migrated_to)
        return chat

    def writable(self, chat_id: int | str | None) -> Chat:
        """A chat the bot may write to. Raises Refused as the server words it."""
        chat = self.chat(chat_id)
        if chat.kind == "private":
            if chat.deactivated:
                raise forbidden("user is deactivated")
            if chat.blocked:
                raise forbidden("bot was blocked by the user")
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
            return chat
        if chat.gone:
            raise forbidden("the group chat was deleted")
        self.require_member(chat)
        if chat.kind == "channel" and not chat.administers(self.bot):
            raise bad("need administrator rights in the channel chat")
        if chat.muted:
            raise bad("not enough rights to send text messages to the chat")
        return chat

    def require_member(self, chat: Chat) -> None:
        """Raise Refused unless the bot is in this group or channel."""
        status = chat.status(self.bot)
        if status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        if status == "left":
            if self.bot.id not in chat.members:
                raise bad("chat not found")
            raise forbidden(f"bot is not a member of the {chat.kind} chat")

    def _find(self, chat_id: int | str) -> Chat | None:
        if isinstance(chat_id, int):
            return self.chats.get(chat_id)
        if chat_id.startswith("@"):
            name = chat_id[1:].lower()
            return next((c for c in self.chats.values() if (c.username or "").lower() == name), None)
        try:
            return self.chats.get(int(chat_id))
        except ValueError:
            return None

    def _met(self, private: Chat) -> bool:
        """Whether the bot shares a group with somebody who has not written to it."""
        return private.person is not None and any(
            chat.has(private.person) and chat.has(self.bot)
            for chat in self.chats.values()
            if chat.kind != "private"
        )


_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_manage_topics",
)


def member_shape(who: Person, status: Status) -> Shape:
    """As a ChatMember."""
    shape: Shape = {"user": who.as_api(), "status": status}
    if status in ("creator", "administrator"):
        shape["is_anonymous"] = False
    if status == "administrator":
        shape |= {"can_be_edited": False, "can_promote_members": False, **dict.fromkeys(_RIGHTS, True)}
    if status == "kicked":
        shape["until_date"] = 0
    if status == "restricted":
        shape |= {"is_member": True, "until_date": 0}
    return shape
