"""How alike two stories are: by whom they tell of, and by the words of their titles. Cheap enough for a few hundred."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log

from digests.editions.terms import terms
from digests.model import Card, StoryId

SHARED_NAME = 0.5  # of the likeness, which is 0 to 1
GRAIN = 1_000_000  # weights are whole numbers of this fineness: their sums are the same in any order
RELATED = 0.15  # from here on a story is worth offering beside another: three words of twelve, or one name


@dataclass(frozen=True, slots=True)
class Traits:
    """What a story is compared by."""

    names: frozenset[str]  # of groups where the name is a member's: "aespa.karina" tells of aespa
    words: frozenset[str]


def groups(card: Card) -> frozenset[str]:
    """Whom a story tells of, a member of a group as the group."""
    return frozenset(name.partition(".")[0] for name in card.names)


def traits(card: Card) -> Traits:
    """Read a card once, to compare it often."""
    return Traits(groups(card), frozenset().union(*(terms(one.title) for one in card.versions.values())))


@dataclass(slots=True)
class Likeness:
    """Compares the stories it was made of. Words that many of them have say little: "comeback", "Korea"."""

    _traits: dict[StoryId, Traits] = field(default_factory=dict)
    _weights: dict[str, int] = field(default_factory=dict)  # in parts of GRAIN
    _totals: dict[StoryId, int] = field(default_factory=dict)  # of all words of a story

    @classmethod
    def of(cls, cards: Iterable[Card], known: dict[StoryId, Traits] | None = None) -> "Likeness":
        """Read the stories that will be compared; what is `known` of them is not read again, and what is read is known."""
        known = {} if known is None else known
        read = {
            card.story: known.get(card.story) or known.setdefault(card.story, traits(card)) for card in cards
        }
        held = Counter(word for one in read.values() for word in one.words)
        weights = {word: round(GRAIN * log(1 + len(read) / many)) for word, many in held.items()}
        totals = {story: sum(weights[word] for word in one.words) for story, one in read.items()}
        return cls(read, weights, totals)

    def alike(self, one: Card, others: Iterable[StoryId]) -> Iterator[tuple[StoryId, float]]:
        """Give those of the others that have anything in common with a story, and how alike they are."""
        mine = self._traits[one.story]
        for story in others:
            theirs = self._traits[story]
            if not (mine.words.isdisjoint(theirs.words) and mine.names.isdisjoint(theirs.names)):
                yield story, self._between(one.story, story)

    def between(self, one: Card, other: Card) -> float:
        """Give the likeness of two stories, 0 to 1, the same either way round."""
        return self._between(one.story, other.story)

    def _between(self, one: StoryId, other: StoryId) -> float:
        mine, theirs = self._traits[one], self._traits[other]
        shared = SHARED_NAME if not mine.names.isdisjoint(theirs.names) else 0.0
        both = mine.words & theirs.words
        if not both:
            return shared
        said = sum([self._weights[word] for word in both])
        return shared + (1 - shared) * said / (self._totals[one] + self._totals[other] - said)


def nearest(card: Card, others: Sequence[Card], most: int, least: float = RELATED) -> tuple[Card, ...]:
    """Give the stories that are most like one, the nearest first, equals the newest first; itself never."""
    candidates = {one.story: one for one in others if one.story != card.story}
    likeness = Likeness.of([card, *candidates.values()])
    found = ((likeness.between(card, one), one) for one in candidates.values())
    near = sorted(
        ((score, one) for score, one in found if score >= least),
        key=lambda pair: (-pair[0], -pair[1].at.timestamp(), -pair[1].story),
    )
    return tuple(one for _, one in near[:most])
