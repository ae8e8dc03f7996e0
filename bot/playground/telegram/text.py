"""From what a sender gave to what a message keeps: parsed, cleaned, trimmed, measured."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.playground.telegram import found, markup
from bot.playground.telegram.entities import (
    HEAVIEST,
    TELLING,
    Entity,
    add_found,
    arrange,
    length16,
    limit,
    weight,
)
from bot.playground.telegram.handed import handed
from bot.playground.telegram.refusals import bad

LONGEST = 4_096
LONGEST_CAPTION = 1_024
# Controls become blanks; \r and the line and direction marks U+2028..U+202E vanish, as do three combining bars.
_CLEANED = {**dict.fromkeys(range(32), " "), 10: "\n", 13: ""}
_CLEANED |= dict.fromkeys((*range(0x2028, 0x202F), 0x0333, 0x033F, 0x030A), "")
_DIRTY = re.compile("[\x00-\x09\x0b-\x1f\u2028-\u202e\u0333\u033f\u030a]")


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text and its entities, in UTF-16 units, as a message keeps them."""

    text: str
    entities: tuple[Entity, ...] = ()


def formatted(
    given: str,
    parse_mode: str | None,
    entities: Sequence[Mapping[str, object]] | None = None,
    *,
    longest: int = LONGEST,
    may_be_empty: bool = False,
) -> Formatted:
    """What the server makes of a text. Raises Refused with the server's sentence.

    An unknown parse mode is refused, and so is MarkdownV2, which is known to Telegram but not to this emulation.
    """
    text, made = _read(given, parse_mode, entities)
    text, made = _clean(text, made)
    text, made = _trim(text, arrange(made))
    if not text:
        if may_be_empty:
            return Formatted("")
        raise bad("text must be non-empty" if given else "message text is empty")
    if length16(text) > longest:
        raise bad("message is too long" if longest == LONGEST else "message caption is too long")
    kept = limit(made)
    if kept and weight(kept) > HEAVIEST:
        raise bad("ENTITIES_TOO_LONG")
    return Formatted(text, tuple(add_found(kept, found.find(text))))


def said(text: str) -> Formatted:
    """What a person typed: no markup, only what the server finds by itself."""
    cleaned, _ = _clean(text, [])
    trimmed = cleaned.strip(" \n")
    return Formatted(trimmed, tuple(found.find(trimmed)))


def _read(
    given: str, parse_mode: str | None, entities: Sequence[Mapping[str, object]] | None
) -> tuple[str, list[Entity]]:
    if not parse_mode:
        return given, [made for shape in entities or () if (made := handed(shape)) is not None]
    mode = parse_mode.lower()
    if mode == "html":
        return markup.parse(given)
    if mode in ("markdown", "markdownv2"):
        raise bad(f"this emulation does not parse {parse_mode}: send HTML or entities")
    raise bad("unsupported parse_mode")


def _clean(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without characters Telegram does not keep; entities follow what vanished."""
    if not entities:
        return (text.translate(_CLEANED) if _DIRTY.search(text) else text), entities
    total = length16(text)
    for entity in entities:
        if entity.end > total:
            raise bad(
                f"entity beginning at UTF-16 offset {entity.start} ends after the end of the text "
                f"at UTF-16 offset {entity.end}"
            )
    if not _DIRTY.search(text):
        return text, entities
    moved = _moved(text)
    return text.translate(_CLEANED), [replace(e, start=moved(e.start), end=moved(e.end)) for e in entities]


def _moved(text: str) -> Callable[[int], int]:
    """Old place to new place, in UTF-16 units, when cleaning removed characters."""
    places: list[int] = []
    now = 0
    for character in text:
        gone = _CLEANED.get(ord(character)) == ""
        for _ in range(2 if character > "\uffff" else 1):
            places.append(now)
            now += 0 if gone else 1
    places.append(now)
    return places.__getitem__


def _trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Blanks at the end go, blanks at the front up to the first entity go, entities over nothing but blanks go."""
    units = text.encode("utf-16-le", "surrogatepass")
    blank = (b" \0", b"\n\0")
    kept: list[Entity] = []
    for place, entity in enumerate(entities):
        start = entity.start
        while start < entity.end and units[2 * start : 2 * start + 2] in blank:
            if any(e.kind in TELLING and e.start == start for e in entities[place:]):
                break  # what tells something over blanks keeps what is around it where it is
            start += 1
        if start < entity.end:
            kept.append(replace(entity, start=start))
    ended = text.rstrip(" \n")
    if not ended:
        return "", []
    end = length16(ended)
    kept = [replace(e, end=min(e.end, end)) for e in kept if e.start < end]
    first = min((e.start for e in kept), default=end)
    lead = min(len(ended) - len(ended.lstrip(" \n")), first)
    if lead:
        ended = ended[lead:]
        kept = [replace(e, start=e.start - lead, end=e.end - lead) for e in kept]
    return ended, arrange(kept)
