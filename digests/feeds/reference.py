"""feedparser, the parser that reads nearly everything: asked for what it does well, kept from what it does badly.

It is given text in one encoding, never bytes to guess at; its dates are read anew; its markup is not sanitised,
since what we keep is plain text. What makes it slow without end is refused before it begins.
"""

import io
import re
import xml.sax
from html.entities import html5
from typing import Any
from xml.sax.saxutils import escape

import feedparser

from digests.errors import FeedError

MOST_CHARACTERS = 4_000_000  # feedparser reads some 3 MB a second

# What feedparser and what it stands on are known to throw at documents that they did not expect.
_ITS_ERRORS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError,
    xml.sax.SAXException,
)  # fmt: skip
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_LONG_TAG = re.compile(r"<[^<>!?]{3000,}")
_ENTITY = re.compile(r"<!ENTITY[^>]*>")
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_AMPERSAND = re.compile(r"&(?:#\d+;|#[xX][0-9a-fA-F]+;|([A-Za-z][A-Za-z0-9]*);)?")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DECLARED = re.compile(r"<!ENTITY\s+(\w+)")
_FIRST = re.compile(r"<\w")


def ask(text: str, url: str) -> Any:
    """Give feedparser's own result for a decoded document; None if it sees no feed in it. Raises FeedError."""
    if len(text) > MOST_CHARACTERS:
        raise FeedError(
            f"The feed is larger than {MOST_CHARACTERS // 1_000_000} million characters.", url=url
        )
    if why := hazard(text):
        raise FeedError(f"The document is built to keep a parser busy ({why}).", url=url)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        found = feedparser.parse(
            io.BytesIO(
                mended(text).encode("utf-8")
            ),  # a stream: a plain string might be taken for a path or a URL
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,  # in markup, of which we keep one picture; links are resolved all the same
        )
    except _ITS_ERRORS as error:
        raise FeedError("The document is too damaged to be read as a feed.", url=url) from error
    return found if found.entries or found.version else None


def hazard(text: str) -> str:
    """Say why feedparser would need very long for the document, or "". Cheap, and errs towards reading.

    Measured: 50,000 attributes in one tag took 20 s, 100,000 comments that do not end 13 s, a tag 40 µs, a reference 7 µs.
    """
    outside = _CDATA.split(text)[::2]
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


def mended(text: str) -> str:
    """Take out what would make a strict XML parser give up, or feedparser fail, and what nobody could see anyway."""
    text = _CONTROLS.sub("", text).lstrip()
    text = _REFERENCE.sub(_character, text)
    first = _FIRST.search(text)
    start = first.start() if first else 0
    # Before the first element: white space is looked through again and again, and entities multiply.
    head = _ENTITY.sub(lambda found: found[0] if len(found[0]) < 120 else "", text[:start])
    head = re.sub(r"\s*\n\s*|\s{2,}", "\n", head)
    known = _OF_XML.union(_DECLARED.findall(head))
    parts = _CDATA.split(text[start:])  # every other part is CDATA, in which an ampersand is one
    parts[::2] = [_AMPERSAND.sub(lambda found: _reference(found, known), part) for part in parts[::2]]
    return head + "".join(parts)


def _reference(found: re.Match[str], known: frozenset[str]) -> str:
    """Keep a reference that XML knows, write out one of HTML, and make any other ampersand text."""
    name = found[1]
    if name is None:
        return found[0] if len(found[0]) > 1 else "&amp;"
    if name in known:
        return found[0]
    character = html5.get(f"{name};")
    return escape(character) if character else f"&amp;{name};"


def _character(found: re.Match[str]) -> str:
    """Keep a numeric reference to a character of XML, drop any other."""
    digits = found[1] or found[2]
    code = int(digits, 16 if found[1] else 10) if len(digits) <= 8 else 0x110000
    good = (
        code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    )
    return found[0] if good else ""
