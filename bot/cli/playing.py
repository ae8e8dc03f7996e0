"""The playground put together: the very bot, an emulated Telegram, local publishers and a clock that jumps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette

from bot.app import App
from bot.clock import JumpingClock
from bot.config import EXAMPLE, Config, build, example, read
from bot.errors import ConfigError
from bot.playground.messenger import messenger
from bot.playground.newsroom import Newsroom
from bot.playground.telegram import Chat, Person, Server, Telegram
from digests.model import Address
from digests.store import chats
from digests.store.engine import Store

TOKEN = "600000001:playground-playground-playground"  # noqa: S105 - of the emulated Telegram, which knows no other
POLL = "500ms"  # so that what is published arrives while one watches


@dataclass(frozen=True, slots=True)
class Playground:
    """A playground that runs."""

    url: str
    clock: JumpingClock
    telegram: Telegram
    newsroom: Newsroom
    app: App
    store: Store  # the bot's database, to look into
    alex: Person
    jimin: Person
    english: Chat
    korean: Chat
    group: Chat

    async def jump(self, instant: datetime) -> None:
        """Make it `instant` for everybody."""
        self.clock.jump_to(instant)
        self.app.wake()

    async def due(self, chat: Chat) -> datetime | None:
        """Tell when a chat's next digest comes; None where the bot does not know the chat, or it has none."""
        async with self.store.reading() as tx:
            known = await chats.at(tx, Address(chat.id))
        return known.next_digest_at if known else None


@asynccontextmanager
async def playing(folder: Path, *, port: int = 0) -> AsyncIterator[Playground]:
    """Run a playground, its database in `folder`. Raises SosikError, and OSError where the port is taken."""
    clock = JumpingClock()
    telegram = Telegram(token=TOKEN, now=clock.now)
    newsroom = Newsroom(clock.now, lambda: server.url)
    alex = telegram.person("Alex", language_code="en")
    jimin = telegram.person("지민", language_code="ko")
    english, korean = telegram.private(alex), telegram.private(jimin)
    group = telegram.group("Lightstick Club", owner=alex, members=(jimin,))
    site = Starlette()
    server = Server(site, port=port)
    async with server:
        config = _configured(newsroom, server.url, folder)
        app = App(config, clock)
        store = Store.open(config.database.url)
        playground = Playground(
            server.url, clock, telegram, newsroom, app, store, alex, jimin, english, korean, group
        )
        page = messenger(
            telegram=telegram,
            newsroom=newsroom,
            chats=(english, korean, group),
            now=clock.now,
            jump=playground.jump,
            due=playground.due,
        )
        # The emulated Bot API answers every path that is not another's, as the real one does: it comes last.
        site.router.routes[:] = [*page, *newsroom.app.routes, *telegram.app().routes]
        running = asyncio.create_task(app.run(), name="bot")
        started = asyncio.create_task(app.started.wait(), name="started")
        try:
            await asyncio.wait({running, started}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
            telegram.add_bot(group, by=alex)
            yield playground
        finally:
            started.cancel()
            app.stop()
            await store.close()
            await running


def _configured(newsroom: Newsroom, url: str, folder: Path) -> Config:
    """Give the configuration of the playground: the example's categories, the local feeds."""
    shipped = example()
    if shipped is None:
        raise ConfigError(f"{EXAMPLE} is missing from this installation.")
    return build(
        {
            "telegram": {"token": TOKEN, "base_url": f"{url}/bot"},
            "database": {"url": f"sqlite:///{folder}/sosik.db"},
            "polling": {"interval": POLL, "allow_private_hosts": True},
            "categories": read(shipped)["categories"],
            "feeds": [
                {
                    "name": feed.title,
                    "url": feed.url,
                    "language": feed.language,
                    "categories": list(feed.categories),
                    "category_map": dict(feed.category_map),
                    "breaking": feed.breaking,
                }
                for feed in newsroom.feeds
            ],
        },
        "the playground's configuration",
        environment=False,
    )
