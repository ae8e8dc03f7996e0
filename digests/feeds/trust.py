"""When the fast reader cannot be trusted with a document: one pure rule, with its reasons. It errs towards feedparser.

A reading is trusted only if the document is well-formed XML of a usual kind, nothing in it surprised the reader, and
the entries in hand are as many as the text shows, each with something that can be shown.
"""

import re

from digests.feeds.fast import Reading

ROOTS = frozenset({"rss", "rdf:rdf", "feed"})
_HIDDEN = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->", re.DOTALL)
_ENTRY = re.compile(r"<(?:[\w.-]{1,20}:)?(?:item|entry)[\s/>]", re.IGNORECASE)


def reasons(text: str, reading: Reading) -> tuple[str, ...]:
    """Say why the document `text` had better be read by feedparser than as in `reading`; nothing: no need."""
    if reading.broken:
        return (f"not well-formed ({reading.broken})",)
    found = list(reading.oddities)
    if reading.root not in ROOTS:
        found.append(f"no usual root (<{reading.root}>)")
    entries = reading.raw.entries
    if any(
        not (entry.title or entry.links or entry.id or entry.summary or entry.contents) for entry in entries
    ):
        found.append("entries with nothing in them")
    if not found and len(entries) != _plainly(text) and len(entries) != _shown(text):
        found.append(f"fewer entries read ({len(entries)}) than there are")
    return tuple(found)


def _shown(text: str) -> int:
    """Count the entries that the text shows, those in comments and quotations left out."""
    return len(_ENTRY.findall(_HIDDEN.sub("", text)))


def _plainly(text: str) -> int:
    """Count the entries as they are mostly written: quick, and enough where it comes to what was read."""
    return sum(map(text.count, ("<item>", "<item ", "<entry>", "<entry ")))


def may_be_mended(reading: Reading) -> bool:
    """Whether what is wrong with the document may be a loose ampersand, a letter that XML forbids, or the like."""
    return bool(reading.broken) or "references without a meaning" in reading.oddities
