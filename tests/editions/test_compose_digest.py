from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.editions.digest import compose
from digests.editions.order import by_importance, importance
from digests.editions.tastes import taste
from digests.model import Card, DigestContent, StoryId, Version

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SLUGS = ("kpop", "drama", "beauty", "food", "korea")


def story(number: int, *categories: str, hours: float = 1, sources: int = 1, breaking: bool = False) -> Card:
    told = Version("en", f"Story {number}", f"https://daily.example/{number}", "daily")
    return Card(StoryId(number), NOW - timedelta(hours=hours), categories, {"en": told}, breaking, sources)


def composed(
    cards: Iterable[Card], wanted: Iterable[str] = SLUGS, most: int = 12, without: Iterable[int] = ()
) -> DigestContent | None:
    return compose(
        cards,
        categories=SLUGS,
        wanted=frozenset(wanted),
        since=NOW - timedelta(days=1),
        upto=NOW,
        max_stories=most,
        without=frozenset(map(StoryId, without)),
    )


def shown(content: DigestContent | None) -> dict[str, list[int]]:
    assert content is not None
    return {section.category: [int(card.story) for card in section.cards] for section in content.sections}


def test_nothing_new_is_no_digest() -> None:
    assert composed([]) is None


def test_stories_of_other_categories_are_no_digest() -> None:
    assert composed([story(1, "food")], wanted=["kpop"]) is None


def test_sections_stand_in_the_order_of_the_settings() -> None:
    content = composed([story(1, "korea"), story(2, "kpop"), story(3, "drama")])
    assert list(shown(content)) == ["kpop", "drama", "korea"]


def test_a_story_of_two_categories_stands_in_the_first_one_wanted() -> None:
    both = story(1, "drama", "kpop")
    assert shown(composed([both])) == {"kpop": [1]}
    assert shown(composed([both], wanted=["korea", "drama"])) == {"drama": [1]}


def test_the_most_important_stand_first() -> None:
    cards = [
        story(1, "kpop", hours=1),
        story(2, "kpop", hours=9, sources=6),
        story(3, "kpop", breaking=True, hours=5),
    ]
    assert shown(composed(cards)) == {"kpop": [3, 2, 1]}


def test_each_category_gets_its_best_before_any_gets_a_second() -> None:
    busy = [story(n, "kpop", sources=5) for n in range(1, 9)]
    content = composed([*busy, story(20, "food", hours=20), story(21, "korea", hours=22)], most=4)
    assert shown(content) == {"kpop": [1, 2], "food": [20], "korea": [21]}
    assert content is not None
    assert content.more == 6


def test_where_the_length_is_short_of_the_categories_the_important_ones_remain() -> None:
    content = composed(
        [story(1, "kpop", hours=20), story(2, "food", sources=3), story(3, "korea", sources=2)], most=2
    )
    assert shown(content) == {"food": [2], "korea": [3]}


def test_what_was_sent_as_an_alert_is_not_told_again_and_not_counted_as_more() -> None:
    content = composed([story(1, "kpop"), story(2, "kpop")], without=[1])
    assert shown(content) == {"kpop": [2]}
    assert content is not None
    assert content.more == 0


def test_a_story_given_twice_is_told_once() -> None:
    assert shown(composed([story(1, "kpop"), story(1, "kpop")])) == {"kpop": [1]}


cards = st.lists(
    st.builds(
        lambda number, slugs, hours, sources, breaking: story(
            number, *slugs, hours=hours, sources=sources, breaking=breaking
        ),
        st.integers(1, 40),
        st.sets(st.sampled_from([*SLUGS, "gone"]), max_size=3),
        st.floats(-2, 30),
        st.integers(1, 9),
        st.booleans(),
    ),
    max_size=30,
    unique_by=lambda card: card.story,
)


@given(cards, st.sets(st.sampled_from(SLUGS)), st.integers(1, 12), st.randoms())
def test_every_digest_keeps_the_rules(
    given_cards: list[Card], wanted: set[str], most: int, chance: Random
) -> None:
    content = composed(given_cards, wanted, most)
    eligible = [card for card in given_cards if wanted & set(card.categories)]
    if not eligible:
        assert content is None
        return
    assert content is not None
    told = [card for section in content.sections for card in section.cards]
    assert len({card.story for card in told}) == len(told) == min(most, len(eligible))
    assert content.more == len(eligible) - len(told)
    order = [section.category for section in content.sections]
    assert order == [slug for slug in SLUGS if slug in order]
    first = {card.story: next(s for s in SLUGS if s in wanted and s in card.categories) for card in eligible}
    assert all(
        first[card.story] == section.category for section in content.sections for card in section.cards
    )
    assert all(section.cards == tuple(by_importance(section.cards, NOW)) for section in content.sections)
    if len(set(first.values())) <= most:
        assert set(order) == set(first.values())
    shuffled = list(given_cards)
    chance.shuffle(shuffled)
    assert composed(shuffled, wanted, most) == content


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (story(1, breaking=True), story(2)),
        (story(1, sources=3), story(2)),
        (story(1, hours=1), story(2, hours=10)),
        (story(1, breaking=True, hours=20), story(2, sources=3, hours=1)),
    ],
)
def test_what_weighs_more(more: Card, less: Card) -> None:
    assert importance(more, NOW) > importance(less, NOW)


def test_a_story_from_the_future_weighs_no_more_than_one_of_now() -> None:
    assert importance(story(1, hours=-5), NOW) == importance(story(2, hours=0), NOW)


def test_equals_stand_by_time_then_by_number() -> None:
    assert [card.story for card in by_importance([story(9), story(3), story(5)], NOW)] == [3, 5, 9]


numbers = st.sets(st.integers(1, 99), max_size=4)


@given(st.lists(st.sampled_from(SLUGS)), numbers, st.randoms())
def test_a_taste_does_not_depend_on_the_order_of_choosing(
    slugs: list[str], told: set[StoryId], chance: Random
) -> None:
    shuffled = [*slugs, *slugs]
    chance.shuffle(shuffled)
    assert taste(slugs, since=5, without=told) == taste(shuffled, since=5, without=sorted(told, reverse=True))


def test_whatever_decides_the_content_makes_another_taste() -> None:
    tastes = {
        taste(["kpop"], since=5),
        taste(["kpop", "drama"], since=5),
        taste(["kpop,drama"], since=5),
        taste(["kpop"], since=6),
        taste(["kpop"], since=None),
        taste(["kpop"], since=5, without=[StoryId(1)]),
        taste(["kpop"], since=5, without=[StoryId(1), StoryId(2)]),
        taste(["kpop"], since=5, without=[StoryId(12)]),
    }
    assert len(tastes) == 8


def test_a_taste_is_stable_since_it_is_stored() -> None:
    assert taste(["kpop", "drama"], since=5, without=[StoryId(3)]) == taste(
        ["drama", "kpop"], since=5, without=[StoryId(3)]
    )
    assert len(taste([], since=None)) == 32
