"""The gate that every request to Telegram passes, in order of urgency and no faster than is allowed.

What is allowed in all says `speed`, what a chat may get says `limits`, and what may be paid for says `purse`. Times are the
event loop's, monotonic.
"""

import asyncio
import heapq
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog
from telegram.error import BadRequest, RetryAfter
from telegram.ext import BaseRateLimiter

from bot.config.cautions import FREE_RATE
from bot.sending.limits import ChatLimits, Who
from bot.sending.outcomes import seconds_told
from bot.sending.speed import Flow, Pace, Speed
from digests.model import Priority

log = structlog.get_logger()

UNPACED = frozenset(
    {"getUpdates", "answerCallbackQuery", "answerInlineQuery", "getMe", "getChatMember", "logOut", "close"}
)
FLOOD_OF_ALL = (
    3  # chats that are told to wait at once: then the answer means all. Groups over their own limit are
)
FLOOD_WITHIN = 2.0  # told now and then. Seconds; longer where less leaves than four messages in them
REPLY_TRIES = 3  # a reply is tried again after a 429, since nobody else remembers it
LONGEST_REPLY_WAIT = 60.0  # seconds
PAID = "allow_paid_broadcast"  # Bot API: for a fee of 0.1 Stars per message
PAYABLE = frozenset(
    {Priority.ALERT, Priority.DIGEST}
)  # by `sendMessage`; replies are never paid for, edits cannot be
_BROKE = "balance_too_low"  # in the text of a 400: the bot has no Stars left

Answer = bool | dict[str, Any] | list[dict[str, Any]]


class Purse(Protocol):
    """What paid messages are paid from."""

    def tell(self, look: Callable[[], None]) -> None:
        """Call `look` whenever there is something in it again."""

    def filled(self) -> bool:
        """Whether the next message can be paid."""

    def take(self) -> None:
        """Pay for one message."""

    def refused(self) -> None:
        """Telegram took no Stars: pay for nothing for a while."""


@dataclass(order=True, slots=True)
class _Waiter:
    at: float  # when it may be looked at again
    priority: int
    number: int
    who: Who = field(compare=False)
    payable: bool = field(compare=False)
    passed: "asyncio.Future[bool]" = field(compare=False)  # whether it is paid for


_Queue = list[tuple[int, int, _Waiter]]


class Gate(BaseRateLimiter[int]):
    """python-telegram-bot asks it for every request but getUpdates; urgency comes as `rate_limit_args`.

    With a `purse`, FREE_RATE messages a second leave as they are, and what may be paid for leaves beside them up to
    `messages_per_second`; while the purse is empty, all wait for the free ones.
    """

    def __init__(self, messages_per_second: float, purse: Purse | None = None) -> None:
        self._speed = Speed(messages_per_second)
        self._purse = purse
        self._free = Flow(min(messages_per_second, FREE_RATE)) if purse else None
        self._chats = ChatLimits()
        self._ready: _Queue = []
        self._payable: _Queue = []
        self._parked: list[_Waiter] = []
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None
        self._closed_below: int | None = None
        self._slowed = False
        if purse:
            purse.tell(self._pass_on)

    @property
    def pace(self) -> Pace:
        """How fast messages may leave now. Asked for while the event loop runs."""
        return self._speed.pace(asyncio.get_running_loop().time())

    async def initialize(self) -> None:
        """Have nothing to prepare: the buckets begin as if a message had just left."""
        now = asyncio.get_running_loop().time()
        self._speed.begin(now)
        if self._free:
            self._free.begin(now)

    def remember(self, sent: Iterable[tuple[int, float]]) -> None:
        """Count what groups were sent before this run: their ids, and how many seconds ago, the longest ago first."""
        now = asyncio.get_running_loop().time()
        for group, ago in sent:
            self._chats.remember(group, now - max(0.0, ago))

    async def shutdown(self) -> None:
        """Let nobody wait for ever."""
        self.close(below=Priority.REPLY)
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def close(self, *, below: int) -> None:
        """Turn back, from now on, whoever is as urgent as `below` or less: the bot stops, and what waits is kept."""
        self._closed_below = below if self._closed_below is None else min(below, self._closed_below)
        for waiter in [*self._parked, *(entry[2] for entry in (*self._ready, *self._payable))]:
            if waiter.priority >= below:
                waiter.passed.cancel()

    async def process_request(  # noqa: PLR0917 - python-telegram-bot's signature
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Answer:
        """Pass the request when its turn has come. A 429 delays its chat, or all.

        `data` is what will be asked for: python-telegram-bot made it for this request alone.
        """
        if endpoint in UNPACED:
            return await callback(*args, **kwargs)
        chat = data.get("chat_id")
        who = chat if isinstance(chat, int) else endpoint
        priority = Priority.REPLY if rate_limit_args is None else rate_limit_args
        payable = self._purse is not None and priority in PAYABLE and endpoint == "sendMessage"
        attempt = 1
        while True:
            paid = await self._turn(who, priority, payable=payable)
            if paid:
                data[PAID] = True
            left_at = asyncio.get_running_loop().time()
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                seconds = seconds_told(error)
                self._wait_as_told(who, seconds, left_at)
                log.warning("told to wait", who=who, seconds=seconds, endpoint=endpoint)
                if priority != Priority.REPLY or attempt == REPLY_TRIES or seconds > LONGEST_REPLY_WAIT:
                    raise
                attempt += 1
            except BadRequest as error:
                if not paid or self._purse is None or _BROKE not in str(error).lower():
                    raise
                self._purse.refused()
                payable = False
                del data[PAID]

    async def _turn(self, who: Who, priority: int, *, payable: bool) -> bool:
        """Wait until the request may leave; says whether it is paid for."""
        if self._closed_below is not None and priority >= self._closed_below:
            raise asyncio.CancelledError
        loop = asyncio.get_running_loop()
        if self._is_idle() and self._is_open(who, loop.time()):
            return False
        self._count += 1
        waiter = _Waiter(0.0, priority, self._count, who, payable, loop.create_future())
        self._line_up(waiter)
        self._pass_on()
        return await waiter.passed

    def _is_idle(self) -> bool:
        return not (self._ready or self._payable or self._parked)

    def _is_open(self, who: Who, now: float) -> bool:
        """Let a request pass at once where nothing stands against it: so it is at 100,000 messages a second."""
        if self._speed.free_at() > now or (self._free and self._free.free_at() > now):
            return False
        if self._chats.free_at(who, now) > now:
            return False
        self._let(who, now, paid=False)
        return True

    def _line_up(self, waiter: _Waiter) -> None:
        queue = self._payable if waiter.payable else self._ready
        heapq.heappush(queue, (waiter.priority, waiter.number, waiter))

    def _pass_on(self) -> None:
        """Let everybody through whose turn it is, then come back when the next one's will be."""
        now = asyncio.get_running_loop().time()
        while self._parked and self._parked[0].at <= now:
            self._line_up(heapq.heappop(self._parked))
        while self._speed.free_at() <= now:
            paid = self._free is not None and self._free.free_at() > now
            queue = self._next(paid=paid)
            if not queue:
                break
            waiter = heapq.heappop(queue)[2]
            if waiter.passed.done():  # whoever waited has gone
                continue
            free_at = self._chats.free_at(waiter.who, now)
            if free_at > now:
                waiter.at = free_at
                heapq.heappush(self._parked, waiter)
                continue
            self._let(waiter.who, now, paid=paid)
            waiter.passed.set_result(paid)
        self._come_back(now)

    def _next(self, *, paid: bool) -> _Queue:
        """Give the queue whose first is the next to pass; an empty one: nobody may."""
        if paid:
            return self._payable if self._pays() else []
        if self._payable and (not self._ready or self._payable[0][:2] < self._ready[0][:2]):
            return self._payable
        return self._ready

    def _pays(self) -> bool:
        """Whether somebody may be let through for Stars. Who waits alone has the next free place, in no time."""
        return self._purse is not None and len(self._payable) > 1 and self._purse.filled()

    def _let(self, who: Who, now: float, *, paid: bool) -> None:
        self._speed.take(now)
        if paid and self._purse:
            self._purse.take()
        elif self._free:
            self._free.take(now)
        self._chats.count(who, now)
        if self._slowed and not self._speed.pace(now).slowed:
            self._slowed = False
            log.info("as fast again as configured", messages_per_second=self._speed.configured)

    def _come_back(self, now: float) -> None:
        times = [self._parked[0].at] if self._parked else []
        if self._ready or self._payable:
            at = self._speed.free_at()
            if self._free and not self._pays():
                at = max(at, self._free.free_at())
            times.append(max(at, now))
        if self._timer and times and self._timer.when() == min(times):
            return
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(min(times), self._rung) if times else None

    def _rung(self) -> None:
        self._timer = None
        self._pass_on()

    def _wait_as_told(self, who: Who, seconds: float, left_at: float) -> None:
        now = asyncio.get_running_loop().time()
        within = max(FLOOD_WITHIN, 4 / self._speed.allowed(now))
        # The answer does not say whom it means. One chat is told for its own sake; several at once are not.
        if self._chats.told(who, seconds, now, within=within) < FLOOD_OF_ALL:
            return
        if self._speed.told(seconds, now, left_at=left_at):
            self._slowed = True
            pace = self._speed.pace(now)
            log.warning(
                "slowed down",
                messages_per_second=round(pace.allowed, 2),
                configured=pace.configured,
                waits=round(pace.waits, 1),
            )
