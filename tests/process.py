"""A real `sosik run` in a process of its own, with an emulated Telegram and local publishers on the other side."""

import asyncio
import json
import os
import signal
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette

from bot.config import example
from bot.playground.newsroom import Newsroom
from bot.playground.sample_news import read_samples
from bot.playground.telegram import Chat, Person, Schema, Server, Telegram
from tests.cli.terminal import Command

TOKEN = "600000001:AAprocess-test-process-test-process"


def machine_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class World:
    """All that is outside the bot."""

    folder: Path
    database_url: str
    telegram: Telegram
    newsroom: Newsroom
    url: str
    rate: float = 1000.0
    extra: str = ""  # more TOML
    beside: str = ""  # a module that changes the machine on which the bot runs, see tests/faults/machine.py
    _process: Command | None = field(default=None, repr=False)

    def write_config(self) -> Path:
        categories = tomllib.loads(example().read_text(encoding="utf-8"))["categories"]
        lines = [
            "[telegram]",
            f"token = {json.dumps(TOKEN)}",
            f"base_url = {json.dumps(self.url + '/bot')}",
            "[database]",
            f"url = {json.dumps(self.database_url)}",
            "[polling]",
            'interval = "300ms"',
            "allow_private_hosts = true",
            "[sending]",
            f"messages_per_second = {self.rate}",
            self.extra,
        ]
        for category in categories:
            names = ", ".join(f"{key} = {json.dumps(value)}" for key, value in category["name"].items())
            lines += ["[[categories]]", f"slug = {json.dumps(category['slug'])}", f"name = {{ {names} }}"]
            lines += [f"aliases = {json.dumps(category.get('aliases', []))}"]
        for feed in self.newsroom.feeds:
            mapped = ", ".join(
                f"{json.dumps(key)} = {json.dumps(value)}" for key, value in feed.category_map.items()
            )
            lines += [
                "[[feeds]]",
                f"name = {json.dumps(feed.name)}",
                f"url = {json.dumps(feed.url)}",
                f"language = {json.dumps(feed.language)}",
                f"categories = {json.dumps(list(feed.categories))}",
                f"category_map = {{ {mapped} }}",
                f"breaking = {str(feed.breaking).lower()}",
            ]
        path = self.folder / "sosik.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    async def start(self, *, ready: float = 30.0) -> None:
        """Start `sosik run`, and wait until it listens to Telegram."""
        asked = len(self.telegram.calls_of("getMe"))
        self._process = await Command.start(
            "run",
            "--config",
            str(self.write_config()),
            cwd=self.folder,
            out=self.folder / "bot.log",
            err=self.folder / "bot.log",
            env=None,
            more={"beside": self.beside} if self.beside else None,
        )

        def answered() -> bool:
            if self.process.returncode is not None:
                raise AssertionError(f"the bot ended by itself:\n{self.log_tail()}")
            return len(self.telegram.calls_of("getMe")) > asked

        await self.telegram.until(answered, timeout=ready)

    @property
    def process(self) -> Command:
        """The bot's process, the last one."""
        assert self._process is not None, "it was not started"
        return self._process

    async def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM; gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 15)

    @property
    def log(self) -> str:
        """What the bot's processes have logged so far."""
        return (self.folder / "bot.log").read_text(encoding="utf-8", errors="replace")

    def log_tail(self) -> str:
        return self.log[-6000:]

    async def ask(self, person: Person, text: str, *, chat: Chat | None = None, timeout: float = 15.0) -> str:
        """Say something and give the bot's next message."""
        chat = chat or self.telegram.private(person)
        after = max((message.id for message in self.telegram.received(chat)), default=0)
        self.telegram.say(chat, person, text)
        return (await self.telegram.wait_for(chat, timeout=timeout, after=after)).plain

    def times_received(self, chat: Chat, words: str) -> int:
        """In how many of the bot's messages the words stand."""
        return sum(words in message.plain for message in self.telegram.received(chat))


@asynccontextmanager
async def outside(
    folder: Path, database_url: str, *, only: str = "", **settings: object
) -> AsyncIterator[World]:
    """Everything but the bot; whatever runs at the end is killed, and nothing refused goes unnoticed.

    `only`: one of the publishers, with nothing printed yet, in place of them all.
    """
    data = Path(os.environ.get("SOSIK_TEST_DATA", "nowhere")) / "botapi" / "api.min.json"
    telegram = Telegram(token=TOKEN, now=machine_now, schema=Schema.load(data) if data.is_file() else None)
    samples = read_samples()
    if only:
        samples = replace(
            samples, papers=tuple(paper for paper in samples.papers if paper.name == only), printed=()
        )
    newsroom = Newsroom(machine_now, lambda: server.url, samples=samples)
    site = Starlette()
    server = Server(site)
    async with server:
        site.router.routes[:] = [*newsroom.app.routes, *telegram.app().routes]
        world = World(folder, database_url, telegram, newsroom, server.url, **settings)  # type: ignore[arg-type]
        try:
            yield world
            assert telegram.violations == []
        finally:
            if world._process is not None and world._process.returncode is None:
                await world.kill()
