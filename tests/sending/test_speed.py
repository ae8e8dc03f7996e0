"""What Telegram says to the rate of all: halved when it is too much, regained by itself."""

import asyncio
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from telegram.error import RetryAfter

from bot.sending.pace import Gate
from bot.sending.speed import LEAST, Pace, Speed
from digests.model import Priority
from tests.sending.test_pace import Line, busiest
from tests.sending.virtual import virtually


def at_full(rate: float, seconds: float = 3.0, begin: float = 100.0) -> tuple[Speed, float]:
    """A speed that was used to the full for a while, and when that was."""
    speed = Speed(rate)
    speed.begin(begin)
    now = begin
    while now < begin + seconds:
        now = speed.free_at()
        speed.take(now)
    return speed, now


def test_it_is_halved_and_all_wait_as_told() -> None:
    speed, now = at_full(30)
    assert speed.told(7, now, left_at=now)
    assert speed.free_at() == now + 7
    pace = speed.pace(now)
    assert (pace.configured, pace.waits) == (30, 7)
    assert pace.allowed == pytest.approx(15, rel=0.05)
    assert pace.slowed


def test_it_is_regained_in_half_a_minute_and_then_as_configured() -> None:
    speed, now = at_full(30)
    speed.told(7, now, left_at=now)
    end = now + 7
    assert speed.allowed(end) == pytest.approx(15, rel=0.05)
    assert speed.allowed(end + 15) == pytest.approx(22.5, rel=0.05)
    assert speed.allowed(end + 32) == 30
    assert not speed.pace(end + 32).slowed
    assert speed.pace(end + 32) == Pace(30, 30)


def test_what_left_before_lowers_it_no_further() -> None:
    speed, now = at_full(30)
    assert speed.told(5, now, left_at=now - 0.1)
    once = speed.allowed(now)
    assert not speed.told(5, now + 0.05, left_at=now - 0.1)
    assert speed.allowed(now + 0.05) == once
    later = now + 6
    speed.take(later)
    assert speed.told(5, later + 0.1, left_at=later)
    assert speed.allowed(later + 0.1) < once


def test_what_is_configured_says_nothing_about_what_telegram_takes() -> None:
    """`messages_per_second = 100000`, and 200 left in the second before: half of the 200 is tried."""
    speed = Speed(100_000)
    speed.begin(0.0)
    for number in range(400):
        speed.take(number / 200)
    speed.told(3, 2.0, left_at=2.0)
    assert speed.allowed(5.0) == pytest.approx(100, rel=0.02)
    assert speed.allowed(5.0 + 30) == pytest.approx(200, rel=0.02)


@pytest.mark.parametrize("rate", [0.2, 1, 30])
def test_it_never_ends_up_standing_still(rate: float) -> None:
    speed, now = at_full(rate, seconds=10)
    for _ in range(30):
        speed.told(1, now, left_at=now)
        now = speed.free_at()
        speed.take(now)
    assert speed.allowed(now) >= min(LEAST, rate)
    assert speed.allowed(now + 3_600 * 24) == rate


@given(
    st.lists(st.tuples(st.floats(0, 200), st.integers(1, 60)), max_size=12), st.sampled_from([1, 30, 1_000])
)
def test_whatever_is_told_it_stays_between_the_least_and_what_is_configured(
    told: list[tuple[float, int]], rate: float
) -> None:
    speed, now = at_full(rate, seconds=1)
    for pause, seconds in told:
        now += pause
        speed.take(now)
        before = speed.allowed(now)
        lowered = speed.told(seconds, now, left_at=now)
        assert min(LEAST, rate) <= speed.allowed(now)
        assert speed.allowed(now) <= (max(before * 0.5, min(LEAST, rate)) if lowered else before)
    quiet = max(now, speed.free_at())
    rates = [speed.allowed(quiet + step) for step in range(0, 4_000, 50)]
    assert rates == sorted(rates), "it only grows while nothing is told"
    assert rates[-1] == rate


class Server:
    """Takes `limit` messages in any second; after one too many nobody for `pause` seconds, as Telegram does."""

    def __init__(self, limit: int, pause: int) -> None:
        self.limit, self.pause = limit, pause
        self.took: list[float] = []
        self.refused = 0
        self.until = 0.0

    async def ask(self) -> Any:
        await asyncio.sleep(0.02)
        now = asyncio.get_running_loop().time()
        lately = sum(at > now - 1 for at in self.took[-self.limit - 1 :])
        if now < self.until or lately >= self.limit:
            self.until = max(self.until, now + self.pause)
            self.refused += 1
            raise RetryAfter(self.pause)
        self.took.append(now)
        return {}


def test_a_rate_that_telegram_does_not_grant_is_found_out() -> None:
    """Configured for 300, granted 100: most of the 100 is used, and it is seldom asked for too much."""

    async def main() -> tuple[Server, float]:
        gate, server, chats = Gate(300), Server(100, 5), count(1)
        await gate.initialize()
        end = asyncio.get_running_loop().time() + 600

        async def slot() -> None:
            while asyncio.get_running_loop().time() < end:
                try:
                    await gate.process_request(
                        server.ask, (), {}, "sendMessage", {"chat_id": next(chats)}, Priority.DIGEST
                    )
                except RetryAfter:
                    await asyncio.sleep(5)  # the delivery is due again then

        await asyncio.gather(*(slot() for _ in range(32)))
        return server, end

    server, end = virtually(main())
    late = [at for at in server.took if at > end - 300]
    assert len(late) / 300 >= 60
    assert server.refused < 0.02 * len(server.took)


def test_the_operator_reads_when_it_slows_down_and_when_it_is_over() -> None:
    async def main() -> list[Any]:
        line = await Line.open(30)
        with capture_logs() as logs:
            await asyncio.gather(*(line.ask(chat) for chat in range(10, 100)))
            for chat in (1, 2, 3):
                await line.told(chat, 7)
            assert line.gate.pace.slowed
            await asyncio.sleep(60)
            await line.ask(4)
            assert not line.gate.pace.slowed
        return [entry for entry in logs if entry["event"] != "told to wait"]

    slowed, over = virtually(main())
    assert slowed["event"] == "slowed down"
    assert slowed["configured"] == 30
    assert slowed["messages_per_second"] == pytest.approx(15, rel=0.1)
    assert over == {"event": "as fast again as configured", "messages_per_second": 30, "log_level": "info"}


def test_after_a_wait_of_all_the_rate_is_lower_at_first() -> None:
    async def main() -> list[float]:
        line = await Line.open(30)
        await asyncio.gather(*(line.ask(chat) for chat in range(10, 100)))
        for chat in (1, 2, 3):
            await line.told(chat, 7)
        await asyncio.gather(*(line.ask(chat, name="then") for chat in range(1_000, 1_060)))
        return line.times("then")

    times = virtually(main())
    assert busiest(times, 1.0) <= 18
    assert len(times) == 60
