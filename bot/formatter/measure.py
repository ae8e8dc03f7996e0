"""How large a message is as Telegram counts it, and whole blocks packed into as few messages as hold them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.formatter.markup import Span, shorten, spans, tags, text, units, write

MAX_UNITS = 4096  # Bot API, sendMessage: 1-4096 characters after entities parsing; counted in UTF-16 units
MAX_ENTITIES = 100  # what is beyond loses its markup without a word
MAX_RAW = 9000  # bytes; the server refuses entities of about 9.5 kB in all

_ENTITY_BYTES = (
    20  # an entity as it is stored: kind, offset and length, four bytes each; what its address is padded with
)


@dataclass(frozen=True, slots=True)
class Size:
    """The size of one message."""

    units: int  # UTF-16 units of the text after entity parsing
    entities: int
    raw: int  # bytes of all entities as stored, addresses included

    def __add__(self, other: "Size") -> "Size":
        """Give the size of both together."""
        return Size(self.units + other.units, self.entities + other.entities, self.raw + other.raw)

    @property
    def fits(self) -> bool:
        """Whether Telegram takes it whole."""
        return self.units <= MAX_UNITS and self.entities <= MAX_ENTITIES and self.raw <= MAX_RAW


def measure(html: str) -> Size:
    """Measure markup."""
    found = tags(html)
    raw = sum(_ENTITY_BYTES + len(tag.href.encode("utf-8", "replace")) for tag in found)
    return Size(units(text(html)), len(found), raw)


def pack(blocks: Sequence[str], *, joint: str = "\n\n") -> list[str]:
    """Pack blocks of markup, in order, into messages that fit; none is cut, so a story stays in one piece.

    A block too long for any message is the caller's mistake: its text is cut at a word border.
    """
    between = Size(units(joint), 0, 0)
    packed: list[str] = []
    size = Size(0, 0, 0)
    for block in blocks:
        whole = fitting(block)
        more = measure(whole)
        if packed and (size + between + more).fits:
            packed[-1] += joint + whole
            size = size + between + more
        else:
            packed.append(whole)
            size = more
    return packed


def fitting(html: str) -> str:
    """Give the markup as it is where it fits one message, else with its end cut off and "…" in its place."""
    if measure(html).fits:
        return html
    kept: list[Span] = []
    used, room, raw = 0, MAX_UNITS - 1, MAX_RAW
    known: set[int] = set()
    for span in spans(html):
        fresh = [tag for tag in span.tags if tag.number not in known]
        raw -= sum(_ENTITY_BYTES + len(tag.href.encode("utf-8", "replace")) for tag in fresh)
        used += len(fresh)
        if raw < 0 or used > MAX_ENTITIES:
            kept.append(Span("…"))
            break
        known.update(tag.number for tag in fresh)
        if units(span.text) > room:
            kept.append(Span(shorten(span.text, room + 1), span.tags))
            break
        kept.append(span)
        room -= units(span.text)
    return write(tuple(kept))
