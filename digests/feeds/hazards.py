"""Documents that feedparser is not given: it would need very long for them. Cheap checks, before it begins."""

import re

from digests.errors import FeedError
from digests.feeds.addresses import shown
from digests.feeds.mending import CDATA

MOST_CHARACTERS = 4_000_000  # feedparser reads some 3 MB a second
_LONG_TAG = re.compile(r"<[^<>!?]{3000,}")


def refuse(text: str, url: str) -> None:
    """Raise FeedError for a document that feedparser is not given."""
    if len(text) > MOST_CHARACTERS:
        raise FeedError(
            f"The document is damaged or unusual, and too large to be mended (over {MOST_CHARACTERS // 1_000_000} MB).",
            url=shown(url),
        )
    if why := hazard(text):
        raise FeedError(f"The document is built to keep a parser busy ({why}).", url=shown(url))


def hazard(text: str) -> str:
    """Say why feedparser would need very long for the document, or "". Cheap, and errs towards reading.

    Measured: 50,000 attributes in one tag took 20 s, 100,000 comments that do not end 13 s, a tag 40 µs, a reference 7 µs.
    """
    outside = CDATA.split(text)[::2]
    open_ended = (("<!--", "-->"), ("<?", ">"), ("<!", ">"), ("<![CDATA[", "]]>"))
    checks = (
        (
            any(found[0].count("=") > 300 for found in _LONG_TAG.finditer(text)),
            "a tag with hundreds of attributes",
        ),
        (text.count("<!--") + text.count("&lt;!--") > 20_000, "tens of thousands of comments"),
        (text.count("<item") + text.count("<entry") > 20_000, "tens of thousands of entries"),
        (sum(part.count("<") for part in outside) > 100_000, "a hundred thousand tags"),
        (sum(part.count("&") for part in outside) > 300_000, "hundreds of thousands of references"),
        (
            any(text.count(begin, text.rfind(end) + 1) > 1_000 for begin, end in open_ended),
            "thousands of markers that do not end",
        ),
    )
    return next((why for true, why in checks if true), "")
