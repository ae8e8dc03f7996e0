"""What the server finds by itself in a text: commands, mentions, tags and addresses."""

import re
from collections.abc import Iterator

from bot.playground.telegram.addresses import normalised
from bot.playground.telegram.entities import Entity, length16

_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")
_MENTION = re.compile(r"(?<![\w@])@[A-Za-z0-9_]{4,32}(?!\w)")
_HASHTAG = re.compile(r"(?<![\w#])#(?=\w*[^\W\d_])\w{1,256}(?![\w#])")
_CASHTAG = re.compile(r"(?<![\w$])\$(?:1[A-Z]{2,}|[A-Z]{1,8})(?![\w$])")
_EMAIL = re.compile(r"(?<![\w.+\-@])[A-Za-z0-9_.+\-]{1,64}@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,12}(?!\w)")
_URL = re.compile(
    r"(?<![\w@.\-/])(?:"
    r"https?://[^\s<>\"'«»]+"
    r"|(?:[\w\-]+\.)+(?:com|net|org|info|io|me|tv|kr|jp|cn|uk|de|fr|ru|app|dev|news|fm|co)(?![\w\-])(?::\d+)?(?:[/?#][^\s<>\"'«»]*)?"
    r")",
    re.IGNORECASE,
)
_TRAILING = ".,:;!?'\"…"


def find(text: str, *, commands: bool = True) -> list[Entity]:
    """All of them, none overlapping, in order. Positions in UTF-16 units."""
    if not any(mark in text for mark in "/@#$."):
        return []
    spans: list[tuple[int, int, str]] = []
    for kind, start, end in sorted(_candidates(text, commands=commands), key=lambda c: (c[1], -c[2])):
        if not spans or start >= spans[-1][1]:
            spans.append((start, end, kind))
    astral = any(character > "\uffff" for character in text)
    units = length16 if astral else len
    return [Entity(kind, units(text[:start]), units(text[:end])) for start, end, kind in spans]


def _candidates(text: str, *, commands: bool) -> Iterator[tuple[str, int, int]]:
    for match in _EMAIL.finditer(text):
        yield "email", *match.span()
    for match in _URL.finditer(text):
        address = _trimmed(match.group())
        if normalised(address):
            yield "url", match.start(), match.start() + len(address)
    for kind, pattern in (("mention", _MENTION), ("hashtag", _HASHTAG), ("cashtag", _CASHTAG)):
        for match in pattern.finditer(text):
            yield kind, *match.span()
    if commands:
        for match in _COMMAND.finditer(text):
            yield "bot_command", *match.span()


def _trimmed(address: str) -> str:
    """Without the full stop behind it, and without a bracket that was opened before it."""
    while address:
        if address[-1] in _TRAILING or (
            address[-1] in ")]}"
            and address.count("([{"[")]}".index(address[-1])]) < address.count(address[-1])
        ):
            address = address[:-1]
        else:
            break
    return address
