"""`sosik check`: is everything as it should be, before a reader notices."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from bot.cli.doors import FAILED, ConfigFile, configured, door, program
from digests.errors import FeedError, SosikError

if TYPE_CHECKING:
    from bot.config import Config
    from digests.feeds.fetch import Fetcher


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table. What is fine may still deserve a word: a warning."""

    what: str
    fine: bool
    words: str
    warning: bool = False

    @property
    def mark(self) -> str:
        """What the eye finds first."""
        if not self.fine:
            return "[red]✗[/]"
        return "[yellow]![/]" if self.warning else "[green]✓[/]"


@program.command()
@door
def check(config: ConfigFile = None) -> None:
    """Check the file, the database, the token and every feed; exit 1 if anything is wrong. Changes nothing."""
    loaded = configured(config, needs_token=True)
    findings = [Finding("configuration", fine=True, words=str(loaded.path))]
    findings += [
        Finding("configuration", fine=True, words=one, warning=True) for one in loaded.config.warnings
    ]
    findings += asyncio.run(_look(loaded.config))
    _print(findings, loaded.config.secrets)
    if not all(finding.fine for finding in findings):
        raise typer.Exit(FAILED)


def _print(findings: Sequence[Finding], secrets: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from bot.logs import scrub

    table = Table("", "what", "finding", box=None, pad_edge=False)
    for finding in findings:
        table.add_row(finding.mark, Text(finding.what), Text(scrub(finding.words, secrets)))
    console = Console(highlight=False)
    # A pipe is no 80 columns wide: whoever reads it wants each finding whole, on a line of its own.
    console.print(table, soft_wrap=not console.is_terminal, width=None if console.is_terminal else 1000)


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
