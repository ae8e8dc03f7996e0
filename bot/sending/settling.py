"""Writing outcomes back, many in one transaction and soon: a kill may repeat only what is not written yet."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from digests.errors import StoreError
from digests.model import ChatId, State
from digests.store import chats, outbox
from digests.store.engine import Store, Writing
from digests.store.outbox import Settlement

log = structlog.get_logger()

GATHER = 0.02  # seconds that outcomes are gathered for; on disk well within 200 ms of the answer
FIRST_PAUSE = 0.1  # seconds before a failed write is tried again, doubled up to LONGEST_PAUSE
LONGEST_PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class Settled:
    """An outcome to be written, with what it says about the chat."""

    settlement: Settlement
    chat: ChatId
    telegram_id: int
    gone: str = ""  # why the chat cannot be written to any more
    moved_to: int = 0


class Settler:
    """Gathers outcomes and writes them. Whoever settles waits until it is on disk."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._waiting: list[tuple[Settled, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def settle(self, settled: Settled) -> None:
        """Write one outcome. Returns when it is committed; a database that is away is waited for."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((settled, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write(), name="settle")
        await future

    async def _write(self) -> None:
        await asyncio.sleep(GATHER)
        while self._waiting:
            batch, self._waiting = self._waiting, []
            pause = FIRST_PAUSE
            while True:
                try:
                    async with self._store.writing() as tx:
                        await self._apply(tx, [settled for settled, _ in batch])
                    break
                except (SQLAlchemyError, StoreError, OSError) as error:
                    # The answers were heard; to forget them would be to send twice.
                    log.warning("outcomes not written yet", error=type(error).__name__, outcomes=len(batch))
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
            for _, future in batch:
                if not future.done():
                    future.set_result(None)

    async def _apply(self, tx: Writing, batch: list[Settled]) -> None:
        now = self._now()
        await outbox.settle(tx, [one.settlement for one in batch], now)
        for one in batch:
            if one.moved_to:
                await chats.move(tx, one.telegram_id, one.moved_to)
            elif one.gone:
                await chats.pause(tx, one.telegram_id, one.gone, now)
                await outbox.cancel(tx, [one.chat], State.GONE, now)
