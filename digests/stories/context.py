"""What speaks for an unsure spelling: words of its context that stand beside it, counted once a text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from digests.stories.spelling import Words, is_hangul, is_unspaced, words_of

_STEM = 5  # letters from which a Latin word of the context counts as a beginning: investigat, prosecut


class Evidence(IntEnum):
    """How much speaks for a name, and how much it needs."""

    NONE = 0
    ANY = 1  # one word of its context
    TWO = 2  # two of them
    OWN = 3  # a word of its own context, not of a set that it shares with others; or its group, agency or member
    NEVER = 4


@dataclass(frozen=True, slots=True)
class Context:
    """The words that speak for a name, as they are looked for."""

    own: tuple[str, ...]
    shared: tuple[str, ...]

    @classmethod
    def of(cls, words: Iterable[str], sets: Mapping[str, Sequence[str]]) -> "Context":
        """Take a context as it is written; `@music` names a set, whose words are as `sought` gives them."""
        own: list[str] = []
        shared: list[str] = []
        for word in words:
            if word.startswith("@"):
                shared.extend(sets.get(word[1:], ()))
            elif looked_for := sought(word):
                own.append(looked_for)
        return cls(tuple(dict.fromkeys(own)), tuple(dict.fromkeys(shared)))


def sought(word: str) -> str:
    """Give a word as it is looked for: Hangul and long Latin words as beginnings, others whole; "" without letters."""
    folded = words_of(word).folded
    if not folded:
        return ""
    line = " ".join(folded)
    if is_unspaced(folded[-1]):
        return line
    return f" {line}" if is_hangul(folded[-1]) or len(folded[-1]) >= _STEM else f" {line} "


class Surroundings:
    """The words of one entry, to look for contexts in."""

    def __init__(self, parts: Sequence[Words]) -> None:
        self._parts = parts
        self._lines: dict[frozenset[str], str] = {}
        letters = [each for each in parts[0].text if each.isalpha() and each.isascii()]
        small = sum(each.islower() for each in letters)
        latin = [parts[0].text[start] for start in parts[0].starts if parts[0].text[start].isascii()]
        korean = any(map(is_hangul, parts[0].folded))
        self.shouts = bool(letters) and not korean and not small
        self.has_capitals = small < len(letters)
        # In a Korean line capitals are a name's own; so they are in an English one that is no headline of Capitals.
        self.every_word_has_a_capital = (
            not korean and len(latin) > 2 and sum(each.islower() for each in latin) <= len(latin) // 3
        )

    def evidence(self, context: Context, without: frozenset[str]) -> Evidence:
        """Tell how much speaks for a context, the words `without` aside: nothing speaks for itself."""
        line = self._line(without)
        if any(word in line for word in context.own):
            return Evidence.OWN
        seen = 0
        for word in context.shared:
            if word in line:
                seen += 1
                if seen == 2:
                    return Evidence.TWO
        return Evidence(seen)

    def _line(self, without: frozenset[str]) -> str:
        if without not in self._lines:
            words = (word for part in self._parts for word in part.folded if word not in without)
            self._lines[without] = f" {' '.join(words)} "
        return self._lines[without]
