"""At a start digests wait for the news: else they would lack what was published while the bot was down."""

from collections.abc import Callable
from datetime import datetime, timedelta

from digests.store import polls
from digests.store.engine import Store

# A publisher that does not answer is given up within half a minute, and of one host two feeds are asked at once: what takes
# longer than this are a few feeds of many, and readers wait.
PATIENCE = timedelta(minutes=2)


class CatchingUp:
    """Whether what was due when the bot began was asked for once, and judged; or enough time was given to it."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._since = now()
        self._over = False

    async def is_over(self) -> bool:
        """Whether digests need not wait (any more). Once it is over it stays so."""
        if not self._over:
            # A clock that was set back, too, ends the wait: it says nothing of how long that took.
            waits = self._since <= self._now() < self._since + PATIENCE
            self._over = not waits or not await self._news_to_come()
        return self._over

    async def _news_to_come(self) -> bool:
        async with self._store.reading() as tx:
            return await polls.outstanding(tx, self._since)
