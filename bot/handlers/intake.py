"""getUpdates: every update is committed to the inbox before Telegram is told that we have it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from telegram.error import RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.errors import TelegramRefusedError
from digests.store import inbox
from digests.store.engine import Store
from digests.store.inbox import Received

log = structlog.get_logger()

ALLOWED = ("message", "channel_post", "callback_query", "my_chat_member")  # only what is handled
POLL_SECONDS = 25
STALE = timedelta(
    days=6
)  # after a week without updates Telegram begins a new, random count (Bot API, Update)


class Intake:
    """Asks Telegram for updates and stores them. `stored` is called when some are new."""

    def __init__(
        self, store: Store, bot: ExtBot[int], *, now: Callable[[], datetime], stored: Callable[[], None]
    ) -> None:
        self._store = store
        self._bot = bot
        self._now = now
        self._stored = stored

    async def step(self) -> bool:
        """Wait for updates once. Raises TelegramRefusedError, which passes, when Telegram cannot be asked."""
        async with self._store.reading() as tx:
            known = await inbox.offset(tx)
        request: dict[str, Any] = {"timeout": POLL_SECONDS, "limit": 100, "allowed_updates": list(ALLOWED)}
        if known is not None and self._now() - known.at < STALE:
            request["offset"] = known.value
        try:
            answer = await self._bot.do_api_request(
                "getUpdates", api_kwargs=request, read_timeout=POLL_SECONDS + 10
            )
        except RetryAfter as error:
            raise TelegramRefusedError(f"Telegram asks to wait: {error}.", passing=True) from error
        except TelegramError as error:
            raise TelegramRefusedError(f"Telegram does not give updates: {error}.", passing=True) from error
        updates = [Received(one["update_id"], _queue_of(one), one) for one in answer]
        if not updates:
            return True
        async with self._store.writing() as tx:
            new = await inbox.receive(tx, updates, self._now())
        log.info("received", updates=len(updates), new=new)
        self._stored()
        return True


def _queue_of(update: dict[str, Any]) -> int:
    """Give the chat whose updates go one after the other."""
    for kind in ("message", "channel_post", "my_chat_member"):
        if kind in update:
            return int(update[kind]["chat"]["id"])
    query = update.get("callback_query", {})
    where = query.get("message") or {}
    return int((where.get("chat") or query.get("from") or {"id": 0})["id"])
