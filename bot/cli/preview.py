"""`sosik preview`: a category's digest, in the terminal."""

import asyncio
from typing import Annotated

import typer

from bot.cli.doors import ConfigFile, configured, door, program


@program.command()
@door
def preview(
    category: Annotated[str, typer.Option("--category", help="The category, by its slug: kpop.")],
    config: ConfigFile = None,
    language: Annotated[str, typer.Option("--language", help="en or ko.")] = "en",
) -> None:
    """Show the digest of a category's last 24 hours, as a reader would get it now. Changes nothing."""
    loaded = configured(config, needs_token=False)

    from rich.console import Console

    from bot.clock import SystemClock
    from bot.errors import ConfigError
    from bot.formatter.render import Formatter
    from bot.formatter.terminal import show
    from bot.texts import Texts
    from digests.compose import of_categories
    from digests.editions.timetable import zone_of
    from digests.model import LANGUAGES
    from digests.store.engine import Store
    from digests.store.migrate import require_current

    settings = loaded.config.newsroom()
    if settings.category(category) is None:
        known = ", ".join(one.slug for one in settings.categories)
        raise ConfigError(f"There is no category {category!r}.", hint=f"There are: {known}.")
    spoken = next((one for one in LANGUAGES if one == language), None)
    if spoken is None:
        raise ConfigError(f"There is no language {language!r}.", hint="There are: en, ko.")

    async def main() -> None:
        store = Store.open(loaded.config.database.url)
        try:
            await require_current(store)
            now = SystemClock().now()
            async with store.reading() as tx:
                content = await of_categories(tx, frozenset({category}), settings, now)
        finally:
            await store.close()
        formatter = Formatter(Texts.load(), settings.categories)
        zone = zone_of(settings.digest.zone)
        messages = (
            formatter.digest(content, language=spoken, zone=zone, now=now)
            if content
            else (formatter.empty_digest(language=spoken, zone=zone, now=now),)
        )
        console = Console()
        for message in messages:
            show(message, console)

    asyncio.run(main())
