"""How the bot presents itself: commands by scope and language, name and descriptions."""

import re
from collections.abc import Callable
from typing import Any

from bot.playground.telegram.model import Shape
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.refusals import bad
from bot.playground.telegram.world import World

MOST_COMMANDS = 100
_COMMAND = re.compile(r"^[a-z0-9_]{1,32}$")
_LANGUAGE = re.compile(r"^(?:[a-z]{2})?$")
_PLAIN_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
_LONGEST = {"name": 64, "description": 512, "short_description": 120}


def set_my_commands(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#setmycommands."""
    shapes = given.structure("commands")
    if not isinstance(shapes, list):
        raise bad("expected an Array of BotCommand")
    if len(shapes) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    commands = [_command(shape) for shape in shapes]
    world.commands[_scope(world, given), _language(given)] = commands
    return True


def get_my_commands(world: World, given: Parameters) -> list[Shape]:
    """https://core.telegram.org/bots/api#getmycommands: of exactly this scope and language."""
    return world.commands.get((_scope(world, given), _language(given)), [])


def delete_my_commands(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemycommands."""
    world.commands.pop((_scope(world, given), _language(given)), None)
    return True


def setter(name: str) -> Callable[[World, Parameters], bool]:
    """setMyName, setMyDescription, setMyShortDescription; an empty text takes the language's own away."""

    def keep(world: World, given: Parameters) -> bool:
        text = given.text(name) or ""
        if len(text) > _LONGEST[name]:
            raise bad(f"{name.replace('_', ' ')} is too long")
        world.texts[name, _language(given)] = text
        return True

    return keep


def getter(name: str) -> Callable[[World, Parameters], Shape]:
    """getMyName, getMyDescription, getMyShortDescription."""

    def look(world: World, given: Parameters) -> Shape:
        plain = world.texts.get((name, "")) or (world.bot.first_name if name == "name" else "")
        return {name: world.texts.get((name, _language(given))) or plain}

    return look


def _command(shape: Any) -> Shape:
    if not isinstance(shape, dict):
        raise bad("can't parse BotCommand: expected an Object")
    name, description = shape.get("command"), shape.get("description")
    if not isinstance(name, str) or not isinstance(description, str):
        raise bad("can't parse BotCommand: command and description must be of type String")
    name = name.removeprefix("/")
    if not _COMMAND.match(name):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _language(given: Parameters) -> str:
    code = given.text("language_code") or ""
    if not _LANGUAGE.match(code):
        raise bad("invalid language_code specified")
    return code


def _scope(world: World, given: Parameters) -> str:
    shape = given.structure("scope")
    if shape is None:
        return "default"
    kind = shape.get("type") if isinstance(shape, dict) else None
    if kind in _PLAIN_SCOPES:
        return str(kind)
    if kind not in _CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    chat_id = shape.get("chat_id")
    if not isinstance(chat_id, int | str):
        raise bad("can't parse BotCommandScope: chat_id must be of type Integer or String")
    chat = world.chat(chat_id)
    if chat.kind == "private" and kind != "chat":
        raise bad("can't set commands for administrators of a private chat")
    user = f":{shape.get('user_id')}" if kind == "chat_member" else ""
    return f"{kind}:{chat.id}{user}"
