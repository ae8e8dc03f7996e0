"""The invented headlines that other tests tell stories with are what those tests take them for."""

from datetime import UTC, datetime, timedelta

import pytest

from digests.feeds.identity import link_key, title_key
from digests.model import Begins, Entry, EntryId, Filed, StoryId, Unjudged
from digests.settings import Category, FeedSettings, Settings
from digests.stories.judgement import Newsroom
from tests.headlines import RINGS, WAITS
from tests.words import vocabulary

MORNING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
CATEGORIES = ("kpop", "drama", "korea")
LISTED = [(title, slug) for table in (RINGS, WAITS) for slug, titles in table.items() for title in titles]
BREAKING = {title for titles in RINGS.values() for title in titles}


def told(language: str) -> list[Filed]:
    """What the newsroom makes of all of them, a minute from one to the next."""
    feeds = tuple(
        FeedSettings(f"https://{slug}.example/feed", slug, (slug,), language=language) for slug in CATEGORIES
    )
    categories = tuple(Category(slug, {"en": slug}) for slug in CATEGORIES)
    newsroom = Newsroom(Settings(categories=categories, feeds=feeds), vocabulary())
    filed = []
    for number, (title, slug) in enumerate(LISTED, 1):
        seen_at, link = MORNING + timedelta(minutes=number), f"https://paper.example/{number}"
        unjudged = Unjudged(
            id=EntryId(number),
            feed=slug,
            entry=Entry(link, title, link=link, summary=f"{title}.", published=seen_at),
            link_key=link_key(link),
            title_key=title_key(title, ""),
            seen_at=seen_at,
            history=False,
        )
        judgement = newsroom.judge(unjudged, seen_at)
        newsroom.keep(judgement, StoryId(number))
        filed.append(judgement.filed)
    return filed


@pytest.fixture(scope="module", params=["", "en"])
def filed(request: pytest.FixtureRequest) -> list[Filed]:
    """From feeds that do not say their language, and from those that say it wrongly of some."""
    return told(request.param)


def test_each_headline_is_a_story_of_its_own(filed: list[Filed]) -> None:
    assert [one.unjudged.entry.title for one in filed if one.placement != Begins()] == []


def test_each_is_filed_under_the_category_that_it_is_listed_under(filed: list[Filed]) -> None:
    assert {one.unjudged.entry.title: one.categories for one in filed} == {
        title: {slug} for title, slug in LISTED
    }


def test_what_breaks_rings_with_sound_and_the_rest_does_not_ring(filed: list[Filed]) -> None:
    assert {one.unjudged.entry.title for one in filed if one.decision.rings} == BREAKING
    assert [one.unjudged.entry.title for one in filed if one.decision.silent] == []
