"""The fast path: a well-formed feed of the usual kinds, read in one pass by the standard library's expat.

It repairs nothing, and what it does not understand it says (`Reading.oddities`), so that it never reads a document
wrongly in silence. Whether that sends the document to feedparser is the rule in `trust`.
"""

import re
from dataclasses import dataclass
from xml.parsers import expat

from digests.feeds.elements import Elements, TooMuchError
from digests.feeds.raw import RawFeed

_MOST_TAGS = 800_000
_LONG_TAG = re.compile(r"<[^<>!?]{100000}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one pass. `raw` holds the entries before the place where it ended, if it ended early."""

    raw: RawFeed
    root: str = ""
    oddities: tuple[str, ...] = ()  # what was met that this reader does not understand
    broken: str = ""  # why the document is not well-formed XML, "" where it is


def _crowded(text: str) -> str:
    """Say what there is too much of for one pass, or ""."""
    if text.count("<") > _MOST_TAGS and _tags(text) > _MOST_TAGS:
        return f"more than {_MOST_TAGS:,} tags"
    if len(text) > 1_000_000 and _LONG_TAG.search(text):
        return "a tag of a hundred thousand characters"
    return ""


def read(text: str, url: str = "") -> Reading:
    """Read a decoded document. Never fails: what is not understood stands in the reading."""
    reader = Elements(url)
    if crowded := _crowded(text):
        return Reading(reader.feed, broken=crowded)
    parser = expat.ParserCreate("utf-8", " ")
    parser.namespace_prefixes = True
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.pieces.append
    parser.EntityDeclHandler = reader.entity
    parser.SkippedEntityHandler = reader.skipped
    broken = ""
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        broken = f"{expat.ErrorString(error.code)}, line {error.lineno}"
    except TooMuchError as enough:
        reader.oddities[str(enough)] = None
    except UnicodeEncodeError:
        broken = "letters that are none"
    return Reading(reader.feed, reader.root, tuple(reader.oddities), broken)


def _tags(text: str) -> int:
    """Count what may be tags: every "<" outside quotations (CDATA)."""
    count = at = 0
    while (begin := text.find("<![CDATA[", at)) >= 0:
        count += text.count("<", at, begin)
        end = text.find("]]>", begin)
        at = end if end >= 0 else len(text)
    return count + text.count("<", at)
