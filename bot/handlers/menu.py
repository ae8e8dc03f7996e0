"""What Telegram shows of the bot before anybody writes: its commands and what it is for."""

from collections.abc import Awaitable, Mapping

import structlog
from telegram import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.texts import Voice
from digests.model import Language

log = structlog.get_logger()


async def publish_commands(bot: ExtBot[int], voices: Mapping[Language, Voice]) -> None:
    """Tell Telegram the commands, a short menu for groups, and what the bot is for, in every language.

    Called at a start; what Telegram does not take is logged and stops nothing.
    """
    for language, voice in voices.items():
        code = None if language == "en" else language  # English is what all other languages see
        for scope, commands in (
            (BotCommandScopeAllPrivateChats(), private_commands(voice)),
            (BotCommandScopeAllGroupChats(), group_commands(voice)),
        ):
            await _told("commands", bot.set_my_commands(commands, scope=scope, language_code=code))
        await _told("short description", bot.set_my_short_description(short_description(voice), code))
        await _told("description", bot.set_my_description(description(voice), code))


def private_commands(voice: Voice) -> list[BotCommand]:
    """The menu of a private chat, what is used most first."""
    return [
        BotCommand("latest", voice.gettext("The newest stories")),
        BotCommand("breaking", voice.gettext("The latest breaking news")),
        BotCommand("trending", voice.gettext("What grows right now")),
        BotCommand("digest", voice.gettext("The last 24 hours now, or /digest 07:30")),
        BotCommand("categories", voice.gettext("Choose what to follow")),
        BotCommand("subscribe", voice.gettext("Follow a category: /subscribe kpop")),
        BotCommand("unsubscribe", voice.gettext("Leave a category: /unsubscribe kpop")),
        BotCommand("follow", voice.gettext("Follow a name, a source or words: /follow aespa")),
        BotCommand("unfollow", voice.gettext("No longer follow it: /unfollow aespa")),
        BotCommand("mute", voice.gettext("Hear nothing of it: /mute spoiler")),
        BotCommand("unmute", voice.gettext("Hear of it again: /unmute spoiler")),
        BotCommand("alerts", voice.gettext("Alerts on, silent or off")),
        BotCommand("quiet", voice.gettext("Quiet hours: /quiet 23:00-07:00")),
        BotCommand("timezone", voice.gettext("Your own clock: /timezone Seoul")),
        BotCommand("language", "English / 한국어"),
        BotCommand("settings", voice.gettext("All of it, with buttons")),
        BotCommand("help", voice.gettext("What I can do")),
        BotCommand("privacy", voice.gettext("What I keep, and why")),
        BotCommand("stop", voice.gettext("I stop writing")),
        BotCommand("forget", voice.gettext("Delete all that I keep")),
    ]


def group_commands(voice: Voice) -> list[BotCommand]:
    """The short menu of a group: what everybody may, and the one door for administrators."""
    return [
        BotCommand("latest", voice.gettext("The newest stories")),
        BotCommand("breaking", voice.gettext("The latest breaking news")),
        BotCommand("trending", voice.gettext("What grows right now")),
        BotCommand("categories", voice.gettext("What this group follows")),
        BotCommand("settings", voice.gettext("Settings, for administrators")),
        BotCommand("help", voice.gettext("What I can do")),
    ]


def short_description(voice: Voice) -> str:
    """What stands on the bot's profile; at most 120 characters (Bot API, setMyShortDescription)."""
    return voice.gettext("K-pop and Korea news: a digest at your own time, an alert when something breaks.")


def description(voice: Voice) -> str:
    """What an empty chat shows above its Start button; at most 512 characters (Bot API, setMyDescription)."""
    return voice.gettext(
        "소식 is Korean for “news”. Choose what you follow, and Sosik brings you a digest every day at your own time, "
        "and an alert the moment something breaks. In English and Korean."
    )


async def _told(what: str, telling: Awaitable[bool]) -> None:
    try:
        await telling
    except TelegramError as error:
        log.warning("not published", what=what, error=f"{type(error).__name__}: {error}")
