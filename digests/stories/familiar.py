"""Names that the newsroom has met, and under which categories: an actor's name tells of drama once it has been met there.

Learned from entries that were filed on evidence of their own, forgotten again when they are not met any more. It is what
makes a photograph called "명도윤, 손인사" one of drama, without a list that knows him.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from digests.model import Entry
from digests.stories.particles import may_follow
from digests.stories.spelling import is_hangul, words_of

_MOST = 30_000  # words that are remembered: those met last
_SAME = 2_000  # values that are shared
_OFTEN = 3  # meetings that make a name certain
_PURE = 0.75  # of its meetings are under one category
_WEIGHT = 2.5
_LONGEST_STEM = 6  # syllables


_Met = tuple[int, tuple[tuple[str, int], ...]]  # how many entries bore a word, and how many of each category


@dataclass(slots=True)
class Familiar:
    """Words by the categories of the entries that bore them."""

    met: OrderedDict[str, _Met] = field(default_factory=OrderedDict)
    # Most words were met once or twice, and share what is known of them: a value of its own for each takes ten times as much.
    _same: dict[_Met, _Met] = field(default_factory=dict)

    def of(self, entry: Entry, known: Collection[str]) -> dict[str, tuple[float, str]]:
        """Give for each category how strongly the entry's words speak for it, 0 to 2.5, and the word that does most."""
        best: dict[str, tuple[float, str]] = {}
        for word in dict.fromkeys(_names(entry)):
            seen = self.met.get(word)
            if seen is None:
                continue
            entries, counts = seen[0], dict(seen[1])
            for slug in known:
                share = counts.get(slug, 0) / entries
                if share >= _PURE:
                    score = _WEIGHT * share * min(1.0, entries / _OFTEN)
                    if score > best.get(slug, (0.0, ""))[0]:
                        best[slug] = score, word
        return best

    def keep(self, entry: Entry, categories: Iterable[str]) -> None:
        """Remember the entry's words under the categories that it was filed under on evidence."""
        filed = sorted(set(categories))
        if len(self._same) > _SAME:
            self._same.clear()
        for word in dict.fromkeys(_names(entry)):
            entries, counts = self.met.get(word, (0, ()))
            more = dict(counts)
            for slug in filed:
                more[slug] = more.get(slug, 0) + 1
            now = (entries + 1, tuple(more.items()))
            self.met[word] = self._same.setdefault(now, now)
            self.met.move_to_end(word)
        while len(self.met) > _MOST:
            self.met.popitem(last=False)


def _names(entry: Entry) -> Iterator[str]:
    """Give the words that may be names: capitalised or Korean ones of the title, and the publisher's tags."""
    words = words_of(entry.title)
    for at, word in enumerate(words.folded):
        if is_hangul(word):
            yield from (
                word[:length]
                for length in range(2, min(len(word), _LONGEST_STEM) + 1)
                if length == len(word) or may_follow(word[:length], word[length:])
            )
        elif len(word) > 2 and words.text[words.starts[at]].isupper():
            yield word
    for tag in entry.tags:
        if len(tag) > 2:
            yield f"#{tag.casefold()}"
