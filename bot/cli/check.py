"""`sosik check`: is everything as it should be, before a reader notices."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.doors import FAILED, ConfigFile, configured, door, program
from digests.errors import FeedError, SosikError

if TYPE_CHECKING:
    from bot.config import Config
    from digests.feeds.fetch import Fetcher


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table."""

    what: str
    fine: bool
    words: str


@program.command()
@door
def check(config: ConfigFile = None) -> None:
    """Check the file, the database, the token and every feed; exit 1 if anything is wrong. Changes nothing."""
    loaded = configured(config, needs_token=True)
    findings = [Finding("configuration", fine=True, words=str(loaded.path))]
    findings += asyncio.run(_look(loaded.config))
    table = Table("", "what", "finding", box=None, pad_edge=False)
    for finding in findings:
        mark = "[green]✓[/]" if finding.fine else "[red]✗[/]"
        table.add_row(mark, _text(finding.what), _text(finding.words))
    Console(highlight=False).print(table)
    if not all(finding.fine for finding in findings):
        raise typer.Exit(FAILED)


def _text(words: str) -> str:
    from rich.markup import escape

    return escape(words)


async def _look(config: "Config") -> list[Finding]:
    from digests.feeds.fetch import Fetcher

    places = asyncio.Semaphore(config.polling.concurrency)
    feeds = config.newsroom().feeds
    async with Fetcher(config.newsroom().polling) as fetcher:

        async def feed(name: str, url: str) -> Finding:
            async with places:
                return await _found(f"feed {name}", lambda: _feed(fetcher, url))

        return list(
            await asyncio.gather(
                _found("database", lambda: _database(config.database.url)),
                _found("telegram", lambda: _telegram(config)),
                *(feed(one.name, one.url) for one in feeds),
            )
        )


async def _found(what: str, look: Callable[[], Awaitable[str]]) -> Finding:
    try:
        return Finding(what, fine=True, words=await look())
    except FeedError as error:
        return Finding(what, fine=False, words=f"{error} ({error.url})")
    except SosikError as error:
        return Finding(what, fine=False, words=str(error))


async def _database(url: str) -> str:
    from digests.store.engine import Store
    from digests.store.migrate import stand

    store = Store.open(url)
    try:
        before, head = await stand(store)
    finally:
        await store.close()
    if before == head:
        return f"{store.shown_url}, revision {head}"
    return (
        f"{store.shown_url}, {'empty' if before is None else f'revision {before}'}; `run` brings it to {head}"
    )


async def _telegram(config: "Config") -> str:
    from telegram.error import InvalidToken, TelegramError
    from telegram.ext import ExtBot

    from bot.errors import TelegramRefusedError

    bot: ExtBot[None] = ExtBot(
        token=config.telegram.token.get_secret_value(), base_url=config.telegram.base_url
    )
    try:
        me = await bot.get_me()
    except InvalidToken:
        raise TelegramRefusedError("Telegram does not know this bot token.") from None
    except TelegramError as error:
        raise TelegramRefusedError(f"Telegram cannot be asked: {error}.", passing=True) from None
    finally:
        await bot.shutdown()
    return f"@{me.username}"


async def _feed(fetcher: "Fetcher", url: str) -> str:
    from digests.feeds.document import Document
    from digests.feeds.fetch import Fetched, Request
    from digests.feeds.parse import parse

    answer = await fetcher.fetch(Request(url))
    if not isinstance(answer, Fetched):
        raise FeedError("The server says that nothing has changed, though it was not asked.", url=url)
    document = Document(answer.body, answer.url, answer.content_type, answer.charset)
    parsed = await asyncio.to_thread(parse, document)
    moved = f"; it says it has moved to {answer.permanent_url}" if answer.permanent_url else ""
    return f"{len(parsed.entries)} entries{moved}"
