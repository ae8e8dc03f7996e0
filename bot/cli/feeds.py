"""`sosik feeds …`: what there is to do with feeds."""

import json
import os
import sys
from collections.abc import Iterator
from email.message import Message
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.doors import FAILED, door, program
from bot.cli.wording import utc

if TYPE_CHECKING:
    from digests.feeds.document import Parsed
    from digests.feeds.workshop import Workshop
    from digests.model import Entry

feeds = typer.Typer(
    help="The feeds: how they fare, adding and removing them, finding more.", no_args_is_help=True
)
program.add_typer(feeds, name="feeds")

_MOST_BYTES = 10_000_001  # one more than may be read
_OF_CONTENT = 2_000  # characters, where a feed describes nothing itself: readers are not shown these


@feeds.command()
@door
def parse(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Documents; - is the standard input.")
    ],
    base: Annotated[
        str, typer.Option("--base", metavar="URL", help="Where they come from: relative links rest on it.")
    ] = "",
    content_type: Annotated[
        str, typer.Option("--content-type", help='What HTTP said, such as "text/xml; charset=euc-kr".')
    ] = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="Add which parser read the document, and why that one.")
    ] = False,
) -> None:
    """Read feed documents as the bot does, and print a line of JSON for each entry; exit 1 if any cannot be read."""
    from digests.feeds.workshop import Workshop

    workshop = Workshop(places=1)
    failed = False
    try:
        for name in files:
            for line in _lines(workshop, name, base, content_type, explain=explain):
                failed |= "error" in line
                sys.stdout.buffer.write(
                    json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
                )
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read along has had enough
    finally:
        workshop.close()
    if failed:
        raise typer.Exit(FAILED)


def _lines(
    workshop: "Workshop", name: str, base: str, content_type: str, *, explain: bool
) -> Iterator[dict[str, Any]]:
    from digests.errors import FeedError
    from digests.feeds.document import Document

    said = Message()
    said["content-type"] = " ".join(content_type.split()) or "application/xml"
    document = os.fsencode(name).decode("utf-8", "replace")
    try:
        body = _body(name)
        parsed = workshop.parse(
            Document(body, base, said.get_content_type(), said.get_content_charset() or "")
        )
        for entry in parsed.entries:
            yield {"document": document, **_told(entry), **(_explained(parsed) if explain else {})}
    except FeedError as error:
        yield {"document": document, "error": str(error)}
    except OSError as error:
        yield {"document": document, "error": f"The file cannot be read ({error.strerror or error})."}


def _body(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(_MOST_BYTES)
    with open(name, "rb") as file:  # noqa: PTH123 - a name of any bytes
        return file.read(_MOST_BYTES)


def _told(entry: "Entry") -> dict[str, Any]:
    from digests.feeds.plain import excerpt

    return {
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "published": utc(entry.published),
        "summary": entry.summary or excerpt(entry.content, _OF_CONTENT),
        "author": entry.author,
        "categories": list(entry.tags),
        "language": entry.language,
        "image": entry.image,
        "source": entry.source,
        "comments": entry.comments,
        "minutes": entry.minutes,
    }


def _explained(parsed: "Parsed") -> dict[str, Any]:
    return {"parser": parsed.parser, "why": list(parsed.why)}
