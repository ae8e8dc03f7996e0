from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.editions.digest import compose, pick, rank, suffices, told
from digests.editions.order import MOST_OF_SOURCE, apart, by_importance, importance, shown_as
from digests.editions.tastes import Taste, pool_of
from digests.model import Card, DigestContent, Ranking, StoryId, Version

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SLUGS = ("kpop", "drama", "beauty", "food", "korea")


def stood_under(cards: Iterable[Card]) -> Counter[str]:
    return Counter(source for card in cards for source in shown_as(card))


def story(
    number: int,
    *categories: str,
    hours: float = 1,
    sources: int = 1,
    breaking: bool = False,
    paper: str = "",
    korean: str = "",
    names: Iterable[str] = (),
    title: str = "",
    **more: float,
) -> Card:
    """A story of a paper of its own, or of `paper`, in English and where `korean` names a paper in Korean too."""
    told = {
        language: Version(language, title or f"{number}", f"https://daily.example/{number}", source)
        for language, source in (("en", paper or f"paper {number}"), ("ko", korean))
        if source
    }
    return Card(
        StoryId(number),
        NOW - timedelta(hours=hours),
        categories,
        told,
        breaking,
        sources,
        names=tuple(names),
        **more,
    )


def composed(
    cards: Iterable[Card],
    wanted: Iterable[str] = SLUGS,
    most: int = 12,
    without: Iterable[int] = (),
    *,
    followed: Iterable[int] = (),
    others: Iterable[Card] = (),
) -> DigestContent | None:
    return compose(
        cards,
        categories=SLUGS,
        wanted=frozenset(wanted),
        since=NOW - timedelta(days=1),
        upto=NOW,
        max_stories=most,
        without=frozenset(map(StoryId, without)),
        followed=frozenset(map(StoryId, followed)),
        others=others,
    )


def shown(content: DigestContent | None) -> dict[str, list[int]]:
    assert content is not None
    lead = {"lead": [int(content.lead.story)]} if content.lead else {}
    missed = {"missed": [int(card.story) for card in content.missed]} if content.missed else {}
    return lead | {one.category: [int(card.story) for card in one.cards] for one in content.sections} | missed


def test_nothing_new_is_no_digest() -> None:
    assert composed([]) is None


def test_stories_of_other_categories_are_no_digest() -> None:
    assert composed([story(1, "food")], wanted=["kpop"]) is None


def test_sections_stand_in_the_order_of_the_settings() -> None:
    content = composed([story(1, "korea"), story(2, "kpop"), story(3, "drama"), story(4, "korea", sources=4)])
    assert list(shown(content)) == ["lead", "kpop", "drama", "korea"]


def test_a_story_of_two_categories_stands_in_the_first_one_wanted() -> None:
    both = story(1, "drama", "kpop")
    assert shown(composed([both])) == {"kpop": [1]}
    assert shown(composed([both], wanted=["korea", "drama"])) == {"drama": [1]}


def test_the_most_important_leads_and_the_others_stand_in_their_order() -> None:
    cards = [
        story(1, "kpop", hours=1),
        story(2, "kpop", hours=9, sources=6),
        story(3, "kpop", breaking=True, hours=5),
    ]
    assert shown(composed(cards)) == {"lead": [3], "kpop": [2, 1]}


def test_two_stories_need_no_lead() -> None:
    assert shown(composed([story(1, "kpop"), story(2, "food", sources=2)])) == {"kpop": [1], "food": [2]}


def test_the_lead_is_its_categorys_place() -> None:
    told = composed(
        [story(1, "food", sources=9), story(2, "kpop"), story(3, "kpop"), story(4, "kpop")], most=3
    )
    assert shown(told) == {"lead": [1], "kpop": [2, 3]}


def test_each_category_gets_its_best_before_any_gets_a_second() -> None:
    busy = [story(n, "kpop", sources=5) for n in range(1, 9)]
    content = composed([*busy, story(20, "food", hours=20), story(21, "korea", hours=22)], most=4)
    assert shown(content) == {"lead": [1], "kpop": [2], "food": [20], "korea": [21]}
    assert content is not None
    assert content.more == 6


def test_what_is_followed_stands_first_whatever_its_category_and_once() -> None:
    assert shown(composed([story(1, "kpop"), story(2, "kpop", hours=9)], followed=[2])) == {
        "*": [2],
        "kpop": [1],
    }
    assert list(shown(composed([story(1, "kpop"), story(3)], wanted=["kpop"], followed=[3]))) == ["*", "kpop"]
    assert shown(composed([story(3)], wanted=[], followed=[3])) == {"*": [3]}


def test_what_is_followed_comes_before_the_second_of_a_category() -> None:
    busy = [story(n, "kpop", sources=9) for n in range(1, 9)]
    quiet = [story(n, "food", hours=20) for n in range(20, 23)]
    content = composed([*busy, *quiet], wanted=["kpop"], followed=[20, 21, 22], most=4)
    assert content is not None
    told = [content.lead, *(card for section in content.sections for card in section.cards)]
    assert {20, 21, 22} < {card.story for card in told if card}
    assert len(told) == 4


def test_what_is_followed_and_told_already_is_not_told_again() -> None:
    assert composed([story(1, "kpop")], followed=[1], without=[1]) is None


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


# -- sources, names, what was missed ----------------------------------------------------------------------------


def test_at_most_three_stand_of_one_source_while_others_have_news() -> None:
    loud = [story(n, "kpop", paper="daily", sources=9) for n in range(1, 10)]
    quiet = [story(n, "kpop", paper=f"paper {n % 3}", hours=20) for n in range(20, 29)]
    content = composed([*loud, *quiet], most=12)
    assert content is not None
    assert stood_under(content.cards) == {"daily": 3, "paper 0": 3, "paper 1": 3, "paper 2": 3}


def test_a_source_counts_by_what_readers_of_each_language_see() -> None:
    loud = [story(n, "kpop", paper=f"paper {n}", korean="일보", sources=9) for n in range(1, 10)]
    quiet = [story(n, "kpop", hours=20) for n in range(20, 24)]
    content = composed([*loud, *quiet], most=7)
    assert content is not None
    assert stood_under(content.cards)["일보"] == 3


def test_where_one_source_alone_has_news_it_fills_the_digest() -> None:
    content = composed([story(n, "kpop", paper="daily") for n in range(1, 10)], most=6)
    assert content is not None
    assert len(content.cards) == 6


def test_a_category_takes_its_best_from_another_source_where_one_is_crowded() -> None:
    crowd = [story(n, "kpop", paper="daily", sources=9) for n in range(1, 4)]
    crowd += [
        story(n, slug, paper="daily", sources=8) for n, slug in ((4, "drama"), (5, "beauty"), (6, "food"))
    ]
    other = [story(7, "food", paper="post", hours=20)]
    told = shown(composed([*crowd, *other], most=4))
    assert told["food"] == [7]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("AAAAxy", "AAxAAy"),
        ("xyAAAA", "xAAyAA"),
        ("AAAx", "AAxA"),
        ("AAA", "AAA"),
        ("ABABAB", "ABABAB"),
        ("AAABBB", "AABABB"),
        ("xAyAzA", "xAyAzA"),
        ("", ""),
    ],
)
def test_no_three_on_one_name_stand_in_a_row_where_others_can_stand_between(row: str, expected: str) -> None:
    names = {"A": ["aespa"], "B": ["haedal"]}
    ordered = [story(n, names=names.get(letter, ())) for n, letter in enumerate(row)]
    put = apart(ordered)
    assert "".join(row[int(card.story)] for card in put) == expected


def test_a_member_counts_for_her_group() -> None:
    ordered = [
        story(n, names=[name]) for n, name in enumerate(("aespa", "aespa.karina", "aespa.winter", "ive"))
    ]
    assert [int(card.story) for card in apart(ordered)] == [0, 1, 3, 2]


def test_what_stands_above_counts_too() -> None:
    above = [story(1, names=["aespa"]), story(2, names=["aespa"])]
    ordered = [story(3, names=["aespa"]), story(4)]
    put = apart(ordered, above)
    assert [int(card.story) for card in put] == [4, 3]


@given(st.lists(st.sampled_from("AAABxyz"), max_size=12))
def test_three_in_a_row_stand_only_where_there_is_no_way_round(row: list[str]) -> None:
    ordered = [story(n, names=[letter] if letter in "AB" else ()) for n, letter in enumerate(row)]
    put = apart(ordered)
    assert sorted(card.story for card in put) == sorted(card.story for card in ordered)
    letters = "".join(row[int(card.story)] for card in put)
    for name in "AB":
        if letters.count(name) <= 2 * (len(letters) - letters.count(name) + 1):
            assert name * 3 not in letters


def test_of_two_like_stories_one_makes_room_for_another_subject() -> None:
    told = [
        story(1, "kpop", sources=4, names=["haedal"], title="HAEDAL sell out both nights in Seoul"),
        story(2, "kpop", sources=4, names=["haedal"], title="Both HAEDAL nights in Seoul sell out"),
        story(3, "kpop", sources=3, title="Rookie duo wins its first trophy"),
    ]
    content = composed(told, most=2)
    assert content is not None
    assert {int(card.story) for card in content.cards} == {1, 3}


def test_what_rang_in_other_categories_is_not_to_be_missed() -> None:
    others = [
        story(50, "korea", breaking=True, sources=2),
        story(51, "food", breaking=True),
        story(52, "beauty", breaking=True, sources=9),
        story(
            53, "kpop", "korea", breaking=True, sources=99
        ),  # of a category that they follow: theirs anyway
        story(54, "gone", breaking=True, sources=99),
    ]
    told = shown(composed([story(1, "kpop")], wanted=["kpop"], others=others))
    assert told == {"kpop": [1], "missed": [52, 50]}


def test_what_was_missed_is_told_once_and_makes_no_digest_alone() -> None:
    rang = story(50, "korea", breaking=True)
    assert composed([], wanted=["kpop"], others=[rang]) is None
    assert shown(composed([story(1, "kpop")], wanted=["kpop"], others=[rang], without=[50])) == {"kpop": [1]}
    assert shown(composed([story(1, "kpop"), rang], wanted=["kpop"], others=[rang], followed=[50])) == {
        "*": [50],
        "kpop": [1],
    }


cards = st.lists(
    st.builds(
        lambda number, slugs, hours, sources, breaking, paper, korean, names: story(
            number,
            *slugs,
            hours=hours,
            sources=sources,
            breaking=breaking,
            paper=paper,
            korean=korean,
            names=names,
        ),
        st.integers(1, 40),
        st.sets(st.sampled_from([*SLUGS, "gone"]), max_size=3),
        st.floats(-2, 30),
        st.integers(1, 9),
        st.booleans(),
        st.sampled_from(["daily", "post", "wire", "weekly", "herald", ""]),
        st.sampled_from(["", "일보", "신문"]),
        st.sets(st.sampled_from(["aespa", "aespa.karina", "haedal", "ive"]), max_size=2),
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
    told = content.cards
    assert content.missed == ()
    assert len({card.story for card in told}) == len(told) == min(most, len(eligible))
    assert content.more == len(eligible) - len(told)
    order = [section.category for section in content.sections]
    assert order == [slug for slug in SLUGS if slug in order]
    assert (content.lead is not None) == (len(told) > 2)
    assert content.lead in (None, by_importance(told, NOW)[0])
    first = {card.story: next(s for s in SLUGS if s in wanted and s in card.categories) for card in eligible}
    assert all(
        first[card.story] == section.category for section in content.sections for card in section.cards
    )
    if len(set(first.values())) <= most:
        assert {first[card.story] for card in told} == set(first.values())
    stood = stood_under(told)
    if len(set(first.values())) <= MOST_OF_SOURCE < max(stood.values()):
        crowded = {source for source, many in stood.items() if many >= MOST_OF_SOURCE}
        assert all(shown_as(card) & crowded for card in eligible if card not in told)
    shuffled = list(given_cards)
    chance.shuffle(shuffled)
    assert composed(shuffled, wanted, most) == content


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (story(1, breaking=True), story(2)),
        (story(1, sources=3), story(2)),
        (story(1, hours=1), story(2, hours=10)),
        (story(1, hours=1, sources=1), story(2, hours=26, sources=2)),
        (story(1, sources=3), story(2, sources=5, copies=3)),
        (story(1, sources=4, burst=4), story(2, sources=4, burst=1)),
        (story(1, weight=2.0), story(2)),
        (story(1), story(2, weight=0.5)),
        (story(1, weight=3.0), story(2, sources=2)),
        (story(1, breaking=True, hours=20), story(2, sources=3, hours=1)),
    ],
)
def test_what_weighs_more(more: Card, less: Card) -> None:
    assert importance(more, NOW) > importance(less, NOW)


def test_a_story_from_the_future_weighs_no_more_than_one_of_now() -> None:
    assert importance(story(1, hours=-5), NOW) == importance(story(2, hours=0), NOW)


def test_equals_stand_by_time_then_by_number() -> None:
    assert [card.story for card in by_importance([story(9), story(3), story(5)], NOW)] == [3, 5, 9]


# -- one ranking, each its own part of it -------------------------------------------------------------------------


def ranked(
    cards: Iterable[Card],
    wanted: Iterable[str] = SLUGS,
    most: int = 12,
    *,
    followed: Iterable[int] = (),
    others: Iterable[Card] = (),
) -> Ranking:
    return rank(
        cards,
        categories=SLUGS,
        wanted=frozenset(wanted),
        since=NOW - timedelta(days=1),
        upto=NOW,
        max_stories=most,
        followed=frozenset(map(StoryId, followed)),
        others=others,
    )


def test_a_ranking_is_three_times_as_long_as_a_digest() -> None:
    ranking = ranked([story(n, "kpop", hours=n) for n in range(1, 20)], most=2)
    assert [one.card.story for one in ranking.ranked] == [1, 2, 3, 4, 5, 6]
    assert ranking.stories == 19


def test_a_chat_is_told_the_first_stories_that_it_has_not_had() -> None:
    ranking = ranked([story(n, "kpop", hours=n) for n in range(1, 20)], most=2)
    assert shown(pick(ranking, {StoryId(1), StoryId(3)})) == {"kpop": [2, 4]}
    assert told(ranking, {StoryId(1), StoryId(3)}) == {2, 4}


def test_more_counts_neither_what_is_told_nor_what_was() -> None:
    ranking = ranked([story(n, "kpop", hours=n) for n in range(1, 20)], most=2)
    assert pick(ranking).more == 17
    assert pick(ranking, {StoryId(1), StoryId(19)}).more == 15, "one of them is not even ranked"


def test_a_category_keeps_its_place_where_its_best_was_had() -> None:
    busy = [story(n, "kpop", sources=9) for n in range(1, 5)]
    quiet = [story(20, "food", hours=10), story(21, "food", hours=11)]
    ranking = ranked([*busy, *quiet], most=2)
    assert shown(pick(ranking))["food"] == [20]
    assert shown(pick(ranking, {StoryId(20)}))["food"] == [21]


def test_what_was_missed_is_offered_to_whom_it_is_news() -> None:
    others = [story(n, "korea", breaking=True, hours=n) for n in range(1, 9)]
    ranking = ranked([story(50, "kpop")], wanted=["kpop"], others=others)
    assert shown(pick(ranking))["missed"] == [1, 2]
    assert shown(pick(ranking, {StoryId(1)}))["missed"] == [2, 3]
    assert pick(ranking, {StoryId(1)}).more == 0
    assert pick(ranking, {StoryId(50)}).cards == (), "what was missed makes no digest alone"
    assert told(ranking, {StoryId(50)}) == frozenset()


def test_a_ranking_does_not_suffice_where_all_anew_would_give_more() -> None:
    cards_ = [*(story(n, "kpop", sources=9) for n in range(1, 9)), *(story(n, "food") for n in (20, 21))]
    ranking = ranked(cards_, most=1)
    here = {one.card.story for one in ranking.ranked}
    beyond = {card.story: card.categories[0] for card in cards_ if card.story not in here}
    assert suffices(ranking, beyond, frozenset())
    assert not suffices(ranking, beyond, here), "nothing of it is left"
    food = {story for story in here if story >= 20}
    assert not suffices(ranking, beyond, food), "a category would fall out that has more"
    assert suffices(ranking, {}, here)


had = st.sets(st.integers(1, 40), max_size=12)


@given(cards, st.sets(st.sampled_from(SLUGS)), st.integers(1, 6), had)
def test_whatever_a_chat_has_had_its_digest_keeps_the_rules(
    given_cards: list[Card], wanted: set[str], most: int, without: set[StoryId]
) -> None:
    ranking = ranked(given_cards, wanted, most)
    under = {
        card.story: next(s for s in SLUGS if s in wanted and s in card.categories)
        for card in given_cards
        if wanted & set(card.categories)
    }
    mine = without & under.keys()
    here = {one.card.story for one in ranking.ranked}
    beyond = {story: slug for story, slug in under.items() if story not in here}
    content = pick(ranking, mine)
    cards_ = content.cards
    assert {card.story for card in cards_} == told(ranking, mine)
    assert not {card.story for card in cards_} & without
    assert len({card.story for card in cards_}) == len(cards_) <= most
    assert all(
        under[card.story] == section.category for section in content.sections for card in section.cards
    )
    assert (content.lead is not None) == (len(cards_) > 2)
    assert content.lead is None or content.lead == by_importance(cards_, NOW)[0]
    assert content.more == len(under.keys() - mine) - len(cards_)
    if suffices(ranking, beyond, mine):
        left = {under[story] for story in under.keys() - mine}
        assert len(cards_) == min(most, len(under.keys() - mine))
        if len(left) <= most:
            assert {under[card.story] for card in cards_} == left


@given(cards, st.sets(st.sampled_from(SLUGS)), st.integers(1, 6))
def test_who_had_nothing_is_told_what_a_ranking_of_that_length_would_be(
    given_cards: list[Card], wanted: set[str], most: int
) -> None:
    deep = ranked(given_cards, wanted, most)
    assert [one.card.story for one in deep.ranked][:most] == [
        one.card.story for one in ranked(given_cards, wanted, most * 2).ranked
    ][:most]
    assert told(deep) == {one.card.story for one in deep.ranked[:most]}


# -- tastes -----------------------------------------------------------------------------------------------------


def test_chats_whose_last_digests_left_seconds_apart_have_one_pool() -> None:
    alike = {
        pool_of(frozenset({"kpop"}), after=5, named_after=2, last_at=NOW + timedelta(seconds=n), due_at=NOW)
        for n in range(90)
    }
    assert len(alike) == 1


def test_a_first_digest_covers_the_day_before_it_was_due() -> None:
    pool = pool_of(frozenset(), after=None, named_after=None, last_at=None, due_at=NOW)
    assert (pool.since, pool.last) == (NOW - timedelta(days=1), NOW - timedelta(days=1))
    later = replace(pool, after=7)
    assert later.last == NOW


def test_whatever_decides_a_ranking_makes_another_taste() -> None:
    pool = pool_of(frozenset({"kpop"}), after=5, named_after=5, last_at=NOW, due_at=NOW)
    tastes = {
        Taste(pool),
        Taste(replace(pool, wanted=frozenset({"kpop", "drama"}))),
        Taste(replace(pool, after=6)),
        Taste(replace(pool, named_after=6)),
        Taste(replace(pool, since=NOW)),
        Taste(pool, followed=frozenset({StoryId(1)})),
        Taste(pool, without=frozenset({StoryId(1)})),
    }
    assert len(tastes) == 7
    assert Taste(replace(pool, wanted=frozenset(["kpop"]))) == Taste(pool)
