"""Paid messages: what is above the free rate, within a day's budget, whatever is killed in between."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from structlog.testing import capture_logs
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.playground.telegram import Telegram
from bot.sending.pace import Gate
from bot.sending.paying import MESSAGES_A_STAR, PAUSE, Budget, StarPurse
from bot.sending.wire import Wire
from digests.model import Priority, Shortage
from digests.store import stars
from digests.store.engine import Store
from tests.emulated import TOKEN, Hands
from tests.sending.outgoing import Office
from tests.sending.test_pace import busiest
from tests.sending.virtual import virtually

REPLY, ALERT, EDIT, DIGEST = Priority.REPLY, Priority.ALERT, Priority.EDIT, Priority.DIGEST


class Coins:
    """A purse without a store: so many messages, and no more."""

    def __init__(self, messages: int) -> None:
        self.messages = messages
        self.look: Callable[[], None] = lambda: None

    def tell(self, look: Callable[[], None]) -> None:
        self.look = look

    def filled(self) -> bool:
        return self.messages > 0

    def take(self) -> None:
        assert self.messages > 0, "what is not there was spent"
        self.messages -= 1

    def refused(self) -> None:
        self.messages = 0

    def fill(self, messages: int) -> None:
        self.messages += messages
        self.look()


class Line:
    """Requests in front of a gate with a purse; what left, and whether it was paid for."""

    def __init__(self, rate: float, purse: Any) -> None:
        self.gate = Gate(rate, purse)
        self.left: list[tuple[float, int, bool]] = []
        self.broke = False

    async def ask(self, chat: int, priority: int = DIGEST, endpoint: str = "sendMessage") -> Any:
        data: dict[str, Any] = {"chat_id": chat}

        async def request(endpoint: str, data: dict[str, Any]) -> Any:
            paid = data.get("allow_paid_broadcast", False)
            if paid and self.broke:
                raise BadRequest("Bad Request: BALANCE_TOO_LOW")
            self.left.append((asyncio.get_running_loop().time(), priority, paid))
            return {"endpoint": endpoint}

        return await self.gate.process_request(request, (endpoint, data), {}, endpoint, data, priority)

    async def keep_asking(
        self, seconds: float, priority: int = DIGEST, endpoint: str = "sendMessage"
    ) -> None:
        chats = count(priority * 1_000_000 + 1)
        end = asyncio.get_running_loop().time() + seconds

        async def slot() -> None:
            while asyncio.get_running_loop().time() < end:
                await self.ask(next(chats), priority, endpoint)

        await asyncio.gather(*(slot() for _ in range(32)))

    def times(self, *, paid: bool) -> list[float]:
        return [at for at, _, was in self.left if was is paid]


def test_what_is_above_thirty_a_second_is_paid_for_and_the_rest_is_not() -> None:
    async def main() -> Line:
        line = Line(300, Coins(100_000))
        await line.gate.initialize()
        await line.keep_asking(20)
        return line

    line = virtually(main())
    assert len(line.left) / 20 == pytest.approx(300, rel=0.01)
    assert len(line.times(paid=False)) / 20 == pytest.approx(30, rel=0.02)
    assert busiest(line.times(paid=False), 1.0) <= 30
    assert busiest([at for at, _, _ in line.left], 1.0) <= 306


def test_when_the_budget_is_used_up_the_rate_is_that_of_free_messages_until_there_is_more() -> None:
    async def main() -> tuple[Line, list[int]]:
        purse = Coins(500)
        line = Line(300, purse)
        await line.gate.initialize()
        asking = asyncio.create_task(line.keep_asking(30))
        await asyncio.sleep(10)
        counts = [len(line.left)]
        await asyncio.sleep(10)
        counts.append(len(line.left))
        purse.fill(1_000)
        await asyncio.sleep(3)
        counts.append(len(line.left))
        await asking
        return line, counts

    line, (first, second, third) = virtually(main())
    assert first == pytest.approx(500 + 300, abs=5)
    assert second - first == pytest.approx(300, abs=5)
    assert third - second == pytest.approx(900, abs=15)
    assert len(line.times(paid=True)) == 1_500


@pytest.mark.parametrize(
    ("priority", "endpoint"), [(REPLY, "sendMessage"), (EDIT, "editMessageText"), (EDIT, "sendMessage")]
)
def test_replies_and_edits_are_never_paid_for(priority: int, endpoint: str) -> None:
    async def main() -> Line:
        line = Line(300, Coins(100_000))
        await line.gate.initialize()
        await line.keep_asking(5, priority, endpoint)
        return line

    line = virtually(main())
    assert line.times(paid=True) == []
    assert (len(line.left) - 31) / 5 == pytest.approx(30, rel=0.02), "31 were in line at the end"


def test_replies_take_the_next_free_place_while_a_digest_is_paid_for() -> None:
    async def main() -> list[float]:
        line = Line(1_000, Coins(100_000))
        await line.gate.initialize()
        asking = asyncio.create_task(line.keep_asking(5))
        waits = []
        loop = asyncio.get_running_loop()
        for number in range(20):
            await asyncio.sleep(0.2)
            began = loop.time()
            await line.ask(9_000_000 + number, REPLY)
            waits.append(loop.time() - began)
        await asking
        return waits

    assert max(virtually(main())) < 0.05


def test_up_to_thirty_a_second_nothing_is_paid_for() -> None:
    async def main() -> Line:
        line = Line(300, Coins(100_000))
        await line.gate.initialize()
        for chat in range(1, 201):
            await line.ask(chat)
            await asyncio.sleep(0.04)
        return line

    assert virtually(main()).times(paid=True) == []


def test_a_message_that_telegram_takes_no_stars_for_leaves_without() -> None:
    async def main() -> Line:
        line = Line(300, Coins(100_000))
        line.broke = True
        await line.gate.initialize()
        await asyncio.gather(*(line.ask(chat) for chat in range(1, 121)))
        return line

    line = virtually(main())
    assert len(line.left) == 120, "none is lost"
    assert line.times(paid=True) == []


# -- the account ----------------------------------------------------------------------------------------------


async def until_settled(purse: StarPurse) -> None:
    while purse._refilling and not purse._refilling.done():
        await asyncio.wait([purse._refilling])


async def spend(purse: StarPurse, wanted: int) -> int:
    """Take what is there, as a gate would; gives how many."""
    spent = 0
    while spent < wanted:
        if purse.filled():
            purse.take()
            spent += 1
            continue
        await until_settled(purse)
        if not purse.filled():
            break
    await until_settled(purse)
    return spent


def of(messages: int, chunk: int) -> Budget:
    return Budget(messages, chunk)


def test_a_tenth_of_a_star_is_a_message_and_a_kill_wastes_little() -> None:
    assert Budget.of(1_000, 1_000) == Budget(10_000, 500)
    assert Budget.of(1_000_000, 130) == Budget(10_000_000, 500)
    assert Budget.of(1, 1_000) == Budget(10, 1)


async def test_no_more_is_spent_than_a_day_allows(store: Store, clock: Hands) -> None:
    purse = StarPurse(store, of(95, 10), clock)
    assert await spend(purse, 1_000) == 95
    assert await spend(purse, 10) == 0
    clock.forward(days=1)
    assert await spend(purse, 50) == 50


async def test_what_was_not_spent_is_put_back_at_the_end(store: Store, clock: Hands) -> None:
    for spent in (3, 4, 5):
        purse = StarPurse(store, of(100, 10), clock)
        assert await spend(purse, spent) == spent
        await purse.stop()
    async with store.reading() as tx:
        assert (await stars.ledger_of(tx, clock())).messages == 12


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_is_killed_no_day_costs_more_than_its_budget(
    store: Store, clock: Hands, seed: int
) -> None:
    """Each kill wastes at most one chunk; the clock goes on over midnight, and back."""
    chance = Random(seed)
    budget = of(200, 16)
    spent: dict[Any, int] = {}
    kills = 0
    for _ in range(40):
        purse = StarPurse(store, budget, clock)
        for _ in range(chance.randrange(4)):
            wanted = chance.randrange(30)
            day = clock().date()
            spent[day] = spent.get(day, 0) + await spend(purse, wanted)
        if chance.random() < 0.3:
            await purse.stop()
        else:
            kills += 1
            if chance.random() < 0.3 and purse._refilling:
                purse._refilling.cancel()
        if chance.random() < 0.2:
            clock.forward(hours=chance.choice((-2, 6, 13)))
    assert all(messages <= budget.messages for messages in spent.values())
    assert kills > 5


async def test_a_kill_wastes_at_most_a_chunk(store: Store, clock: Hands) -> None:
    killed = StarPurse(store, of(100, 10), clock)
    assert await spend(killed, 25) == 25
    after = StarPurse(store, of(100, 10), clock)
    assert await spend(after, 1_000) >= 100 - 25 - 10


async def test_the_operator_reads_once_a_day_that_the_budget_is_used_up(store: Store, clock: Hands) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            await spend(StarPurse(store, of(30, 10), clock), 100)
    told = [entry for entry in logs if entry["event"] == "stars spent"]
    assert told == [
        {"event": "stars spent", "day": "2026-11-24", "stars": 30 / MESSAGES_A_STAR, "log_level": "warning"}
    ]


async def test_where_telegram_takes_no_stars_it_is_asked_again_after_a_while(
    store: Store, clock: Hands
) -> None:
    purse = StarPurse(store, of(100, 10), clock)
    assert await spend(purse, 5) == 5
    purse.refused()
    assert await spend(purse, 5) == 0
    clock.forward(seconds=PAUSE.total_seconds())
    assert await spend(purse, 5) == 5


async def test_that_there_are_no_stars_is_noted_for_the_administrators(store: Store, clock: Hands) -> None:
    purse = StarPurse(store, Budget(100, 10), clock)
    purse.refused()
    await purse.stop()
    async with store.reading() as tx:
        assert await stars.short(tx) == (Shortage.BALANCE,)


async def test_a_day_begins_at_midnight_utc(store: Store, clock: Hands) -> None:
    clock.time = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)
    purse = StarPurse(store, of(20, 10), clock)
    assert await spend(purse, 100) == 20
    clock.time += timedelta(seconds=59)
    assert await spend(purse, 100) == 0
    clock.time += timedelta(seconds=1)
    assert await spend(purse, 100) == 20


async def test_an_alert_to_many_is_paid_for_within_the_budget_and_reaches_all(
    store: Store, telegram: Telegram, base_url: str, clock: Hands
) -> None:
    purse = StarPurse(store, of(40, 20), clock)
    line = ExtBot(
        TOKEN,
        base_url=base_url,
        request=Wire(64),
        get_updates_request=Wire(1),
        rate_limiter=Gate(1_000, purse),
    )
    async with line as bot, Office(store, telegram, bot, clock) as office:
        readers = [await office.reader("kpop") for _ in range(80)]
        await office.announce("Nova Lane breaks up", "kpop")
        await office.send()
        assert all(len(office.got(reader)) == 1 for reader in readers)
    await purse.stop()
    paid = [call for call in telegram.calls_of("sendMessage") if call.parameters.get("allow_paid_broadcast")]
    assert len(paid) == 40
    assert all(call.ok for call in paid)
