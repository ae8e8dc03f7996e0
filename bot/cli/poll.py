"""`sosik poll --once`: what the feeds have, without Telegram."""

import asyncio
import gc
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.doors import ConfigFile, configured, door, err, program
from bot.cli.progress import progress

if TYPE_CHECKING:
    from digests.judge import Judged
    from digests.look import Polled
    from digests.model import Filed

COLLECT_EVERY = (
    100_000  # objects; a poll begins hundreds of requests at once, and little of it is garbage in circles
)


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
    gc.disable()  # what is imported stays: to look for garbage in it is a tenth of the time it takes
    loaded = configured(config, needs_token=False)

    from bot.clock import SystemClock
    from bot.newsroom import poll_once

    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)
    gc.enable()

    count: Counter[str] = Counter()
    failed: list[Polled] = []

    def judged(step: "Judged") -> None:
        typer.echo("\n".join(map(_line, step.entries)))
        count["new"] += len(step.entries)
        count["rings"] += sum(one.decision.rings for one in step.entries)

    with progress("Polling") as advance:

        def polled(one: "Polled") -> None:
            advance(1)
            count["feeds"] += 1
            count["noted"] += one.noted
            if one.error:
                failed.append(one)

        asyncio.run(poll_once(loaded.config, SystemClock(), polled=polled, judged=judged))
    for one in failed:
        err().print(f"{one.feed}: {one.error}", style="yellow", markup=False)
    noted = f"{count['noted']} too old to be shown; " if count["noted"] else ""
    typer.echo(
        f"{count['new']} new entries, {count['rings']} that ring; {noted}"
        f"{len(failed)} of {count['feeds']} feeds failed."
    )


def _line(filed: "Filed") -> str:
    ring = "🔔 " if filed.decision.rings else ""
    categories = ", ".join(sorted(filed.categories)) or "–"
    title = filed.unjudged.entry.title
    if not title.isprintable():  # it is a stranger's, and this is somebody's terminal
        title = "".join(letter if letter.isprintable() else " " for letter in title)
    return f"{ring}[{categories}] {title} ({filed.unjudged.feed})"
