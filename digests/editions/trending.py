"""Which stories grow now: by the independent sources of the last hours, against their age."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import sqrt

from digests.editions.sources import sources
from digests.model import StoryFacts

WINDOW = timedelta(hours=6)  # what came before it is no growth
HALF_LIFE = timedelta(hours=2)  # in which a source comes to count half
LEAST = 2  # sources within the window
HEAD_START = 2.0  # hours that are added to the age, so that a story of one minute is not above all


def growth(facts: StoryFacts, now: datetime) -> float:
    """Weigh how fast a story grows at `now`; 0 where fewer than LEAST independent sources came within WINDOW.

    Each source counts half for every HALF_LIFE since it came; the sum is divided by the root of the story's age in hours.
    """
    arrivals = sources(facts.tellings).arrivals
    recent = [since for at in arrivals if (since := max(now - at, timedelta(0))) < WINDOW]
    if len(recent) < LEAST:
        return 0.0
    age = max(now - arrivals[0], timedelta(0)) / timedelta(hours=1)
    return float(sum(0.5 ** (since / HALF_LIFE) for since in recent) / sqrt(age + HEAD_START))


def trending(stories: Iterable[StoryFacts], now: datetime, most: int) -> tuple[StoryFacts, ...]:
    """Give the stories that grow, the fastest first; equals by the later story."""
    grown = ((growth(facts, now), facts) for facts in stories)
    found = sorted(
        ((speed, facts) for speed, facts in grown if speed > 0), key=lambda one: (-one[0], -one[1].id)
    )
    return tuple(facts for _, facts in found[:most])
