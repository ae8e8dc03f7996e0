"""What a parser is given and what it gives back, whichever parser it is."""

from dataclasses import dataclass
from datetime import timedelta

from digests.model import Entry


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of a feed with what HTTP said about them ("" where it said nothing)."""

    body: bytes
    url: str = ""  # relative links rest on it; "": they stay as written
    content_type: str = ""
    charset: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A feed as its publisher wrote it, in the document's order.

    Keys may repeat where a document lists one entry twice: the first is the newer one in nearly all feeds.
    """

    title: str
    language: str  # two letters, or ""
    entries: tuple[Entry, ...]
    link: str = ""  # of the site
    ttl: timedelta | None = None  # how long the publisher says the document may be kept (RSS 2.0 `ttl`)
