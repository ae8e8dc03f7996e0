"""/help, and a hand for whoever writes what is no command."""

from collections.abc import Mapping

from telegram import Update

from bot.formatter import keyboards
from bot.handlers import membership
from bot.handlers.context import Act, Talk
from bot.handlers.grammar import categories_in, command_in
from digests.model import Language
from digests.settings import Category


async def help_(update: Update, talk: Talk) -> None:
    """Say what the bot can do."""
    del update
    language = await membership.heard(talk)
    examples = [_example(category, language) for category in talk.settings.categories[:2]]
    await talk.reply("help", language=language, examples=examples)


class Listening:
    """Words without a slash, and commands under other names: "구독 케이팝", "도움말", /follow."""

    def __init__(self, commands: Mapping[str, Act]) -> None:
        """Take what is done for each command of the grammar."""
        self._commands = commands

    async def words(self, update: Update, talk: Talk) -> None:
        """Do what the words say, if they are a command; else give a hint, with the categories they name."""
        text = _text(update)
        command = command_in(text)
        if command is not None and command.name in self._commands:
            await self._commands[command.name](update, talk)
            return
        language = await membership.heard(talk)
        named = categories_in(text, talk.settings.categories)
        if named.known and not named.unknown and not named.everything:
            keyboard = keyboards.did_you_mean(talk.voice(language), named.known)
            await talk.reply("hint_follow", language=language, keyboard=keyboard, named=named.known)
            return
        await talk.reply("hint", language=language)

    async def unknown(self, update: Update, talk: Talk) -> None:
        """Do what a command under another name says; say of any other that we do not know it."""
        command = command_in(_text(update))
        if command is not None and command.name in self._commands:
            await self._commands[command.name](update, talk)
            return
        await talk.reply("unknown_command", language=await membership.heard(talk))


def _example(category: Category, language: Language) -> str:
    """Call a category as one would type it."""
    name = category.name(language)
    return name if language == "ko" and name.isalnum() else category.slug


def _text(update: Update) -> str:
    message = update.effective_message
    return (message.text or message.caption or "") if message else ""
