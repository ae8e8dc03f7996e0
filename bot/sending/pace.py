"""The gate that every request to Telegram passes, in order of urgency and no faster than is allowed.

The limits are those of Telegram's FAQ ("My bot is hitting limits"): about 30 messages a second in all, one a
second in a chat (short bursts pass), 20 a minute in a group. Times are the event loop's, monotonic.
"""

import asyncio
import heapq
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

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
FLOOD_OF_ALL = 3  # chats that are told to wait at the same time: then the answer means all
REPLY_TRIES = 3  # a reply is tried again after a 429, since nobody else remembers it
LONGEST_REPLY_WAIT = 60.0  # seconds
REMEMBERED = 20_000  # chats whose last messages are remembered, far over what any rate needs

Answer = bool | dict[str, Any] | list[dict[str, Any]]


@dataclass(order=True, slots=True)
class _Waiter:
    at: float  # when it may be looked at again
    priority: int
    number: int
    chat: int | None = field(compare=False)
    passed: "asyncio.Future[None]" = field(compare=False)


class Gate(BaseRateLimiter[int]):
    """python-telegram-bot asks it for every request but getUpdates; urgency comes as `rate_limit_args`."""

    def __init__(self, messages_per_second: float) -> None:
        self._interval = 1.0 / messages_per_second
        self._next = 0.0  # when the next message of all may leave
        self._chats: OrderedDict[int, deque[float]] = OrderedDict()
        self._told_to_wait: dict[int, float] = {}  # by chat, until when
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

    def close(self, *, below: int) -> None:
        """Turn back, from now on, whoever is as urgent as `below` or less: the bot stops, and what waits is kept."""
        self._closed_below = below
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
        chat = chat if isinstance(chat, int) else None
        priority = Priority.REPLY if rate_limit_args is None else rate_limit_args
        for attempt in range(1, REPLY_TRIES + 1):
            await self._turn(chat, priority)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                seconds = _seconds(error)
                self._wait_as_told(chat, seconds)
                log.warning("told to wait", chat=chat, seconds=seconds, endpoint=endpoint)
                if priority != Priority.REPLY or attempt == REPLY_TRIES or seconds > LONGEST_REPLY_WAIT:
                    raise
        raise AssertionError("the loop above returns or raises")

    async def _turn(self, chat: int | None, priority: int) -> None:
        if self._closed_below is not None and priority >= self._closed_below:
            raise asyncio.CancelledError
        loop = asyncio.get_running_loop()
        self._count += 1
        waiter = _Waiter(0.0, priority, self._count, chat, loop.create_future())
        heapq.heappush(self._ready, (priority, waiter.number, waiter))
        self._pass_on()
        await waiter.passed

    def _pass_on(self) -> None:
        """Let everybody through whose turn it is, then come back when the next one's will be."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._parked and self._parked[0].at <= now:
            waiter = heapq.heappop(self._parked)
            heapq.heappush(self._ready, (waiter.priority, waiter.number, waiter))
        while self._ready and (free_at := max(self._next - SLACK, self._all_wait)) <= now:
            waiter = heapq.heappop(self._ready)[2]
            if waiter.passed.done():  # whoever waited has gone
                continue
            chat_free_at = self._chat_free_at(waiter.chat, now)
            if chat_free_at > now:
                waiter.at = chat_free_at
                heapq.heappush(self._parked, waiter)
                continue
            self._next = max(self._next, now - SLACK) + self._interval
            self._remember(waiter.chat, now)
            waiter.passed.set_result(None)
        times = [self._parked[0].at] if self._parked else []
        if self._ready:
            times.append(free_at)
        if self._timer:
            self._timer.cancel()
        self._timer = loop.call_at(min(times), self._pass_on) if times else None

    def _chat_free_at(self, chat: int | None, now: float) -> float:
        if chat is None:
            return now
        told = self._told_to_wait.get(chat, 0.0)
        left = self._chats.get(chat)
        if not left:
            return max(told, now)
        if chat < 0:  # a group or a channel
            full = len(left) >= GROUP_MESSAGES
            window = left[-GROUP_MESSAGES] + GROUP_WINDOW if full else now
            return max(told, window, _bucket(left))
        return max(told, _bucket(left))

    def _remember(self, chat: int | None, now: float) -> None:
        if chat is None:
            return
        left = self._chats.setdefault(chat, deque(maxlen=GROUP_MESSAGES))
        left.append(now)
        self._chats.move_to_end(chat)
        if len(self._chats) > REMEMBERED:
            self._chats.popitem(last=False)

    def _wait_as_told(self, chat: int | None, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        until = now + seconds
        if chat is None:
            self._all_wait = max(self._all_wait, until)
            return
        self._told_to_wait = {one: end for one, end in self._told_to_wait.items() if end > now}
        self._told_to_wait[chat] = until
        # The answer does not say whom it means. One chat is told for its own sake; several at once are not.
        if len(self._told_to_wait) >= FLOOD_OF_ALL:
            self._all_wait = max(self._all_wait, until)


def _bucket(left: deque[float]) -> float:
    """Say when a chat's bucket of CHAT_BURST, refilled every CHAT_INTERVAL, has room again."""
    empty_until = 0.0
    for at in left:
        empty_until = max(empty_until, at) + CHAT_INTERVAL
    return empty_until - (CHAT_BURST - 1) * CHAT_INTERVAL


def _seconds(error: RetryAfter) -> float:
    told = error.retry_after
    return told.total_seconds() if isinstance(told, timedelta) else float(told)
