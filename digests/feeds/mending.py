"""A document as a strict XML parser can read it: what is forbidden goes, what is meant as text becomes text."""

import re
from html.entities import html5
from xml.sax.saxutils import escape

CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_ENTITY = re.compile(r"<!ENTITY[^>]*>")
_AMPERSAND = re.compile(r"&(?:#\d+;|#[xX][0-9a-fA-F]+;|([A-Za-z][A-Za-z0-9]*);)?")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DECLARED = re.compile(r"<!ENTITY\s+(\w+)")
_FIRST = re.compile(r"<\w")
_ROOT = re.compile(r"<[\w:.-]+")
_END = re.compile(
    r"</(?:[\w.-]{1,20}:)?(?:rss|feed|rdf)\s*>(?!.*</(?:[\w.-]{1,20}:)?(?:rss|feed|rdf)\s*>)",
    re.IGNORECASE | re.DOTALL,
)
_PREFIX = re.compile(
    r"</?([A-Za-z_][\w.-]{0,40}):[A-Za-z_]|\s([A-Za-z_][\w.-]{0,40}):[A-Za-z_][\w.-]*\s*=\s*[\"']"
)
_NAMESPACE = re.compile(r"xmlns:([A-Za-z_][\w.-]{0,40})\s*=")


def mended(text: str) -> str:
    """Take out what would make a strict XML parser give up, or feedparser fail, and what nobody could see anyway."""
    text = _CONTROLS.sub("", text).lstrip()
    text = _REFERENCE.sub(_character, text)
    if end := _END.search(text, max(0, len(text) - 20_000)):  # what hosts put behind the feed
        text = text[: end.end()]
    first = _FIRST.search(text)
    start = first.start() if first else 0
    # Before the first element: white space is looked through again and again, and entities multiply.
    head = _ENTITY.sub(lambda found: found[0] if len(found[0]) < 120 else "", text[:start])
    head = re.sub(r"\s*\n\s*|\s{2,}", "\n", head)
    known = _OF_XML.union(_DECLARED.findall(head))
    parts = CDATA.split(text[start:])  # every other part is CDATA, in which an ampersand is one
    parts[::2] = [_AMPERSAND.sub(lambda found: _reference(found, known), part) for part in parts[::2]]
    return head + _declared("".join(parts[::2]), "".join(parts))


def _declared(seen: str, text: str) -> str:
    """Declare the prefixes that are used in `seen` and nowhere declared, as themselves."""
    missing = (
        {prefix for pair in _PREFIX.findall(seen) for prefix in pair if prefix}
        - set(_NAMESPACE.findall(seen))
        - {"xml", "xmlns"}
    )
    if not missing or len(missing) > 20:
        return text
    said = "".join(f' xmlns:{prefix}="urn:undeclared:{prefix}"' for prefix in sorted(missing))
    return _ROOT.sub(lambda found: found[0] + said, text, count=1)


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
