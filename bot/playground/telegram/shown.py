"""A text with its entities as safe HTML for a page."""

import html
from collections.abc import Sequence

from bot.playground.telegram.entities import Entity

_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ('<span class="spoiler">', "</span>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ('<blockquote class="expandable">', "</blockquote>"),
    "bot_command": ('<span class="command">', "</span>"),
    "hashtag": ('<span class="hashtag">', "</span>"),
    "mention": ('<span class="mention">', "</span>"),
    "text_mention": ('<span class="mention">', "</span>"),
}


def shown(text: str, entities: Sequence[Entity]) -> str:
    """Escaped text between known tags; entities must be arranged, so that each closes before what it stands in."""
    units = text.encode("utf-16-le", "surrogatepass")
    parts: list[str] = []
    opened: list[tuple[int, str]] = []
    at = 0

    def upto(place: int) -> None:
        nonlocal at
        if place > at:
            parts.append(html.escape(units[2 * at : 2 * place].decode("utf-16-le", "replace"), quote=False))
            at = place

    def close(place: int) -> None:
        while opened and opened[-1][0] <= place:
            end, tag = opened.pop()
            upto(end)
            parts.append(tag)

    for entity in entities:
        close(entity.start)
        upto(entity.start)
        before, after = _tags(entity, units)
        parts.append(before)
        opened.append((entity.end, after))
    close(len(units) // 2)
    upto(len(units) // 2)
    return "".join(parts)


def _tags(entity: Entity, units: bytes) -> tuple[str, str]:
    if entity.kind in ("text_link", "url"):
        address = entity.argument or units[2 * entity.start : 2 * entity.end].decode("utf-16-le", "replace")
        if entity.kind == "url" and "://" not in address:
            address = f"http://{address}"
        if address.startswith(("http://", "https://", "tg://")):
            safe = html.escape(address, quote=True)
            return f'<a href="{safe}" target="_blank" rel="noopener noreferrer">', "</a>"
    return _TAGS.get(entity.kind, ("", ""))


def escaped(text: str) -> str:
    """A plain text as HTML."""
    return html.escape(text, quote=False)
