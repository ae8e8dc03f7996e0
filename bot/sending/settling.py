"""Writing outcomes back, many in one transaction and soon: a kill may repeat only what is not written yet."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.sending.outcomes import Meaning, Outcome
from digests import holding
from digests.errors import StoreError
from digests.model import Chat, DeliveryId, State
from digests.settings import BreakingSettings
from digests.store import chats, outbox
from digests.store.engine import Store, Writing
from digests.store.outbox import Settlement

log = structlog.get_logger()

GATHER = 0.005  # seconds that outcomes are gathered for; on disk well within 200 ms of the answer
WRITERS = 2  # transactions at once where the database takes more than one: each waits for the disk
FIRST_PAUSE = 0.1  # seconds before a failed write is tried again, doubled up to LONGEST_PAUSE
LONGEST_PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class Settled:
    """An outcome to be written, with what it says about the chat."""

    settlement: Settlement
    chat: Chat
    outcome: Outcome | None = None  # None: nothing was asked


@dataclass(frozen=True, slots=True)
class PartSent:
    """How far a split digest got."""

    delivery: DeliveryId
    parts: int
    lease_until: datetime


Fact = Settled | PartSent
_Waiting = list[tuple[Fact, "asyncio.Future[None]"]]


class Settler:
    """Gathers facts and writes them. Whoever hands one in waits until it is on disk."""

    def __init__(
        self, store: Store, rules: BreakingSettings, now: Callable[[], datetime], *, gather: float = GATHER
    ) -> None:
        """Take the store, and the caps under which held alerts are freed; `gather`: seconds, longer where few outcomes come, so that a transaction is worth its while."""
        self._gather = gather
        self._store = store
        self._rules = rules
        self._now = now
        self._most = 1 if store.is_sqlite else WRITERS
        self._waiting: _Waiting = []
        self._writing: dict[asyncio.Task[None], _Waiting] = {}  # what each of the writers has in hand

    async def settle(self, fact: Fact) -> None:
        """Write one fact. Returns when it is committed; a database that is away is waited for.

        Raises SQLAlchemyError for a fact that the database will never take.
        """
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((fact, future))
        self._begin()
        await future

    async def finish(self, seconds: float) -> None:
        """Wait until all is written that was handed in, also by those who wait no more; at most `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._writing:
                    await asyncio.wait(self._writing)

    def _begin(self) -> None:
        """Have a writer for what waits, unless one gathers it already."""
        if len(self._writing) < self._most and all(self._writing.values()):
            task = asyncio.create_task(self._write(), name="settle")
            self._writing[task] = []
            task.add_done_callback(self._ended)

    async def _write(self) -> None:
        await asyncio.sleep(self._gather)
        task = asyncio.current_task()
        while task and self._waiting:
            batch, self._waiting = self._waiting, []
            self._writing[task] = batch
            error = await self._insist([fact for fact, _ in batch])
            for fact, future in batch:
                # Where one cannot be written the others must not wait for it: each by itself.
                own = error and await self._insist([fact])
                if not future.done():
                    if own:
                        future.set_exception(own)
                    else:
                        future.set_result(None)
            self._writing[task] = []

    async def _insist(self, facts: Sequence[Fact]) -> SQLAlchemyError | None:
        """Write facts in one transaction, waiting for a database that is away. Gives what waiting does not mend."""
        pause = FIRST_PAUSE
        while True:
            try:
                async with self._store.writing() as tx:
                    await self._apply(tx, facts)
            except (StoreError, OSError) as error:  # the database is away
                # The answers were heard; to forget them would be to send twice.
                log.warning("outcomes not written yet", error=type(error).__name__, outcomes=len(facts))
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            except SQLAlchemyError as error:
                return error
            else:
                return None

    async def _apply(self, tx: Writing, facts: Sequence[Fact]) -> None:
        now = self._now()
        settlements = [one.settlement for one in facts if isinstance(one, Settled)]
        await holding.heed(tx, await outbox.settle(tx, settlements, now), self._rules, now)
        for one in facts:
            if isinstance(one, PartSent):
                await outbox.part_sent(tx, one.delivery, one.parts, one.lease_until)
            elif one.outcome and one.outcome.moved_to:
                moved = await chats.move(tx, one.chat.address.telegram_id, one.outcome.moved_to, now)
                await holding.heed(tx, moved, self._rules, now)
            elif one.outcome and one.settlement.state is State.GONE:
                await _pause(tx, one.chat, one.outcome, now)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """Let nobody wait for ever: what came as it ended, or should writing end by a fault of ours."""
        stuck = self._writing.pop(task)
        if task.cancelled():
            stuck, self._waiting = [*stuck, *self._waiting], []
        error = None if task.cancelled() else task.exception()
        for _, future in stuck:
            if future.done():
                continue
            if error:
                future.set_exception(error)
            else:
                future.cancel()
        if self._waiting:
            self._begin()


async def _pause(tx: Writing, chat: Chat, outcome: Outcome, now: datetime) -> None:
    """Write to a chat no more, and owe it nothing; what it chose is kept."""
    address = chat.address
    thread = address.thread_id if outcome.meaning is Meaning.TOPIC_GONE else None
    paused = await chats.pause(tx, address.telegram_id, outcome.note, now, thread_id=thread)
    await outbox.cancel(tx, {chat.id, *paused}, State.GONE, now)
