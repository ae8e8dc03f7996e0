"""Message entities: which may stand in which, how they are split, merged, counted and weighed.

Source of the rules: the Bot API's page on formatting options, and the behaviour of the server, which splits
bold, italic, underline, strikethrough and spoiler at the borders of other entities and lets nothing stand
inside code.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES = ("blockquote", "expandable_blockquote")
CODE = ("code", "pre")
# What the server finds by itself in any text; it does not count towards the 100.
FOUND = ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number")
# Entities that say something even over blanks.
TELLING = ("text_link", "text_mention", "custom_emoji", "code", "pre")
MOST = 100  # a message's entities; the rest is dropped without a word
HEAVIEST = 9_500  # bytes of all entities as Telegram's own protocol writes them, about
_FAR = 1 << 30  # behind any text
_ORDER = {
    **dict.fromkeys(QUOTES, 0),
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}


@dataclass(frozen=True, slots=True)
class Entity:
    """A piece of a text with a meaning. `start` and `end` count UTF-16 units."""

    kind: str
    start: int
    end: int
    argument: str = ""  # url, language, custom emoji id, user id or time, as the kind asks
    form: str = ""  # date_time only: how the time is written

    def as_api(self, users: dict[int, dict[str, object]] | None = None) -> dict[str, object]:
        """As the Bot API writes it."""
        shape: dict[str, object] = {"type": self.kind, "offset": self.start, "length": self.end - self.start}
        match self.kind:
            case "text_link":
                shape["url"] = self.argument
            case "pre" if self.argument:
                shape["language"] = self.argument
            case "custom_emoji":
                shape["custom_emoji_id"] = self.argument
            case "text_mention":
                user = int(self.argument)
                known = (users or {}).get(user)
                shape["user"] = known or {"id": user, "is_bot": False, "first_name": ""}
            case "date_time":
                shape["unix_time"] = int(self.argument)
                if self.form:
                    shape["date_time_format"] = self.form
        return shape


def length16(text: str) -> int:
    """The length of a text in UTF-16 units, as Telegram counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


def in_order(entities: Iterable[Entity]) -> list[Entity]:
    """By start, the longer first, then by kind: an outer entity comes before what stands in it."""
    return sorted(entities, key=lambda e: (e.start, -e.end, _ORDER.get(e.kind, 50)))


def arrange(entities: Iterable[Entity]) -> list[Entity]:
    """Entities as the server keeps them.

    Quotes and other whole entities never cross or nest among their like; styles are merged where they touch, are
    split wherever something else begins or ends inside them, and are dropped inside code.
    """
    ordered = in_order(e for e in entities if e.end > e.start)
    quotes = _apart([e for e in ordered if e.kind in QUOTES])
    whole = _apart([e for e in ordered if e.kind not in QUOTES and e.kind not in SPLITTABLE])
    whole = [e for e in whole if not any(_crosses(e, quote) for quote in quotes)]
    others = in_order((*whole, *quotes)) if quotes else whole
    styles = [e for e in ordered if e.kind in SPLITTABLE]
    return in_order((*others, *split(styles, others))) if styles else others


def add_found(entities: list[Entity], found: Iterable[Entity]) -> list[Entity]:
    """Add what the server found by itself, where nothing of the sender's stands."""
    whole = [e for e in entities if e.kind not in QUOTES and e.kind not in SPLITTABLE]
    new = [e for e in found if not any(e.start < other.end and other.start < e.end for other in whole)]
    return arrange((*entities, *new)) if new else entities


def split(styles: Iterable[Entity], others: Iterable[Entity] = ()) -> list[Entity]:
    """Styles in pieces: none reaches over the beginning or end of another entity, none stands in code.

    Both must be in order. Styles of one kind that touch become one first. Without `others` this is how the server
    counts styles.
    """
    pieces = _Pieces(styles)
    around: list[Entity] = []
    for other in others:
        pieces.leave(around, other.start)
        pieces.upto(other.start)
        around.append(other)
    pieces.leave(around, _FAR)
    pieces.upto(_FAR)
    return in_order(pieces.done)


class _Pieces:
    def __init__(self, styles: Iterable[Entity]) -> None:
        self.done: list[Entity] = []
        self._coming = deque(styles)
        self._open: dict[str, tuple[int, int]] = {}

    def leave(self, around: list[Entity], place: int) -> None:
        """Close the whole entities that end before a place; what was styled in code goes."""
        while around and around[-1].end <= place:
            ended = around.pop()
            before = len(self.done)
            self.upto(ended.end)
            if ended.kind in CODE:
                del self.done[before:]

    def upto(self, place: int) -> None:
        """Take in the styles that begin before a place, and cut what is open there."""
        while self._coming and self._coming[0].start < place:
            style = self._coming.popleft()
            begun = self._open.get(style.kind)
            if begun is not None and style.start <= begun[1]:
                self._open[style.kind] = (begun[0], max(begun[1], style.end))
            else:
                self._cut(style.start)
                self._open[style.kind] = (style.start, style.end)
        self._cut(place)

    def _cut(self, place: int) -> None:
        for kind, (start, end) in list(self._open.items()):
            if start >= place:
                continue
            self.done.append(Entity(kind, start, min(end, place)))
            if end <= place:
                del self._open[kind]
            else:
                self._open[kind] = (place, end)


def limit(entities: list[Entity]) -> list[Entity]:
    """The first 100 that count: whole entities before styles, custom emoji aside. Their rest is dropped."""
    free = [e for e in entities if e.kind == "custom_emoji"]
    whole = [e for e in entities if e.kind not in SPLITTABLE and e.kind != "custom_emoji"]
    styles = split(e for e in entities if e.kind in SPLITTABLE)
    if len(whole) + len(styles) <= MOST:
        return entities
    kept = (*whole, *styles)[:MOST]
    return arrange((*free, *kept))


def weight(entities: Iterable[Entity]) -> int:
    """Bytes of the entities in Telegram's own protocol: a word for the kind, two for the place, then the argument."""
    counted = list(entities)
    whole = [e for e in counted if e.kind not in SPLITTABLE]
    return sum(12 + _argument_weight(e) for e in (*whole, *split(e for e in counted if e.kind in SPLITTABLE)))


def _argument_weight(entity: Entity) -> int:
    if entity.kind in ("custom_emoji", "text_mention", "date_time"):
        return 16
    if entity.kind in ("text_link", "pre"):
        size = len(entity.argument.encode())
        head = 1 if size < 254 else 4
        return (size + head + 3) // 4 * 4
    return 0


def _apart(entities: list[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in entities:
        if not kept or entity.start >= kept[-1].end:
            kept.append(entity)
    return kept


def _crosses(entity: Entity, quote: Entity) -> bool:
    """Whether an entity overlaps a quote without standing wholly inside it."""
    if entity.start >= quote.end or quote.start >= entity.end:
        return False
    return not (quote.start <= entity.start and entity.end <= quote.end)
