import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Entry, Reason
from digests.settings import FeedSettings
from digests.stories.categories import CategoryWords, categorise

WORDS = CategoryWords()  # none: what sections and feeds say alone
KNOWN = ("kpop", "drama", "food", "korea")
FEED = FeedSettings(
    url="https://daily.example/feed",
    name="daily",
    categories=("kpop",),
    category_map={"Drama & Film": "drama", "드라마": "drama", "맛집": "food", "Gone": "retired"},
)


def entry(*tags: str) -> Entry:
    return Entry("k", "A title", tags=tags)


@pytest.mark.parametrize(
    ("tags", "filed"),
    [
        (("Drama & Film",), {"drama"}),
        (("drama & film",), {"drama"}),
        (("  Drama   &\u00a0Film ",), {"drama"}),
        ((unicodedata.normalize("NFD", "드라마"),), {"drama"}),
        (("맛집", "드라마"), {"food", "drama"}),
        (("Weather",), {"kpop"}),
        ((), {"kpop"}),
        (("Gone",), {"kpop"}),  # the map points to a category that is no more
        (("Gone", "맛집"), {"food"}),
        (("Drama",), {"kpop"}),  # a part of the publisher's word is another word
    ],
)
def test_the_publishers_words_through_the_map_else_the_feeds_categories(
    tags: tuple[str, ...], filed: set[str]
) -> None:
    assert categorise(entry(*tags), FEED, KNOWN, WORDS).categories == filed


def test_the_evidence_is_kept() -> None:
    assert categorise(entry("맛집"), FEED, KNOWN, WORDS).reasons == (Reason("map", "맛집 → food"),)
    assert categorise(entry(), FEED, KNOWN, WORDS).reasons == (Reason("feed", "kpop"),)


@given(st.lists(st.sampled_from(["맛집", "드라마", "Gone", "x", ""]), max_size=5))
def test_only_known_categories_are_given_and_each_has_its_reason(tags: tuple[str, ...]) -> None:
    filing = categorise(entry(*tags), FEED, KNOWN, WORDS)
    assert filing.categories <= set(KNOWN)
    assert filing.categories
    assert all(any(slug in reason.evidence for reason in filing.reasons) for slug in filing.categories)
