"""What is kept of a chat, how to leave, and how to have everything deleted."""

from telegram import Update

from bot.formatter import keyboards
from bot.formatter.buttons import Forget
from bot.handlers import membership
from bot.handlers.context import Talk
from digests.model import ChatKind, State
from digests.store import chats


async def privacy(update: Update, talk: Talk) -> None:
    """Say what is kept, why and how long."""
    del update
    retention = talk.settings.retention
    await talk.reply(
        "privacy",
        language=await membership.heard(talk),
        paused_days=retention.paused_chats.days,
        settled_days=retention.settled.days,
    )


async def stop(update: Update, talk: Talk) -> None:
    """Leave: what is owed is cancelled, what was chosen is kept until the reader comes back."""
    del update
    async with talk.writing() as tx:
        chat = await talk.known(tx)
        already = chat is not None and chat.paused_why == membership.STOPPED
        if chat is not None and not already:
            await talk.ensure(tx)  # was it paused for another reason, then that is over: it has just spoken
            await membership.pause(tx, talk, membership.STOPPED, State.CANCELLED)
    await talk.reply(
        "stopped",
        language=chat.language if chat else talk.spoken,
        group=talk.kind is not ChatKind.PRIVATE,
        already=already,
        days=talk.settings.retention.paused_chats.days,
    )


async def forget(update: Update, talk: Talk) -> None:
    """Ask whether everything that is kept of the chat shall be deleted."""
    del update
    async with talk.reading() as tx:
        chat = await talk.known(tx)
    if chat is None:
        await talk.reply("forgotten", language=talk.spoken, sure=False, kept=False)
        return
    await talk.reply("forget", language=chat.language, keyboard=keyboards.forget(talk.voice(chat.language)))


async def press(talk: Talk, press: Forget) -> None:
    """Delete everything that is kept of this chat (in a forum: of this topic), or leave it."""
    async with talk.writing() as tx:
        chat = await talk.known(tx)
        if chat is not None and press.sure:
            await chats.forget(tx, chat.address.telegram_id, chat.address.thread_id)
    language = chat.language if chat else talk.spoken
    await talk.answer()
    await talk.edit(
        talk.formatter.reply("forgotten", language=language, sure=press.sure, kept=chat is not None)
    )
