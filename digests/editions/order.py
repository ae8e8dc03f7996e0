"""Which story is more important, and which stand beside each other: one number with its parts named, then diversity."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import log2

from digests.editions.likeness import Likeness, groups
from digests.model import Card, StoryId

HALF_LIFE = timedelta(hours=24)  # in which a story comes to count like half of its sources
BREAKING = 2.0  # doublings: what broke counts like four times the sources
BURST = 0.5  # doublings for each doubling of the sources that came within two hours
SAMENESS = 2.0  # doublings that a story loses which is wholly like one that stands already
MOST_OF_SOURCE = 3
IN_A_ROW = 2  # stories on one name


def importance(card: Card, now: datetime) -> float:
    """Weigh a story at `now`, in doublings: independent sources, their weight, their burst, breaking; age against it."""
    age = max(now - card.at, timedelta(0)) / HALF_LIFE
    independent = max(card.sources - card.copies, 0)
    weight = log2(card.weight) if card.weight > 0 else -64.0
    return log2(1 + independent) + weight + BURST * log2(max(card.burst, 1)) + BREAKING * card.breaking - age


def by_importance(cards: Iterable[Card], now: datetime) -> list[Card]:
    """Order stories, the most important first; equals by time, then by story, so that no order is left to chance."""
    return sorted(cards, key=lambda card: (-importance(card, now), -card.at.timestamp(), card.story))


class Choice:
    """Stories chosen one after the other: the most important that is least like those before (maximal marginal relevance).

    Carbonell and Goldstein, "The use of MMR, diversity-based reranking", 1998. Of one source at most MOST_OF_SOURCE are
    chosen as long as there are others.
    """

    def __init__(
        self, worth: Mapping[StoryId, float], cards: Sequence[Card], likeness: Likeness | None
    ) -> None:
        """Take all that may be chosen, the most important first; see `by_worth` and `in_order`."""
        self.chosen: list[Card] = []
        self._likeness = likeness
        self._left = {card.story: card for card in cards}
        self._worth = worth
        self._same: dict[StoryId, float] = dict.fromkeys(self._left, 0.0)
        self._shown = {card.story: shown_as(card) for card in cards}
        self._stood: Counter[str] = Counter()

    @classmethod
    def by_worth(cls, ordered: Sequence[Card], likeness: Likeness, now: datetime) -> "Choice":
        """Choose among stories, the most important of which is given first, by importance and likeness."""
        return cls({card.story: importance(card, now) for card in ordered}, ordered, likeness)

    @classmethod
    def in_order(cls, ranked: Sequence[Card]) -> "Choice":
        """Choose among stories that were chosen before, in the order of then; a source's share is counted anew."""
        return cls({card.story: -float(place) for place, card in enumerate(ranked)}, ranked, None)

    def take(self, among: Callable[[Card], bool] | None = None) -> Card | None:
        """Choose the next of those that are left, or of some `among` them; None where there is none."""
        fitting = [card for card in self._left.values() if among is None or among(card)]
        crowded = {source for source, many in self._stood.items() if many >= MOST_OF_SOURCE}
        free = [card for card in fitting if crowded.isdisjoint(self._shown[card.story])]
        best = max(
            free or fitting, key=self._value, default=None
        )  # of equals the first, so the more important
        if best is not None:
            self._choose(best)
        return best

    def _value(self, card: Card) -> float:
        return self._worth[card.story] - SAMENESS * self._same[card.story]

    def _choose(self, best: Card) -> None:
        del self._left[best.story]
        self.chosen.append(best)
        self._stood.update(self._shown[best.story])
        if self._likeness is None:
            return
        for story, alike in self._likeness.alike(best, self._left):
            self._same[story] = max(self._same[story], alike)


def shown_as(card: Card) -> frozenset[str]:
    """Give the sources under which readers of any language see a story."""
    return frozenset(version.source.casefold() for version in card.versions.values())


def apart(ordered: Sequence[Card], before: Sequence[Card] = ()) -> list[Card]:
    """Put stories in a row, the first of `ordered` first, but no three on one name beside each other where others are left.

    `before` are those that stand above. An earlier one waits also where the last ones could not be kept apart else.
    """
    left = [(card, groups(card)) for card in ordered]
    row = [groups(card) for card in before[-IN_A_ROW:]]
    put = []
    while left:
        best = next(
            (
                place
                for place, (_, names) in enumerate(left)
                if _is_free(names, row) and _leaves_room(place, left, row)
            ),
            None,
        )
        if best is None:
            best = next((place for place, (_, names) in enumerate(left) if _is_free(names, row)), 0)
        card, names = left.pop(best)
        put.append(card)
        row.append(names)
    return put


def _is_free(names: frozenset[str], row: Sequence[frozenset[str]]) -> bool:
    last = row[-IN_A_ROW:]
    if len(last) < IN_A_ROW:
        return True
    return names.isdisjoint(frozenset.intersection(*last))


def _leaves_room(
    place: int, left: Sequence[tuple[Card, frozenset[str]]], row: Sequence[frozenset[str]]
) -> bool:
    """Whether what is left after that at `place` can still be kept apart, each name looked at for itself."""
    rest = [names for at, (_, names) in enumerate(left) if at != place]
    many = Counter(name for names in rest for name in names)
    after = [*row, left[place][1]]
    for name, times in many.items():
        run = 0
        while run < min(IN_A_ROW, len(after)) and name in after[-1 - run]:
            run += 1
        if times > (IN_A_ROW - run) + IN_A_ROW * (len(rest) - times):
            return False
    return True
