"""The gate that every request to Telegram passes, in order of urgency and no faster than is allowed.

The limits are those of Telegram's FAQ ("My bot is hitting limits"): about 30 messages a second in all, one a
second in a chat (short bursts pass), 20 a minute in a group. Times are the event loop's, monotonic.
"""

import asyncio
import heapq
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.sending.outcomes import seconds_told
from digests.model import Priority

log = structlog.get_logger()

UNPACED = frozenset(
    {"getUpdates", "answerCallbackQuery", "answerInlineQuery", "getMe", "getChatMember", "logOut", "close"}
)
CHAT_INTERVAL = 1.0  # seconds between messages of one chat, in the long run
CHAT_BURST = 3  # messages that may leave at once, after a pause
GROUP_MESSAGES = 20
GROUP_WINDOW = 60.0  # seconds
SLACK = 0.01  # seconds that a late timer may make up for, so that the mean rate is kept
FLOOD_OF_ALL = 3  # chats that are told to wait within FLOOD_WITHIN: then the answer means all
FLOOD_WITHIN = 2.0  # seconds; groups that are each over their own limit are told now and then, not at once
REPLY_TRIES = 3  # a reply is tried again after a 429, since nobody else remembers it
LONGEST_REPLY_WAIT = 60.0  # seconds
REMEMBERED = 100_000  # chats at most; what no limit needs any more is forgotten long before

Answer = bool | dict[str, Any] | list[dict[str, Any]]
Who = int | str  # a chat, or the method of a request that has none


@dataclass(order=True, slots=True)
class _Waiter:
    at: float  # when it may be looked at again
    priority: int
    number: int
    who: Who = field(compare=False)
    passed: "asyncio.Future[None]" = field(compare=False)


class Gate(BaseRateLimiter[int]):
    """python-telegram-bot asks it for every request but getUpdates; urgency comes as `rate_limit_args`."""

    def __init__(self, messages_per_second: float) -> None:
        self._interval = 1.0 / messages_per_second
        self._next = 0.0  # when the next message of all may leave
        self._buckets: OrderedDict[Who, float] = OrderedDict()  # by chat, when its bucket is empty again
        self._minutes: OrderedDict[Who, deque[float]] = OrderedDict()  # by group, when its last messages left
        self._told: dict[Who, tuple[float, float]] = {}  # who was told to wait: when, and until when
        self._all_wait = 0.0
        self._ready: list[tuple[int, int, _Waiter]] = []
        self._parked: list[_Waiter] = []
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None
        self._closed_below: int | None = None

    async def initialize(self) -> None:
        """Have nothing to prepare: the buckets begin as if a message had just left."""
        self._next = max(self._next, asyncio.get_running_loop().time() + self._interval)

    async def shutdown(self) -> None:
        """Let nobody wait for ever."""
        self.close(below=Priority.REPLY)
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def close(self, *, below: int) -> None:
        """Turn back, from now on, whoever is as urgent as `below` or less: the bot stops, and what waits is kept."""
        self._closed_below = below if self._closed_below is None else min(below, self._closed_below)
        for waiter in [*self._parked, *(entry[2] for entry in self._ready)]:
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
        """Pass the request when its turn has come. A 429 delays its chat, or all."""
        if endpoint in UNPACED:
            return await callback(*args, **kwargs)
        chat = data.get("chat_id")
        who = chat if isinstance(chat, int) else endpoint
        priority = Priority.REPLY if rate_limit_args is None else rate_limit_args
        for attempt in range(1, REPLY_TRIES + 1):
            await self._turn(who, priority)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                seconds = seconds_told(error)
                self._wait_as_told(who, seconds)
                log.warning("told to wait", who=who, seconds=seconds, endpoint=endpoint)
                if priority != Priority.REPLY or attempt == REPLY_TRIES or seconds > LONGEST_REPLY_WAIT:
                    raise
        raise AssertionError("the loop above returns or raises")

    async def _turn(self, who: Who, priority: int) -> None:
        if self._closed_below is not None and priority >= self._closed_below:
            raise asyncio.CancelledError
        loop = asyncio.get_running_loop()
        self._count += 1
        waiter = _Waiter(0.0, priority, self._count, who, loop.create_future())
        heapq.heappush(self._ready, (priority, waiter.number, waiter))
        self._pass_on()
        await waiter.passed

    def _pass_on(self) -> None:
        """Let everybody through whose turn it is, then come back when the next one's will be."""
        now = asyncio.get_running_loop().time()
        while self._parked and self._parked[0].at <= now:
            waiter = heapq.heappop(self._parked)
            heapq.heappush(self._ready, (waiter.priority, waiter.number, waiter))
        while self._ready and max(self._next, self._all_wait) <= now:
            waiter = heapq.heappop(self._ready)[2]
            if waiter.passed.done():  # whoever waited has gone
                continue
            free_at = self._free_at(waiter.who, now)
            if free_at > now:
                waiter.at = free_at
                heapq.heappush(self._parked, waiter)
                continue
            self._next = max(self._next, now - SLACK) + self._interval
            self._remember(waiter.who, now)
            waiter.passed.set_result(None)
        self._come_back()

    def _come_back(self) -> None:
        times = [self._parked[0].at] if self._parked else []
        if self._ready:
            times.append(max(self._next, self._all_wait))
        if self._timer and times and self._timer.when() == min(times):
            return
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(min(times), self._rung) if times else None

    def _rung(self) -> None:
        self._timer = None
        self._pass_on()

    def _free_at(self, who: Who, now: float) -> float:
        """Say when a chat has room again: in its bucket of CHAT_BURST, in a group's minute, by what it was told."""
        free_at = max(
            self._told.get(who, (0.0, 0.0))[1],
            self._buckets.get(who, now) - (CHAT_BURST - 1) * CHAT_INTERVAL,
        )
        minute = self._minutes.get(who)
        if minute and len(minute) == GROUP_MESSAGES:
            free_at = max(free_at, minute[0] + GROUP_WINDOW)
        return free_at

    def _remember(self, who: Who, now: float) -> None:
        """Count a message of a chat, and forget the chats that have been quiet for as long as a limit looks back."""
        if isinstance(who, str):
            return
        self._buckets[who] = max(self._buckets.get(who, now), now) + CHAT_INTERVAL
        self._buckets.move_to_end(who)
        oldest = next(iter(self._buckets))
        while self._buckets[oldest] <= now or len(self._buckets) > REMEMBERED:
            del self._buckets[oldest]
            oldest = next(iter(self._buckets))
        if who > 0:  # a private chat; groups and channels have negative ids
            return
        self._minutes.setdefault(who, deque(maxlen=GROUP_MESSAGES)).append(now)
        self._minutes.move_to_end(who)
        oldest = next(iter(self._minutes))
        while self._minutes[oldest][-1] <= now - GROUP_WINDOW or len(self._minutes) > REMEMBERED:
            del self._minutes[oldest]
            oldest = next(iter(self._minutes))

    def _wait_as_told(self, who: Who, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        self._told = {one: told for one, told in self._told.items() if told[1] > now}
        self._told[who] = (now, now + seconds)
        # The answer does not say whom it means. One chat is told for its own sake; several at once are not.
        lately = sum(at > now - FLOOD_WITHIN for at, _ in self._told.values())
        if lately >= FLOOD_OF_ALL:
            self._all_wait = max(self._all_wait, now + seconds)
