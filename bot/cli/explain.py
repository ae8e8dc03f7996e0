"""`sosik explain`: why something rang, or did not, and what became of it."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.doors import ConfigFile, configured, door, program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digests.store.dossiers import Dossier, Judgment
    from digests.store.engine import Reading, Store


@program.command()
@door
def explain(
    story: Annotated[
        str, typer.Argument(metavar="STORY", help="Its number, or the link of one of its entries.")
    ] = "",
    last: Annotated[
        int | None,
        typer.Option("--last", metavar="N", help="The last decisions instead, in a line each.", min=1),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a story, or a decision, for programs.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Tell a story's entries, what was decided of each and why, and what was sent to how many."""
    if bool(story) == bool(last):
        raise typer.BadParameter("Name a story, or say --last 20 for the last decisions.")
    loaded = configured(config, needs_token=False)

    from bot.cli import explain_words
    from digests.editions.timetable import zone_of
    from digests.store.engine import Store
    from digests.store.migrate import require_current

    async def main() -> "tuple[Sequence[Judgment], Dossier | None]":
        store = Store.open(loaded.config.database.url)
        try:
            await require_current(store)
            return await _found(store, story, last)
        finally:
            await store.close()

    judgments, dossier = asyncio.run(main())
    zone = zone_of(loaded.config.newsroom().digest.zone)
    if dossier is None and as_json:
        said = [json.dumps(explain_words.told_of(one), ensure_ascii=False) for one in judgments]
    elif dossier is None:
        said = [explain_words.line(one, zone) for one in judgments]
    elif as_json:
        said = [json.dumps(explain_words.told(dossier), ensure_ascii=False)]
    else:
        said = list(explain_words.lines(dossier, zone))
    for one in said:
        typer.echo(one)


async def _found(store: "Store", story: str, last: int | None) -> "tuple[Sequence[Judgment], Dossier | None]":
    """Give the last decisions, or a story's dossier. Raises SosikError where there is no such story."""
    from digests.errors import SosikError
    from digests.store import dossiers

    async with store.reading() as tx:
        if last:
            return await dossiers.last(tx, last), None
        dossier = await _dossier(tx, story)
    if dossier is None:
        raise SosikError(
            f"There is no story {story!r}.",
            hint="`sosik explain --last 20` names the stories of the last decisions.",
        )
    return (), dossier


async def _dossier(tx: "Reading", word: str) -> "Dossier | None":
    """Find a story by its number or by a link, and that which it was merged into."""
    from digests.feeds.identity import link_key
    from digests.model import StoryId
    from digests.store import dossiers

    number = word.removeprefix("#")
    if number.isascii() and number.isdigit():
        found = StoryId(int(number)) if int(number) < 2**63 else None
    else:
        found = await dossiers.with_link(tx, link_key(word))
    return None if found is None else await dossiers.dossier(tx, found)
