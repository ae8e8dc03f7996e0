"""OPML 2.0 (opml.org/spec2.opml): lists of feeds, as other readers write and read them.

Read by expat's events, so that no tree is built of what a stranger sends; entities of one's own are refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from digests.errors import SosikError
from digests.feeds.charset import decode

MOST_BYTES = 10_000_000
MOST_FEEDS = 20_000
MOST_DEPTH = 50  # of folders in folders
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # of XML 1.0


class OpmlError(SosikError):
    """A file is no OPML that can be read."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed of such a list."""

    url: str
    name: str = ""
    categories: tuple[
        str, ...
    ] = ()  # its own `category` words, then the folders it stands in, the nearest first
    language: str = ""


@dataclass(slots=True)
class _Reader:
    feeds: list[Outline] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    depth: int = 0
    is_opml: bool = False

    def start(self, name: str, said: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise OpmlError(f"The list nests more than {MOST_DEPTH} deep.")
        if self.depth == 1:
            self.is_opml = name.lower() == "opml"
        if name.lower() != "outline":
            return
        told = {key.lower(): " ".join(value.split()) for key, value in said.items()}
        text = told.get("text") or told.get("title") or ""
        if url := told.get("xmlurl", ""):
            self._feed(url, told.get("title") or text, told)
        self.folders.append("" if url else text)

    def _feed(self, url: str, name: str, told: dict[str, str]) -> None:
        if len(self.feeds) >= MOST_FEEDS:
            raise OpmlError(f"The list has more than {MOST_FEEDS} feeds.")
        own = [word for path in told.get("category", "").split(",") for word in [path.strip(" /")] if word]
        folders = [folder for folder in reversed(self.folders) if folder]
        self.feeds.append(Outline(url, name, (*own, *folders), told.get("language", "")))

    def end(self, name: str) -> None:
        self.depth -= 1
        if name.lower() == "outline":
            self.folders.pop()


def read(body: bytes) -> tuple[Outline, ...]:
    """Read a list of feeds, each address once, in its order. Raises OpmlError, and nothing else."""
    if len(body) > MOST_BYTES:
        raise OpmlError(f"The list is larger than {MOST_BYTES // 1_000_000} MB.")
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(decode(body).encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        what = f"The list is no well-formed XML ({expat.ErrorString(error.code)}, line {error.lineno})."
        raise OpmlError(what, hint="Export it anew from where it comes from.") from None
    if not reader.is_opml:
        raise OpmlError("The file is XML, but no OPML.", hint="It should begin with <opml>.")
    return tuple({outline.url: outline for outline in reversed(reader.feeds)}.values())[::-1]


def _refuse(*_declared: object) -> None:
    raise OpmlError("The list declares entities of its own, and is not read.", hint="No honest list does.")


def write(feeds: Sequence[Outline], *, title: str, made: datetime) -> str:
    """Write a list of feeds that `read` and other readers understand."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        "  <head>",
        f"    <title>{_escaped(title)}</title>",
        f"    <dateCreated>{format_datetime(made)}</dateCreated>",
        "  </head>",
        "  <body>",
        *(f"    {_outline(feed)}" for feed in feeds),
        "  </body>",
        "</opml>",
    ]
    return "\n".join(lines) + "\n"


def _outline(feed: Outline) -> str:
    said = {
        "type": "rss",  # of every feed, whatever its format, as readers have it
        "text": feed.name or feed.url,
        "title": feed.name,
        "xmlUrl": feed.url,
        "category": ",".join(f"/{one}" for one in feed.categories),
        "language": feed.language,
    }
    words = " ".join(f"{key}={quoteattr(_clean(value))}" for key, value in said.items() if value)
    return f"<outline {words}/>"


def _escaped(text: str) -> str:
    return _clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)
