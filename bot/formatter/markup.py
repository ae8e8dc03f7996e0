"""Telegram's HTML read back: its text, its entities, and how to cut it without breaking it.

It reads what our own templates made: well-formed, escaped, with the tags of Bot API "HTML style".
"""

from dataclasses import dataclass
from html.parser import HTMLParser

from markupsafe import escape

ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text with the tags around it, outermost first; `links` are their addresses."""

    text: str
    tags: tuple["Tag", ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """One start tag: a number that tells it from its like, its name, its source text, its address if a link."""

    number: int
    name: str
    source: str
    href: str = ""


def spans(html: str) -> tuple[Span, ...]:
    """Read markup into stretches of text, in order; empty ones are left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tuple(reader.found)


def units(text: str) -> int:
    """Count UTF-16 code units, as Telegram does."""
    return len(text) + sum(character > "\uffff" for character in text)


def plain(html: str) -> str:
    """Give the text alone; after a link its address, since a plain message can carry it in no other way."""
    parts: list[str] = []
    pending: Tag | None = None
    for span in spans(html):
        link = next((tag for tag in span.tags if tag.href), None)
        if pending and link != pending:
            parts.append(f" {pending.href}" + ("" if span.text[0].isspace() else " "))
        pending = link
        parts.append(span.text)
    if pending:
        parts.append(f" {pending.href}")
    return "".join(parts)


def text(html: str) -> str:
    """Give the text as Telegram shows it, without addresses."""
    return "".join(span.text for span in spans(html))


def tags(html: str) -> tuple[Tag, ...]:
    """Give every tag that holds text, in order: Telegram makes an entity of each."""
    return tuple(dict.fromkeys(tag for span in spans(html) for tag in span.tags))


def write(some: tuple[Span, ...]) -> str:
    """Write stretches of text back as markup."""
    out: list[str] = []
    open_tags: tuple[Tag, ...] = ()
    for span in (*some, Span("")):
        same = next(
            (n for n, (a, b) in enumerate(zip(open_tags, span.tags, strict=False)) if a != b),
            min(len(open_tags), len(span.tags)),
        )
        out.extend(f"</{tag.name}>" for tag in reversed(open_tags[same:]))
        out.extend(tag.source for tag in span.tags[same:])
        out.append(str(escape(span.text)))
        open_tags = span.tags
    return "".join(out)


def shorten(line: str, most: int) -> str:
    """Cut text to at most `most` UTF-16 units, at a word border where one is near, and say so with "…"."""
    if units(line) <= most:
        return line
    kept: list[str] = []
    room = most - 1
    for character in line:
        room -= units(character)
        if room < 0:
            break
        kept.append(character)
    cut = "".join(kept)
    border = max(cut.rfind(" "), cut.rfind("\n"))
    if border > len(cut) * 2 // 3:
        cut = cut[:border]
    return cut.rstrip(" \n,.;:·-–—\u200d\ufe0f") + ELLIPSIS if most > 0 else ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Span] = []
        self._open: list[Tag] = []
        self._count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._count += 1
        href = dict(attrs).get("href") or ""
        self._open.append(Tag(self._count, tag, self.get_starttag_text() or f"<{tag}>", href))

    def handle_endtag(self, tag: str) -> None:
        if any(one.name == tag for one in self._open):
            while self._open.pop().name != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data:
            self.found.append(Span(data, tuple(self._open)))
