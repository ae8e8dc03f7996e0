"""The people's side: what they write and press, and the updates that come of it."""

import asyncio
import re

from bot.playground.telegram.journal import Answer, Event
from bot.playground.telegram.model import ANONYMOUS, Chat, Message, Person, Version
from bot.playground.telegram.shown import escaped
from bot.playground.telegram.text import said
from bot.playground.telegram.world import Pressed, World

_FOR_OTHERS = re.compile(r"^/\w+@(\w+)")
_PAYLOAD = re.compile(r"^[A-Za-z0-9_-]{0,64}$")


def say(
    world: World,
    chat: Chat,
    person: Person,
    text: str,
    *,
    thread: int | None = None,
    anonymous: bool = False,
    reply_to: Message | int | None = None,
) -> Message:
    """A person writes. Raises ValueError where Telegram's own apps would not let them."""
    _require_may_write(chat, person, thread, anonymous=anonymous)
    spoken = said(text)
    if not spoken.text:
        raise ValueError("a message needs a text")
    replied = chat.messages.get(reply_to) if isinstance(reply_to, int) else reply_to
    channel = chat.kind == "channel"
    message = Message(
        id=world.next_id(chat),
        chat=chat,
        date=world.now(),
        sender=None if channel else ANONYMOUS if anonymous else person,
        sender_chat=chat if channel or anonymous else None,
        text=spoken.text,
        entities=spoken.entities,
        html=escaped(text),
        thread=thread if thread is not None else replied.thread if replied else None,
        reply_to=replied,
    )
    if chat.kind == "private":
        chat.started = True
    world.add(message)
    if hears(world, message):
        world.updates.put("channel_post" if channel else "message", message.as_api())
    return message


def edit(world: World, message: Message, text: str) -> None:
    """A person edits what they wrote. Raises ValueError for somebody else's message."""
    if message.from_bot or message.service or message.deleted:
        raise ValueError("people edit only what they wrote themselves")
    spoken = said(text)
    message.history.append(Version(message.text, message.entities, message.reply_markup, world.now()))
    message.text, message.entities, message.html = spoken.text, spoken.entities, escaped(text)
    message.edit_date = world.now()
    world.emit(Event("edited", message.chat, message))
    if hears(world, message):
        kind = "edited_channel_post" if message.chat.kind == "channel" else "edited_message"
        world.updates.put(kind, message.as_api())


def press(world: World, chat: Chat, person: Person, message_id: int, button: str) -> Pressed:
    """A person presses a button, by its label or data. Raises LookupError, or ValueError for one without data."""
    message = chat.messages.get(message_id)
    if message is None or message.deleted:
        raise LookupError(f"no message {message_id} in {chat.title or chat.id}")
    found = message.button(button)
    if found.action != "callback_data":
        raise ValueError(f"button {button!r} is a {found.action}: pressing it tells the bot nothing")
    pressed = Pressed(str(4_000_000_000_000 + next(world.numbers)), chat, person)
    world.pressed[pressed.id] = pressed
    body = {
        "id": pressed.id,
        "from": person.as_api(),
        "message": message.as_api(),
        "chat_instance": str(abs(chat.id) * 31 + 7),
        "data": found.value,
    }
    if world.updates.put("callback_query", body) is None:
        raise ValueError("the bot did not ask for callback_query updates")
    return pressed


async def answered(pressed: Pressed, wait: float) -> Answer:
    """What the bot says to it. Raises TimeoutError when it says nothing within `wait` seconds."""
    pressed.answer = asyncio.get_running_loop().create_future()
    try:
        async with asyncio.timeout(wait):
            return await pressed.answer
    except TimeoutError:
        raise TimeoutError(f"the bot did not answer the pressed button within {wait} s") from None


def payload(given: str) -> str:
    """A deep link's payload. Raises ValueError for what t.me would not carry."""
    if not _PAYLOAD.match(given):
        raise ValueError(f"a start payload is up to 64 of A-Z, a-z, 0-9, _ and -, not {given!r}")
    return f"/start {given}".rstrip()


def block(world: World, chat: Chat) -> None:
    """The person blocks the bot: my_chat_member says kicked, 403 from then on."""
    if chat.blocked or chat.person is None:
        return
    chat.members[world.bot.id] = "member"
    chat.blocked = True
    world.set_status(chat, world.bot, "kicked", by=chat.person)


def unblock(world: World, chat: Chat) -> None:
    """The person lets the bot back: my_chat_member says member."""
    if not chat.blocked or chat.person is None:
        return
    chat.blocked = False
    world.set_status(chat, world.bot, "member", by=chat.person)


def service(
    world: World,
    chat: Chat,
    sender: Person | None,
    content: dict[str, object],
    *,
    sender_chat: Chat | None = None,
    opens_topic: bool = False,
) -> Message:
    """A service message ("… joined the group"), told to the bot."""
    message = Message(
        id=world.next_id(chat),
        chat=chat,
        date=world.now(),
        sender=sender,
        sender_chat=chat if chat.kind == "channel" else sender_chat,
        service=dict(content),
    )
    if opens_topic:
        message.thread = message.id
    world.add(message)
    if chat.has(world.bot):
        world.updates.put("channel_post" if chat.kind == "channel" else "message", message.as_api())
    return message


def _require_may_write(chat: Chat, person: Person, thread: int | None, *, anonymous: bool) -> None:
    if chat.migrated_to is not None:
        raise ValueError(f"{chat.title} became the supergroup {chat.migrated_to}")
    if chat.kind == "private":
        if chat.person != person:
            raise ValueError(f"this is not {person.first_name}'s chat")
        if chat.blocked:
            raise ValueError(f"{person.first_name} blocked the bot; unblock it first")
        if thread is not None or anonymous:
            raise ValueError("a private chat has no topics and no anonymous administrators")
        return
    if not chat.has(person):
        raise ValueError(f"{person.first_name} is not in {chat.title}")
    if (anonymous or chat.kind == "channel") and not chat.administers(person):
        raise ValueError(f"{person.first_name} is no administrator of {chat.title}")
    if thread is not None and thread not in chat.topics:
        raise ValueError(f"{chat.title} has no topic {thread}")


def hears(world: World, message: Message) -> bool:
    """Whether the bot is told of a message.

    Of all in private and where it is an administrator; else, by group privacy, of commands that may be for it,
    replies to it and texts that name it.
    """
    chat = message.chat
    if chat.kind == "private":
        return True
    if not chat.has(world.bot):
        return False
    if chat.kind == "channel" or world.privacy_off or chat.administers(world.bot):
        return True
    if message.reply_to is not None and message.reply_to.from_bot:
        return True
    name = (world.bot.username or "").lower()
    if message.text.startswith("/"):
        other = _FOR_OTHERS.match(message.text)
        return other is None or other.group(1).lower() == name
    return f"@{name}" in message.text.lower()
