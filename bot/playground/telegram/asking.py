"""What the bot may ask: who it is, what a chat is, who is in it; and leaving."""

from bot.playground.telegram.journal import Event
from bot.playground.telegram.model import PRESENT, Shape
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.refusals import bad
from bot.playground.telegram.world import World, member_shape


def get_me(world: World, given: Parameters) -> Shape:
    """https://core.telegram.org/bots/api#getme."""
    del given
    return world.bot.as_api() | {
        "can_join_groups": True,
        "can_read_all_group_messages": world.privacy_off,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(world: World, given: Parameters) -> Shape:
    """https://core.telegram.org/bots/api#getchat."""
    chat = world.chat(given.chat_id())
    if chat.kind != "private":
        world.require_member(chat)
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    return chat.as_api() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


def get_chat_member(world: World, given: Parameters) -> Shape:
    """https://core.telegram.org/bots/api#getchatmember."""
    chat = world.chat(given.chat_id())
    user_id = given.integer("user_id")
    if not user_id:
        raise bad("invalid user_id specified")
    person = world.bot if user_id == world.bot.id else world.people.get(user_id)
    if chat.kind == "private":
        if person is None or person.id not in (world.bot.id, chat.id):
            raise bad("user not found")
        return member_shape(person, "member")
    world.require_member(chat)
    if person is None:
        raise bad("user not found")
    return member_shape(person, chat.status(person))


def get_chat_administrators(world: World, given: Parameters) -> list[Shape]:
    """https://core.telegram.org/bots/api#getchatadministrators: without other bots."""
    chat = world.chat(given.chat_id())
    if chat.kind == "private":
        raise bad("there are no administrators in the private chat")
    world.require_member(chat)
    return [
        member_shape(person, chat.status(person))
        for person in chat.people.values()
        if chat.administers(person) and (not person.is_bot or person is world.bot)
    ]


def get_chat_member_count(world: World, given: Parameters) -> int:
    """https://core.telegram.org/bots/api#getchatmembercount."""
    chat = world.chat(given.chat_id())
    if chat.kind == "private":
        return 2
    world.require_member(chat)
    return sum(status in PRESENT for status in chat.members.values())


def leave_chat(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#leavechat."""
    chat = world.chat(given.chat_id())
    if chat.kind == "private":
        raise bad("chat member status can't be changed in private chats")
    world.require_member(chat)
    world.set_status(chat, world.bot, "left", by=world.bot)
    world.emit(Event("chat", chat))
    return True


def done(world: World, given: Parameters) -> bool:
    """What is accepted and changes nothing here: logOut, close."""
    del world, given
    return True
