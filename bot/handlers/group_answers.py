"""What a group is answered when its members ask: one answer a minute, with a button into a private chat for all else.

Telegram takes 20 messages a minute for a group (its FAQ, "My bot is hitting limits"), and alerts come first. Administrators
are always answered. What members may ask, which changes nothing, and the word that only administrators may, share one answer
a minute in all topics together. What comes too soon after it is met with silence, and nothing is lost by that: the answer
that stands above has the button.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

import structlog
from telegram import Update

from bot.formatter.message import Button, Keyboard
from bot.handlers.context import Act, Talk
from bot.handlers.said import ASK, command_of
from bot.texts import Voice
from digests.model import ChatKind

log = structlog.get_logger()

EVERY = 60.0  # seconds between two answers to members of one group
MOST = 10_000  # groups, and members of them, that are remembered
_GROUPS = frozenset({ChatKind.GROUP, ChatKind.SUPERGROUP})


class GroupAnswers:
    """Remembers when each group was last answered. `administers` says whether an update is an administrator's."""

    def __init__(
        self,
        administers: Callable[[Update, Talk], Awaitable[bool]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._administers = administers
        self._monotonic = monotonic
        self._answered: OrderedDict[Hashable, float] = OrderedDict()
        self._silent: OrderedDict[Hashable, float] = OrderedDict()  # members who are not asked about again

    def seldom(self, act: Act, *, members_only: bool = False) -> Act:
        """Let an act, which only answers, answer a group's members once a minute. Elsewhere it answers as ever.

        `members_only`: no administrator comes here.
        """

        async def answering(update: Update, talk: Talk) -> None:
            if talk.kind not in _GROUPS or update.callback_query is not None:  # a press has its pop-up
                await act(update, talk)
                return
            group, user = talk.address.telegram_id, update.effective_user
            lately = self._lately(self._answered, group)
            if lately and (members_only or not await self._may(update, talk)):
                log.info("group answered lately", chat=group, user=user.id if user else None)
                return
            self._note(self._answered, group)
            talk.beneath = lambda voice: private(voice, talk.bot.username, command_of(update))
            await act(update, talk)

        return answering

    async def _may(self, update: Update, talk: Talk) -> bool:
        who = (talk.address.telegram_id, update.effective_user.id if update.effective_user else 0)
        if self._lately(self._silent, who):
            return False
        if await self._administers(update, talk):
            return True
        self._note(self._silent, who)
        return False

    def _lately(self, noted: OrderedDict[Hashable, float], who: Hashable) -> bool:
        return who in noted and self._monotonic() - noted[who] < EVERY

    def _note(self, noted: OrderedDict[Hashable, float], who: Hashable) -> None:
        noted[who] = self._monotonic()
        noted.move_to_end(who)
        while len(noted) > MOST:
            noted.popitem(last=False)


def private(voice: Voice, bot: str, command: str) -> Keyboard:
    """Give the button that asks the same in a private chat (Telegram's deep links, core.telegram.org/bots/features)."""
    url = f"https://t.me/{bot}" + (f"?start={ASK}{command}" if command else "")
    return ((Button(voice.gettext("Continue in private"), url=url),),)
