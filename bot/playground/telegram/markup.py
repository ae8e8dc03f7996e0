"""HTML parse mode, as the real server reads it.

Source: https://core.telegram.org/bots/api#html-style and the wording of the server's own errors. Offsets in errors
count bytes of UTF-8, entities count UTF-16 units.
"""

import re
from dataclasses import dataclass, replace

from bot.playground.telegram.addresses import mentioned_user, normalised
from bot.playground.telegram.attributes import BLANK, Attributes, reference
from bot.playground.telegram.entities import Entity, in_order
from bot.playground.telegram.refusals import unparsable

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_PLAIN = re.compile(r"[^&<]+")
_TIME_FORM = re.compile(r"^(?:r|w?[dD]?[tT]?)$")
_NAME_END = re.compile(r"[\s\0>]|$")


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    argument: str
    form: str
    start: int  # UTF-16 units
    at: int  # place in the pieces, for a link whose text is its address


def parse(html: str) -> tuple[str, list[Entity]]:
    """A text and its entities, in order but not yet arranged. Raises Refused with the server's sentence."""
    return _Parser(html).run()


class _Parser:
    def __init__(self, html: str) -> None:
        self.html = html
        self.at = 0
        self.text: list[str] = []
        self.length = 0
        self.entities: list[Entity] = []
        self.open: list[_Open] = []

    def run(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.html):
            if plain := _PLAIN.match(self.html, self.at):
                self._put(plain.group())
                self.at = plain.end()
            elif self.html[self.at] == "&":
                character, self.at = reference(self.html, self.at)
                self._put(character)
            elif self.html.startswith("</", self.at):
                self._close()
            else:
                self._begin()
        if self.open:
            raise unparsable(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        text = "".join(self.text)
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise unparsable(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        bare = (replace(e, argument="") if e.kind == "code" else e for e in self.entities)
        return text, in_order(bare)

    def _put(self, piece: str) -> None:
        self.text.append(piece)
        self.length += len(piece) + sum(character > "\uffff" for character in piece)

    def _byte(self, at: int) -> int:
        return len(self.html[:at].encode("utf-8", "surrogatepass"))

    def _begin(self) -> None:
        begin = self.at
        found = _NAME_END.search(self.html, begin + 1)
        end = found.start() if found else len(self.html)
        if end >= len(self.html):
            raise unparsable(f"Unclosed start tag at byte offset {self._byte(begin)}")
        tag = self.html[begin + 1 : end].lower()
        if tag not in _KINDS:
            raise unparsable(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        reader = Attributes(self.html, end, tag, self._byte(begin))
        given = reader.read()
        self.at = reader.at + 1
        argument, form = _meaning(tag, given)
        if tag == "span" and argument != "spoiler":
            raise unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        self.open.append(_Open(tag, argument, form, self.length, len(self.text)))

    def _close(self) -> None:
        begin = self.at
        if not self.open:
            raise unparsable(f"Unexpected end tag at byte offset {self._byte(begin)}")
        found = _NAME_END.search(self.html, begin + 2)
        end = found.start() if found else len(self.html)
        tag = self.html[begin + 2 : end].lower()
        while end < len(self.html) and self.html[end] in BLANK:
            end += 1
        if end >= len(self.html) or self.html[end] != ">":
            raise unparsable(f"Unclosed end tag at byte offset {self._byte(begin)}")
        opened = self.open.pop()
        if tag and tag != opened.tag:  # "</>" closes whatever is open
            raise unparsable(
                f"Unmatched end tag at byte offset {self._byte(begin)}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        self.at = end + 1
        if self.length > opened.start:
            self._keep(opened)

    def _keep(self, opened: _Open) -> None:
        kind, argument = _KINDS[opened.tag], opened.argument
        start, end = opened.start, self.length
        match kind:
            case "text_link":
                self._keep_link(argument or "".join(self.text[opened.at :]), start, end)
            case "code" | "pre":
                self._keep_code(kind, argument, start, end)
            case "custom_emoji":
                if not argument.isascii() or not argument.isdigit() or int(argument) == 0:
                    raise unparsable("Invalid custom emoji identifier specified")
                self.entities.append(Entity(kind, start, end, argument))
            case "date_time":
                if not re.fullmatch(r"-?\d{1,10}", argument):
                    raise unparsable("Invalid Unix time specified")
                if not _TIME_FORM.match(opened.form):
                    raise unparsable("Invalid date format used")
                self.entities.append(Entity(kind, start, end, argument, opened.form))
            case "blockquote":
                self.entities.append(Entity("expandable_blockquote" if argument else kind, start, end))
            case _:
                self.entities.append(Entity(kind, start, end))

    def _keep_code(self, kind: str, language: str, start: int, end: int) -> None:
        """Pre and code around the very same text are one pre with the code's language."""
        last = self.entities[-1] if self.entities else None
        if last is not None and (last.start, last.end) == (start, end):
            if kind == "pre" and last.kind == "code" and last.argument:
                language = last.argument
            if {kind, last.kind} == {"pre", "code"} and language:
                self.entities[-1] = Entity("pre", start, end, language)
                return
        # A code's language matters only together with a pre around it, which may still come.
        self.entities.append(Entity(kind, start, end, language))

    def _keep_link(self, address: str, start: int, end: int) -> None:
        user = mentioned_user(address)
        if user is not None:
            self.entities.append(Entity("text_mention", start, end, str(user)))
        elif url := normalised(address):
            self.entities.append(Entity("text_link", start, end, url))


_ARGUMENTS = {"a": "href", "code": "class", "span": "class", "tg-emoji": "emoji-id", "tg-time": "unix"}
_PREFIXES = {"code": "language-", "span": "tg-"}


def _meaning(tag: str, given: dict[str, str]) -> tuple[str, str]:
    """What the attributes say to the tag: its argument and, for a time, its form."""
    if tag == "blockquote":
        return ("expandable" if "expandable" in given else ""), ""
    argument = given.get(_ARGUMENTS.get(tag, ""), "")
    prefix = _PREFIXES.get(tag, "")
    if not argument.startswith(prefix):
        return "", ""
    return argument.removeprefix(prefix), given.get("format", "") if tag == "tg-time" else ""
