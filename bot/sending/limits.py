"""What a chat is sent in a second, and a group or channel in a minute: Telegram's limits, chat by chat.

The limits are those of Telegram's FAQ ("My bot is hitting limits, how do I avoid this?"): one message a second in a chat, short
bursts pass; 20 a minute in a group. Channels have group-like ids and are held to the same. Times are monotonic, in seconds.
"""

from collections import OrderedDict, deque

CHAT_INTERVAL = 1.0  # seconds between messages of one chat, in the long run
CHAT_BURST = 3  # messages that may leave at once, after a pause
GROUP_MESSAGES = 20
GROUP_WINDOW = 60.0
REMEMBERED = 100_000  # chats at most; what no limit needs any more is forgotten long before

Who = int | str  # a chat, or the method of a request that has none


class ChatLimits:
    """Remembers when chats were written to, for as long as a limit looks back."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[int, float] = OrderedDict()  # by chat, when its bucket is empty again
        self._minutes: OrderedDict[int, deque[float]] = OrderedDict()  # by group, when its last messages left
        self._told: dict[Who, tuple[float, float]] = {}  # who was told to wait: when, and until when

    def free_at(self, who: Who, now: float) -> float:
        """Say when a chat has room again: in its bucket, in a group's minute, by what it was told. Not in the future: now."""
        free_at = self._told[who][1] if who in self._told else 0.0
        if isinstance(who, str):
            return free_at
        free_at = max(free_at, self._buckets.get(who, now) - (CHAT_BURST - 1) * CHAT_INTERVAL)
        minute = self._minutes.get(who) if who < 0 else None
        if minute and len(minute) == GROUP_MESSAGES:
            free_at = max(free_at, minute[0] + GROUP_WINDOW)
        return free_at

    def count(self, who: Who, now: float) -> None:
        """Count a message of a chat, and forget the chats that have been quiet for as long as a limit looks back."""
        if isinstance(who, str):
            return
        buckets = self._buckets
        buckets[who] = max(buckets.get(who, now), now) + CHAT_INTERVAL
        buckets.move_to_end(who)
        oldest = next(iter(buckets))
        while buckets[oldest] <= now or len(buckets) > REMEMBERED:
            del buckets[oldest]
            oldest = next(iter(buckets))
        if who > 0:  # a private chat; groups and channels have negative ids
            return
        minutes = self._minutes
        minutes.setdefault(who, deque(maxlen=GROUP_MESSAGES)).append(now)
        minutes.move_to_end(who)
        oldest = next(iter(minutes))
        while minutes[oldest][-1] <= now - GROUP_WINDOW or len(minutes) > REMEMBERED:
            del minutes[oldest]
            oldest = next(iter(minutes))

    def remember(self, group: int, at: float) -> None:
        """Count a message that a group was sent at a time that is past; of several the first before the last."""
        self._minutes.setdefault(group, deque(maxlen=GROUP_MESSAGES)).append(at)
        self._minutes.move_to_end(group)

    def told(self, who: Who, seconds: float, now: float, *, within: float) -> int:
        """Let a chat wait as it was told; gives how many were told in the last `within` seconds, this one included."""
        self._told = {one: told for one, told in self._told.items() if told[1] > now}
        self._told[who] = (now, now + seconds)
        return sum(at > now - within for at, _ in self._told.values())
