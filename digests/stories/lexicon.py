"""The words of data/concepts.toml, made ready to be looked up: what a word is about, whatever language it is in."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from digests.stories.misleading import hidden, misleading

# How often a term of each kind stands among the words of the news: what a share of it proves. Orders of magnitude.
OFTEN, PLAIN, SOMETIMES, SELDOM = 1.5e-3, 6e-4, 3e-4, 5e-5
_SHORT = 2  # syllables from which a Korean word may stand inside another
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What words are about. `english` by stem, `phrases` by the first stem of several, `korean` by the word."""

    english: Mapping[str, str]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    korean: Mapping[str, str]
    han: Mapping[str, str]  # the single Chinese characters of Korean headlines
    silent: frozenset[str]
    whole: frozenset[str]  # Korean words that end like one with a particle
    shares: Mapping[str, float]  # of what we know among the words of the news: concepts and words
    openers: frozenset[str]  # concepts that open a story
    towns: frozenset[str]  # concepts that are places
    once: frozenset[str]  # concepts of what does not happen twice within an hour
    usual: frozenset[str]  # concepts that stand wherever something grave is told of
    light: frozenset[str]  # concepts of everyday business
    grave: frozenset[str]  # concepts that do not grow out of those, nor those out of these
    acts: frozenset[str]  # concepts of what offices do every day
    sorts: Mapping[str, str]  # concepts of things of which an event has one sort, and what these are sorts of
    longest: int  # syllables of a Korean word
    misleading: re.Pattern[str] = field(default_factory=misleading)

    @classmethod
    def load(cls) -> "Lexicon":
        """Read the words the project ships."""
        text = files("digests.stories").joinpath("data/concepts.toml").read_text(encoding="utf-8")
        return cls.of(tomllib.loads(text))

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Lexicon":
        """Make one of a file's content: `often`, `sometimes`, `seldom` concepts, and lists of `silent` and `whole` words."""
        english: dict[str, str] = {}
        phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        korean: dict[str, str] = {}
        shares: dict[str, float] = {}
        for section, share in (
            ("often", OFTEN),
            ("sometimes", SOMETIMES),
            ("seldom", SELDOM),
            ("towns", SELDOM),
        ):
            for line in data.get(section, ()):
                there, _, here = line.partition("|")
                words = [tuple(map(stem, word.split())) for word in there.split(",") if word.strip()]
                concept = _concept(line)
                shares[concept] = share
                for first, *rest in words:
                    if rest:
                        phrases.setdefault(first, []).append((tuple(rest), concept))
                    else:
                        english.setdefault(first, concept)
                for word in here.split(","):
                    korean.setdefault(word.strip(), concept)
        korean.pop("", None)
        for known in (english, korean):
            for word, concept in known.items():
                shares.setdefault(word, shares[concept])
        for line in data.get("plain", ()):
            for word in line.split():
                shares[word if word[0] >= "가" else stem(word)] = PLAIN
        han = {word: korean.pop(word) for word in tuple(korean) if _HAN.fullmatch(word)}
        return cls(
            english=english,
            phrases={
                first: tuple(sorted(rest, key=lambda one: -len(one[0]))) for first, rest in phrases.items()
            },
            korean=korean,
            han=han,
            silent=frozenset(word for line in data.get("silent", ()) for word in line.split()),
            whole=frozenset(str(data.get("whole", "")).split()),
            shares=shares,
            openers=frozenset(map(_concept, data.get("openers", ()))),
            towns=frozenset(_concept(line) for key in ("towns", "cities") for line in data.get(key, ())),
            once=frozenset(map(_concept, data.get("once", ()))),
            usual=frozenset(map(_concept, data.get("usual", ()))),
            light=frozenset(map(_concept, data.get("light", ()))),
            grave=frozenset(map(_concept, data.get("grave", ()))),
            acts=frozenset(map(_concept, data.get("acts", ()))),
            sorts={
                _concept(name): kind for kind, names in dict(data.get("sorts", {})).items() for name in names
            },
            longest=max(map(len, korean), default=0),
        )

    def concept_of(self, term: str) -> str:
        """Give the concept of a term, itself if it is one."""
        return term if term[0] == "=" else self.korean.get(term) or self.english.get(term, "")

    def tone(self, terms: Iterable[str]) -> str:
        """Say whether terms tell of everyday business or of something grave: "" where of neither, or of both."""
        said = frozenset(terms)
        light, grave = not said.isdisjoint(self.light), not said.isdisjoint(self.grave)
        return "" if light == grave else "light" if light else "grave"

    def by_sort(self, named: frozenset[str]) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
        """Give for each kind of thing of which some are named: these, and all that there are."""
        kinds = {self.sorts[concept] for concept in named}
        return tuple(
            (
                frozenset(concept for concept in named if self.sorts[concept] == kind),
                frozenset(concept for concept, other in self.sorts.items() if other == kind),
            )
            for kind in sorted(kinds)
        )

    def about(self, word: str) -> list[tuple[str, str]]:
        """Read the concepts of a Korean word from its left, the longest first: (word, concept) each, and ("", "") at the end if a part is none."""
        if self.misleading.match(word):
            word = self.misleading.sub(hidden, word)
        found: list[tuple[str, str]] = []
        at, rest = 0, False
        while at < len(word):
            for length in range(min(self.longest, len(word) - at), 0, -1):
                concept = self.korean.get(word[at : at + length])
                if concept and (length >= _SHORT or length == len(word)):
                    found.append((word[at : at + length], concept))
                    at += length
                    break
            else:
                at, rest = at + 1, True
        return [*found, ("", "")] if found and rest else found


def _concept(line: str) -> str:
    """Give what the concept of a line is called: its first word."""
    return "=" + " ".join(line.partition("|")[0].partition(",")[0].split())


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Take the endings -s, -ed, -ing off an English word in lower case, and a possessive: crude, but the same everywhere."""
    if word.endswith(("'s", "’s")):
        word = word[:-2]
    if len(word) > 4 and word[-1] == "s":
        if word.endswith("ies"):
            word = word[:-3] + "y"
        elif word[-2] == "e" and word[-3] in "sxzh":
            word = word[:-2]
        elif word[-2] not in "sui":
            word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
                word = word[:-1]
            break
    return word[:-1] if len(word) > 3 and word[-1] == "e" else word
