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
    from digests.feeds.workshop import Workshop
    from digests.settings import FeedSettings
    from digests.store.feeds import FeedState


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
    from digests.feeds.workshop import Workshop

    workshop = Workshop()
    feeds, unnamed = await _named(config)
    async with Fetcher(config.newsroom().polling) as fetcher:

        async def feed(wanted: "FeedSettings") -> Finding:
            return await _found(f"feed {wanted.name}", lambda: _feed(fetcher, workshop, wanted))

        looked = list(
            await asyncio.gather(
                _found("database", lambda: _database(config.database.url)),
                _found("telegram", lambda: _telegram(config)),
                *([_found("names", lambda: _names(config))] if config.names.path else []),
                *(feed(one) for one in feeds),
            )
        )
    return [*looked, *await _told(config.database.url), *unnamed, *await _pace(config)]


async def _named(config: "Config") -> tuple["Sequence[FeedSettings]", list[Finding]]:
    """Give the feeds of the file and the added ones; and what the file names no more, which is kept all the same."""
    from bot.cli.feeds_words import unnamed
    from digests.errors import StoreError
    from digests.store import health
    from digests.store.engine import Store
    from digests.store.migrate import require_current
    from digests.store.roster import Roster

    settings = config.newsroom()
    store = Store.open(config.database.url)
    try:
        await require_current(store)
        feeds = (await Roster(store, settings).settings()).feeds
        async with store.reading() as tx:
            urls, slugs = {feed.url for feed in settings.feeds}, {one.slug for one in settings.categories}
            gone = await health.unnamed(tx, urls, slugs)
    except StoreError:
        return settings.feeds, []  # another line says what is the matter with it
    finally:
        await store.close()
    return feeds, [Finding(what, fine=True, words=words, warning=True) for what, words in unnamed(gone)]


async def _told(url: str) -> list[Finding]:
    """Give what polls have learned of feeds and their operator should know."""
    from bot.cli.feeds_words import hub_words
    from bot.clock import SystemClock
    from digests.errors import StoreError
    from digests.model import HubState
    from digests.store import feeds
    from digests.store.engine import Store
    from digests.store.migrate import require_current
    from digests.store.told import standings

    store = Store.open(url)
    try:
        await require_current(store)
        async with store.reading() as tx:
            states = await feeds.states(tx)
            hubs = await standings(tx)
    except StoreError:
        return []  # another line says what is the matter with it
    finally:
        await store.close()
    now = SystemClock().now()
    refusing = [one for one in hubs if one.state in (HubState.REFUSED, HubState.DENIED)]
    return [
        Finding(f"feed {name}", fine=True, words=words, warning=True)
        for name, words in (
            *((state.name, words) for state in states for words in notes(state)),
            *((one.name, f"{hub_words(one, now)}. It is polled instead.") for one in refusing),
        )
    ]


async def _pace(config: "Config") -> list[Finding]:
    """Say what the pace means for the readers that there are."""
    from bot.cli.limits_words import limits
    from digests.editions.timetable import zone_of
    from digests.errors import StoreError
    from digests.store.audiences import audiences
    from digests.store.engine import Store
    from digests.store.migrate import require_current

    store = Store.open(config.database.url)
    try:
        await require_current(store)
        async with store.reading() as tx:
            counted = await audiences(tx)
    except StoreError:
        return []  # another line says what is the matter with it
    finally:
        await store.close()
    settings = config.newsroom()
    zone = zone_of(settings.digest.zone)
    said = limits(counted, config.sending.messages_per_second, zone, settings.breaking.worth)
    return [Finding("pace", fine=True, words=words) for words in said]


def notes(state: "FeedState") -> tuple[str, ...]:
    """Say what is unusual about a feed, in sentences."""
    from digests.feeds.addresses import shown

    said = []
    if state.gone_at:
        said.append(
            f"Its publisher closed it for good on {state.gone_at:%-d %B %Y}: it is polled no more. "
            "Take it out of the file; put back, it is asked anew."
        )
    if state.address:
        said.append(
            f"It has moved, and is fetched from {shown(state.address)}. Its url in the file may stay."
        )
    if state.reissued_at:
        said.append(
            f"On {state.reissued_at:%-d %B %Y} it listed known entries under new ids; they were recognised."
        )
    if state.forbids:
        said.append("It bears a notice against redistribution, and is shown by its titles alone.")
    return tuple(said)


async def _names(config: "Config") -> str:
    from digests.stories.names import Names

    ours, all_ = (len(Names.load(path).by_id) for path in (None, config.names.path))
    return f"{config.names.file}: {all_ - ours} names are new to ours."


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
    from bot.sending.wire import Wire

    bot: ExtBot[None] = ExtBot(
        token=config.telegram.token.get_secret_value(),
        base_url=config.telegram.base_url,
        request=Wire(1, proxy=config.telegram.proxy),
        get_updates_request=Wire(1, proxy=config.telegram.proxy),
    )
    try:
        await bot.initialize()  # which asks getMe
    except InvalidToken:
        raise TelegramRefusedError("Telegram does not know this bot token.") from None
    except TelegramError as error:
        raise TelegramRefusedError(f"Telegram cannot be asked: {error}.", passing=True) from None
    else:
        return f"@{bot.username}"
    finally:
        await bot.shutdown()


async def _feed(fetcher: "Fetcher", workshop: "Workshop", wanted: "FeedSettings") -> str:
    from digests.feeds.document import Document
    from digests.feeds.fetch import Fetched, Request

    answer = await fetcher.fetch(Request(wanted.url, legacy_tls=wanted.legacy_tls))
    if not isinstance(answer, Fetched):
        raise FeedError("The server says that nothing has changed, though it was not asked.", url=wanted.url)
    document = Document(answer.body, answer.url, answer.content_type, answer.charset)
    parsed = await workshop.read(document)
    moved = f"; it says it has moved to {answer.permanent_url}" if answer.permanent_url else ""
    return f"{len(parsed.raw.entries)} entries{moved}"
