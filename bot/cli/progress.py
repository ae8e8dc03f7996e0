"""A bar for whoever watches a command that takes its time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.cli.doors import err, is_terminal


@contextmanager
def progress(what: str, of: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show how many are done, `of` so many if that is known; gives what counts more. Nothing where nobody watches."""
    if not is_terminal():
        yield lambda _: None
        return

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()]
    if of is not None:
        columns.append(TimeRemainingColumn())
    with Progress(*columns, console=err(), transient=True) as bar:
        task = bar.add_task(what, total=of)
        yield lambda more: bar.advance(task, more)
