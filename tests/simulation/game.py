"""One seed from beginning to end: runs of the bot that are killed, a world that goes on, and a verdict."""

import asyncio
import sys
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import structlog

from bot.formatter.render import Formatter
from bot.playground.telegram import Telegram
from bot.texts import Texts
from digests.errors import StoreError
from digests.settings import BreakingSettings, Category, DigestSettings, FeedSettings, Settings
from digests.stories.scoring import Weights
from digests.stories.vocabulary import Vocabulary
from tests.emulated import TOKEN
from tests.simulation import looking
from tests.simulation.acts import Act, Pause, Stage, script
from tests.simulation.database import Disk
from tests.simulation.life import EPOCH, Doom, Life, Strikes, Trace, doom, wall
from tests.simulation.loop import MortalLoop, buried
from tests.simulation.press import Press
from tests.simulation.process import Process, Surroundings
from tests.simulation.readers import CATEGORIES, gather, settle_in
from tests.simulation.weather import weather
from tests.simulation.wire import Airwaves
from tests.words import vocabulary

MOST_RUNS = 5  # after so many no more strikes come
QUIET_ROUNDS = 60
TICK = 2.0  # seconds between two wake-ups by the clock
STEPS = 150_000  # of one run: more is a loop that never rests
HOUR = timedelta(hours=1)
FEEDS = (
    FeedSettings("https://kpop.example/feed", "kpop", ("kpop",), language="en", breaking=True, interval=HOUR),
    FeedSettings("https://korea.example/feed", "korea", ("korea",), language="en", interval=HOUR),
    FeedSettings("https://third.example/feed", "third", ("drama",), language="en", interval=HOUR),
)
SETTINGS = Settings(
    categories=tuple(Category(slug, {"en": slug, "ko": slug}) for slug in CATEGORIES),
    feeds=FEEDS,
    digest=DigestSettings(max_stories=200),
    breaking=BreakingSettings(max_per_hour=2, max_per_day=4, quiet=None),
)


@dataclass(frozen=True)
class Rooms:
    """What takes long to read, and remembers nothing: made once for all seeds."""

    vocabulary: Vocabulary
    formatter: Formatter

    @classmethod
    def load(cls) -> "Rooms":
        return cls(_by_title_alone(), Formatter(Texts.load(), SETTINGS.categories))


Course = Callable[["World", Life, Process], Awaitable[None]]  # what a run lives through


@dataclass
class World:
    """What outlives the runs."""

    seed: int
    disk: Disk
    trace: Trace
    script: list[Act]
    chance: Random
    telegram: Telegram
    press: Press
    airwaves: Airwaves
    stage: Stage
    time: float = EPOCH  # by the loops, between two runs
    lives: list[Life] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # what the bot said of itself that is a fault of ours
    log: Counter[str] = field(default_factory=Counter)
    left: int = 0  # of the script

    def now(self) -> datetime:
        life = self.lives[-1] if self.lives else None
        return life.now() if life and not life.loop.dead else wall(self.time)

    @property
    def killed(self) -> list[Life]:
        return [life for life in self.lives if life.ended not in (Strikes.NEVER, Strikes.STOP)]


def _by_title_alone() -> Vocabulary:
    """What is told in other words is another story: the judgement is looked at elsewhere."""
    never = 1e9
    return replace(vocabulary(), weights=Weights(joins=never, across=never, absorbs=never, gathers=never))


def begin(seed: int, disk: Disk, *, keeps: bool = False) -> World:
    """Set a world up by its seed."""
    chance = Random(f"{seed} world")
    made: list[World] = []
    telegram = Telegram(token=TOKEN, now=lambda: made[0].now() if made else wall(EPOCH))
    telegram.world.updates.allowed = ("message", "channel_post", "callback_query", "my_chat_member")
    press = Press(FEEDS)
    readers = gather(Random(f"{seed} readers"), telegram)
    airwaves = Airwaves(telegram, weather(chance))
    acts = script(Random(f"{seed} script"))

    def now() -> datetime:
        return made[0].now()

    def news() -> None:
        made[0].lives[-1].hear()

    stage = Stage(telegram, press, readers, now, news)
    world = World(seed, disk, Trace(keeps), acts, chance, telegram, press, airwaves, stage)
    world.left = len(acts)
    made.append(world)
    return world


def play(world: World, rooms: Rooms) -> None:
    """Live through the script, however often the bot is killed, and give it time to drain."""
    with _listening(world):
        _live(world, rooms, Doom(Strikes.NEVER), _opening)
        while world.left and not world.faults:
            may_strike = len(world.lives) <= MOST_RUNS
            ends = doom(world.chance) if may_strike else Doom(Strikes.NEVER)
            life = _live(world, rooms, ends, _middle)
            if life.ended is not Strikes.NEVER:
                _rest(world)
        world.airwaves.clear_up()
        world.press.calm = True
        _live(world, rooms, Doom(Strikes.NEVER), _ending)


def _live(world: World, rooms: Rooms, ends: Doom, course: Course) -> Life:
    """One run of the bot, to its end or to the course's; nothing is left of it but the database."""
    with buried():
        return _lived(world, rooms, ends, course)


def _lived(world: World, rooms: Rooms, ends: Doom, course: Course) -> Life:
    process: Process | None = None

    def dies() -> None:
        life.killed()
        if loop.steps == loop.longest:
            world.faults.append(f"run {life.number} never rests")
        if process is not None:
            process.database.die()

    loop = MortalLoop(world.time, dies)
    loop.longest = STEPS
    asyncio.set_event_loop(loop)
    life = Life(len(world.lives), loop, Random(f"{world.seed} run {len(world.lives)}"), ends, world.trace)
    world.lives.append(life)
    around = Surroundings(
        world.disk, SETTINGS, rooms.vocabulary, rooms.formatter, world.press, world.airwaves
    )
    process = Process(life, around)

    async def lives() -> None:
        try:
            await course(world, life, process)
        except Exception:  # noqa: BLE001 - a fault of the bot, or of the simulation
            if not loop.dead:  # else it is only collected
                world.faults.append(f"run {life.number}: {traceback.format_exc()}")
        loop.stop()

    def unhandled(_: Any, context: dict[str, Any]) -> None:
        world.faults.append(f"run {life.number}: {context.get('message')}: {context.get('exception')!r}")

    loop.set_exception_handler(unhandled)
    main = loop.create_task(lives())
    loop.live()
    del main  # whoever holds a task that is done holds all that it saw
    world.time = loop.time()
    process.database.die()
    world.disk.use(None)
    return life


def _rest(world: World) -> None:
    """The bot is down; the world is not."""
    kind = world.chance.choices(("soon", "minutes", "hours", "days"), weights=(6, 4, 2, 1))[0]
    low, high = {
        "soon": (0, 5),
        "minutes": (60, 3_000),
        "hours": (3_600, 9 * 3_600),
        "days": (86_400, 3 * 86_400),
    }[kind]
    for _ in range(world.chance.choice((0, 0, 1, 2))):
        if world.left:
            world.time += world.chance.uniform(0, 3)
            _act(world)
    world.time += world.chance.uniform(low, high)


def _act(world: World) -> None:
    act = world.script[len(world.script) - world.left]
    world.left -= 1
    what = act.does(world.stage)
    world.trace.tell(f"{world.now():%d %H:%M:%S.%f} {what}")


async def _opening(world: World, life: Life, process: Process) -> None:
    """Readers settle in; every feed is polled once, while it lists nothing: all that comes is news."""
    await settle_in(process.store, world.stage.readers, life.now())
    world.press.calm = True
    await process.begin()
    for _ in range(3):
        await asyncio.sleep(1)
        process.tick()
    await process.stop()
    world.press.calm = False


async def _middle(world: World, life: Life, process: Process) -> None:
    """The script, act by act."""
    await process.begin()
    if await looking.held_by_others(process.store, process.run):
        world.faults.append(f"run {life.number} begins, and the claims of a dead run are still held")
    done = 0
    while world.left:
        pause = world.script[len(world.script) - world.left].pause
        await _wait(life, process, pause)
        _act(world)
        done += 1
        if life.doom.strikes is Strikes.STOP and done == life.doom.number:
            break
    else:
        await _work(process, 4)
    life.ended = Strikes.STOP
    await process.stop()


async def _wait(life: Life, process: Process, pause: Pause) -> None:
    await _work(process, pause.works)
    seconds = pause.seconds
    if pause.to_digest:
        due = await looking.next_digest(process.store)
        seconds += (due - life.now()).total_seconds() if due else 600.0
    if pause.jump:
        life.loop.jump(max(seconds, 0.0))
        process.tick(hourly=True)
        await asyncio.sleep(life.chance.choice((0.0, 0.2, 1.5)))
    else:
        await _work(process, seconds)


async def _work(process: Process, seconds: float) -> None:
    """Let the bot work for a while."""
    while seconds > 0:
        process.tick()
        await asyncio.sleep(min(seconds, TICK))
        seconds -= TICK
    process.tick()


async def _ending(world: World, life: Life, process: Process) -> None:
    """Quiet days: no trouble, no crash, until nothing is owed and every reader has had a digest of all there was."""
    began = life.now()
    await process.begin()
    for _ in range(QUIET_ROUNDS):
        await _work(process, 1.0)
        while await looking.busy(process.store, life.now()):
            await _work(process, TICK)
        due = await looking.open_debts(process.store, began)
        if not due:
            break
        life.loop.jump(max(0.0, (min(due) - life.now()).total_seconds()))
    else:
        world.faults.append("it is never quiet")
    if (error := process.failure()) is not None:
        world.faults.append(f"a loop ended: {error!r}")
    await process.stop()


@contextmanager
def _listening(world: World) -> Iterator[None]:
    """Hear what the bot logs: it belongs to the trace, and what it calls a fault of its own is one."""

    def hear(_: Any, level: str, said: MutableMapping[str, Any]) -> Any:
        life = world.lives[-1] if world.lives else None
        if life is None or life.loop.dead:
            raise structlog.DropEvent
        what = str(said.pop("event"))
        error = said.pop("exc_info", None)
        said.pop("ms", None)
        world.log[what] += 1
        values = (
            f"{name}={value}".replace(str(world.disk.path), "<database>") for name, value in said.items()
        )
        life.tell(what, *values)
        raised = error if isinstance(error, BaseException) else sys.exc_info()[1] if error else None
        if raised and not isinstance(
            raised, StoreError
        ):  # a database that was away while the process slept is none
            world.faults.append(f"run {life.number}: {level}: {what} {said}: {raised!r}")
        raise structlog.DropEvent

    processors = structlog.get_config()["processors"]
    before = processors.copy()
    try:
        processors[:] = [hear]
        structlog.configure(processors=processors)
        yield
    finally:
        processors[:] = before
        structlog.configure(processors=processors)
