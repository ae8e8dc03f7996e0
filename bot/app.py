"""The composition root: the one place that builds the parts, hands them to each other, and ends them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from random import random  # noqa: TID251 - chance begins here, and is an argument everywhere else
from secrets import token_urlsafe
from typing import Any
from uuid import uuid4

import structlog
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.clock import Clock
from bot.config import Config, Watch
from bot.errors import ConfigError, TelegramRefusedError
from bot.formatter.render import Formatter
from bot.handlers.context import Desk, Parts, desk
from bot.handlers.intake import Intake
from bot.handlers.queue import Queue
from bot.handlers.registering import handle, publish_commands, register
from bot.loop import Loop
from bot.newsroom import opened
from bot.scheduler import Scheduler
from bot.sending.client import Client, client, remember
from bot.sending.rendering import Renderer
from bot.sending.sender import Sender
from bot.texts import Texts
from bot.texts.cities import Gazetteer
from bot.web import hubs
from bot.web.server import WebServer, application
from digests.catching_up import CatchingUp
from digests.compose import Ahead, compose
from digests.feeds.discover import Discoverer
from digests.feeds.fetch import Fetcher
from digests.feeds.websub import key_of
from digests.feeds.workshop import Workshop
from digests.hear import Listener
from digests.judge import Judge
from digests.look import Polled
from digests.model import LANGUAGES, Priority
from digests.poll import Poller
from digests.report import report
from digests.store import feeds, inbox, outbox, websub
from digests.store.engine import Store
from digests.store.roster import Roster
from digests.stories.vocabulary import Vocabulary
from digests.subscribe import Ours, Subscriber
from digests.tidy import tidy

log = structlog.get_logger()

TICK = timedelta(seconds=1)  # how late a digest's minute or a feed's time is noticed at most
TIDY_EVERY = timedelta(hours=1)
REPORT_EVERY = timedelta(seconds=15)  # feeds that break together are told together
SUBSCRIBE_EVERY = timedelta(seconds=5)  # leases are longer, and a feed that is read wakes it
STOP_SECONDS = 3.0  # for messages and handlers under way; a graceful stop takes under 10 s in all


@dataclass(frozen=True, slots=True)
class _Built:
    """The parts that have a beginning and an end."""

    store: Store
    line: Client
    talking: Desk
    formatter: Formatter
    poller: Poller
    sender: Sender
    queue: Queue
    scheduler: Scheduler
    workshop: Workshop  # of the feeds that administrators add
    web: WebServer | None  # none: nobody is to reach us


class App:
    """The bot as a whole. `run` until `stop`."""

    def __init__(self, config: Config, clock: Clock, watch: Watch | None = None) -> None:
        """Take the configuration; with `watch` also the feeds of one that is edited while the bot runs."""
        self._config = config
        self._watch = watch
        self._settings = config.newsroom()
        self._now = clock.now
        self._ahead = Ahead()
        self._clock = clock
        self._stop = asyncio.Event()
        self._failure: BaseException | None = None
        self._loops: dict[str, Loop] = {}
        self.started = asyncio.Event()  # Telegram knows us; readers are answered

    def stop(self) -> None:
        """End gracefully."""
        self._stop.set()

    def wake(self, *names: str) -> None:
        """Let loops look at what there is to do now; without names all of them: the clock has jumped."""
        for name in names or self._loops:
            self._loops[name].wake()

    async def run(self) -> None:
        """Run until stopped. Raises SosikError for what keeps the bot from running at all."""
        async with (
            opened(self._config, self._settings, self._clock) as store,
            Fetcher(self._settings.polling) as fetcher,
        ):
            run = uuid4().hex
            async with store.writing() as tx:  # whoever ran before is dead: the database is ours
                await feeds.release(tx, but=run)
                taken_over = await outbox.release(tx, but=run)
            log.info(
                "started", database=store.shown_url, feeds=len(self._settings.feeds), taken_over=taken_over
            )
            for words in self._config.warnings:
                log.warning("configuration", warning=words)
            built = self._build(store, fetcher, run)
            await remember(built.line.gate, store, self._now())
            if built.web:
                await built.web.start()
            else:
                async with store.writing() as tx:
                    await websub.silence(tx, self._now())
            await self._live(built)
        if self._failure:
            raise self._failure

    def _build(self, store: Store, fetcher: Fetcher, run: str) -> _Built:
        settings, now = self._settings, self._now
        line = client(self._config, store, now)
        bot = line.bot
        formatter = Formatter(Texts.load(), settings.categories)
        gazetteer = Gazetteer.load()
        vocabulary = Vocabulary.load(names=self._config.names.path, words=self._config.names.folder)
        judge = Judge(store, settings, lambda: vocabulary, now=now)
        wake_sender = partial(self.wake, "send")
        workshop = Workshop(places=1)
        discoverer = Discoverer(fetcher, workshop)
        talking = desk(
            bot,
            Parts(
                store=store,
                settings=settings,
                formatter=formatter,
                gazetteer=gazetteer,
                now=now,
                wake=wake_sender,
                admins=frozenset(self._config.telegram.admins),
                discoverer=discoverer,
                names=vocabulary.names,
            ),
        )
        register(talking)
        roster = Roster(store, settings)
        poller = Poller(store, fetcher, settings, run=run, now=now, done=self._polled)
        sender = Sender(
            store,
            settings,
            Renderer(store, formatter, gazetteer),
            bot,
            run=run,
            now=now,
            chance=random,
            messages_per_second=self._config.sending.messages_per_second,
            wake=wake_sender,
        )
        queue = Queue(store, handle(talking), wake=partial(self.wake, "answer"))
        intake = Intake(store, bot, now=now, stored=partial(self.wake, "answer"))
        steps: dict[str, Callable[[], Awaitable[bool]]] = {
            "poll": partial(self._poll, store, poller, roster),
            "judge": partial(self._judge, judge, roster),
            "compose": partial(self._compose, store, CatchingUp(store, now)),
            "tidy": partial(self._tidy, store),
            "report": partial(self._report, store),
            "intake": intake.step,
            "answer": queue.step,
            "send": sender.step,
        }
        web = None
        if self._config.web.public_url:
            ours = Ours(self._config.web.public_url, key_of(self._config.telegram.token.get_secret_value()))
            subscriber = Subscriber(store, fetcher, ours, now=now, token=partial(token_urlsafe, 32))
            steps["subscribe"] = subscriber.step
            listener = Listener(
                store,
                poller.look,
                ours.key,
                now=now,
                news=partial(self.wake, "judge"),
                ping=partial(self.wake, "poll"),
            )
            app = application(hubs.routes(listener, settings.polling.max_bytes))
            web = WebServer(app, *self._config.web.place)
        self._loops = {name: Loop(name, step) for name, step in steps.items()}
        slow = {"tidy": TIDY_EVERY, "report": REPORT_EVERY, "subscribe": SUBSCRIBE_EVERY}
        ticks = {name: (slow.get(name, TICK), loop.wake) for name, loop in self._loops.items()}
        return _Built(store, line, talking, formatter, poller, sender, queue, Scheduler(ticks), workshop, web)

    async def _live(self, built: _Built) -> None:
        early = {"poll", "judge", "compose", "tidy", "subscribe"}  # these need no Telegram
        tasks = {name: self._task(name) for name in self._loops if name in early}
        built.scheduler.start()
        try:
            if await self._connected(built.line.bot):
                await built.talking.initialize()
                async with built.store.writing() as tx:
                    await inbox.belong_to(tx, built.line.bot.id, self._now())
                tasks |= {name: self._task(name) for name in ("intake", "answer", "send", "report")}
                self.started.set()
                voices = {language: built.formatter.voice(language) for language in LANGUAGES}
                await self._unless_stopped(publish_commands(built.line.bot, voices))
                await self._stop.wait()
        finally:
            log.info("stopping")
            built.scheduler.stop()
            for loop in self._loops.values():
                loop.stop()
            if "intake" in tasks:
                tasks["intake"].cancel()  # a long poll; what it would have brought comes again
            if built.web:
                await built.web.stop()
            built.line.gate.close(below=Priority.ALERT)  # replies still leave; what is owed stays owed
            await asyncio.gather(
                built.poller.stop(), built.sender.stop(STOP_SECONDS), built.queue.stop(STOP_SECONDS)
            )
            _, late = await asyncio.wait(tasks.values(), timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            built.workshop.close()
            await built.line.stop()
            log.info("stopped")

    async def _poll(self, store: Store, poller: Poller, roster: Roster) -> bool:
        if self._watch:
            await self._reread(self._watch, store, roster)
        poller.heed(await roster.settings())
        return await poller.step()

    async def _reread(self, watch: Watch, store: Store, roster: Roster) -> None:
        """Take up the feeds of the file if it was edited. All else in it takes a new start."""
        try:
            config = watch.changed()
        except ConfigError as error:
            log.warning("configuration not taken", error=error.what)
            return
        if config is not None:
            settings = replace(self._settings, feeds=config.newsroom().feeds)
            async with store.writing() as tx:
                await feeds.settle_with(tx, settings.feeds, self._now())
            roster.take(settings)
            log.info("configuration taken", feeds=len(settings.feeds))

    async def _judge(self, judge: Judge, roster: Roster) -> bool:
        judge.heed(await roster.settings())
        step = await judge.step()
        if step.announced:
            self.wake("send")
        return step.more

    async def _compose(self, store: Store, catching_up: CatchingUp) -> bool:
        if not await catching_up.is_over():
            return False  # the clock wakes it each second
        step = await compose(store, self._settings, self._now, self._ahead)
        if step.owed:
            self.wake("send")
        return step.more

    async def _tidy(self, store: Store) -> bool:
        return (await tidy(store, self._settings, self._now())).more

    async def _report(self, store: Store) -> bool:
        if await report(store, self._config.telegram.admins, self._now()):
            self.wake("send")
        return False

    def _polled(self, polled: Polled) -> None:
        self.wake("poll")  # a place is free
        if polled.new:
            self.wake("judge")
        if "subscribe" in self._loops and not (polled.unchanged or polled.error):
            self.wake("subscribe")  # the document may name a hub

    def _task(self, name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(self._loops[name].run(), name=name)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A loop ends only when told to. If one ends by itself, so does the bot: its supervisor begins anew."""
        if not task.cancelled() and (error := task.exception()):
            self._failure = self._failure or error
            self._stop.set()

    async def _connected(self, bot: ExtBot[int]) -> bool:
        """Make ourselves known to Telegram. Waits while it cannot be reached; False when told to stop meanwhile."""
        pause = 1.0
        while not self._stop.is_set():
            try:
                await self._unless_stopped(bot.initialize())
            except InvalidToken:
                raise TelegramRefusedError(
                    "Telegram does not know this bot token.",
                    hint="Set telegram.token (or SOSIK_TELEGRAM__TOKEN) to the one BotFather gave you.",
                ) from None
            except (NetworkError, RetryAfter) as error:
                log.warning("telegram not reached", error=str(error), pause_seconds=pause)
                await self._unless_stopped(asyncio.sleep(pause))
                pause = min(pause * 2, 60.0)
            except TelegramError as error:
                raise TelegramRefusedError(f"Telegram answers: {error}.") from error
            else:
                if not self._stop.is_set():
                    log.info("connected", bot=bot.username)
                    return True
        return False

    async def _unless_stopped(self, act: Coroutine[Any, Any, None]) -> None:
        """Do what may have to wait for Telegram; give it up when told to stop."""
        acting, stopped = asyncio.create_task(act), asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({acting, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if acting.done():
                acting.result()
        finally:
            acting.cancel()
            stopped.cancel()
            await asyncio.gather(acting, stopped, return_exceptions=True)
