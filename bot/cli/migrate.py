"""`sosik migrate`: the database's tables."""

import asyncio

import typer

from bot.cli.doors import ConfigFile, configured, door, program


@program.command()
@door
def migrate(config: ConfigFile = None) -> None:
    """Bring the database to this version's tables (`run` does it by itself)."""
    loaded = configured(config, needs_token=False)

    from digests.store.engine import Store
    from digests.store.lock import hold
    from digests.store.migrate import migrate as bring

    async def main() -> None:
        store = Store.open(loaded.config.database.url)
        try:
            async with hold(store):
                before, after = await bring(store)
        finally:
            await store.close()
        if before == after:
            typer.echo(f"{store.shown_url} is at revision {after} already.")
        else:
            typer.echo(f"{store.shown_url} was brought from {before or 'nothing'} to revision {after}.")

    asyncio.run(main())
