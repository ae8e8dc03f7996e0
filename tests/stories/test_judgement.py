"""The whole judgement, and the memory that it rests on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Begins, Entry, EntryId, Filed, Joins, Known, StoryId, Unjudged
from digests.settings import Category, FeedSettings, Settings
from digests.stories.judgement import EARLIEST, WINDOW, Newsroom, told_at
from tests.words import vocabulary

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SETTINGS = Settings(
    categories=(
        Category("kpop", {"en": "K-pop"}),
        Category("drama", {"en": "Drama"}),
        Category("korea", {"en": "Korea"}),
    ),
    feeds=(
        FeedSettings("https://daily.example/feed", "daily", ("kpop",), category_map={"드라마": "drama"}),
        FeedSettings("https://wire.example/feed", "wire", ("korea",)),
        FeedSettings("https://post.example/feed", "post", ("korea",)),
    ),
)
FERRY = "[속보] 나루도 앞바다서 여객선 좌초…승객 120명 대피 중"
FERRY_AGAIN = "나루도 앞바다 여객선 좌초, 승객 120명 대피"
FERRY_IN_ENGLISH = "Ferry runs aground off Narudo island with 120 passengers aboard"


class Desk:
    """A newsroom that remembers what it judged, as the judge step has it."""

    def __init__(self, newsroom: Newsroom | None = None) -> None:
        self.newsroom = newsroom or Newsroom(SETTINGS, vocabulary())
        self.stories = 0
        self.seen: list[tuple[Filed, StoryId]] = []

    def judge(self, one: Unjudged, *known: Known) -> Filed:
        judgement = self.newsroom.judge(one, one.seen_at, known)
        filed = judgement.filed
        if isinstance(filed.placement, Joins):
            story = filed.placement.story
        else:
            self.stories += 1
            story = StoryId(self.stories)
        self.newsroom.keep(judgement, story)
        self.seen.append((filed, story))
        return filed


def unjudged(title: str, feed: str = "wire", *, minutes: float = 0, **more: object) -> Unjudged:
    seen = NOW + timedelta(minutes=minutes)
    number = abs(hash((title, feed, minutes))) % 10**9
    entry = Entry(
        str(number), title, link=f"https://{feed}.example/{number}", published=seen - timedelta(minutes=3)
    )
    made = Unjudged(EntryId(number), feed, entry, f"{feed}.example/{number}", title, seen, history=False)
    return replace(made, **more)  # type: ignore[arg-type]


def test_one_entry_is_judged_whole() -> None:
    one = unjudged(FERRY)
    filed = Desk().judge(one)
    assert filed.placement == Begins()
    assert filed.categories == {"korea"}
    assert filed.at == NOW - timedelta(minutes=3)
    assert filed.language == "ko"
    assert filed.decision.rings
    assert filed.decision.turn == 1
    assert filed.unjudged == one
    assert filed.why_categories


def test_a_second_telling_joins_in_either_language_and_rings_nobody_again() -> None:
    desk = Desk()
    desk.judge(unjudged(FERRY))
    korean = desk.judge(unjudged(FERRY_AGAIN, "post", minutes=4))
    english = desk.judge(unjudged(FERRY_IN_ENGLISH, "post", minutes=9))
    assert isinstance(korean.placement, Joins)
    assert isinstance(english.placement, Joins)
    assert not korean.decision.rings
    assert not english.decision.rings
    assert "told" in {reason.code for reason in english.decision.reasons}


def test_what_is_looked_at_and_not_kept_leaves_no_trace() -> None:
    newsroom = Newsroom(SETTINGS, vocabulary())
    first = newsroom.judge(unjudged(FERRY), NOW)
    assert newsroom.judge(unjudged(FERRY), NOW) == first


def test_a_newsroom_that_was_read_back_judges_as_the_old_one_did() -> None:
    desk = Desk()
    for minute, title in enumerate([FERRY, "국회, 예산안 처리", FERRY_AGAIN, "가수 한이재, 새 앨범 발매"]):
        desk.judge(unjudged(title, "post" if minute % 2 else "wire", minutes=minute))
    again = Newsroom(SETTINGS, vocabulary())
    for filed, story in desk.seen:
        again.replay(
            filed.unjudged,
            story,
            turn=filed.decision.turn,
            why_categories=filed.why_categories,
            rumour=filed.decision.rumour,
            begins=filed.placement == Begins(),
        )
    again.settle()
    later = unjudged(FERRY_IN_ENGLISH, "post", minutes=30)
    was, now = desk.newsroom.judge(later, later.seen_at).filed, again.judge(later, later.seen_at).filed
    assert (was.placement, was.categories, was.decision.rings) == (
        now.placement,
        now.categories,
        now.decision.rings,
    )


def test_what_is_older_than_the_window_is_joined_by_its_link_alone_and_rings_nobody() -> None:
    desk = Desk()
    old = unjudged(FERRY, history=True)
    old = replace(old, entry=replace(old.entry, published=NOW - WINDOW - timedelta(hours=1)))
    filed = desk.judge(old)
    assert not filed.decision.rings
    assert {reason.code for reason in filed.decision.reasons} == {"history"}
    assert desk.judge(unjudged(FERRY_AGAIN, "post", minutes=1)).placement == Begins()
    known = Known(StoryId(77), old.link_key, "", NOW - timedelta(days=30))
    assert desk.judge(replace(old, id=EntryId(5)), known).placement == Joins(StoryId(77), "link")


def test_a_link_of_any_age_speaks_louder_than_words() -> None:
    desk = Desk()
    desk.judge(unjudged(FERRY))
    one = unjudged(FERRY_AGAIN, "post", minutes=2)
    known = Known(StoryId(40), one.link_key, "", NOW - timedelta(days=20))
    assert desk.judge(one, known).placement == Joins(StoryId(40), "link")


def test_stories_past_the_window_are_forgotten() -> None:
    desk = Desk()
    desk.judge(unjudged(FERRY))
    desk.newsroom.forget(NOW + WINDOW + timedelta(hours=1))
    late = unjudged(FERRY_AGAIN, "post", minutes=60 * 73)
    assert desk.judge(late).placement == Begins()


def test_an_entry_of_a_feed_that_is_configured_no_more_is_filed_under_nothing() -> None:
    filed = Desk().judge(unjudged("Good morning, everyone", feed="gone"))
    assert filed.categories == frozenset()


@pytest.mark.parametrize(
    ("published", "at"),
    [
        (NOW - timedelta(hours=1), NOW - timedelta(hours=1)),
        (NOW + timedelta(hours=9), NOW),
        (datetime(1970, 1, 1, tzinfo=UTC), EARLIEST),
        (None, NOW),
    ],
)
def test_the_time_it_is_shown_with(published: datetime | None, at: datetime) -> None:
    one = unjudged(FERRY)
    assert told_at(replace(one, entry=replace(one.entry, published=published))) == at


@given(st.text(max_size=200), st.text(max_size=200), st.lists(st.text(max_size=30), max_size=4))
def test_whatever_an_entry_says_it_is_judged(title: str, summary: str, tags: list[str]) -> None:
    one = unjudged("x")
    odd = replace(one, entry=replace(one.entry, title=title, summary=summary, tags=tuple(tags)))
    desk = Desk()
    first = desk.judge(odd)
    desk.judge(replace(odd, id=EntryId(2), link_key="other"))
    assert first.categories <= {"kpop", "drama", "korea"}
