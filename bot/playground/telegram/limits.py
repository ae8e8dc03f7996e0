"""How much the service takes before it says 429. Off unless asked for."""

import math
from collections import deque
from dataclasses import dataclass, field

from bot.playground.telegram.model import Chat
from bot.playground.telegram.refusals import Refused, too_many


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Messages and edits taken; None: any number.

    Telegram's own, about: 30 a second in all, 1 a second in a chat with a short burst, 20 a minute in a group.
    """

    per_second: int | None = None  # in all chats
    per_chat: float | None = None  # a second, in the long run
    burst: int = 1  # how many a chat may get at once
    per_group_minute: int | None = None

    @classmethod
    def telegrams(cls) -> "Limits":
        """As the documentation gives them."""
        return cls(per_second=30, per_chat=1, burst=3, per_group_minute=20)


@dataclass(slots=True)
class Gauge:
    """Counts what was taken, by a monotonic clock given with each request."""

    limits: Limits
    _all: deque[float] = field(default_factory=deque)
    _minutes: dict[int, deque[float]] = field(default_factory=dict)
    _levels: dict[int, tuple[float, float]] = field(default_factory=dict)  # chat: burst used, at

    def take(self, chat: Chat, at: float) -> Refused | None:
        """Count one message, or say why not. A refused one does not count."""
        limits = self.limits
        if limits.per_second is not None and (wait := _full(self._all, limits.per_second, 1.0, at)):
            return too_many(wait)
        minute = None
        if limits.per_group_minute is not None and chat.kind != "private":
            minute = self._minutes.setdefault(chat.id, deque())
            if wait := _full(minute, limits.per_group_minute, 60.0, at):
                return too_many(wait)
        if limits.per_chat is not None:
            used, since = self._levels.get(chat.id, (0.0, at))
            used = max(0.0, used - (at - since) * limits.per_chat)
            if used + 1 > limits.burst + 1e-9:
                return too_many(max(1, math.ceil((used + 1 - limits.burst) / limits.per_chat)))
            self._levels[chat.id] = (used + 1, at)
        if limits.per_second is not None:
            self._all.append(at)
        if minute is not None:
            minute.append(at)
        return None


def _full(taken: deque[float], most: int, window: float, at: float) -> int:
    """Seconds to wait until there is room in the window, rounded up; 0: there is room."""
    while taken and taken[0] <= at - window:
        taken.popleft()
    return max(1, math.ceil(taken[0] + window - at)) if len(taken) >= most else 0
