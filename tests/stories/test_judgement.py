from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Begins, Entry, EntryId, Joins, Known, StoryId, Unjudged
from digests.settings import Category, FeedSettings, Settings
from digests.stories.judgement import EARLIEST, judge_entry, told_at

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SETTINGS = Settings(
    categories=(Category("kpop", {"en": "K-pop"}), Category("drama", {"en": "Drama"})),
    feeds=(
        FeedSettings(
            url="https://daily.example/feed",
            name="daily",
            categories=("kpop",),
            category_map={"드라마": "drama"},
        ),
    ),
)


def unjudged(title: str = "[속보] 달밴드, 소속사와 결별", **more: object) -> Unjudged:
    entry = Entry("k", title, link="https://daily.example/1", published=NOW - timedelta(minutes=3))
    made = Unjudged(EntryId(1), "daily", entry, "daily.example/1", "달밴드 소속사와 결별", NOW, history=False)
    return replace(made, **more)  # type: ignore[arg-type]


def test_one_entry_is_judged_whole() -> None:
    filed = judge_entry(unjudged(), [], SETTINGS, NOW)
    assert filed.placement == Begins()
    assert filed.categories == {"kpop"}
    assert filed.at == NOW - timedelta(minutes=3)
    assert filed.language == "ko"
    assert filed.decision.rings
    assert filed.unjudged == unjudged()


def test_an_entry_that_joins_is_decided_all_the_same() -> None:
    plain = Known(StoryId(9), "", "달밴드 소속사와 결별", NOW - timedelta(hours=1))
    filed = judge_entry(unjudged(), [plain], SETTINGS, NOW)
    assert filed.placement == Joins(StoryId(9), "title")
    assert filed.decision.rings


def test_an_entry_of_a_feed_that_is_configured_no_more_is_filed_under_nothing() -> None:
    assert judge_entry(unjudged(feed="gone"), [], SETTINGS, NOW).categories == frozenset()


@pytest.mark.parametrize(
    ("published", "at"),
    [
        (NOW - timedelta(hours=1), NOW - timedelta(hours=1)),
        (NOW + timedelta(hours=9), NOW),
        (datetime(1970, 1, 1, tzinfo=UTC), EARLIEST),
        (None, NOW),
    ],
)
def test_a_story_is_told_as_published_but_neither_before_there_was_a_web_nor_after_it_was_seen(
    published: datetime | None, at: datetime
) -> None:
    assert told_at(unjudged(entry=Entry("k", "A title", published=published))) == at


@given(st.none() | st.datetimes(timezones=st.just(UTC)))
def test_the_time_of_a_story_is_always_within_bounds(published: datetime | None) -> None:
    assert EARLIEST <= told_at(unjudged(entry=Entry("k", "A title", published=published))) <= NOW


@given(st.none() | st.datetimes(timezones=st.just(UTC)))
def test_absurd_dates_are_judged_without_complaint(published: datetime | None) -> None:
    judge_entry(unjudged(entry=Entry("k", "A title", published=published)), [], SETTINGS, NOW)
