import asyncio
import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import RetryAfter

from bot.sending.limits import GROUP_MESSAGES, GROUP_WINDOW
from bot.sending.pace import Gate
from digests.model import Priority
from tests.sending.virtual import VirtualLoop, virtually

REPLY, ALERT, DIGEST = Priority.REPLY, Priority.ALERT, Priority.DIGEST
GROUP = -100_500


@dataclass
class Line:
    """Requests in front of a gate, and when each was let through: seconds since the gate was opened."""

    gate: Gate
    opened: float = 0.0
    passed: list[tuple[float, Any]] = field(default_factory=list)
    floods: dict[Any, list[int]] = field(default_factory=dict)  # by chat: the 429s that it gets first

    @classmethod
    async def open(cls, rate: float = 1_000) -> "Line":
        line = cls(Gate(rate))
        await line.gate.initialize()
        line.opened = asyncio.get_running_loop().time()
        return line

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time() - self.opened

    async def ask(
        self, chat: Any, priority: int | None = ALERT, endpoint: str = "sendMessage", name: Any = None
    ) -> Any:
        async def request() -> Any:
            self.passed.append((self.now, name or chat))
            if self.floods.get(chat):
                raise RetryAfter(self.floods[chat].pop(0))
            return {"ok": chat}

        data = {} if chat is None else {"chat_id": chat}
        return await self.gate.process_request(request, (), {}, endpoint, data, priority)

    def asks(self, chat: Any, priority: int | None = ALERT, **more: Any) -> "asyncio.Task[Any]":
        return asyncio.create_task(self.ask(chat, priority, **more))

    def times(self, name: Any) -> list[float]:
        return [at for at, who in self.passed if who == name]

    async def told(self, chat: Any, seconds: int) -> None:
        self.floods[chat] = [seconds]
        with pytest.raises(RetryAfter):
            await self.ask(chat)


def busiest(times: list[float], window: float) -> int:
    """The most that passed in any stretch of `window` seconds."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while at - times[first] >= window:
            first += 1
        most = max(most, last - first + 1)
    return most


@pytest.mark.parametrize(
    ("rate", "seconds"),
    [(0.5, 200), (1, 200), (5, 60), (30, 60), (31.7, 60), (61, 30), (300, 10), (1_000, 4), (20_000, 1.5)],
)
def test_the_rate_of_all_is_reached_and_in_no_second_exceeded(rate: float, seconds: float) -> None:
    async def main() -> list[float]:
        line = await Line.open(rate)
        chats = count(1)

        async def slot() -> None:
            while line.now < seconds:
                await line.ask(next(chats), DIGEST)

        await asyncio.gather(*(slot() for _ in range(64)))
        return [at for at, _ in line.passed]

    times = virtually(main())
    reached = sum(at < seconds for at in times) / seconds
    assert 0.99 * rate <= reached <= 1.01 * rate
    assert busiest(times, 1.0) <= max(math.ceil(rate), math.floor(1.02 * rate))


def test_a_hundred_thousand_a_second_pass_as_they_are_allowed_to() -> None:
    async def main() -> list[float]:
        line = await Line.open(100_000)
        chats = count(1)

        async def slot() -> None:
            while line.now < 0.25:
                await line.ask(next(chats), DIGEST)

        await asyncio.gather(*(slot() for _ in range(2_000)))
        return [at for at, _ in line.passed]

    times = virtually(main())
    assert 0.99 * 25_000 <= sum(at < 0.25 for at in times) <= 25_000 + 1_000
    assert busiest(times, 0.1) <= 10_000 + 1_000  # a late timer's 10 ms are made up for, no more


def test_a_process_that_is_busy_for_moments_still_reaches_the_rate_over_time() -> None:
    """A claim, a block that is rendered, a garbage collection: each takes some milliseconds of the loop."""

    async def main() -> list[float]:
        line = await Line.open(1_000)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        chats = count(1)

        async def slot() -> None:
            while line.now < 60:
                await line.ask(next(chats), DIGEST)

        async def stalls() -> None:
            while line.now < 60:
                await asyncio.sleep(7)
                loop.stall(0.04)

        await asyncio.gather(stalls(), *(slot() for _ in range(32)))
        return [at for at, _ in line.passed]

    times = virtually(main())
    assert sum(at < 60 for at in times) >= 0.998 * 60_000
    assert busiest(times, 1.0) <= 1_020


def test_a_process_that_was_busy_for_a_while_makes_no_burst_of_it() -> None:
    async def main() -> list[float]:
        line = await Line.open(30)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        asks = [line.asks(chat) for chat in range(1, 91)]
        await asyncio.sleep(1)
        loop.stall(5)
        await asyncio.gather(*asks)
        return [at for at, _ in line.passed]

    times = virtually(main())
    assert len(times) == 90
    assert busiest(times, 1.0) <= 31


def test_after_a_start_the_first_message_waits_as_if_one_had_just_left() -> None:
    async def main() -> float:
        line = await Line.open(2)
        await line.ask(1)
        return line.passed[0][0]

    assert virtually(main()) == pytest.approx(0.5, abs=0.01)


def test_replies_pass_before_alerts_and_alerts_before_digests() -> None:
    async def main() -> list[Any]:
        line = await Line.open(10)
        asks = [
            line.asks(number + 1, priority, name=f"{priority.name} {turn}")
            for number, (turn, priority) in enumerate(
                (turn, priority) for priority in (DIGEST, ALERT, REPLY) for turn in (1, 2)
            )
        ]
        await asyncio.gather(*asks)
        return [name for _, name in line.passed]

    assert virtually(main()) == ["REPLY 1", "REPLY 2", "ALERT 1", "ALERT 2", "DIGEST 1", "DIGEST 2"]


def test_what_says_no_urgency_is_a_reply() -> None:
    async def main() -> list[Any]:
        line = await Line.open(10)
        await asyncio.gather(line.asks(1, ALERT), line.asks(2, None))
        return [name for _, name in line.passed]

    assert virtually(main()) == [2, 1]


def test_a_chat_gets_three_at_once_and_then_one_a_second() -> None:
    async def main() -> list[float]:
        line = await Line.open()
        await asyncio.gather(*(line.asks(7) for _ in range(6)))
        await asyncio.sleep(30)
        await asyncio.gather(*(line.asks(7) for _ in range(4)))
        return line.times(7)

    times = virtually(main())
    assert times[:6] == pytest.approx([0, 0, 0, 1, 2, 3], abs=0.02)
    assert times[6:] == pytest.approx([33, 33, 33, 34], abs=0.05)


def test_a_group_gets_twenty_in_any_minute() -> None:
    async def main() -> tuple[list[float], list[float]]:
        line = await Line.open()
        await asyncio.gather(*(line.asks(GROUP) for _ in range(65)), *(line.asks(8) for _ in range(65)))
        return line.times(GROUP), line.times(8)

    group, private = virtually(main())
    assert busiest(group, GROUP_WINDOW) == GROUP_MESSAGES
    assert group[19] == pytest.approx(17, abs=0.1)
    assert group[20] == pytest.approx(60, abs=0.1)
    assert private[64] == pytest.approx(62, abs=0.1), "a person's chat has no limit of a minute"


def test_what_a_group_got_before_a_start_counts() -> None:
    async def main() -> list[float]:
        line = await Line.open()
        line.gate.remember([(GROUP, 50.0)] * 5 + [(GROUP, 20.0)] * 14)
        for _ in range(3):
            await line.ask(GROUP)
        return line.times(GROUP)

    first, *others = virtually(main())
    assert first == pytest.approx(0, abs=0.1)
    assert others == pytest.approx([10, 10], abs=1.1), "when the five are a minute old"


@given(st.lists(st.floats(0, 30), min_size=1, max_size=70))
def test_whenever_it_is_asked_no_group_gets_more_than_twenty_in_a_minute(pauses: list[float]) -> None:
    async def main() -> list[float]:
        line = await Line.open()
        asks = []
        for pause in pauses:
            asks.append(line.asks(GROUP))
            await asyncio.sleep(pause)
        await asyncio.gather(*asks)
        return line.times(GROUP)

    times = virtually(main())
    assert len(times) == len(pauses)
    assert busiest(times, GROUP_WINDOW) <= GROUP_MESSAGES
    assert busiest(times, 1.0) <= 3 + 1


def test_a_chat_that_must_wait_delays_nobody_else() -> None:
    async def main() -> tuple[list[float], list[float]]:
        line = await Line.open(30)
        slow = [line.asks(GROUP, REPLY) for _ in range(40)]
        others = [line.asks(chat, DIGEST, name="other") for chat in range(1, 61)]
        await asyncio.gather(*others)
        for waiting in slow:
            waiting.cancel()
        return line.times(GROUP), line.times("other")

    slow, others = virtually(main())
    assert len(others) == 60
    assert others[-1] == pytest.approx((60 + len(slow)) / 30, abs=0.1)
    assert len(slow) <= 6


def test_getting_updates_and_answering_a_button_are_not_paced() -> None:
    async def main() -> list[float]:
        line = await Line.open(0.1)
        waiting = [line.asks(chat, REPLY, name="paced") for chat in range(9)]
        line.gate.close(below=ALERT)
        for endpoint in ("getUpdates", "answerCallbackQuery", "getChatMember"):
            await line.ask(5, None, endpoint=endpoint, name="free")
        for waiter in waiting:
            waiter.cancel()
        return line.times("free")

    assert virtually(main()) == [0, 0, 0]


def test_who_waits_no_more_takes_no_turn() -> None:
    async def main() -> list[Any]:
        line = await Line.open(1)
        asks = [line.asks(chat) for chat in range(1, 11)]
        await asyncio.sleep(1.5)
        for ask in asks[1:9]:
            ask.cancel()
        await asks[9]
        return line.passed

    assert [name for _, name in virtually(main())] == [1, 10]
    assert virtually(main())[1][0] == pytest.approx(2, abs=0.05)


def test_a_chat_told_to_wait_waits_and_others_do_not() -> None:
    async def main() -> tuple[list[float], list[float]]:
        line = await Line.open(30)
        await line.told(1, 5)
        await asyncio.gather(line.asks(1), *(line.asks(2) for _ in range(3)))
        return line.times(1), line.times(2)

    told, other = virtually(main())
    assert told[1] - told[0] >= 5
    assert told[1] - told[0] == pytest.approx(5, abs=0.1)
    assert other[-1] < 0.5


def test_several_chats_told_at_once_mean_that_all_wait() -> None:
    async def main() -> float:
        line = await Line.open(30)
        for chat in (1, 2, 3):
            await line.told(chat, 7)
        await line.ask(4, REPLY)
        return line.times(4)[0] - line.times(3)[0]

    assert virtually(main()) == pytest.approx(7, abs=0.1)


def test_groups_that_are_told_now_and_then_delay_nobody_else() -> None:
    async def main() -> float:
        line = await Line.open(30)
        for group in (-1, -2, -3, -4, -5):
            await line.told(group, 40)
            await asyncio.sleep(4)
        await line.ask(4)
        return line.times(4)[0]

    assert virtually(main()) < 21


def test_a_method_of_no_chat_that_is_told_to_wait_delays_no_message() -> None:
    async def main() -> tuple[list[float], list[float]]:
        line = await Line.open(30)
        line.floods[None] = [50]
        menus = line.asks(None, None, endpoint="setMyCommands", name="menu")
        await asyncio.sleep(0.5)
        await line.ask(4)
        await menus
        return line.times("menu"), line.times(4)

    menus, message = virtually(main())
    assert menus[1] - menus[0] == pytest.approx(50, abs=0.1)
    assert message[0] < 1


def test_a_reply_is_tried_again_after_the_wait() -> None:
    async def main() -> tuple[Any, list[float]]:
        line = await Line.open(30)
        line.floods[1] = [2, 3]
        return await line.ask(1, REPLY), line.times(1)

    answer, times = virtually(main())
    assert answer == {"ok": 1}
    assert [later - earlier for earlier, later in pairwise(times)] == pytest.approx([2, 3], abs=0.1)


@pytest.mark.parametrize(("told", "tries"), [([1, 1, 1, 1], 3), ([600], 1)])
def test_a_reply_is_not_tried_for_ever(told: list[int], tries: int) -> None:
    async def main() -> int:
        line = await Line.open(30)
        line.floods[1] = told
        with pytest.raises(RetryAfter):
            await line.ask(1, REPLY)
        return len(line.passed)

    assert virtually(main()) == tries


def test_an_alert_told_to_wait_is_given_back_at_once() -> None:
    async def main() -> float:
        line = await Line.open(30)
        await line.told(1, 30)
        return line.now

    assert virtually(main()) < 1


def test_closing_turns_back_what_is_owed_and_lets_replies_pass() -> None:
    async def main() -> tuple[Counter[str], Counter[str]]:
        line = await Line.open(2)
        for _ in range(2):
            await line.ask(GROUP)  # so that what follows of this group is parked
        asks = [
            line.asks(chat, priority) for chat in (GROUP, GROUP, 5) for priority in (REPLY, ALERT, DIGEST)
        ]
        await asyncio.sleep(0)
        line.gate.close(below=ALERT)
        late = [line.asks(9, priority) for priority in (REPLY, ALERT, DIGEST)]
        await asyncio.wait([*asks, *late])
        cancelled = Counter("back" if ask.cancelled() else "passed" for ask in asks)
        return cancelled, Counter("back" if ask.cancelled() else "passed" for ask in late)

    waiting, late = virtually(main())
    assert waiting == {"passed": 3, "back": 6}
    assert late == {"passed": 1, "back": 2}


def test_what_is_remembered_of_chats_is_bounded_by_what_limits_look_back_to() -> None:
    async def main() -> tuple[int, int, int, int]:
        line = await Line.open(100)
        for chat in range(1, 2_001):
            await line.ask(chat)
        private = len(line.gate._chats._buckets)
        for chat in range(1, 10_001):
            await line.ask(-chat)
        groups = len(line.gate._chats._minutes)
        await asyncio.sleep(200)
        await line.ask(-1)
        return private, groups, len(line.gate._chats._minutes), len(line.gate._chats._buckets)

    private, groups, minutes, buckets = virtually(main())
    assert private <= 1.1 * 100
    assert 0.9 * 6_000 <= groups <= 1.1 * 6_000, "the groups of the last minute, and only those"
    assert (minutes, buckets) == (1, 1)


def test_who_waits_for_a_cancelled_gate_is_not_remembered() -> None:
    async def main() -> int:
        line = await Line.open(1_000)
        asks = [line.asks(5) for _ in range(200)]
        await asyncio.sleep(0.1)
        for ask in asks:
            ask.cancel()
        await asyncio.sleep(2)
        await line.ask(6)
        return len(line.gate._ready) + len(line.gate._parked)

    assert virtually(main()) == 0
