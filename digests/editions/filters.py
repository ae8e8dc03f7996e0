"""What a chat's mutes take away from what it is told."""

from collections.abc import Collection
from dataclasses import dataclass

from digests.model import StoryId, Subject, What


@dataclass(frozen=True, slots=True)
class About:
    """What a story is about, of that which somebody mutes."""

    story: StoryId
    subjects: frozenset[Subject] = frozenset()  # names, words and kinds of news, of any of its tellings
    tellings: tuple[frozenset[Subject], ...] = ()  # for each telling what its source is called


def muted_by(about: About, mutes: Collection[Subject]) -> Subject | None:
    """Give what a chat does not want to hear a story for, None if it does.

    One name, word or kind is enough. A source is muted where nothing else tells of the story: what two papers report is
    not lost to a chat that mutes one of them.
    """
    for subject in sorted(about.subjects):
        if subject in mutes:
            return subject
    sources = [subject for subject in mutes if subject.what is What.SOURCE]
    if sources and about.tellings and all(called & frozenset(sources) for called in about.tellings):
        return min(subject for subject in sources if subject in about.tellings[0])
    return None
