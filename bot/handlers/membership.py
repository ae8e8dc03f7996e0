"""Where the bot is: added and removed, blocked and let back, and groups that move to a new id."""

import structlog
from telegram import ChatMember, Update

from bot.formatter import keyboards
from bot.handlers.context import Talk
from digests.model import ChatKind, Language, State
from digests.store import chats, outbox
from digests.store.engine import Writing

log = structlog.get_logger()

BLOCKED = "blocked"
REMOVED = "removed"
STOPPED = chats.STOPPED
_AWAY = frozenset({ChatMember.LEFT, ChatMember.BANNED})


async def changed(update: Update, talk: Talk) -> None:
    """my_chat_member: the bot was let in or out (Bot API, ChatMemberUpdated)."""
    told = update.my_chat_member
    if told is None:
        return
    away = told.new_chat_member.status in _AWAY
    was_away = told.old_chat_member.status in _AWAY
    log.info("membership", chat=told.chat.id, kind=told.chat.type, status=told.new_chat_member.status)
    if away:
        await _left(talk, BLOCKED if talk.kind is ChatKind.PRIVATE else REMOVED)
    elif was_away and talk.kind in {ChatKind.GROUP, ChatKind.SUPERGROUP}:
        await _came(talk)
    elif was_away:
        await _let_back(talk)


async def migrated(update: Update, talk: Talk) -> None:
    """Move a group that became a supergroup. Both sides of the move tell of it; either may come first."""
    message = update.message
    if message is None:
        return
    if message.migrate_to_chat_id:
        await talk.moved(message.chat.id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id:
        await talk.moved(message.migrate_from_chat_id, message.chat.id)


async def heard(talk: Talk) -> Language:
    """Take note of a chat that writes: it can be written to. Gives the language to answer in.

    What only asks for help begins no chat, and ends no /stop.
    """
    async with talk.reading() as tx:
        chat = await talk.known(tx)
    if chat is not None and chat.paused_at is not None and chat.paused_why != STOPPED:
        async with talk.writing() as tx:
            await talk.awaken(tx, chat)
        talk.parts.wake()
    return chat.language if chat else talk.spoken


async def unreachable(talk: Talk) -> None:
    """Pause a chat that an answer could not be written to any more: it let us out while we thought."""
    await _left(talk, BLOCKED if talk.kind is ChatKind.PRIVATE else REMOVED)


async def pause(tx: Writing, talk: Talk, why: str, state: State) -> int:
    """Pause a chat and its topics, and settle what they are owed; tells how many were awake."""
    paused = await chats.pause(tx, talk.address.telegram_id, why, talk.now())
    await outbox.cancel(tx, paused, state, talk.now())
    return len(paused)


async def _left(talk: Talk, why: str) -> None:
    async with talk.writing() as tx:
        count = await pause(tx, talk, why, State.GONE)
    log.info("paused", chat=talk.address.telegram_id, why=why, chats=count)


async def _let_back(talk: Talk) -> None:
    """Wake a chat that we know. One that we do not know has written nothing to us yet."""
    async with talk.writing() as tx:
        known = await talk.known(tx)
        if known is not None and known.paused_why != STOPPED:
            await talk.awaken(tx, known)
    talk.parts.wake()


async def _came(talk: Talk) -> None:
    """Greet a group that added us: the first time, and again only if it was forgotten meanwhile."""
    async with talk.writing() as tx:
        known = await talk.known(tx)
        if known is None:
            chat = await talk.ensure(tx)
        else:  # whoever adds us wants us, also after /stop
            chat = await talk.awaken(tx, known)
    if known is None:
        await talk.reply(
            "group_welcome",
            language=chat.language,
            keyboard=keyboards.onboarding(talk.voice(chat.language), talk.settings.categories, ()),
            bot=talk.bot.username,
            digest_times=chat.digest_times,
        )
    talk.parts.wake()
