"""`sosik backtest`: an operator's own history through the newsroom's rules, before a phone rings."""

import json
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bot.cli.doors import FAILED, ConfigFile, configured, door, err, program

if TYPE_CHECKING:
    from digests.backtest import Backtest, Judged


@program.command()
@door
def backtest(
    entries: Annotated[
        str, typer.Argument(metavar="ENTRIES.jsonl", help="One JSON object a line; - is the standard input.")
    ],
    config: ConfigFile = None,
) -> None:
    """Judge past entries in their order, and print what was made of each: its story, its categories, does it ring.

    A line of input has feed (the name or address of a configured one), id, link, title, summary, published, seen
    (the time of the decision), categories, author and language. Nothing is fetched, stored or sent.
    """
    loaded = configured(config, needs_token=False)

    from digests.backtest import Backtest, LineError, lines_of
    from digests.stories.vocabulary import Vocabulary

    settings = loaded.config.newsroom()
    test = Backtest(
        settings, Vocabulary.load(names=loaded.config.names.path, words=loaded.config.names.folder)
    )
    judged: list[Judged] = []
    unread = 0
    with ExitStack() as stack:
        for number, line in lines_of(_opened(entries, stack)):
            try:
                judged.append(test.judge(line))
            except LineError as error:
                unread += 1
                err().print(f"Line {number}: {error}", style="yellow", markup=False)
    for one in judged:
        typer.echo(json.dumps(_shown(one, test), ensure_ascii=False))
    _sum_up(judged, test, unread)
    if unread:
        raise typer.Exit(FAILED)


def _opened(entries: str, stack: ExitStack) -> TextIO:
    """Open the lines; they end at a line feed only, since a title may hold any other separator."""
    from digests.errors import SosikError

    try:
        if entries == "-":
            return stack.enter_context(
                open(sys.stdin.fileno(), encoding="utf-8", errors="replace", newline="\n", closefd=False)
            )
        return stack.enter_context(Path(entries).open(encoding="utf-8", errors="replace", newline="\n"))
    except OSError as error:
        raise SosikError(f"{entries} cannot be read: {error.strerror}.") from error


def _shown(one: "Judged", test: "Backtest") -> dict[str, object]:
    return {
        "id": one.id,
        "story": test.final(one.story),
        "categories": list(one.categories),
        "ring": one.decision.rings,
        "reasons": [
            f"{'+' if reason.speaks == 'for' else '-'}{reason.code}{f': {reason.evidence}' if reason.evidence else ''}"
            for reason in one.decision.reasons
        ],
    }


def _sum_up(judged: "list[Judged]", test: "Backtest", unread: int) -> None:
    rings = [one for one in judged if one.decision.rings]
    under = Counter(slug for one in judged for slug in one.categories)
    err().print(
        f"{len(judged)} entries, {len({test.final(one.story) for one in judged})} stories; "
        f"{len(rings)} ring, {sum(one.decision.turn > 1 for one in rings)} of them as a turn; {unread} lines not read.",
        markup=False,
    )
    err().print(
        ", ".join(f"{slug} {count}" for slug, count in under.most_common()) or "No categories.", markup=False
    )
