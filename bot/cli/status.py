"""`sosik status`: how things stand, beside a running bot."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.doors import ConfigFile, configured, door, program

if TYPE_CHECKING:
    from datetime import tzinfo

    from rich.table import Table

    from bot.cli.status_words import Snapshot
    from bot.config import Loaded
    from digests.store.audiences import Audiences
    from digests.store.engine import Store

REFRESH = 2.0  # seconds
REST = 10  # times as long as it took to look, and more: whoever watches is not to be felt
COUNT_ANEW = 60.0  # seconds; readers come and go slowly, and to count a million takes a second


@program.command()
@door
def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again every two seconds, until Ctrl-C.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Tell what is owed and when it will be sent, what was sent and what was not, and whether a bot runs. Only reads."""
    if watch and (as_json or not sys.stdout.isatty()):
        raise typer.BadParameter(
            "It needs a terminal; programs ask for --json as often as they like.", param_hint="--watch"
        )
    loaded = configured(config, needs_token=False)

    from bot.cli.status_words import told
    from digests.editions.timetable import zone_of

    zone = zone_of(loaded.config.newsroom().digest.zone)
    if watch:
        try:
            asyncio.run(_watch(loaded, zone))
        except KeyboardInterrupt:  # which is how one stops watching
            return
    snapshot = asyncio.run(_once(loaded))
    if as_json:
        typer.echo(json.dumps(told(snapshot, zone), ensure_ascii=False))
    else:
        _print(snapshot, zone)


async def _once(loaded: "Loaded") -> "Snapshot":
    async with _opened(loaded) as store:
        return await _Eyes(loaded, store).look()


async def _watch(loaded: "Loaded", zone: "tzinfo") -> None:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from digests.errors import StoreError

    clock = asyncio.get_running_loop()
    async with _opened(loaded) as store:
        eyes = _Eyes(loaded, store)
        with Live(console=Console(highlight=False), auto_refresh=False) as live:
            while True:
                began = clock.time()
                try:
                    live.update(_table(await eyes.look(), zone), refresh=True)
                except StoreError as error:
                    if not error.passing:
                        raise
                    live.update(Text(str(error)), refresh=True)
                await asyncio.sleep(max(REFRESH, REST * (clock.time() - began)))


class _Eyes:
    """Looks as often as it is asked to; what takes long is counted anew now and then."""

    def __init__(self, loaded: "Loaded", store: "Store") -> None:
        self._loaded = loaded
        self._store = store
        self._audiences: tuple[float, Audiences] | None = None

    async def look(self) -> "Snapshot":
        from bot.cli.status_words import Snapshot
        from bot.clock import SystemClock
        from digests.store.audiences import audiences
        from digests.store.lock import is_held
        from digests.store.status import status as standing

        moment = asyncio.get_running_loop().time()
        running = await is_held(self._store)
        async with self._store.reading() as tx:
            if self._audiences is None or moment - self._audiences[0] >= COUNT_ANEW:
                self._audiences = moment, await audiences(tx)
            counted = self._audiences[1]
            now = SystemClock().now()
            stands = await standing(tx, now, counted)
        config = self._loaded.config
        sending = config.sending
        return Snapshot(
            at=now,
            database=self._store.shown_url,
            running=running,
            per_second=sending.messages_per_second,
            worth=config.newsroom().breaking.worth,
            stars_a_day=sending.paid_stars_per_day if sending.paid_broadcast else 0,
            status=stands,
            audiences=counted,
        )


@asynccontextmanager
async def _opened(loaded: "Loaded") -> "AsyncIterator[Store]":
    """Open the database to look at it. Raises StoreError where there is none, or none of this version."""
    from digests.errors import StoreError
    from digests.store.engine import Store
    from digests.store.migrate import require_current

    store = Store.open(loaded.config.database.url, readers=1)
    try:
        if not store.exists:
            raise StoreError(f"There is no database {store.shown_url} yet.", hint="`sosik run` makes it.")
        await require_current(store)
        yield store
    finally:
        await store.close()


def _print(snapshot: "Snapshot", zone: "tzinfo") -> None:
    from rich.console import Console

    console = Console(highlight=False)
    # As `check` does: whoever reads a pipe wants each line whole.
    console.print(
        _table(snapshot, zone), soft_wrap=not console.is_terminal, width=None if console.is_terminal else 1000
    )


def _table(snapshot: "Snapshot", zone: "tzinfo") -> "Table":
    from rich.table import Table
    from rich.text import Text

    from bot.cli.status_words import lines

    table = Table("", "what", "how it stands", box=None, pad_edge=False)
    for line in lines(snapshot, zone):
        table.add_row("[yellow]![/]" if line.mark else "", Text(line.what), Text(line.words))
    return table
