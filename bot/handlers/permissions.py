"""Who may change a chat's settings: in private whoever speaks, in groups administrators."""

import time
from collections import OrderedDict
from collections.abc import Callable

from telegram import ChatMember, Update
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest, ChatMigrated

from bot.handlers.context import Act, Talk
from digests.model import ChatKind

# Administrators who stay anonymous speak as the group, by this account (Bot API, Message.from).
GROUP_ANONYMOUS_BOT = 1087968824
REMEMBERED = 60.0  # seconds for which an administrator is not asked for again
MOST = 10_000  # remembered at once
_ADMINISTRATORS = frozenset({ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR})


class Permissions:
    """Asks Telegram who administers a group. Remembers only who does: a refusal is asked about each time anew."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until: OrderedDict[tuple[int, int], float] = OrderedDict()

    async def may_change(self, update: Update, talk: Talk) -> bool:
        """Whether whoever sent this update may change the settings of the chat it came from."""
        chat, user = update.effective_chat, update.effective_user
        if chat is None or talk.kind is ChatKind.PRIVATE:
            return True
        # Only administrators post in channels; but whoever reads one may press its buttons.
        if update.channel_post is not None:
            return True
        message = update.message
        if message is not None and message.sender_chat is not None:
            return message.sender_chat.id == chat.id
        if user is None:
            return False
        if user.id == GROUP_ANONYMOUS_BOT:
            return True
        return self._remembers(chat.id, user.id) or await self._asked(talk, chat.id, user.id)

    def guarded(self, act: Act, refused: Act | None = None) -> Act:
        """Let only those act who may; others are told, in the group or in a pop-up, or as `refused` says."""

        async def guarding(update: Update, talk: Talk) -> None:
            if await self.may_change(update, talk):
                await act(update, talk)
            else:
                await (refused or refuse)(update, talk)

        return guarding

    def _remembers(self, chat: int, user: int) -> bool:
        return self._until.get((chat, user), 0.0) > self._monotonic()

    async def _asked(self, talk: Talk, chat: int, user: int) -> bool:
        try:
            member = await _member(talk, chat, user)
        except BadRequest:  # "user not found": who is nobody there administers nothing
            return False
        if member.status not in _ADMINISTRATORS:
            return False
        self._until[chat, user] = self._monotonic() + REMEMBERED
        self._until.move_to_end((chat, user))
        while len(self._until) > MOST:
            self._until.popitem(last=False)
        return True


async def _member(talk: Talk, chat: int, user: int) -> ChatMember:
    try:
        return await talk.bot.get_chat_member(chat, user)
    except ChatMigrated as moved:  # said just before the group moved: that is no reason to lose it
        return await talk.bot.get_chat_member(moved.new_chat_id, user)


async def refuse(update: Update, talk: Talk) -> None:
    """Say that only administrators may: to a press in a pop-up, to a command in the group."""
    del update
    language = await talk.language()
    if talk.incoming is not None and talk.incoming.callback_query is not None:
        sentence = talk.voice(language).gettext("Only administrators of this group can change that.")
        await talk.answer(sentence, alert=True)
        return
    await talk.reply("refused", language=language)
