"""Which stories of the other language hold a name that sounds like one of an entry's."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import log

from digests.model import LANGUAGES, Language, StoryId
from digests.stories.sounds import alike, keys

_FEWEST = 20  # stories: with less there is no telling how rare a sound is
# How alike two words must sound by the consonants they share: the fewer, the more.
_LEAST = {0: 0.9, 1: 0.9, 2: 0.75, 3: 0.6}
_LEAST_OF_LONG = 0.45
_COMMON = 300  # stories: a sound that is in more of them proves nothing


class Heard:
    """The names of stories by their sound, for each language. What is kept is read only when the other language asks."""

    def __init__(self) -> None:
        self._stories: dict[Language, dict[str, dict[StoryId, dict[str, int]]]] = {
            language: defaultdict(dict) for language in LANGUAGES
        }
        self._unread: dict[Language, dict[StoryId, list[tuple[str, ...]]]] = {
            language: defaultdict(list) for language in LANGUAGES
        }

    def keep(self, language: Language, story: StoryId, spoken: tuple[str, ...]) -> None:
        """Add an entry's words to a story."""
        if spoken:
            self._unread[language][story].append(spoken)

    def drop(self, language: Language, story: StoryId, spoken: tuple[str, ...]) -> None:
        """Take an entry's words out of a story."""
        unread = self._unread[language].get(story, [])
        if spoken in unread:
            unread.remove(spoken)
            return
        for word in spoken:
            for key in keys(word):
                held = self._stories[language].get(key, {})
                words = held.get(story, {})
                if words.get(word, 0) > 1:
                    words[word] -= 1
                else:
                    words.pop(word, None)
                if not words:
                    held.pop(story, None)
                if not held:
                    self._stories[language].pop(key, None)

    def answer(
        self, spoken: Iterable[tuple[str, float]], language: Language, stories: int
    ) -> Mapping[StoryId, Mapping[str, tuple[float, float]]]:
        """Give for each story the names of it that sound like one of these: (weight, how much it proves), without a cap.

        `stories` is how many there are in all: a sound that is in many of them proves little.
        """
        other: Language = "ko" if language == "en" else "en"
        self._read(other)
        table = self._stories[other]
        found: dict[StoryId, dict[str, tuple[float, float]]] = defaultdict(dict)
        if not table:
            return found
        for word, weight in spoken:
            for key in keys(word):
                held = table.get(key, {})
                if len(held) > _COMMON:
                    continue
                for story, there, like in self._alike(word, key, held, language):
                    value = (log(max(_FEWEST, stories) / len(table[key])) + len(key)) * like
                    was = found[story].get(there)
                    if not was or was[0] * was[1] < weight * value:
                        found[story][there] = (weight, value)
        return found

    @staticmethod
    def _alike(
        word: str, key: str, held: Mapping[StoryId, Mapping[str, int]], language: Language
    ) -> Iterator[tuple[StoryId, str, float]]:
        least = _LEAST.get(len(key), _LEAST_OF_LONG)
        for story, words in held.items():
            for there in words:
                hangul, latin = (word, there) if language == "ko" else (there, word)
                like = alike(hangul, latin)
                if like >= least:
                    yield story, there, like

    def _read(self, language: Language) -> None:
        """Find the sounds of what was kept since: a newsroom of one language never pays for them."""
        table = self._stories[language]
        for story, unread in self._unread[language].items():
            for word in (word for spoken in unread for word in spoken):
                for key in keys(word):
                    words = table[key].setdefault(story, {})
                    words[word] = words.get(word, 0) + 1
        self._unread[language].clear()
