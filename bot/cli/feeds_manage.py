"""`sosik feeds add`, `remove`, `pause` and `resume`: feeds that the file does not name, while the bot runs or not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.doors import ConfigFile, configured, door
from bot.cli.feeds import feeds
from bot.cli.feeds_store import NEXT_TICK, beside, category_map, meant, of_file, refuse_of_file, slugs
from digests.errors import SosikError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config import Loaded
    from digests.feeds.discover import Discovered
    from digests.settings import Settings
    from digests.store.added import FeedRecord, NewFeed
    from digests.store.engine import Writing

Feed = Annotated[str, typer.Argument(metavar="FEED", help="Its name or its address, as `list` shows them.")]


@feeds.command()
@door
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="The feed's address, or its site's.")],
    categories: Annotated[
        list[str] | None, typer.Argument(metavar="CATEGORY...", help="What its stories are filed under.")
    ] = None,
    *,
    category: Annotated[
        list[str] | None, typer.Option("--category", help="The same; may be given several times.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="What it is called; without, by its address.")] = "",
    language: Annotated[str, typer.Option("--language", help="Of its stories: en or ko.")] = "",
    breaking: Annotated[
        bool, typer.Option("--breaking", help="Whatever is fresh in it rings, opinion excepted.")
    ] = False,
    interval: Annotated[
        str, typer.Option("--interval", help='How often it is polled: "5m", or "auto".')
    ] = "",
    mapped: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="THEIRS=OURS",
            help='A category of the publisher\'s and one of ours: "Music=kpop".',
        ),
    ] = None,
    show: Annotated[
        str, typer.Option("--show", help='What readers see of it: "excerpt", or "title" alone.')
    ] = "excerpt",
    legacy_tls: Annotated[
        bool, typer.Option("--legacy-tls", help="Its server needs renegotiation as it was before RFC 5746.")
    ] = False,
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="Add it without looking whether it can be read.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Add a feed. It is looked into first; of a site that names one feed, that one is added."""
    loaded = configured(config, needs_token=False)

    from bot.clock import SystemClock
    from bot.config.adding import new_feed
    from digests.feeds.discover import with_scheme

    settings = loaded.config.newsroom()
    wanted = new_feed(
        with_scheme(url),
        slugs([*(categories or ()), *(category or ())], settings),
        name=name,
        language=language,
        breaking=breaking,
        interval=interval,
        category_map=category_map(mapped or (), settings),
        show=show,
        legacy_tls=legacy_tls,
    )
    asyncio.run(_add(loaded, settings, wanted, SystemClock().now(), look=not unchecked))


async def _add(
    loaded: "Loaded", settings: "Settings", wanted: "NewFeed", now: "datetime", *, look: bool
) -> None:
    from dataclasses import replace

    from bot.config import name_for
    from digests.store import added

    refuse_of_file(loaded, wanted.url, "Change it")
    said = ""
    if look:
        found = await _looked(settings, wanted.url, legacy_tls=wanted.legacy_tls)
        said = f" It lists {found.entries} entries."
        if found.url != wanted.url:  # the site was named, and this is its feed
            by_address = wanted.name == name_for(wanted.url)
            wanted = replace(wanted, url=found.url, name=name_for(found.url) if by_address else wanted.name)
            refuse_of_file(loaded, wanted.url, "Change it")
    async with beside(loaded) as store, store.writing() as tx:
        known = await added.at(tx, wanted.url)
        if known and known.standing != "retired":
            raise SosikError(f"{wanted.url} is there already, as {known.name}.")
        if of_file(loaded, wanted.name) or wanted.name.lower() in await added.taken(tx):
            raise SosikError(f"Another feed is called {wanted.name}.", hint="Give this one another --name.")
        await added.add(tx, [wanted], "operator:cli", now)
    typer.echo(f"Added {wanted.name}, under {', '.join(wanted.categories)}.{said} {NEXT_TICK}")


async def _looked(settings: "Settings", url: str, *, legacy_tls: bool) -> "Discovered":
    """Look into what is to be added. Raises FeedError, or SosikError with an offer where several feeds are found."""
    from digests.feeds.discover import Discoverer, PageError
    from digests.feeds.fetch import Fetcher
    from digests.feeds.workshop import Workshop

    workshop = Workshop(places=1)
    try:
        async with Fetcher(settings.polling) as fetcher:
            discoverer = Discoverer(fetcher, workshop, legacy_tls=legacy_tls)
            try:
                return await discoverer.feed(url)
            except PageError as error:
                found = (await discoverer.discover(url)).found
                if len(found) == 1:
                    return found[0]
                if not found:
                    raise SosikError(error.what, hint="No feed of this site was found.") from error
                offered = "\n".join(f"  {one.url}  {one.title}" for one in found)
                raise SosikError(
                    "The site has several feeds. Add one of them:", hint=f"\n{offered}"
                ) from error
    finally:
        workshop.close()


@feeds.command()
@door
def remove(
    feed: Feed,
    purge: Annotated[
        bool, typer.Option("--purge", help="Delete what came from it, too. The bot must not run meanwhile.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Poll an added feed no more. Its stories stay, unless they are purged."""
    loaded = configured(config, needs_token=False)
    refuse_of_file(loaded, feed, "Take its block out")
    asyncio.run(_purge(loaded, feed) if purge else _changed(loaded, feed, "Removed", _removed))


async def _purge(loaded: "Loaded", word: str) -> None:
    from bot.clock import SystemClock
    from digests.store import added
    from digests.store.purging import purge

    async with beside(loaded, alone=True) as store, store.writing() as tx:
        record = await meant(tx, word)
        if record.origin != added.FILE:
            await added.remove(tx, record.id, SystemClock().now())
        gone = await purge(tx, record.id)
    typer.echo(
        f"Removed {record.name} with {gone.entries} entries, {gone.stories} stories that nothing else told of, "
        f"and {gone.editions} alerts and digests that held nothing else. Messages that were sent stay with their readers."
    )


@feeds.command()
@door
def pause(feed: Feed, config: ConfigFile = None) -> None:
    """Let an added feed rest until it is resumed."""
    loaded = configured(config, needs_token=False)
    refuse_of_file(loaded, feed, "Put # before each line of its block")
    asyncio.run(_changed(loaded, feed, "Paused", _paused))


@feeds.command()
@door
def resume(feed: Feed, config: ConfigFile = None) -> None:
    """Poll a paused feed again, or one that its publisher had closed."""
    loaded = configured(config, needs_token=False)
    refuse_of_file(loaded, feed, "Change it")
    asyncio.run(_changed(loaded, feed, "Resumed", _resumed))


async def _changed(
    loaded: "Loaded", word: str, done: str, act: "Callable[[Writing, FeedRecord, datetime], Awaitable[None]]"
) -> None:
    from bot.clock import SystemClock
    from digests.store import added

    async with beside(loaded) as store, store.writing() as tx:
        record = await meant(tx, word)
        if record.origin == added.FILE:
            raise SosikError(
                f"{record.name} came from the configuration, which names it no more: it is retired.",
                hint="`remove --purge` deletes what came from it; `add` takes it up again.",
            )
        await act(tx, record, SystemClock().now())
    typer.echo(f"{done} {record.name}. {NEXT_TICK}")


async def _removed(tx: "Writing", record: "FeedRecord", now: "datetime") -> None:
    from digests.store import added

    if record.standing == "retired":
        raise SosikError(f"{record.name} is removed already.", hint="--purge deletes what came from it.")
    await added.remove(tx, record.id, now)


async def _paused(tx: "Writing", record: "FeedRecord", now: "datetime") -> None:
    from digests.store import added

    if record.standing != "polled":
        raise SosikError(f"{record.name} is not polled as it is.")
    await added.pause(tx, record.id, now)


async def _resumed(tx: "Writing", record: "FeedRecord", now: "datetime") -> None:
    from digests.store import added

    if record.standing not in ("paused", "gone"):
        raise SosikError(f"{record.name} is not paused.")
    await added.resume(tx, record.id, now)
