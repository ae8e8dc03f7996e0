"""Which stories of the other language hold a name that sounds like one of an entry's."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from math import log

from digests.model import LANGUAGES, Language, StoryId
from digests.stories.sounds import alike, keys

_FEWEST = 20  # stories: with less there is no telling how rare a sound is
# How alike two words must sound by the consonants they share: the fewer, the more.
_LEAST = {0: 0.9, 1: 0.9, 2: 0.75, 3: 0.6}
_LEAST_OF_LONG = 0.45
_COMMON = 300  # stories: a sound that is in more of them proves nothing
_LOOKED_AT = 800  # stories that the sounds of an entry find, the rare sounds first: what bounds its price


_Words = str | tuple[str, ...]
_Sound = tuple[str, float, str, dict[StoryId, _Words]]  # a word, its weight, its key, what sounds so
_Sounding = tuple[StoryId, _Words] | dict[StoryId, _Words]


class Heard:
    """The names of stories by their sound, for each language. What is kept is read only when the other language asks."""

    def __init__(self) -> None:
        # By sound and story: the one word that sounds so, or several. Most sounds are of one story only, and have no dict.
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
                    held = _of(table.get(key))
                    there = held.pop(story, ())
                    left = () if isinstance(there, str) else tuple(one for one in there if one != word)
                    if left:
                        held[story] = left if len(left) > 1 else left[0]
                    _put(table, key, held)

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
        sounds = ((word, weight, key, _of(table.get(key))) for word, weight in spoken for key in keys(word))
        for said, weight, key, held in _rare(sounds):
            proves = log(max(_FEWEST, stories) / len(held)) + len(key)
            for story, there, like in _alike(said, key, held, among):
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
                    held = _of(table.get(key))
                    words = held.get(story)
                    if words is None:
                        held[story] = word
                    elif isinstance(words, str):
                        held[story] = words if words == word else (words, word)
                    elif word not in words:
                        held[story] = (*words, word)
                    _put(table, key, held)
        unread.clear()


def _rare(sounds: Iterable[_Sound]) -> list[_Sound]:
    """Take the sounds that find stories, in their order: the rarest ones, if together they would find too many."""
    found = [one for one in sounds if 0 < len(one[3]) <= _COMMON]
    if sum(len(one[3]) for one in found) <= _LOOKED_AT:
        return found
    room, most = _LOOKED_AT, 0
    for size in sorted(len(one[3]) for one in found):
        room -= size
        if room < 0:
            break
        most = size
    return [one for one in found if len(one[3]) <= most]


def _of(sounding: _Sounding | None) -> dict[StoryId, _Words]:
    """Give the words of a sound by their stories."""
    if sounding is None:
        return {}
    return dict([sounding]) if isinstance(sounding, tuple) else sounding


def _put(table: dict[str, _Sounding], key: str, held: dict[StoryId, _Words]) -> None:
    if len(held) > 1:
        table[key] = held
    elif held:
        table[key] = next(iter(held.items()))
    else:
        table.pop(key, None)


def _alike(
    word: str,
    key: str,
    held: Mapping[StoryId, _Words],
    among: frozenset[StoryId] | None,
) -> Iterator[tuple[StoryId, str, float]]:
    """Give the words of stories that share a key with a word and sound enough like it."""
    least = _LEAST.get(len(key), _LEAST_OF_LONG)
    hangul = word[0] >= "가"
    known: dict[str, float] = {}
    for story in held if among is None else among.intersection(held):
        words = held[story]
        for there in (words,) if isinstance(words, str) else words:
            like = known.get(there)
            if like is None:
                like = known[there] = alike(word, there) if hangul else alike(there, word)
            if like >= least:
                yield story, there, like
