"""The handlers in their order: the first that takes an update is the only one."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import structlog
from telegram import Update
from telegram.ext import CallbackQueryHandler, ChatMemberHandler, CommandHandler, MessageHandler, filters

from bot.formatter.buttons import Why, parse
from bot.handlers import (
    explaining,
    feeding,
    following,
    helping,
    membership,
    onboarding,
    pressing,
    privacy,
    reading,
    scheduling,
    settings_panel,
    subscribing,
)
from bot.handlers.context import Act, Desk, Talk
from bot.handlers.group_answers import GroupAnswers
from bot.handlers.helping import Listening
from bot.handlers.menu import publish_commands
from bot.handlers.permissions import Permissions, refuse
from bot.handlers.said import asked, said
from bot.handlers.trouble import trouble

__all__ = ["handle", "publish_commands", "register"]

log = structlog.get_logger()

# What is said anew: an edited command is no second one.
_SAID = filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST


def register(desk: Desk) -> None:
    """Give the application its handlers."""
    permissions = Permissions()
    commands = _commands(permissions)
    listening = Listening(commands)
    desk.add_handler(ChatMemberHandler(membership.changed, ChatMemberHandler.MY_CHAT_MEMBER))
    desk.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, membership.migrated))
    desk.add_handler(CallbackQueryHandler(_pressed(permissions)))
    for name, act in commands.items():
        desk.add_handler(CommandHandler(name, act, filters=_SAID))
    # In groups other words, and other bots' commands, are none of ours.
    here = _SAID & filters.ChatType.PRIVATE
    for name, act in {"feeds": feeding.feeds, "addfeed": feeding.add_feed}.items():
        desk.add_handler(CommandHandler(name, feeding.for_admins(act, listening.unknown), filters=here))
    desk.add_handler(MessageHandler(here & filters.COMMAND, listening.unknown))
    desk.add_handler(MessageHandler(here & (filters.TEXT | filters.CAPTION), listening.words))
    desk.add_error_handler(trouble)


def handle(desk: Desk) -> Callable[[dict[str, Any]], Awaitable[None]]:
    """Give what the queue calls with each update, as Telegram wrote it. It never raises."""

    async def handling(body: dict[str, Any]) -> None:
        try:
            update = Update.de_json(body, desk.bot)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            log.error("update not understood", update=body.get("update_id"), error=type(error).__name__)  # noqa: TRY400 - its text may be a reader's
            return
        await desk.process_update(update)  # what a handler raises goes to `trouble`

    return handling


def _commands(permissions: Permissions) -> Mapping[str, Act]:
    """Every command. In groups those that change something are administrators' alone; all may read, now and then."""
    answers = GroupAnswers(permissions.may_change)
    refused = answers.seldom(refuse, members_only=True)
    guarded = partial(permissions.guarded, refused=refused)
    changing: dict[str, Act] = {
        "start": onboarding.start,
        "subscribe": subscribing.subscribe,
        "unsubscribe": subscribing.unsubscribe,
        "follow": following.follow,
        "unfollow": following.unfollow,
        "mute": following.mute,
        "unmute": following.unmute,
        "timezone": scheduling.timezone,
        "alerts": scheduling.alerts,
        "quiet": scheduling.quiet,
        "language": scheduling.language,
        "settings": settings_panel.settings,
        "stop": privacy.stop,
        "forget": privacy.forget,
    }
    free: dict[str, Act] = {
        "categories": subscribing.categories,
        "latest": reading.latest,
        "breaking": reading.breaking,
        "trending": reading.trending_now,
        "help": helping.help_,
        "privacy": privacy.privacy,
    }
    seldom = {name: answers.seldom(act) for name, act in free.items()}
    seldom["digest"] = _said(then=guarded(scheduling.digest), otherwise=answers.seldom(scheduling.digest))
    commands = {name: guarded(act) for name, act in changing.items()} | seldom
    return commands | {"start": _asked(seldom, commands["start"])}


def _pressed(permissions: Permissions) -> Act:
    """Let everybody ask why something came; what other buttons do is for those who may change things."""
    guarded = permissions.guarded(pressing.press)

    async def either(update: Update, talk: Talk) -> None:
        query = update.callback_query
        asks = query is not None and isinstance(parse(query.data), Why)
        await (explaining.press if asks else guarded)(update, talk)

    return either


def _said(*, then: Act, otherwise: Act) -> Act:
    """Do one thing with arguments and another without: everybody reads `/digest`, `/digest 07:30` is a setting."""

    async def either(update: Update, talk: Talk) -> None:
        await (then if said(update) else otherwise)(update, talk)

    return either


def _asked(reading: Mapping[str, Act], start: Act) -> Act:
    """Answer what a link from a group asks, `/start ask-latest`; whoever is new is greeted all the same."""

    async def answering(update: Update, talk: Talk) -> None:
        act = reading.get(asked(update))
        if act is None:
            await start(update, talk)
            return
        async with talk.reading() as tx:
            known = await talk.known(tx)
        await act(update, talk)
        if known is None:
            await start(update, talk)

    return answering
