"""`sosik feeds import` and `export`: lists of feeds, as other readers keep them."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.doors import FAILED, ConfigFile, configured, door, err
from bot.cli.feeds import feeds
from bot.cli.feeds_store import NEXT_TICK, beside, slugs
from digests.errors import SosikError

if TYPE_CHECKING:
    from bot.config import Loaded
    from digests.feeds.opml import Outline
    from digests.settings import Category, FeedSettings
    from digests.store.added import NewFeed

_MOST_BYTES = 10_000_001  # one more than may be read


@dataclass(slots=True)
class _Sorted:
    """What a list's feeds come to."""

    new: "list[NewFeed]" = field(default_factory=list)
    known: int = 0
    left: list[str] = field(default_factory=list)  # with the reason


@feeds.command(name="import")
@door
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An OPML file; - is the standard input.")],
    category: Annotated[
        list[str] | None,
        typer.Option("--category", help="For feeds whose folders and categories name none of ours."),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Add the feeds of an OPML file. Those that are there already stay as they are."""
    loaded = configured(config, needs_token=False)

    from digests.feeds.opml import read

    usual = slugs(category, loaded.config.newsroom()) if category else ()
    done = asyncio.run(_import(loaded, read(_body(file)), usual))
    for words in done.left:
        err().print(f"Left out: {words}", style="yellow", markup=False)
    typer.echo(f"{len(done.new)} added, {done.known} there already, {len(done.left)} left out. {NEXT_TICK}")
    if done.left and not done.new and not done.known:
        raise typer.Exit(FAILED)


def _body(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(_MOST_BYTES)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(_MOST_BYTES)
    except OSError as error:
        raise SosikError(f"{file} cannot be read ({error.strerror or error}).") from None


async def _import(loaded: "Loaded", outlines: "Sequence[Outline]", usual: Sequence[str]) -> _Sorted:
    """Add them in one short transaction, whatever their number."""
    from bot.clock import SystemClock
    from digests.store import added

    of_file = loaded.config.newsroom().feeds
    async with beside(loaded) as store, store.writing() as tx:
        taken = (
            await added.taken(tx) | {feed.url for feed in of_file} | {feed.name.lower() for feed in of_file}
        )
        done = _sorted(outlines, loaded.config.newsroom().categories, usual, set(taken))
        if done.new:
            await added.add(tx, done.new, "operator:cli", SystemClock().now())
    return done


def _sorted(
    outlines: "Sequence[Outline]", categories: "Sequence[Category]", usual: Sequence[str], taken: set[str]
) -> _Sorted:
    from bot.config import name_for
    from bot.config.adding import new_feed
    from bot.errors import ConfigError
    from digests.feeds.addresses import shown

    done = _Sorted()
    for outline in outlines:
        if outline.url in taken:
            done.known += 1
            continue
        under = _categories(outline, categories) or usual
        if not under:
            done.left.append(f"{shown(outline.url)}: no category of ours is named for it. Say --category.")
            continue
        name = outline.name[:80].strip()
        if not name.isprintable() or name.lower() in taken:
            name = name_for(outline.url)
        language = outline.language[:2].lower()
        try:
            new = new_feed(
                outline.url, under, name=name, language=language if language in ("en", "ko") else ""
            )
        except ConfigError as error:
            done.left.append(error.what)
            continue
        taken |= {new.url, new.name.lower()}
        done.new.append(new)
    return done


def _categories(outline: "Outline", categories: "Sequence[Category]") -> tuple[str, ...]:
    """Give the categories that the list's own words name: all of its own, else the nearest folder's."""
    from bot.handlers.grammar.categories import categories_in

    named: dict[str, None] = {}
    for word in outline.categories:
        found = categories_in(word, categories)
        if not found.everything and not found.unknown:
            named |= dict.fromkeys(one.slug for one in found.known)
    return tuple(named)


@feeds.command()
@door
def export(config: ConfigFile = None) -> None:
    """Print all feeds, those of the file and the added ones, as OPML 2.0. Passwords in addresses are in it."""
    loaded = configured(config, needs_token=False)

    from bot.clock import SystemClock
    from digests.feeds.opml import Outline, write

    outlines = [
        Outline(feed.url, feed.name, feed.categories, feed.language) for feed in asyncio.run(_feeds(loaded))
    ]
    text = write(outlines, title="Sosik", made=SystemClock().now())
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


async def _feeds(loaded: "Loaded") -> "tuple[FeedSettings, ...]":
    from digests.store.engine import Store
    from digests.store.migrate import require_current
    from digests.store.roster import Roster

    settings = loaded.config.newsroom()
    store = Store.open(loaded.config.database.url)
    try:
        if not store.exists:
            return settings.feeds
        await require_current(store)
        return (await Roster(store, settings).settings()).feeds
    finally:
        await store.close()
