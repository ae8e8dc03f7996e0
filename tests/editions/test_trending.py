"""What grows now: independent sources of the last hours, against the story's age."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from digests.editions.trending import growth, trending
from digests.model import Entry, StoryFacts, StoryId, Telling

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def story(number: int, *hours_ago: float, text: str = "") -> StoryFacts:
    """A story that came to one paper after the other, so many hours ago."""
    tellings = tuple(
        Telling(
            f"paper {n}",
            "",
            Entry(key=f"{n}", title="A title", summary=text),
            "en",
            NOW - timedelta(hours=ago),
        )
        for n, ago in enumerate(sorted(hours_ago, reverse=True))
    )
    return StoryFacts(StoryId(number), NOW, frozenset({"kpop"}), tellings, alerted=False)


def order(stories: Iterable[StoryFacts], most: int = 8) -> list[int]:
    return [int(one.id) for one in trending(stories, NOW, most)]


def test_more_sources_grow_faster() -> None:
    assert order([story(1, 1, 1), story(2, 1, 1, 1), story(3, 1, 1, 1, 1)]) == [3, 2, 1]


def test_the_young_grow_faster_than_the_old() -> None:
    assert order([story(1, 60, 1, 1, 1), story(2, 2, 1, 1, 1)]) == [2, 1]


def test_what_came_just_now_counts_more_than_what_came_hours_ago() -> None:
    assert order([story(1, 5.5, 5, 4.5), story(2, 5.5, 0.5, 0.1)]) == [2, 1]


def test_one_source_is_no_growth() -> None:
    assert order([story(1, 0.1)]) == []


def test_what_stopped_growing_is_gone() -> None:
    assert order([story(1, 20, 12, 11, 10, 9, 8, 7)]) == []
    assert order([story(1, 20, 12, 11, 1)]) == []


def test_twenty_prints_of_one_release_are_no_growth() -> None:
    release = "The agency said in a release that the five will meet their audience in Seoul in March."
    assert order([story(1, *[1] * 20, text=release)]) == []


def test_no_more_are_given_than_asked_for_and_equals_stand_by_the_later() -> None:
    assert order([story(n, 1, 1) for n in range(1, 6)], most=3) == [5, 4, 3]


@given(st.lists(st.lists(st.floats(0, 30), max_size=6), max_size=8), st.randoms())
def test_the_order_in_which_they_are_given_is_nothing(ages: list[list[float]], chance: Random) -> None:
    stories = [story(n, *hours) for n, hours in enumerate(ages)]
    shuffled = list(stories)
    chance.shuffle(shuffled)
    assert order(shuffled) == order(stories)
    assert all(growth(one, NOW) > 0 for one in trending(stories, NOW, 8))
