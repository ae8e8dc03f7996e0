"""`sosik feeds list` and `discover`: how feeds fare, and where there are more."""

import asyncio
import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.doors import FAILED, ConfigFile, configured, door, err
from bot.cli.feeds import feeds

if TYPE_CHECKING:
    from bot.config import Loaded
    from digests.feeds.discover import Discovery
    from digests.settings import FeedSettings
    from digests.store.health import Health
    from digests.store.told import Standing


@feeds.command(name="list")
@door
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
    config: ConfigFile = None,
) -> None:
    """List all feeds and how they fare: what came, what went wrong, when each is polled next and why."""
    loaded = configured(config, needs_token=False)

    from bot.clock import SystemClock

    now = SystemClock().now()
    settled, rows = asyncio.run(_rows(loaded, now))
    if as_json:
        for feed, health, hub in rows:
            typer.echo(json.dumps(_told(feed, health, hub), ensure_ascii=False))
        return
    _print(rows, now)
    if not settled:
        err().print("Nothing was polled yet: `sosik run` or `sosik poll --once` begins.", markup=False)


Row = tuple["FeedSettings | None", "Health | None", "Standing | None"]


async def _rows(loaded: "Loaded", now: datetime) -> tuple[bool, list[Row]]:
    """Give every feed that somebody names or the database knows. False: there is no database yet."""
    from digests.store.engine import Store
    from digests.store.health import health
    from digests.store.migrate import require_current
    from digests.store.roster import Roster
    from digests.store.told import standings

    settings = loaded.config.newsroom()
    store = Store.open(loaded.config.database.url)
    try:
        if not store.exists:
            return False, [(feed, None, None) for feed in settings.feeds]
        await require_current(store)
        named = {feed.url: feed for feed in (await Roster(store, settings).settings()).feeds}
        async with store.reading() as tx:
            known = {one.url: one for one in await health(tx, now)}
            hubs = {one.feed: one for one in await standings(tx)}
    finally:
        await store.close()
    rows: list[Row] = []
    for feed in sorted(named.values(), key=lambda feed: feed.name.lower()):
        fares = known.pop(feed.url, None)
        rows.append((feed, fares, hubs.get(fares.id) if fares else None))
    return True, [*rows, *((None, one, None) for one in known.values())]


def _print(rows: list[Row], now: datetime) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from bot.cli.feeds_words import mark, words
    from bot.logs import scrub

    table = Table("", "feed", "under", "how it fares", box=None, pad_edge=False)
    for feed, health, hub in rows:
        name = feed.name if feed else health.name if health else ""
        under = ", ".join(feed.categories) if feed else "–"
        said = scrub(words(feed, health, now, hub))
        table.add_row(mark(feed, health), Text(name), Text(under), Text(said))
    console = Console(highlight=False)
    console.print(table, soft_wrap=not console.is_terminal, width=None if console.is_terminal else 1000)


def _told(feed: "FeedSettings | None", health: "Health | None", hub: "Standing | None") -> dict[str, Any]:
    from digests.feeds.addresses import shown

    said: dict[str, Any] = {key: _plain(value) for key, value in (asdict(health) if health else {}).items()}
    if feed:
        said |= {"name": feed.name, "url": feed.url, "categories": list(feed.categories)}
    said.pop("id", None)
    said["hub"] = {"url": shown(hub.hub), "state": hub.state.value} if hub else None
    return said | {"url": shown(said["url"]), "broken": bool(health and health.is_broken)}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.total_seconds() if isinstance(value, timedelta) else value


@feeds.command()
@door
def discover(
    url: Annotated[str, typer.Argument(metavar="URL", help="A site's address, or a page of it.")],
    config: ConfigFile = None,
) -> None:
    """Look for the feeds of a site, as its robots.txt allows; exit 1 if there are none."""
    loaded = configured(config, needs_token=False)

    from rich.console import Console

    from bot.cli.feeds_words import ago
    from bot.clock import SystemClock

    found = asyncio.run(_discovered(loaded, url))
    console = Console(highlight=False, soft_wrap=True)
    now = SystemClock().now()
    for one in found.found:
        newest = f", the newest {ago(one.newest, now)}" if one.newest else ""
        hub = f"; its hub is {one.hub}" if one.hub else ""
        console.print(f"{one.url}  {one.title} ({one.entries} entries{newest}){hub}", markup=False)
    if not found.found:
        err().print("No feed was found.", style="yellow")
        for trouble in found.troubles:
            err().print(trouble, markup=False)
        raise typer.Exit(FAILED)


async def _discovered(loaded: "Loaded", url: str) -> "Discovery":
    from digests.feeds.discover import Discoverer
    from digests.feeds.fetch import Fetcher
    from digests.feeds.workshop import Workshop

    polling = loaded.config.newsroom().polling
    workshop = Workshop(places=1)
    try:
        async with Fetcher(polling) as fetcher:
            return await Discoverer(fetcher, workshop).discover(url)
    finally:
        workshop.close()
