"""The bot as `bot/app.py` builds it, over the simulated world. Its scheduler is whoever calls `tick`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial

from telegram.ext import ExtBot

from bot.formatter.render import Formatter
from bot.handlers.context import Parts, desk
from bot.handlers.intake import Intake
from bot.handlers.queue import Queue
from bot.handlers.registering import handle, register
from bot.loop import Loop
from bot.sending.client import remember
from bot.sending.pace import Gate
from bot.sending.sender import Sender
from bot.texts.cities import Gazetteer
from digests.catching_up import CatchingUp
from digests.compose import Ahead, compose
from digests.judge import Judge
from digests.look import Polled
from digests.model import Priority
from digests.poll import Poller
from digests.report import report
from digests.settings import Settings
from digests.store import feeds, inbox, outbox
from digests.stories.vocabulary import Vocabulary
from digests.tidy import tidy
from tests.emulated import TOKEN
from tests.simulation import looking
from tests.simulation.database import Database, Disk
from tests.simulation.life import Life
from tests.simulation.marks import MarkingRenderer
from tests.simulation.press import Press, SimulatedFetcher
from tests.simulation.wire import Airwaves, SimulatedWire

STOP_SECONDS = 3.0
WHOLE = 64  # a block in which any audience here has room
OFTEN = {"send": 0.9, "answer": 0.7, "judge": 0.7, "compose": 0.7, "poll": 0.3}  # of all ticks wake it


@cache
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


@dataclass(frozen=True)
class Surroundings:
    """What a run finds, and what outlives it."""

    disk: Disk
    settings: Settings
    vocabulary: Vocabulary
    formatter: Formatter
    press: Press
    airwaves: Airwaves
    admins: tuple[int, ...] = ()


class Process:
    """One run: made, begun, and stopped if it lives so long."""

    def __init__(self, life: Life, around: Surroundings) -> None:
        self._life = life
        self._around = around
        self.run = f"{life.chance.getrandbits(128):032x}"
        self.database = Database(around.disk.path, life.chance, life.committing, life.committed)
        self.store = around.disk.store
        around.disk.use(self.database)
        self._loops: dict[str, Loop] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def begin(self) -> None:
        """Take over what the last run held, build the parts, and let them work."""
        life, around, settings = self._life, self._around, self._around.settings
        async with self.store.writing() as tx:
            await feeds.settle_with(tx, settings.feeds, life.now())
        async with self.store.writing() as tx:
            await feeds.release(tx, but=self.run)
            taken = await outbox.release(tx, but=self.run)
        life.tell("begins; took over", taken)
        life.began = life.now()
        life.due = await looking.feeds_due(self.store, life.began)
        now, store = life.now, self.store
        self._gate = Gate(30)
        await remember(self._gate, store, now())
        self._bot: ExtBot[int] = ExtBot(
            TOKEN,
            request=SimulatedWire(life, around.airwaves),
            get_updates_request=SimulatedWire(life, around.airwaves),
            rate_limiter=self._gate,
        )
        wake_sender = partial(self.wake, "send")
        self._desk = desk(
            self._bot,
            Parts(
                store=store,
                settings=settings,
                formatter=around.formatter,
                gazetteer=gazetteer(),
                now=now,
                wake=wake_sender,
                names=around.vocabulary.names,
            ),
        )
        register(self._desk)
        self._fetcher = SimulatedFetcher(settings.polling, around.press, life)
        self._poller = Poller(store, self._fetcher, settings, run=self.run, now=now, done=self._polled)
        self._ahead = Ahead()
        self._catching_up = CatchingUp(store, now)
        self._judge = Judge(store, settings, lambda: around.vocabulary, now=now)
        self._sender = Sender(
            store,
            settings,
            MarkingRenderer(store, around.formatter, gazetteer()),
            self._bot,
            run=self.run,
            now=now,
            chance=life.chance.random,
            messages_per_second=30,
            wake=wake_sender,
        )
        life.block = life.chance.choice((2, 3, 5, WHOLE))  # audiences are small here, blocks smaller
        self._sender._block = life.block
        self._queue = Queue(store, handle(self._desk), wake=partial(self.wake, "answer"))
        intake = Intake(store, self._bot, now=now, stored=partial(self.wake, "answer"))
        steps: Mapping[str, Callable[[], Awaitable[bool]]] = {
            "poll": self._poller.step,
            "judge": self._judged,
            "compose": self._composed,
            "tidy": self._tidied,
            "report": self._reported,
            "intake": intake.step,
            "answer": self._queue.step,
            "send": self._sender.step,
        }
        self._loops = {name: Loop(name, step) for name, step in steps.items()}
        for name in ("poll", "judge", "compose", "tidy"):
            self._start(name)
        await self._bot.initialize()
        await self._desk.initialize()
        async with store.writing() as tx:
            await inbox.belong_to(tx, self._bot.id, now())
        for name in ("intake", "answer", "send", "report"):
            self._start(name)

    def wake(self, *names: str) -> None:
        for name in names or self._loops:
            self._loops[name].wake()

    def tick(self, *, hourly: bool = False) -> None:
        """What the scheduler does now and then; any of its wake-ups may be lost."""
        chance = self._life.chance
        self.wake(*(name for name in self._loops if hourly or chance.random() < OFTEN.get(name, 0.0)))

    async def stop(self) -> None:
        """End as `bot/app.py` does when told to."""
        for loop in self._loops.values():
            loop.stop()
        self._tasks["intake"].cancel()
        self._gate.close(below=Priority.ALERT)
        await asyncio.gather(
            self._poller.stop(), self._sender.stop(STOP_SECONDS), self._queue.stop(STOP_SECONDS)
        )
        _, late = await asyncio.wait(self._tasks.values(), timeout=STOP_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await self._bot.shutdown()
        await self.store.close()

    def failure(self) -> BaseException | None:
        """A loop ends only when told to."""
        for task in self._tasks.values():
            if task.done() and not task.cancelled() and task.exception():
                return task.exception()
        return None

    def _start(self, name: str) -> None:
        self._tasks[name] = asyncio.create_task(self._loops[name].run(), name=name)

    def _polled(self, polled: Polled) -> None:
        self.wake("poll")
        if polled.new:
            self.wake("judge")

    async def _judged(self) -> bool:
        step = await self._judge.step()
        if step.announced:
            self.wake("send")
        return step.more

    async def _composed(self) -> bool:
        if not await self._catching_up.is_over():
            return False
        step = await compose(self.store, self._around.settings, self._life.now, self._ahead)
        if step.owed:
            self.wake("send")
        return step.more

    async def _tidied(self) -> bool:
        return (await tidy(self.store, self._around.settings, self._life.now())).more

    async def _reported(self) -> bool:
        if await report(self.store, self._around.admins, self._life.now()):
            self.wake("send")
        return False
