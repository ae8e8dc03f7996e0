"""How alike stories are, and which are offered as related."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.editions.likeness import Likeness, nearest
from digests.editions.terms import terms
from digests.model import Card, Language, StoryId, Version

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TITLES = (
    "Moon Band announce winter tour of eleven cities",
    "Moon Band add three cities to winter tour",
    "Minister resigns over ferry contract",
    "Ferry contract: second minister questioned",
    "Rookie duo win first trophy",
)


def story(number: int, title: str, *names: str, korean: str = "", hours: float = 0) -> Card:
    told: dict[str, Version] = {}
    said: tuple[tuple[Language, str], ...] = (("en", title), ("ko", korean))
    for language, words in said:
        if words:
            told[language] = Version(language, words, "https://daily.example/1", "daily")
    return Card(StoryId(number), NOON - timedelta(hours=hours), ("kpop",), told, names=names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The bands and their tours", {"band", "tour"}),
        ("[속보] 해달은 서울에서 공연", {"해달", "서울", "공연"}),
        ("HAEDAL’s tour", {"haedal", "tour"}),
        ("비가 온다", {"비가", "온다"}),
        ("Pine & Plum <3", {"pine", "plum", "3"}),
        ("", set()),
    ],
)
def test_the_words_of_a_title(text: str, expected: set[str]) -> None:
    assert terms(text) == expected


def test_what_tells_of_one_thing_is_nearer_than_what_shares_a_word() -> None:
    cards = [story(n, title) for n, title in enumerate(TITLES)]
    likeness = Likeness.of(cards)
    assert likeness.between(cards[0], cards[1]) > 0.3 > likeness.between(cards[0], cards[4])
    assert likeness.between(cards[2], cards[3]) > likeness.between(cards[2], cards[1]) == 0


def test_a_shared_name_makes_two_alike_in_any_language_and_a_member_shares_her_groups() -> None:
    one, other = (
        story(1, "Aespa sell out", "aespa"),
        story(2, "", "aespa.karina", korean="카리나, 파리로 출국"),
    )
    assert Likeness.of([one, other]).between(one, other) >= 0.5


def test_a_word_that_most_stories_have_says_little() -> None:
    common = [story(n, f"Comeback number {n}x") for n in range(20)]
    pair = [story(50, "Comeback harbour"), story(51, "Comeback harbour")]
    likeness = Likeness.of([*common, *pair])
    assert likeness.between(pair[0], common[0]) < 0.2 < likeness.between(pair[0], pair[1])


def test_related_are_the_nearest_and_never_the_story_itself_nor_what_is_unlike() -> None:
    about = story(1, TITLES[0], "moon-band")
    others = [
        about,
        story(2, TITLES[1], "moon-band", hours=5),
        story(3, TITLES[2]),
        story(4, "A quiet evening", "moon-band", hours=1),
        story(5, "A loud evening", "moon-band", hours=9),
        story(6, TITLES[4]),
    ]
    assert [int(one.story) for one in nearest(about, others, 3)] == [2, 4, 5]
    assert [int(one.story) for one in nearest(about, others, 1)] == [2]
    assert nearest(about, [others[2], others[5]], 3) == ()


cards = st.lists(
    st.builds(
        lambda number, title, names, hours: story(number, title, *names, hours=hours),
        st.integers(1, 99),
        st.sampled_from(TITLES) | st.text(max_size=30),
        st.sets(st.sampled_from(["aespa", "aespa.karina", "ive"]), max_size=2),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda card: card.story,
)


@given(cards, st.randoms())
def test_likeness_is_the_same_either_way_and_related_whatever_the_order(
    some: list[Card], chance: Random
) -> None:
    likeness = Likeness.of(some)
    for one in some:
        for other in some:
            assert 0 <= likeness.between(one, other) <= 1.0000001
            assert likeness.between(one, other) == likeness.between(other, one)
    shuffled = list(some)
    chance.shuffle(shuffled)
    assert nearest(some[0], some, 3) == nearest(some[0], shuffled, 3)
