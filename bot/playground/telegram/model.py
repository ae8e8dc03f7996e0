"""People, chats and messages, as the emulated service keeps them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.playground.telegram.entities import Entity
from bot.playground.telegram.shown import shown

Kind = Literal["private", "group", "supergroup", "channel"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]
Shape = dict[str, Any]  # an object as the Bot API writes it

PRESENT: tuple[Status, ...] = ("creator", "administrator", "member", "restricted")
ADMINISTRATORS: tuple[Status, ...] = ("creator", "administrator")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account: a person or a bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str | None = None
    language_code: str | None = "en"
    is_bot: bool = False

    def as_api(self) -> Shape:
        """As a User."""
        shape: Shape = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.last_name:
            shape["last_name"] = self.last_name
        if self.username:
            shape["username"] = self.username
        if self.language_code and not self.is_bot:
            shape["language_code"] = self.language_code
        return shape


ANONYMOUS = Person(1087968824, "Group", username="GroupAnonymousBot", is_bot=True)
SERVICE = Person(777000, "Telegram", is_bot=False, language_code=None)


@dataclass(frozen=True, slots=True)
class Button:
    """One button of an inline keyboard. `action` is the Bot API's field, as callback_data or url."""

    label: str
    action: str
    value: str


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said before an edit."""

    text: str
    entities: tuple[Entity, ...]
    reply_markup: Shape | None
    until: datetime


@dataclass(slots=True, eq=False)
class Message:
    """A message in its present state. `html` is what the sender wrote; `date` comes from the service's clock."""

    id: int
    chat: "Chat"
    date: datetime
    sender: Person | None
    text: str = ""
    entities: tuple[Entity, ...] = ()
    html: str = ""
    sender_chat: "Chat | None" = None
    thread: int | None = None
    reply_to: "Message | None" = None
    reply_markup: Shape | None = None
    link_preview_options: Shape | None = None
    photo: str | None = None  # the address of a picture; the text is then its caption
    silent: bool = False
    protected: bool = False
    from_bot: bool = False  # sent by the bot under test
    edit_date: datetime | None = None
    deleted: bool = False
    service: Shape = field(default_factory=dict)  # new_chat_members and the like, as the Bot API writes it
    history: list[Version] = field(default_factory=list)  # the versions before each edit, oldest first

    @property
    def plain(self) -> str:
        """The text without any markup."""
        return self.text

    @property
    def html_safe(self) -> str:
        """The text with its entities as HTML for a page: everything escaped, only known tags and addresses."""
        return shown(self.text, self.entities)

    @property
    def rows(self) -> list[list[Button]]:
        """The inline keyboard, row by row; empty without one."""
        return [[_button(b) for b in row] for row in (self.reply_markup or {}).get("inline_keyboard", ())]

    @property
    def buttons(self) -> list[str]:
        """The labels of the inline keyboard, in reading order."""
        return [button.label for row in self.rows for button in row]

    @property
    def links(self) -> list[str]:
        """The addresses behind the text's links, in order."""
        return [entity.argument for entity in self.entities if entity.kind == "text_link"]

    def button(self, wanted: str) -> Button:
        """The button with this label or data. Raises LookupError naming those there are."""
        found = [b for row in self.rows for b in row if wanted in (b.label, b.value)]
        if not found:
            raise LookupError(f"no button {wanted!r} under message {self.id}; there are {self.buttons}")
        return found[0]

    def as_api(self, *, deep: bool = True) -> Shape:
        """As a Message; the message it replies to one level deep."""
        shape: Shape = {"message_id": self.id, "date": int(self.date.timestamp()), "chat": self.chat.as_api()}
        if self.sender is not None:
            shape["from"] = self.sender.as_api()
        if self.sender_chat is not None:
            shape["sender_chat"] = self.sender_chat.as_api()
        if self.thread is not None:
            shape |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.edit_date is not None:
            shape["edit_date"] = int(self.edit_date.timestamp())
        answered = self.reply_to or self._opening()
        if answered is not None and deep:
            shape["reply_to_message"] = answered.as_api(deep=False)
        if self.protected:
            shape["has_protected_content"] = True
        self._content(shape)
        if self.link_preview_options:
            shape["link_preview_options"] = self.link_preview_options
        if self.reply_markup and "inline_keyboard" in self.reply_markup:
            shape["reply_markup"] = self.reply_markup
        return shape | self.service

    def _opening(self) -> "Message | None":
        """The message that opened the topic: what lies in a topic counts as a reply to it."""
        opening = self.chat.messages.get(self.thread) if self.thread is not None else None
        return None if opening is self else opening

    def _content(self, shape: Shape) -> None:
        text, entities = ("caption", "caption_entities") if self.photo else ("text", "entities")
        if self.photo:
            name = f"photo{self.chat.id}_{self.id}"
            shape["photo"] = [{"file_id": name, "file_unique_id": name, "width": 1280, "height": 720}]
        if self.text:
            shape[text] = self.text
        if self.entities:
            users = {person.id: person.as_api() for person in self.chat.people.values()}
            shape[entities] = [entity.as_api(users) for entity in self.entities]


@dataclass(slots=True, eq=False)
class Chat:
    """A place for messages, with everything that stands in it."""

    id: int
    kind: Kind
    title: str = ""
    person: Person | None = None  # the other side of a private chat
    username: str | None = None  # of a public group or channel, without "@"
    forum: bool = False
    people: dict[int, Person] = field(default_factory=dict)
    members: dict[int, Status] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    closed_topics: set[int] = field(default_factory=set)
    messages: dict[int, Message] = field(default_factory=dict)
    migrated_to: int | None = None
    started: bool = False  # private: the person has written to the bot
    blocked: bool = False  # private: the person blocked the bot
    deactivated: bool = False  # private: the account is gone
    gone: bool = False  # group: deleted
    muted: bool = False  # the bot may not write here
    last_id: int = 0

    @property
    def live(self) -> list[Message]:
        """The messages that are not deleted, oldest first."""
        return [message for message in self.messages.values() if not message.deleted]

    def status(self, person: Person) -> Status:
        """What somebody is here."""
        return self.members.get(person.id, "left")

    def has(self, person: Person) -> bool:
        """Whether somebody is here."""
        return self.status(person) in PRESENT

    def administers(self, person: Person) -> bool:
        """Whether somebody is the owner or an administrator."""
        return self.status(person) in ADMINISTRATORS

    def present(self) -> Iterator[Person]:
        """Everybody who is here."""
        return (person for person in self.people.values() if self.has(person))

    def as_api(self) -> Shape:
        """As a Chat."""
        shape: Shape = {"id": self.id, "type": self.kind}
        if self.person is not None:
            shape["first_name"] = self.person.first_name
            if self.person.last_name:
                shape["last_name"] = self.person.last_name
            if self.person.username:
                shape["username"] = self.person.username
        else:
            shape["title"] = self.title
            if self.username:
                shape["username"] = self.username
        if self.forum:
            shape["is_forum"] = True
        return shape


def _button(shape: Shape) -> Button:
    action = next((key for key in shape if key not in ("text", "style", "icon_custom_emoji_id")), "")
    value = shape.get(action, "")
    return Button(str(shape.get("text", "")), action, str(value["text"] if action == "copy_text" else value))
