"""A real `sosik run` in a process of its own, with an emulated Telegram and local publishers on the other side."""

import asyncio
import json
import os
import signal
import sys
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette

from bot.config import example
from bot.playground.newsroom import Newsroom
from bot.playground.telegram import Chat, Person, Schema, Server, Telegram

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
    _process: asyncio.subprocess.Process | None = field(default=None, repr=False)

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
        log = (self.folder / "bot.log").open("ab")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SOSIK_")}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            "--config",
            str(self.write_config()),
            stdout=log,
            stderr=log,
            cwd=self.folder,
            env=environment,
        )
        log.close()
        asked = len(self.telegram.calls_of("getMe"))

        def answered() -> bool:
            if self._process is not None and self._process.returncode is not None:
                raise AssertionError(f"the bot ended by itself:\n{self.log_tail()}")
            return len(self.telegram.calls_of("getMe")) > asked

        await self.telegram.until(answered, timeout=ready)

    async def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM; gives the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self._process.wait(), 15)

    def log_tail(self) -> str:
        return (self.folder / "bot.log").read_text(encoding="utf-8", errors="replace")[-6000:]

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
async def outside(folder: Path, database_url: str, **settings: object) -> AsyncIterator[World]:
    """Everything but the bot; whatever runs at the end is killed, and nothing refused goes unnoticed."""
    data = Path(os.environ.get("SOSIK_TEST_DATA", "nowhere")) / "botapi" / "api.min.json"
    telegram = Telegram(token=TOKEN, now=machine_now, schema=Schema.load(data) if data.is_file() else None)
    newsroom = Newsroom(machine_now, lambda: server.url)
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
