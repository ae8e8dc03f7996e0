"""`sosik playground`: the bot without Telegram, in the browser or, with --demo, as a scripted conversation."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.doors import FAILED, door, program, until_told

if TYPE_CHECKING:
    from rich.console import Console

    from bot.cli.playing import Playground


@program.command()
@door
def playground(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The page's port; 0: any free one.")] = 8765,
    demo: Annotated[
        bool, typer.Option("--demo", help="Play a scripted conversation; exit 0 only if all of it arrived.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show the bot's log as well.")] = False,
) -> None:
    """Chat with the bot on this machine: no token, no network, nothing kept."""
    from rich.console import Console

    from bot import logs

    logs.set_up(level="INFO" if verbose else "ERROR")
    with TemporaryDirectory(prefix="sosik-") as folder:
        if demo:
            from bot.cli.demo import play

            if not asyncio.run(play(Path(folder), Console(highlight=False, soft_wrap=True))):
                raise typer.Exit(FAILED)
            return

        async def main(on_stop: Callable[[Callable[[], None]], None]) -> None:
            await _open(Path(folder), port, on_stop)

        until_told(main)


async def _open(folder: Path, port: int, on_stop: Callable[[Callable[[], None]], None]) -> None:
    from rich.console import Console

    from bot.cli.playing import playing
    from bot.errors import ConfigError

    console = Console(highlight=False, soft_wrap=True)
    stopped = asyncio.Event()
    on_stop(stopped.set)
    try:
        async with playing(folder, port=port) as running:
            console.print(f"\n[bold]Sosik’s playground is open:[/bold] {running.url}\n")
            console.print("Say /start there. What is said in the chats appears here too. Ctrl-C ends it.\n")
            watching = asyncio.create_task(_watch(running, console))
            await stopped.wait()
            watching.cancel()
    except OSError as error:
        raise ConfigError(
            f"Port {port} cannot be used: {error.strerror}.", hint="Choose another with --port."
        ) from None


async def _watch(running: "Playground", console: "Console") -> None:
    from bot.cli.transcript import entry

    names = {
        running.english.id: running.alex.first_name,
        running.korean.id: running.jimin.first_name,
        running.group.id: running.group.title,
    }
    async for event in running.telegram.subscribe():
        told = entry(event, names)
        if told is not None:
            console.print(told)
