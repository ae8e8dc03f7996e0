"""Where people meet: private chats, groups, channels, topics, and a group's move to a supergroup."""

from collections.abc import Iterable

from bot.playground.telegram.journal import Event
from bot.playground.telegram.model import ANONYMOUS, Chat, Kind, Person, Status
from bot.playground.telegram.people import service
from bot.playground.telegram.world import World

_FIRST_PERSON = 700_000_001
_FIRST_GROUP = -4_100_000_001
_FIRST_SUPERGROUP = -1_002_000_000_001  # channels are numbered among them


def new_person_id(world: World) -> int:
    """An id nobody has."""
    number = _FIRST_PERSON + len(world.people)
    while number in world.people:
        number += 1
    return number


def private(world: World, person: Person) -> Chat:
    """The private chat of a person with the bot."""
    chat = world.chats.get(person.id)
    if chat is None:
        chat = Chat(person.id, "private", person=person, people={person.id: person})
        world.chats[chat.id] = chat
    return chat


def place(
    world: World,
    kind: Kind,
    title: str,
    owner: Person,
    *,
    members: Iterable[Person] = (),
    admins: Iterable[Person] = (),
) -> Chat:
    """A new group or channel."""
    chat = Chat(_new_id(world, kind), kind, title)
    _seat(chat, members, "member")
    _seat(chat, admins, "administrator")
    _seat(chat, (owner,), "creator")
    world.chats[chat.id] = chat
    return chat


def owner(chat: Chat) -> Person:
    """Who founded it."""
    return next(person for person in chat.people.values() if chat.status(person) == "creator")


def topic(world: World, chat: Chat, name: str) -> int:
    """A new topic of a forum: the id of the message that opens it."""
    if not chat.forum:
        raise ValueError(f"{chat.title} is no forum")
    opening: dict[str, object] = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
    message = service(world, chat, owner(chat), opening, opens_topic=True)
    chat.topics[message.id] = name
    return message.id


def delete_topic(world: World, chat: Chat, thread: int) -> None:
    """The topic goes with its messages."""
    del chat.topics[thread]
    for message in chat.live:
        if message.thread == thread:
            message.deleted = True
    world.emit(Event("chat", chat))


def add_bot(world: World, chat: Chat, by: Person, *, admin: bool) -> None:
    """my_chat_member, and in groups the service message. A channel has bots only as administrators."""
    status: Status = "administrator" if admin or chat.kind == "channel" else "member"
    world.set_status(chat, world.bot, status, by=by)
    if chat.kind != "channel":
        service(world, chat, by, {"new_chat_members": [world.bot.as_api()]})


def migrate(world: World, chat: Chat) -> Chat:
    """A group becomes a supergroup: everybody moves, both sides are told, the old id is only a pointer."""
    if chat.kind != "group":
        raise ValueError("only a group becomes a supergroup")
    new = Chat(_new_id(world, "supergroup"), "supergroup", chat.title)
    new.people, new.members = dict(chat.people), dict(chat.members)
    world.chats[new.id] = new
    service(world, chat, owner(chat), {"migrate_to_chat_id": new.id})
    chat.migrated_to = new.id
    service(world, new, ANONYMOUS, {"migrate_from_chat_id": chat.id}, sender_chat=new)
    world.emit(Event("chat", chat))
    world.emit(Event("chat", new))
    return new


def _seat(chat: Chat, persons: Iterable[Person], status: Status) -> None:
    for person in persons:
        chat.people[person.id] = person
        chat.members[person.id] = status


def _new_id(world: World, kind: Kind) -> int:
    number = _FIRST_GROUP if kind == "group" else _FIRST_SUPERGROUP
    while number in world.chats:
        number -= 1
    return number
