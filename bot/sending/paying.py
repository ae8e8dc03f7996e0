"""Stars for messages above what is free: set aside in the store before they are spent, so that no budget is ever exceeded.

Telegram takes 0.1 Stars for a message that is sent with `allow_paid_broadcast` (Bot API, sendMessage). Every such request counts
here, also one that fails, or is made again: Telegram's own count can only be lower.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import structlog

from bot.config.cautions import FREE_RATE, MESSAGES_A_STAR
from digests.errors import StoreError
from digests.store import stars
from digests.store.engine import Store

log = structlog.get_logger()

AHEAD = 5.0  # seconds of paid messages that are set aside at once ...
PARTS = 20  # ... and at most this part of a day's budget: what a kill may waste
PAUSE = timedelta(hours=1)  # after Telegram took no Stars, and ...
SHORT_PAUSE = timedelta(seconds=5)  # ... after the store could not be asked


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be paid for in a day, UTC, and how much of it is set aside at once; both in messages."""

    messages: int
    chunk: int

    @classmethod
    def of(cls, stars_per_day: int, messages_per_second: float) -> Self:
        """Give the budget that an operator stated."""
        messages = stars_per_day * MESSAGES_A_STAR
        ahead = round((messages_per_second - FREE_RATE) * AHEAD)
        return cls(messages, max(1, min(ahead, messages // PARTS)))


class StarPurse:
    """The part of a day's budget that may be spent without asking the store. It refills itself while it is spent."""

    def __init__(self, store: Store, budget: Budget, now: Callable[[], datetime]) -> None:
        self._store = store
        self._budget = budget
        self._now = now
        self._look: Callable[[], None] = lambda: None
        self._messages = 0
        self._day = now().date()  # whose budget they are of
        self._closed_until = now()
        self._refilling: asyncio.Task[None] | None = None
        self._noting: asyncio.Task[None] | None = None
        self._stopped = False

    def tell(self, look: Callable[[], None]) -> None:
        """Call `look` whenever there is something in it again."""
        self._look = look

    def filled(self) -> bool:
        """Whether the next message can be paid. What is of yesterday is over."""
        now = self._now()
        if now < self._closed_until:
            return False
        if self._messages and now.date() > self._day:
            self._messages = 0
        if not self._messages:
            self._refill()
        return self._messages > 0

    def take(self) -> None:
        """Pay for one message."""
        self._messages -= 1
        if self._messages * 2 < self._budget.chunk:
            self._refill()

    def refused(self) -> None:
        """Pay for nothing for a while: Telegram took no Stars."""
        log.warning("no stars left", pause_seconds=PAUSE.total_seconds())
        self._closed_until = self._now() + PAUSE
        if not self._stopped and (self._noting is None or self._noting.done()):
            self._noting = asyncio.create_task(self._note(), name="no stars")

    async def stop(self) -> None:
        """Put back what was not spent."""
        self._stopped = True
        if under_way := [task for task in (self._refilling, self._noting) if task]:
            await asyncio.wait(under_way)
        unspent, self._messages = self._messages, 0
        if not unspent:
            return
        try:
            async with self._store.writing() as tx:
                await stars.give_back(tx, self._day, unspent, self._now())
        except (StoreError, OSError) as error:
            log.warning("stars kept back", messages=unspent, error=type(error).__name__)

    async def _note(self) -> None:
        """Have administrators told."""
        try:
            async with self._store.writing() as tx:
                await stars.ran_out(tx, self._now())
        except (StoreError, OSError) as error:  # the next refusal notes it
            log.warning("stars not noted", error=type(error).__name__)

    def _refill(self) -> None:
        if not self._stopped and (self._refilling is None or self._refilling.done()):
            self._refilling = asyncio.create_task(self._reserve(), name="stars")

    async def _reserve(self) -> None:
        now = self._now()
        wanted = self._budget.chunk - self._messages
        try:
            async with self._store.writing() as tx:
                reserved = await stars.reserve(tx, wanted, self._budget.messages, now)
        except (StoreError, OSError) as error:
            log.warning("stars not set aside", error=type(error).__name__)
            self._closed_until = max(self._closed_until, now + SHORT_PAUSE)
            return
        if reserved.day > self._day:  # what was left of the day before is over
            self._messages = 0
            self._day = reserved.day
        self._messages += reserved.messages
        if reserved.ended:
            log.warning(
                "stars spent", day=reserved.day.isoformat(), stars=self._budget.messages / MESSAGES_A_STAR
            )
        if reserved.messages:
            self._look()
        elif not self._messages:
            self._closed_until = max(self._closed_until, self._tomorrow(now))

    def _tomorrow(self, now: datetime) -> datetime:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(days=1 + max(0, (self._day - now.date()).days))
