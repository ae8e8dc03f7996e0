"""All the words that the newsroom judges by: read once, at the composition root, and handed down."""

from dataclasses import dataclass, field
from pathlib import Path

from digests.stories.categories import CategoryWords
from digests.stories.names import Names
from digests.stories.newswords import NewsWords
from digests.stories.scoring import Weights
from digests.stories.terms import Reader


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Who is who, what happened, what it is about, and which words are the same in two languages."""

    names: Names
    news: NewsWords
    categories: CategoryWords
    reader: Reader
    weights: Weights = field(default_factory=Weights)  # of what tells stories apart

    @classmethod
    def load(cls, *, names: Path | None = None, words: Path | None = None) -> "Vocabulary":
        """Read ours, and what an operator adds: a file of names, a folder of words. Raises SosikError."""
        return cls(Names.load(names), NewsWords.load(words), CategoryWords.load(words), Reader.load())
