"""The newsroom's words, read once a process: half a second."""

from functools import cache

from digests.stories.vocabulary import Vocabulary


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary.load()
