"""What publishers write, made fit for a line of a chat: the words as written, nothing that disturbs the lines around."""

import re
import unicodedata
from urllib.parse import urlsplit

from bot.formatter.markup import shorten, units
from digests.model import Version

MOST_TITLE = 300  # UTF-16 units; the longest headline of a real feed had 190
MOST_SOURCE = 60
MOST_ADDRESS = 2000  # bytes; longer ones are no links of articles, and would fill a message's entities

_RIGHT_TO_LEFT = frozenset({"R", "AL"})  # Unicode Standard Annex 9
_ISOLATE, _POP = "\u2068", "\u2069"
_DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NO_LETTERS = re.compile(r"\W+")
# The end of a sentence; not of "Mr." or "U.S.", which four letters or Hangul before it rule out.
_SENTENCE = re.compile(r"""(?:(?<=\w{4})|(?<=[가-힣\d]))[.!?。][”’"')\]]?(?=\s)""")


def line(words: str, most: int) -> str:
    """Make one line of any text, at most `most` UTF-16 units (and two marks where it runs right to left).

    Control characters, lone surrogates and direction marks go: an override would turn the rest of the message round.
    """
    seen = "".join(
        " " if character.isspace() else character
        for character in words
        if character.isspace()
        or (character not in _DIRECTIONS and unicodedata.category(character) not in {"Cc", "Cs"})
    )
    short = shorten(" ".join(seen.split()), most)
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in short):
        return f"{_ISOLATE}{short}{_POP}"
    return short


def address(url: str) -> str:
    """Give a link that may stand in a message: http or https, of a sensible length; else ""."""
    clean = url.strip()
    try:
        parts = urlsplit(clean)
    except ValueError:
        return ""
    fit = len(clean.encode("utf-8", "replace")) <= MOST_ADDRESS and clean.isprintable() and " " not in clean
    return clean if fit and parts.scheme in {"http", "https"} and parts.hostname else ""


def excerpt(version: Version, most: int) -> str:
    """Give the beginning of what the story says, or "" where that only says the title again.

    It ends with a sentence where one ends late enough, else after a word. `most` is for Latin letters; Hangul says and
    takes up nearly twice as much a character.
    """
    bare, title = (_NO_LETTERS.sub("", words).casefold() for words in (version.excerpt, version.title))
    again = bool(title) and (bare == title or (bare.startswith(title) and len(bare) < len(title) + 40))
    room = most * 3 // 5 if version.language == "ko" else most
    return "" if again else line(_whole(version.excerpt, room), room)


def _whole(words: str, most: int) -> str:
    """Leave out the sentences that do not fit, where what is left fills two fifths of the room."""
    if units(words) <= most:
        return words
    ends = [end.end() for end in _SENTENCE.finditer(words) if units(words[: end.end()]) <= most]
    return words[: ends[-1]] if ends and ends[-1] * 5 >= most * 2 else words
