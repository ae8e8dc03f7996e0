"""The emulated service as one object: the bot's side over HTTP, the people's side as methods."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import datetime

from starlette.applications import Starlette

from bot.playground.telegram import people, places
from bot.playground.telegram.door import starlette
from bot.playground.telegram.faults import Fault
from bot.playground.telegram.journal import Answer, Call, Event
from bot.playground.telegram.limits import Gauge, Limits
from bot.playground.telegram.methods import proper
from bot.playground.telegram.model import Chat, Kind, Message, Person, Shape
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.schema import Schema
from bot.playground.telegram.service import serve
from bot.playground.telegram.world import World


class Telegram:
    """One bot's Telegram.

    `now` dates the messages (an aware datetime); waiting, limits and faults go by monotonic time. With a `schema`
    requests are checked against the machine-readable Bot API, and `violations` lists what it does not describe.
    `privacy_off`: in groups the bot hears everything.
    """

    def __init__(
        self,
        *,
        token: str,
        now: Callable[[], datetime],
        username: str = "SosikBot",
        bot_name: str = "Sosik",
        limits: Limits | None = None,
        schema: Schema | None = None,
        privacy_off: bool = False,
    ) -> None:
        number = token.partition(":")[0]
        bot = Person(
            int(number) if number.isdigit() else 600_000_000, bot_name, username=username, is_bot=True
        )
        self.world = World(bot, token, now, limits or Limits(), schema, privacy_off)

    # The bot's side

    @property
    def bot(self) -> Person:
        """The bot's own account."""
        return self.world.bot

    @property
    def calls(self) -> list[Call]:
        """Every request of the bot, oldest first."""
        return self.world.calls

    @property
    def violations(self) -> list[str]:
        """What the bot sent that the Bot API does not describe; empty without a schema."""
        return self.world.violations

    @property
    def pending(self) -> list[Shape]:
        """The updates the bot has not confirmed yet."""
        return self.world.updates.waiting()

    @property
    def polling(self) -> bool:
        """Whether a long poll of the bot is waiting."""
        return self.world.updates.polling

    def app(self) -> Starlette:
        """The Bot API: POST or GET /bot<token>/<method>, with JSON, urlencoded or multipart parameters."""
        return starlette(self.world)

    async def call(self, method: str, parameters: Mapping[str, object] | None = None) -> Shape:
        """One request without HTTP: the answer as the body would say it, whatever its status. Closes no sockets."""
        if proper(method) is None:
            raise LookupError(f"no method {method}")
        before = len(self.calls)
        await serve(self.world, method, Parameters(parameters or {}))
        answer = self.calls[before].answer
        return answer if answer is not None else {"ok": False, "description": "the socket was closed"}

    def calls_of(self, method: str, chat: Chat | None = None) -> list[Call]:
        """The requests of one method, of one chat if given."""
        return [c for c in self.calls if c.method == method and (chat is None or c.chat_id == chat.id)]

    def fault(self, fault: Fault) -> None:
        """Trouble from now on, as `fault` says."""
        self.world.faults.arm(fault)

    def clear_faults(self) -> None:
        """No more trouble."""
        self.world.faults.clear()

    def limit(self, limits: Limits) -> None:
        """Other limits from now on."""
        self.world.limits = limits
        self.world.gauge = Gauge(limits)

    # People and places

    def person(
        self,
        first_name: str,
        *,
        language_code: str | None = "en",
        username: str | None = None,
        id: int | None = None,  # noqa: A002 - the Bot API's own word
        last_name: str = "",
    ) -> Person:
        """Somebody new. Raises ValueError for an id that is taken."""
        if id in self.world.people:
            raise ValueError(f"{self.world.people[id].first_name} has the id {id} already")
        person = Person(
            id or places.new_person_id(self.world), first_name, last_name, username, language_code
        )
        self.world.people[person.id] = person
        return person

    def private(self, person: Person) -> Chat:
        """The private chat of a person with the bot; nobody has written in it at first."""
        return places.private(self.world, person)

    def group(
        self,
        title: str,
        *,
        owner: Person,
        members: Iterable[Person] = (),
        admins: Iterable[Person] = (),
        forum: bool = False,
        supergroup: bool = True,
        username: str | None = None,
    ) -> Chat:
        """A group without the bot; see add_bot. With a `username` it is public: the bot may call it "@name"."""
        if forum and not supergroup:
            raise ValueError("only a supergroup is a forum")
        kind: Kind = "supergroup" if supergroup else "group"
        chat = places.place(self.world, kind, title, owner, members=members, admins=admins)
        chat.forum, chat.username = forum, username
        return chat

    def channel(self, title: str, *, owner: Person, username: str | None = None) -> Chat:
        """A channel without the bot; see add_bot, which makes it an administrator there."""
        chat = places.place(self.world, "channel", title, owner)
        chat.username = username
        return chat

    def topic(self, chat: Chat, name: str) -> int:
        """A new topic of a forum: its message_thread_id."""
        return places.topic(self.world, chat, name)

    def delete_topic(self, chat: Chat, thread: int) -> None:
        """The topic and its messages go; writing there is refused from then on."""
        places.delete_topic(self.world, chat, thread)

    def close_topic(self, chat: Chat, thread: int) -> None:
        """Nobody but administrators writes there."""
        chat.closed_topics.add(thread)

    # What people do

    def say(
        self,
        chat: Chat,
        person: Person,
        text: str,
        *,
        thread: int | None = None,
        anonymous: bool = False,
        reply_to: Message | int | None = None,
    ) -> Message:
        """A person writes; ValueError where Telegram's apps would not let them. The bot hears it by group privacy."""
        return people.say(
            self.world, chat, person, text, thread=thread, anonymous=anonymous, reply_to=reply_to
        )

    def start(self, person: Person, payload: str = "") -> Message:
        """A person opens t.me/<bot>?start=<payload> and presses Start; a blocked bot is unblocked by it."""
        text = people.payload(payload)
        chat = self.private(person)
        people.unblock(self.world, chat)
        return self.say(chat, person, text)

    async def press(
        self,
        chat: Chat,
        person: Person,
        message_id: int,
        button: str,
        *,
        timeout: float = 10,  # noqa: ASYNC109 - callers read better so
    ) -> Answer:
        """A person presses a button, by its label or data, and sees the bot's answer.

        Raises TimeoutError after `timeout` seconds without one, LookupError when there is no such button.
        """
        return await people.answered(people.press(self.world, chat, person, message_id, button), timeout)

    def tap(self, chat: Chat, person: Person, message_id: int, button: str) -> str:
        """Like press, without waiting: the callback query's id; the answer comes as an Event."""
        return people.press(self.world, chat, person, message_id, button).id

    def edit(self, message: Message, text: str) -> None:
        """A person edits a message of theirs: edited_message."""
        people.edit(self.world, message, text)

    def expire_queries(self) -> None:
        """Pressed buttons that were not answered yet are too old from now on."""
        self.world.pressed.clear()

    def delete(self, message: Message) -> None:
        """Somebody deletes a message; bots are told nothing of that."""
        message.deleted = True
        self.world.emit(Event("deleted", message.chat, message))

    def block(self, person: Person) -> None:
        """my_chat_member says kicked; the bot's messages are answered 403 from then on."""
        people.block(self.world, self.private(person))

    def unblock(self, person: Person) -> Message | None:
        """my_chat_member says member, then /start comes, as Telegram's "Restart bot" does."""
        chat = self.private(person)
        if not chat.blocked:
            return None
        people.unblock(self.world, chat)
        return self.say(chat, person, "/start")

    def deactivate(self, person: Person) -> None:
        """The account is deleted: 403 from then on, and no update tells of it."""
        self.private(person).deactivated = True

    # What happens to groups

    def add_bot(self, chat: Chat, by: Person, *, admin: bool = False) -> None:
        """Somebody adds the bot: my_chat_member, and in groups the service message."""
        places.add_bot(self.world, chat, by, admin=admin)

    def remove_bot(self, chat: Chat, by: Person | None = None) -> None:
        """An administrator removes the bot: 403 from then on."""
        self.world.set_status(chat, self.bot, "kicked", by=by or places.owner(chat))

    def make_admin(self, chat: Chat, by: Person | None = None) -> None:
        """The bot becomes an administrator, and hears everything from then on."""
        self.world.set_status(chat, self.bot, "administrator", by=by or places.owner(chat))

    def demote_bot(self, chat: Chat, by: Person | None = None) -> None:
        """The bot is an ordinary member again."""
        self.world.set_status(chat, self.bot, "member", by=by or places.owner(chat))

    def delete_group(self, chat: Chat) -> None:
        """The group is deleted: 403 from then on, and no update tells of it."""
        chat.gone = True
        self.world.emit(Event("chat", chat))

    def mute_bot(self, chat: Chat, *, muted: bool = True) -> None:
        """The bot stays but may not write: 400."""
        chat.muted = muted

    def promote(self, chat: Chat, person: Person, by: Person | None = None) -> None:
        """Somebody becomes an administrator."""
        self.world.set_status(chat, person, "administrator", by=by or places.owner(chat))

    def demote(self, chat: Chat, person: Person, by: Person | None = None) -> None:
        """An administrator is an ordinary member again."""
        self.world.set_status(chat, person, "member", by=by or places.owner(chat))

    def join(self, chat: Chat, person: Person) -> None:
        """Somebody joins."""
        self.world.set_status(chat, person, "member", by=person)
        people.service(self.world, chat, person, {"new_chat_members": [person.as_api()]})

    def leave(self, chat: Chat, person: Person) -> None:
        """Somebody leaves."""
        self.world.set_status(chat, person, "left", by=person)
        people.service(self.world, chat, person, {"left_chat_member": person.as_api()})

    def migrate(self, chat: Chat) -> Chat:
        """A group becomes a supergroup: two service messages, then 400 with migrate_to_chat_id for the old id."""
        return places.migrate(self.world, chat)

    # What was received

    def messages(self, chat: Chat, *, thread: int | None = None) -> list[Message]:
        """What stands in a chat now, oldest first, everybody's; edits applied, deleted ones left out."""
        return [m for m in chat.live if thread is None or m.thread == thread]

    def received(self, chat: Chat, *, thread: int | None = None) -> list[Message]:
        """What the bot wrote and what still stands, oldest first."""
        return [m for m in self.messages(chat, thread=thread) if m.from_bot]

    async def wait_for(
        self,
        chat: Chat,
        predicate: Callable[[Message], bool] = lambda _: True,
        *,
        timeout: float = 10,  # noqa: ASYNC109 - callers read better so
        after: int = 0,
    ) -> Message:
        """The first message of the bot, with an id above `after`, that fits, as it comes or as an edit makes it fit.

        Raises TimeoutError, which tells what stands there instead.
        """
        until = time.monotonic() + timeout
        while True:
            for message in self.received(chat):
                if message.id > after and predicate(message):
                    return message
            try:
                async with asyncio.timeout(until - time.monotonic()):
                    await self.world.change()
            except TimeoutError:
                last = [m.text[:200] for m in self.received(chat)][-5:]
                raise TimeoutError(
                    f"no such message within {timeout} s; the bot's last ones there: {last}"
                ) from None

    async def until(self, condition: Callable[[], bool], *, timeout: float = 10) -> None:  # noqa: ASYNC109 - as above
        """Wait until something is so, looked at whenever anything happens. Raises TimeoutError."""
        until = time.monotonic() + timeout
        while not condition():
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"it did not become so within {timeout} s")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, 0.05)):  # some conditions change without an event
                    await self.world.change()

    def subscribe(self) -> AsyncIterator[Event]:
        """Everything that happens from now on, for a page."""
        return self.world.subscribe()
