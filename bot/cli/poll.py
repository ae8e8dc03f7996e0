"""`sosik poll --once`: what the feeds have, without Telegram."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.doors import ConfigFile, configured, door, err, is_terminal, program

if TYPE_CHECKING:
    from digests.model import Filed


@program.command()
@door
def poll(
    config: ConfigFile = None,
    once: Annotated[
        bool, typer.Option("--once", help="Poll every feed once, judge what is new, print it, and end.")
    ] = False,
) -> None:
    """Poll all feeds once, whatever their time, and print what is new. Alerts are sent by the next `run`."""
    if not once:
        raise typer.BadParameter("say --once: what polls for ever is `sosik run`", param_hint="--once")
    loaded = configured(config, needs_token=False)

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from bot.app import poll_once
    from bot.clock import SystemClock
    from digests.poll import Polled

    done: list[Polled] = []
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=err(),
        disable=not is_terminal(),
        transient=True,
    ) as progress:
        task = progress.add_task("Polling", total=None)

        def told(polled: Polled) -> None:
            progress.advance(task)
            done.append(polled)

        judged = asyncio.run(poll_once(loaded.config, SystemClock(), told=told))
    console = Console(highlight=False, soft_wrap=True)
    filed = [one for step in judged for one in step.entries]
    for one in filed:
        console.print(_line(one), markup=False)
    failed = [polled for polled in done if polled.error]
    for polled in failed:
        err().print(f"{polled.feed}: {polled.error}", style="yellow", markup=False)
    rings = sum(one.decision.rings for one in filed)
    console.print(f"{len(filed)} new entries, {rings} that ring; {len(failed)} of {len(done)} feeds failed.")


def _line(filed: "Filed") -> str:
    ring = "🔔 " if filed.decision.rings else ""
    categories = ", ".join(sorted(filed.categories)) or "–"
    return f"{ring}[{categories}] {filed.unjudged.entry.title} ({filed.unjudged.feed})"
