"""The queue of updates and getUpdates on it.

Source: https://core.telegram.org/bots/api#getupdates. An update stays until an offset above it confirms it.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

from bot.playground.telegram.model import Shape
from bot.playground.telegram.refusals import OTHER_GET_UPDATES, conflict

_LONGEST_POLL = 50.0  # seconds; the server's own bound
_ASKED_FOR = ("chat_member", "message_reaction", "message_reaction_count")  # sent only to bots that name them
FIRST_ID = 500_000_001


class Updates:
    """What the bot has not confirmed yet."""

    def __init__(self) -> None:
        self._queue: deque[Shape] = deque()
        self._next = FIRST_ID
        self._poll: asyncio.Future[None] | None = None
        self.allowed: tuple[str, ...] = ()  # empty: all but those that must be named
        self.webhook = ""

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def polling(self) -> bool:
        """Whether a long poll is waiting."""
        return self._poll is not None and not self._poll.done()

    def put(self, kind: str, body: Shape) -> int | None:
        """Queue an update; its id, or None when the bot did not ask for this kind."""
        if kind not in self.allowed if self.allowed else kind in _ASKED_FOR:
            return None
        update_id, self._next = self._next, self._next + 1
        self._queue.append({"update_id": update_id, kind: body})
        self._wake()
        return update_id

    def waiting(self) -> list[Shape]:
        """All unconfirmed updates, oldest first."""
        return list(self._queue)

    def drop(self) -> None:
        """Forget all unconfirmed updates."""
        self._queue.clear()

    async def get(self, offset: int, limit: int, wait: float, allowed: Sequence[str] | None) -> list[Shape]:
        """One getUpdates; `wait` in seconds. Raises Refused 409 when a newer one begins meanwhile, or a webhook is set."""
        if self.webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        if allowed is not None:
            self.allowed = tuple(allowed)
        self._end_older()
        self._confirm(offset)
        if not self._queue and wait > 0:
            await self._wait(min(wait, _LONGEST_POLL))
        size = limit if 1 <= limit <= 100 else 100
        return [update for update, _ in zip(self._queue, range(size), strict=False)]

    def _confirm(self, offset: int) -> None:
        if offset > 0:
            while self._queue and self._queue[0]["update_id"] < offset:
                self._queue.popleft()
        elif offset < 0:  # from the end; what is before it is forgotten
            while len(self._queue) > -offset:
                self._queue.popleft()

    async def _wait(self, seconds: float) -> None:
        poll: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = poll
        try:
            async with asyncio.timeout(seconds):
                await poll
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def _end_older(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(conflict(OTHER_GET_UPDATES))
        self._poll = None
