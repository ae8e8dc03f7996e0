"""Readers of a running bot, the stories that ring for them, and the count of what was lost and what came twice."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, select

from bot.playground.telegram import Chat, Telegram
from digests.model import Address, Alerts, ChatKind, Priority, State
from digests.store import editions, outbox
from digests.store.chats import at, change
from digests.store.engine import Store
from digests.store.moving import Arrival, arrive
from digests.store.tables import chats, filings, subscriptions
from tests.faults.machine import NAME, Machine, Mood
from tests.headlines import RINGS
from tests.process import World, machine_now, outside

FULL = os.environ.get("SOSIK_FAULTS") == "full"  # make faults: nothing is scaled down
PAPER = "lightstick-weekly"
CATEGORIES = ("kpop", "korea", "drama", "beauty")  # of all that rings here; no story is about food
NO_CAPS = "[breaking]\nmax_per_hour = 1000\nmax_per_day = 1000\n"
LONGEST = 300.0 if FULL else 90.0  # seconds that anything here may take on a busy machine
QUIET = 0.4  # seconds after the last debt is settled in which a message too many would come

T = TypeVar("T")


def at_size(short: T, full: T) -> T:
    """Choose between the form for every day and the one at full length."""
    return full if FULL else short


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of what was owed."""

    owed: int
    lost: int
    doubled: int


class Audience:
    """Readers who follow everything, and what they were told."""

    def __init__(self, world: World, database_url: str) -> None:
        self.world = world
        self.machine = Machine(world.folder)
        self.chats: list[Chat] = []
        self.told: list[str] = []
        self.owed: set[tuple[int, str]] = set()  # by the chat's number at Telegram, and the headline
        self.came: Counter[tuple[int, str]] = Counter()
        self._store = Store.open(database_url)  # the same that the bot works on, beside it
        self._titles = iter([title for titles in RINGS.values() for title in titles])
        self._listening = asyncio.create_task(self._listen())

    @property
    def telegram(self) -> Telegram:
        return self.world.telegram

    async def arrive(self, chats: Iterable[Chat]) -> None:
        """Let chats follow everything, as if they had been readers for long: alerts at any hour, no digest."""
        new = list(chats)
        async with self._store.writing() as tx:
            await arrive(tx, [_arrival(chat) for chat in new], machine_now())
        self.chats += new

    def readers(self, count: int) -> list[Chat]:
        """Give people who have spoken to the bot before."""
        people = [self.telegram.person(f"Reader {number}") for number in range(count)]
        chats = [self.telegram.private(person) for person in people]
        for chat in chats:
            chat.started = True
        return chats

    def tell(self, stories: int = 1, *, to: Iterable[Chat] | None = None) -> list[str]:
        """Publish stories that ring; from then on they are owed to all, or to those given. Gives the headlines."""
        headlines = []
        for _ in range(stories):
            title = next(self._titles)
            self.world.newsroom.publish_text(PAPER, title, f"{title}.")
            headlines.append(title.removeprefix("BREAKING: ").removeprefix("[속보] "))
        self.told += headlines
        addressees = self.chats if to is None else list(to)
        self.owed |= {(chat.id, headline) for chat in addressees for headline in headlines}
        return headlines

    async def tell_for_digests(self, titles: Sequence[str]) -> None:
        """Publish stories that ring for nobody, and wait until they are filed."""
        for title in titles:
            self.world.newsroom.publish_text(PAPER, title, f"{title}. " * 5)
        end = time.monotonic() + LONGEST
        while True:
            async with self._store.reading() as tx:
                filed = await tx.value(select(func.count(filings.c.story_id.distinct())))
            if filed >= len(titles):
                return
            assert time.monotonic() < end, self.world.log_tail()
            await asyncio.sleep(0.1)

    async def digest_at(self, moment: datetime) -> None:
        """Let everybody's next digest be due at a moment, and then each day at that time (UTC)."""
        async with self._store.writing() as tx:
            for chat in self.chats:
                known = await at(tx, Address(chat.id))
                assert known
                await change(tx, known.id, digest_times=(moment.time(),), next_digest_at=moment)

    def moved(self, old: Chat, new: Chat) -> None:
        """Count a group's two ids as one reader: what came before the move came."""
        self.chats[self.chats.index(old)] = new
        for key in [key for key in self.owed if key[0] == old.id]:
            self.owed.remove(key)
            self.owed.add((new.id, key[1]))
        for key in [key for key in self.came if key[0] == old.id]:
            self.came[new.id, key[1]] += self.came.pop(key)

    @property
    def arrived(self) -> int:
        """How many of the debts have arrived."""
        return sum(1 for debt in self.owed if self.came[debt])

    async def some(self, share: float = 0.25) -> None:
        """Wait until the broadcasts are under way: this share of all that is owed has arrived."""
        await self.until(lambda: self.arrived >= len(self.owed) * share)

    async def until(self, so: Callable[[], bool]) -> None:
        with suppress(TimeoutError):
            await self.telegram.until(so, timeout=LONGEST)
            return
        raise AssertionError(
            f"{self.arrived} of {len(self.owed)} arrived within {LONGEST} s\n{self.world.log_tail()}"
        )

    async def all(self) -> Tally:
        """Wait until all has arrived, and nothing is owed that could still come twice; then count."""
        with suppress(AssertionError):  # what is missing is counted
            await self.until(lambda: self.arrived == len(self.owed))
        await self.nothing_is_owed()
        await asyncio.sleep(QUIET)
        return self.tally()

    def tally(self) -> Tally:
        return Tally(
            owed=len(self.owed),
            lost=len(self.owed) - self.arrived,
            doubled=sum(max(0, times - 1) for times in self.came.values()),
        )

    async def nothing_is_owed(self) -> None:
        """Wait until the outbox is empty and every broadcast is unfolded."""
        end = time.monotonic() + LONGEST
        while True:
            async with self._store.reading() as tx:
                counts = await outbox.counts(tx)
                left = sum(count for (_, state), count in counts.items() if state is State.OWED)
                unfolding = await editions.undone(tx)
            if not left and unfolding is None:
                return
            assert time.monotonic() < end, f"{left} are still owed\n{self.world.log_tail()}"
            await asyncio.sleep(0.1)

    async def states(self, priority: Priority = Priority.ALERT) -> dict[State, int]:
        """How many deliveries are in which state."""
        async with self._store.reading() as tx:
            counts = await outbox.counts(tx)
        return {state: count for (kind, state), count in counts.items() if kind is priority}

    async def paused(self) -> dict[int, str]:
        """Which chats are paused, by their numbers at Telegram, and why."""
        async with self._store.reading() as tx:
            rows = await tx.rows(
                select(chats.c.telegram_id, chats.c.paused_why).where(chats.c.paused_at.is_not(None))
            )
        return {row.telegram_id: row.paused_why for row in rows}

    async def followed(self) -> dict[int, frozenset[str]]:
        """What each chat follows, by its number at Telegram."""
        async with self._store.reading() as tx:
            rows = await tx.rows(
                select(chats.c.telegram_id, subscriptions.c.category).join(
                    subscriptions, subscriptions.c.chat_id == chats.c.id
                )
            )
        return {
            chat.id: frozenset(row.category for row in rows if row.telegram_id == chat.id)
            for chat in self.chats
        }

    async def begin(self) -> None:
        """Start the bot, and wait until what is published from now on is news."""
        await self.world.start()
        await self.until(lambda: len(self.world.newsroom.asked) >= 2)

    async def again(self) -> None:
        """Start the bot once more, as a supervisor does: PostgreSQL may still hold the dead one's connection."""
        end = time.monotonic() + LONGEST
        while True:
            try:
                await self.world.start()
            except AssertionError:
                if "Another process" not in self.world.log_tail() or time.monotonic() > end:
                    raise
            else:
                return

    def signal(self, number: signal.Signals) -> None:
        self.world.process.send_signal(number)

    async def close(self) -> None:
        self._listening.cancel()
        await self._store.close()

    async def _listen(self) -> None:
        async for event in self.telegram.subscribe():
            if event.kind == "message" and event.message and event.message.from_bot:
                plain = event.message.plain
                for headline in self.told:
                    if headline in plain:
                        self.came[event.chat.id, headline] += 1


def _arrival(chat: Chat) -> Arrival:
    return Arrival(
        address=Address(chat.id),
        kind=ChatKind(chat.kind),
        language="en",
        zone="UTC",
        zone_known=True,
        alerts=Alerts.ON,
        quiet=None,
        digest_times=(),
        next_digest_at=None,
        categories=CATEGORIES,
    )


@asynccontextmanager
async def audience(
    folder: Path,
    database_url: str,
    readers: int,
    *,
    by: str = "",
    mood: Mood | None = None,
    rate: float = 1000.0,
    extra: str = "",
) -> AsyncIterator[Audience]:
    """Let a bot run before so many readers.

    `by`: the way the bot takes to the database; `mood`: it runs on a machine of moods, and begins with this one.
    """
    beside = NAME if mood else ""
    async with outside(
        folder, by or database_url, only=PAPER, beside=beside, rate=rate, extra=NO_CAPS + extra
    ) as world:
        made = Audience(world, database_url)
        if mood:
            made.machine.be(**asdict(mood))
        try:
            await made.arrive(made.readers(readers))
            await made.begin()
            yield made
        finally:
            await made.close()
