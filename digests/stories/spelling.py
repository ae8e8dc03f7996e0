"""Finds spellings in a text, whatever the case, the width or the script.

Latin at the borders of words; Hangul at the start of a word, with a particle or nothing after; Japanese and Chinese,
which have no spaces, anywhere, but katakana at the borders of its own words (エスパ begins エスパー).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from digests.stories.particles import may_follow

T = TypeVar("T")

# Hangul syllables; the scripts without spaces (kana without the dot ・, and Chinese); everything else that has letters.
_HANGUL = "\uac00-\ud7a3"
_KATAKANA = "\u30a1-\u30fa\u30fc"
_UNSPACED = f"\u3041-\u309f{_KATAKANA}々\u3400-\u4dbf\u4e00-\u9fff"
_TOKEN = re.compile(f"[{_HANGUL}]+|[{_UNSPACED}]+|[^\\W_{_HANGUL}{_UNSPACED}]+")
_IS_KATAKANA = re.compile(f"[{_KATAKANA}]")


def composed(text: str) -> str:
    """Give the text in normal width, composed (NFKC), without what is not seen (zero-width and direction marks)."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(each for each in text if unicodedata.category(each) != "Cf")
    return text


def squashed(text: str) -> str:
    """Give the letters and digits of a text alone, folded: what people type is compared so."""
    return "".join(each for each in composed(text).casefold() if each.isalnum())


@dataclass(frozen=True, slots=True)
class Words:
    """A text cut into words: runs of one script."""

    text: str  # composed; the offsets below are of this
    folded: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.folded)

    def after(self, at: int) -> str:
        """Give the Hangul that follows a word directly (BTS+가), or ""."""
        if at + 1 < len(self.folded) and self.starts[at + 1] == self.ends[at]:
            following = self.folded[at + 1]
            return following if is_hangul(following) else ""
        return ""


def words_of(text: str) -> Words:
    """Cut a text into words."""
    text = composed(text)
    spans = [found.span() for found in _TOKEN.finditer(text)]
    # lower(), not casefold(): it changes no length but that of İ, which no spelling has.
    return Words(
        text,
        tuple(text[start:end].lower() for start, end in spans),
        tuple(start for start, _ in spans),
        tuple(end for _, end in spans),
    )


def is_hangul(word: str) -> bool:
    """Whether a word of `Words` is Hangul."""
    return "\uac00" <= word[0] <= "\ud7a3"


def is_unspaced(word: str) -> bool:
    """Whether a word of `Words` is Japanese or Chinese."""
    return "\u3041" <= word[0] <= "\u9fff"


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A spelling that stands in a text."""

    value: T
    first: int  # the word that it begins in
    last: int  # the word that it ends in
    start: int  # offsets in the composed text; what follows the last word's stem is no part of it
    end: int
    tail: str  # Hangul that follows directly: a particle, or after Latin anything


@dataclass(frozen=True, slots=True)
class Spellings(Generic[T]):
    """Spellings by their first word. Asking costs the text's length, however many there are."""

    by_first: dict[str, list[tuple[tuple[str, ...], T]]]
    longest: int  # characters of a first word

    @classmethod
    def of(cls, spelled: Iterable[tuple[str, T]]) -> "Spellings[T]":
        """Take spellings, each with what it stands for. What has no letters falls out."""
        by_first: dict[str, list[tuple[tuple[str, ...], T]]] = defaultdict(list)
        for spelling, value in spelled:
            words = words_of(spelling).folded
            if not words:
                continue
            by_first[words[0]].append((words[1:], value))
            if len(words) > 1 and all(map(is_hangul, words)):  # 이달의 소녀 is written 이달의소녀 as well
                by_first["".join(words)].append(((), value))
        for same in by_first.values():
            same.sort(key=lambda one: -len(one[0]))
        return cls(dict(by_first), max(map(len, by_first), default=0))

    def hits(self, words: Words) -> list[Hit[T]]:
        """Give everything that stands in a text, in its order, the longest of one place first."""
        found: list[Hit[T]] = []
        for at, word in enumerate(words.folded):
            if word[0] < "\u3041":
                if word in self.by_first:
                    found.extend(self._from(words, at, len(word), 0))
            elif is_hangul(word):
                if not (words.starts[at] and words.text[words.starts[at] - 1].isdigit()):  # 제1부
                    for length in range(min(len(word), self.longest), 0, -1):
                        if word[:length] in self.by_first:
                            found.extend(self._from(words, at, length, 0))
            else:
                found.extend(self._within(words, at, word))
        return found

    def _within(self, words: Words, at: int, run: str) -> Iterator[Hit[T]]:
        for skip in range(len(run)):
            for length in range(min(len(run) - skip, self.longest), 0, -1):
                if run[skip : skip + length] in self.by_first and not _cuts_katakana(run, skip):
                    yield from self._from(words, at, length, skip)

    def _from(self, words: Words, at: int, length: int, skip: int) -> Iterator[Hit[T]]:
        word = words.folded[at]
        end = skip + length
        for rest, value in self.by_first[word[skip:end]]:
            last, stem = at, end
            if rest:
                if end != len(word):
                    continue
                last = at + len(rest)
                stem = _rest_stands(words, at + 1, rest)
                if not stem:
                    continue
            elif not _ends(word[skip:], length):
                continue
            final = words.folded[last]
            tail = final[stem:] if is_hangul(final) else words.after(last)
            yield Hit(value, at, last, words.starts[at] + skip, words.starts[last] + stem, tail)


def _rest_stands(words: Words, at: int, rest: Sequence[str]) -> int:
    """Give where the last word's stem ends, 0 if the words do not stand there."""
    if at + len(rest) > len(words):
        return 0
    for offset, part in enumerate(rest[:-1]):
        if words.folded[at + offset] != part:
            return 0
    final, part = words.folded[at + len(rest) - 1], rest[-1]
    if final == part:
        return len(part)
    spaced = not (is_hangul(part) or is_unspaced(part))
    return len(part) if not spaced and final.startswith(part) and _ends(final, len(part)) else 0


def _ends(word: str, length: int) -> bool:
    """Whether a spelling may end after `length` characters of a word."""
    if length == len(word):
        return True
    if is_hangul(word):
        return may_follow(word[:length], word[length:], core=length == 1)  # 비만, 키로
    return not _cuts_katakana(word, length)


def _cuts_katakana(run: str, at: int) -> bool:
    return bool(at and _IS_KATAKANA.match(run[at - 1]) and _IS_KATAKANA.match(run, at))
