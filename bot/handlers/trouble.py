"""When a handler fails: it is logged, and the reader is told a sentence. Nothing stops the bot."""

import structlog
from telegram import Update
from telegram.error import ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.handlers import membership
from bot.handlers.context import Talk
from digests.errors import SosikError

log = structlog.get_logger()


async def trouble(update: object, talk: Talk) -> None:
    """Log what a handler raised, never what was said to it, and tell the reader that it went wrong.

    One of the three places that catch every exception: what fails here is logged, and that is the end of it.
    """
    error = talk.error
    kind = update if isinstance(update, Update) else None
    _tell(error, kind)
    if kind is None or kind.effective_chat is None:
        return
    try:
        if isinstance(error, Forbidden):
            await membership.unreachable(talk)
        elif isinstance(error, ChatMigrated):
            await talk.moved(kind.effective_chat.id, error.new_chat_id)
        elif kind.my_chat_member is None and not isinstance(error, RetryAfter):
            # Not where nobody said anything, and not to a chat that we were just told to leave alone.
            await _say(talk)
    except Exception as another:  # noqa: BLE001 - the reader's door: there is nobody left to tell
        log.error("trouble could not be told", error=type(another).__name__)  # noqa: TRY400 - its text may hold the token's URL


async def _say(talk: Talk) -> None:
    try:
        language = await talk.language()
    except Exception:  # noqa: BLE001 - it may be the store that fails
        language = talk.spoken
    if talk.incoming is not None and talk.incoming.callback_query is not None:
        await talk.answer()  # the sentence comes as a message: a pop-up may be over already
    await talk.reply("error", language=language)


def _tell(error: Exception | None, update: Update | None) -> None:
    # Network trouble and refusals are told in a word; what is our fault needs its traceback.
    known = isinstance(error, SosikError | TelegramError)
    log.error(
        "handler failed",
        error=f"{type(error).__name__}: {error}" if known else type(error).__name__,
        update=update.update_id if update else None,
        chat=update.effective_chat.id if update and update.effective_chat else None,
        exc_info=None if known else error,
    )
