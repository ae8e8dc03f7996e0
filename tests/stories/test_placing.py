from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Begins, Entry, EntryId, Joins, Known, StoryId, Unjudged
from digests.stories.placing import TITLE_WINDOW, place

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def unjudged(link_key: str = "example.org/a", title_key: str = "moon band returns") -> Unjudged:
    return Unjudged(
        EntryId(1), "daily", Entry("k", "Moon Band returns"), link_key, title_key, NOON, history=False
    )


def known(story: int, *, link: str = "", title: str = "", age: timedelta = timedelta(0)) -> Known:
    return Known(StoryId(story), link, title, NOON - age)


def test_nothing_known_begins_a_story() -> None:
    assert place(unjudged(), []) == Begins()


def test_the_same_link_joins_whatever_the_age() -> None:
    old = known(7, link="example.org/a", age=timedelta(days=400))
    assert place(unjudged(), [old]) == Joins(StoryId(7), "link")


@pytest.mark.parametrize(
    ("age", "joins"),
    [
        (timedelta(0), True),
        (timedelta(hours=47), True),
        (TITLE_WINDOW, True),
        (TITLE_WINDOW + timedelta(seconds=1), False),
        (-timedelta(hours=47), True),  # an old entry that comes late
        (-timedelta(hours=49), False),
    ],
)
def test_the_same_title_joins_only_within_the_window(age: timedelta, joins: bool) -> None:
    placed = place(unjudged(), [known(7, title="moon band returns", age=age)])
    assert placed == (Joins(StoryId(7), "title") if joins else Begins())


def test_a_link_speaks_louder_than_an_earlier_title() -> None:
    candidates = [
        known(3, title="moon band returns", age=timedelta(hours=30)),
        known(9, link="example.org/a", age=timedelta(hours=1)),
    ]
    assert place(unjudged(), candidates) == Joins(StoryId(9), "link")


def test_of_several_stories_the_earliest_wins_in_whatever_order_they_come() -> None:
    candidates = [
        known(5, title="moon band returns", age=timedelta(hours=2)),
        known(8, title="moon band returns", age=timedelta(hours=20)),
        known(6, title="moon band returns", age=timedelta(hours=20)),
        known(2, title="moon band returns", age=timedelta(hours=60)),
    ]
    for order in permutations(candidates):
        assert place(unjudged(), order) == Joins(StoryId(6), "title")


def test_empty_keys_match_nothing() -> None:
    assert place(unjudged("", ""), [known(4)]) == Begins()


def test_a_candidate_that_shares_no_key_is_no_match() -> None:
    assert place(unjudged(), [known(4, link="example.org/b", title="another")]) == Begins()


keys = st.sampled_from(["", "a", "b"])
candidates = st.builds(
    Known,
    st.integers(1, 5).map(StoryId),
    keys,
    keys,
    st.integers(-100, 100).map(lambda h: NOON + timedelta(hours=h)),
)


@given(keys, keys, st.lists(candidates, max_size=6), st.randoms())
def test_an_entry_joins_only_what_it_shares_a_key_with_and_order_does_not_matter(
    link: str, title: str, given_known: list[Known], chance: Random
) -> None:
    placed = place(unjudged(link, title), given_known)
    shuffled = list(given_known)
    chance.shuffle(shuffled)
    assert place(unjudged(link, title), shuffled) == placed
    if isinstance(placed, Joins):
        assert any(
            one.story == placed.story
            and ((link and one.link_key == link) or (title and one.title_key == title))
            for one in given_known
        )
