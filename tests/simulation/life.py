"""One run of the bot as its parts see it: its time, its chance, and the moment at which it is killed."""

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random

from tests.simulation.loop import MortalLoop

EPOCH = 1_000.0  # the loops' time at START
START = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # 09:30 in Seoul: the digest of 08:00 is past


def wall(time: float) -> datetime:
    """What clocks show at a loop's time."""
    return START + timedelta(microseconds=round((time - EPOCH) * 1_000_000))


class Strikes(StrEnum):
    """When a run is killed."""

    NEVER = "never"
    STEP = "step"  # between two steps of the loop
    BEFORE_COMMIT = "before commit"
    AFTER_COMMIT = "after commit"  # before anybody is told that it was written
    BEFORE_TAKING = "before taking"  # a message is on its way to Telegram
    AFTER_TAKING = "after taking"  # its answer is on its way to us
    STOP = "stop"  # no kill: it is told to stop


ANY_COMMIT = 0.3  # of the kills at a commit; the others wait for one that writes a table
TABLES = (
    "entries",
    "decisions",
    "broadcasts",
    "deliveries",
    "deliveries",
    "chats",
    "inbox",
    "subscriptions",
    "feeds",
)


@dataclass(frozen=True)
class Doom:
    """At the `number`th of these it strikes; of commits it may be the `number`th that writes one table."""

    strikes: Strikes
    number: int = 0
    table: str = ""  # any


@dataclass
class Trace:
    """Everything that happened, in order: the same seed has the same hash."""

    keeps: bool = False
    lines: list[str] = field(default_factory=list)
    _hash: "hashlib._Hash" = field(default_factory=lambda: hashlib.blake2b(digest_size=8))

    def tell(self, line: str) -> None:
        self._hash.update(line.encode())
        self._hash.update(b"\n")
        if self.keeps:
            self.lines.append(line)

    @property
    def hash(self) -> str:
        return self._hash.hexdigest()


@dataclass
class Life:
    """A run from its beginning to its end."""

    number: int
    loop: MortalLoop
    chance: Random
    doom: Doom
    trace: Trace
    news: asyncio.Event = field(default_factory=asyncio.Event)  # Telegram has an update
    block: int = 0  # how many deliveries the sender takes in at once
    began: datetime = START  # and which feeds were due then
    due: frozenset[str] = frozenset()
    # Feeds, and when their publishers were asked.
    fetched: list[tuple[str, datetime]] = field(default_factory=list)
    ended: Strikes = Strikes.NEVER
    ended_at: float = 0.0  # by the loop's time, without what it slept
    _counts: dict[Strikes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.doom.strikes is Strikes.STEP:
            self.loop.strikes_at = self.doom.number

    def time(self) -> float:
        return self.loop.time()

    def now(self) -> datetime:
        return wall(self.loop.time())

    def awake(self) -> float:
        """The loop's time without what the process slept."""
        return self.loop.time() - self.loop.jumped

    def tell(self, *what: object) -> None:
        if not self.loop.dead:
            said = " ".join(str(one) for one in what)
            self.trace.tell(f"{self.now():%d %H:%M:%S.%f} {self.number}.{self.loop.steps} {said}")

    def hear(self) -> None:
        """Telegram has an update for us."""
        if not self.loop.dead:
            self.news.set()

    def must_live(self) -> None:
        if self.loop.dead:
            raise RuntimeError("a dead process asks")

    async def passes(self) -> None:
        """The network takes its time."""
        self.must_live()
        await asyncio.sleep(self.chance.choice((0.001, 0.02, 0.02, 0.05, 0.3)))

    def killed(self) -> None:
        """The loop has ended, not by itself."""
        self.ended = Strikes.STEP if self.doom.strikes is Strikes.STEP else self.doom.strikes
        self.ended_at = self.awake()
        self.trace.tell(f"{self.now():%d %H:%M:%S.%f} {self.number}.{self.loop.steps} killed: {self.ended}")

    def committing(self, tables: frozenset[str]) -> None:
        if self._is_meant(tables):
            self._at(Strikes.BEFORE_COMMIT)

    def committed(self, tables: frozenset[str]) -> None:
        self.tell("committed", *sorted(tables))
        if self._is_meant(tables):
            self._at(Strikes.AFTER_COMMIT)

    def _is_meant(self, tables: frozenset[str]) -> bool:
        return not self.doom.table or self.doom.table in tables

    def asking(self) -> None:
        self._at(Strikes.BEFORE_TAKING)

    def asked(self) -> None:
        self._at(Strikes.AFTER_TAKING)

    def _at(self, moment: Strikes) -> None:
        self._counts[moment] = self._counts.get(moment, 0) + 1
        if self.doom.strikes is moment and self._counts[moment] == self.doom.number:
            self.loop.kill()


def doom(chance: Random) -> Doom:
    """Draw how a run ends."""
    strikes = chance.choices(list(Strikes), weights=(2, 6, 4, 6, 2, 4, 2))[0]
    match strikes:
        case Strikes.STEP:
            return Doom(strikes, round(10 ** chance.uniform(1.5, 4.2)))
        case Strikes.BEFORE_COMMIT | Strikes.AFTER_COMMIT:
            if chance.random() < ANY_COMMIT:
                return Doom(strikes, round(10 ** chance.uniform(0, 2)))
            return Doom(strikes, round(10 ** chance.uniform(0, 0.9)), chance.choice(TABLES))
        case Strikes.BEFORE_TAKING | Strikes.AFTER_TAKING:
            return Doom(strikes, round(10 ** chance.uniform(0, 1.3)))
        case Strikes.STOP:
            return Doom(strikes, chance.randint(1, 6))  # after so many acts
    return Doom(strikes)
