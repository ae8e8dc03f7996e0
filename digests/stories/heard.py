"""Which stories of the other language hold a name that sounds like one of an entry's."""

from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from math import log
from typing import Any

from digests.model import LANGUAGES, Language, StoryId
from digests.stories.sounds import alike, keys

_FEWEST = 20  # stories: with less there is no telling how rare a sound is
# How alike two words must sound by the consonants they share: the fewer, the more.
_LEAST = {0: 0.9, 1: 0.9, 2: 0.75, 3: 0.6}
_LEAST_OF_LONG = 0.45
_COMMON = 300  # stories: a sound that is in more of them proves nothing
_LOOKED_AT = 800  # stories that the sounds of an entry find, the rare sounds first: what bounds its price
_FEW = 12  # stories, up to which a sound needs no dict


_Words = str | tuple[str, ...]  # of a story: the one that sounds so, or several
# What sounds so: words by their stories. Most sounds are of one story or two: there they stand one after the other,
# (story, words, story, words), at a third of what a dict takes.
_Sounding = tuple[Any, ...] | dict[StoryId, _Words]
_Sound = tuple[
    str, float, str, _Sounding, int
]  # a word, its weight, its key, what sounds so, in how many stories


class Heard:
    """The names of stories by their sound, for each language. What is kept is read only when the other language asks."""

    def __init__(self) -> None:
        self._stories: dict[Language, dict[str, _Sounding]] = {language: {} for language in LANGUAGES}
        self._unread: dict[Language, dict[StoryId, list[tuple[str, ...]]]] = {
            language: {} for language in LANGUAGES
        }

    def keep(self, language: Language, story: StoryId, spoken: tuple[str, ...]) -> None:
        """Add an entry's words to a story."""
        if spoken:
            self._unread[language].setdefault(story, []).append(spoken)

    def drop(self, story: StoryId, spoken: Iterable[tuple[Language, Collection[str]]]) -> None:
        """Forget words of a story that none of its entries in the language says any more."""
        for language, words in spoken:
            if words:
                self._read(language)
            table = self._stories[language]
            for word in words:
                for key in keys(word):
                    held = _by_story(table.get(key, ()))
                    there = held.pop(story, ())
                    left = () if isinstance(there, str) else tuple(one for one in there if one != word)
                    if left:
                        held[story] = left if len(left) > 1 else left[0]
                    _put(table, key, held)

    def forget(self, story: StoryId, spoken: Iterable[tuple[Language, Collection[str]]]) -> None:
        """Forget a story whole: `spoken` are the words of all its entries."""
        said: dict[Language, set[str]] = {}
        for language, words in spoken:
            said.setdefault(language, set()).update(words)
        for language, words in said.items():
            self._unread[language].pop(story, None)
            table = self._stories[language]
            for key in {key for word in words for key in keys(word)}:
                held = table.get(key, ())
                if isinstance(held, dict):
                    if held.pop(story, None) and len(held) <= _FEW:
                        _put(table, key, held)
                elif story in held[::2]:
                    _put(table, key, {one: there for one, there in _pairs(held) if one != story})

    def answer(
        self,
        spoken: Iterable[tuple[str, float]],
        language: Language,
        stories: int,
        among: frozenset[StoryId] | None = None,
    ) -> Mapping[StoryId, Mapping[str, tuple[float, float]]]:
        """Give for each story the names of it that sound like one of these: (weight, how much it proves), without a cap.

        `stories` is how many there are in all: a sound that is in many of them proves little. With `among`, for these alone.
        """
        other: Language = "ko" if language == "en" else "en"
        self._read(other)
        table = self._stories[other]
        found: dict[StoryId, dict[str, tuple[float, float]]] = {}
        if not table:
            return found
        for said, weight, key, held, count in _rare(spoken, table):
            pairs = _pairs(held) if among is None else _pairs_among(held, among)
            proves = log(max(_FEWEST, stories) / count) + len(key)
            least = _LEAST.get(len(key), _LEAST_OF_LONG)
            hangul = said[0] >= "가"
            for story, words in pairs:
                for there in (words,) if isinstance(words, str) else words:
                    like = alike(said, there) if hangul else alike(there, said)
                    if like < least:
                        continue
                    value = proves * like
                    heard = found.setdefault(story, {})
                    was = heard.get(there)
                    if not was or was[0] * was[1] < weight * value:
                        heard[there] = (weight, value)
        return found

    def _read(self, language: Language) -> None:
        """Find the sounds of what was kept since: a newsroom of one language never pays for them."""
        unread = self._unread[language]
        if not unread:
            return
        table = self._stories[language]
        for story, entries in unread.items():
            for word in (word for spoken in entries for word in spoken):
                for key in keys(word):
                    _add(table, key, story, word)
        unread.clear()


def _rare(spoken: Iterable[tuple[str, float]], table: Mapping[str, _Sounding]) -> list[_Sound]:
    """Take the sounds that find stories, in their order: the rarest ones, if together they would find too many."""
    found: list[_Sound] = []
    for word, weight in spoken:
        for key in keys(word):
            held = table.get(key)
            if held is not None:
                count = len(held) if isinstance(held, dict) else len(held) // 2
                if count <= _COMMON:
                    found.append((word, weight, key, held, count))
    if sum(one[4] for one in found) <= _LOOKED_AT:
        return found
    room, most = _LOOKED_AT, 0
    for size in sorted(one[4] for one in found):
        room -= size
        if room < 0:
            break
        most = size
    return [one for one in found if one[4] <= most]


def _pairs(held: _Sounding) -> Iterable[tuple[StoryId, _Words]]:
    """Give the stories of a sound, each with its words."""
    return held.items() if isinstance(held, dict) else zip(held[::2], held[1::2], strict=True)


def _pairs_among(held: _Sounding, among: frozenset[StoryId]) -> Iterable[tuple[StoryId, _Words]]:
    """Give those of some stories, by the shorter way."""
    if isinstance(held, dict):
        return [(story, held[story]) for story in held.keys() & among]
    return [pair for pair in _pairs(held) if pair[0] in among]


def _by_story(held: _Sounding) -> dict[StoryId, _Words]:
    return held if isinstance(held, dict) else dict(_pairs(held))


def _add(table: dict[str, _Sounding], key: str, story: StoryId, word: str) -> None:
    """Add a word of a story to a sound."""
    held = table.get(key)
    if held is None:
        table[key] = (story, word)
        return
    stories = _by_story(held)
    words = stories.get(story)
    if words is None:
        stories[story] = word
    elif word == words or word in (words if isinstance(words, tuple) else ()):
        return
    else:
        stories[story] = (words, word) if isinstance(words, str) else (*words, word)
    if not isinstance(held, dict):
        _put(table, key, stories)


def _put(table: dict[str, _Sounding], key: str, held: dict[StoryId, _Words]) -> None:
    if len(held) > _FEW:
        table[key] = held
    elif held:
        table[key] = tuple(chain.from_iterable(held.items()))
    else:
        table.pop(key, None)
