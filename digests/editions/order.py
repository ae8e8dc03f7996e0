"""Which story is more important: one number with its parts named, and the order that follows from it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import log2

from digests.model import Card

BREAKING_WEIGHT = 2.0  # breaking counts like four times the sources
DAY_WEIGHT = 1.0  # a day of age counts like half of the sources
_DAY = timedelta(days=1)


def importance(card: Card, now: datetime) -> float:
    """Weigh a story at `now`: the doublings of its sources, breaking for it, age against it."""
    age = max(now - card.at, timedelta(0)) / _DAY
    return log2(1 + max(card.sources, 0)) + BREAKING_WEIGHT * card.breaking - DAY_WEIGHT * age


def by_importance(cards: Iterable[Card], now: datetime) -> list[Card]:
    """Order stories, the most important first; equals by time, then by story, so that no order is left to chance."""
    return sorted(cards, key=lambda card: (-importance(card, now), -card.at.timestamp(), card.story))
