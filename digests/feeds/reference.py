"""feedparser, the parser that reads nearly everything: asked for what it does well, kept from what it does badly.

It is given text in one encoding, never bytes to guess at; its dates are read anew; its markup is not sanitised,
since what we keep is plain text. What makes it slow without end is refused before it begins.
"""

import io
import xml.sax
from typing import Any

import feedparser

from digests.errors import FeedError
from digests.feeds.addresses import shown
from digests.feeds.found import raw_of
from digests.feeds.hazards import refuse
from digests.feeds.mending import mended
from digests.feeds.raw import RawFeed

# What feedparser and what it stands on are known to throw at documents that they did not expect.
_ITS_ERRORS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError,
    xml.sax.SAXException,
)  # fmt: skip


def ask(text: str, url: str) -> RawFeed | None:
    """Give what feedparser finds in a decoded document; None if it sees no feed in it. Raises FeedError.

    It takes its time: see `workshop` for asking it in a process that can be stopped.
    """
    refuse(text, url)
    found = _found(mended(text), url)
    return raw_of(found) if found.entries or found.version else None


def _found(text: str, url: str) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8")),  # a stream: a plain string might be taken for a path or a URL
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,  # in markup, of which we keep one picture; links are resolved all the same
        )
    except _ITS_ERRORS as error:
        raise FeedError("The document is too damaged to be read as a feed.", url=shown(url)) from error
