"""judge: stories from the entries of several feeds, what rings and for whom, and one transaction a batch."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from digests import judge as step
from digests.model import Begins, Filed, Joins
from digests.store import tables
from tests.headlines import RINGS, WAITS
from tests.words import vocabulary

OPENS = "Fire breaks out at paper mill in Suwon"  # rings as a bulletin, not as a plain report
MANY = (*RINGS["kpop"], *RINGS["korea"])


async def broadcasts(newsroom: Any) -> list[frozenset[str]]:
    return [frozenset(row.categories) for row in await newsroom.rows(select(tables.broadcasts))]


def codes(filed: Filed) -> set[str]:
    return {reason.code for reason in filed.decision.reasons}


async def test_the_same_title_in_two_feeds_is_one_story(newsroom) -> None:
    newsroom.publish("A quiet album tops the charts again", "daily")
    newsroom.publish("A quiet album tops the charts again - The Post", "post", "K-pop")
    await newsroom.news()
    assert len(await newsroom.column(tables.stories.c.id)) == 1
    assert await newsroom.column(tables.decisions.c.placed) == ["begins", "title"]


async def test_the_same_link_in_two_feeds_is_one_story(newsroom) -> None:
    newsroom.publish("A quiet album tops the charts again", "daily", slug="album")
    newsroom.publish("Charts: the quiet one wins for a third week", "post", slug="album")
    await newsroom.news()
    assert len(await newsroom.column(tables.stories.c.id)) == 1
    assert await newsroom.column(tables.decisions.c.placed) == ["begins", "link"]


async def test_other_titles_at_other_links_are_other_stories(newsroom) -> None:
    for title in WAITS["kpop"][:5]:
        newsroom.publish(title, "daily")
    await newsroom.news()
    assert len(await newsroom.column(tables.stories.c.id)) == 5


async def test_one_event_told_in_other_words_is_one_story(newsroom) -> None:
    newsroom.publish("Ferry with 41 aboard runs aground off Heuksando", "daily")
    newsroom.publish("Coast guard frees ferry aground off Heuksando, all 41 aboard safe", "post")
    await newsroom.news()
    assert len(await newsroom.column(tables.stories.c.id)) == 1
    assert await newsroom.column(tables.decisions.c.placed) == ["begins", "words"]


@pytest.mark.parametrize(
    ("feed", "tags", "categories"),
    [
        ("daily", (), {"kpop"}),
        ("daily", ("Screen",), {"drama"}),
        ("daily", ("SCREEN ", "Something"), {"drama"}),
        ("daily", ("Something",), {"kpop"}),
        ("daily", ("Vegetables",), {"kpop"}),  # the map points to a category that there is not
        ("post", ("K-pop", "Series"), {"kpop", "drama"}),
        ("post", (), {"korea"}),
    ],
)
async def test_the_feeds_own_categories_go_through_its_map(newsroom, feed, tags, categories) -> None:
    newsroom.publish("A story that wants a place", feed, *tags)
    (filed,) = await newsroom.news()
    assert filed.categories == categories
    assert set(await newsroom.column(tables.filings.c.category)) == categories


@pytest.mark.parametrize(
    ("title", "feed", "tags"),
    [
        (f"BREAKING: {OPENS}", "daily", ()),
        (f"[속보] {OPENS}", "daily", ()),
        (OPENS, "flash", ()),  # the operator marked the feed
        ("Ferry with 41 aboard runs aground off Heuksando", "daily", ()),  # so it is, whatever it is called
    ],
)
async def test_a_fresh_breaking_entry_is_announced_once_and_its_reasons_are_kept(
    newsroom, title, feed, tags
) -> None:
    await newsroom.subscribe("kpop")
    newsroom.publish(title, feed, *tags)
    (filed,) = await newsroom.news()
    assert filed.decision.rings
    assert await broadcasts(newsroom) == [filed.categories]
    (decision,) = await newsroom.rows(select(tables.decisions))
    assert decision.rings
    assert {reason["code"] for reason in decision.reasons} == codes(filed) != set()
    (edition,) = await newsroom.rows(select(tables.editions))
    assert edition.content["card"]["breaking"] is True


@pytest.mark.parametrize(
    ("title", "tags"),
    [
        (OPENS, ("Breaking",)),
        ("BREAKING: PAPERLANE post the track list of their new album", ()),
        ("BREAKING: The rain in Suwon", ()),
    ],
)
async def test_neither_a_tag_nor_a_marker_rings_by_itself(newsroom, title, tags) -> None:
    await newsroom.subscribe("kpop")
    newsroom.publish(title, "daily", *tags)
    (filed,) = await newsroom.news()
    assert codes(filed) & {"tag", "marker"}
    assert not filed.decision.rings
    assert await broadcasts(newsroom) == []


@pytest.mark.parametrize("tags", [("Breaking", "Opinion"), ("Breaking", "칼럼")])
async def test_an_opinion_piece_filed_under_breaking_does_not_ring_and_is_in_the_digest(
    newsroom, tags
) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish("Why we queue for lightsticks", "daily", *tags)
    (filed,) = await newsroom.news()
    assert not filed.decision.rings
    assert "tag" in codes(filed), "what spoke for it is kept as well"
    await newsroom.deliver()
    assert newsroom.got(chat) == []
    newsroom.clock("08:00")
    await newsroom.digest()
    assert newsroom.got(chat) == [("Why we queue for lightsticks",)]


async def test_history_rings_nobody(new_newsroom) -> None:
    new_newsroom.publish(f"BREAKING: {OPENS}", "daily")
    new_newsroom.publish("나루에 불빛이 돌아왔다, 오늘 밤", "flash")
    filed = await new_newsroom.news()
    assert [one.decision.rings for one in filed] == [False, False]
    assert all("history" in codes(one) for one in filed)
    assert await broadcasts(new_newsroom) == []


@pytest.mark.parametrize(("age", "rings"), [(5, True), (7, False)])
async def test_an_old_entry_does_not_ring(newsroom, age: int, rings: bool) -> None:
    newsroom.publish(f"BREAKING: {OPENS}", at=newsroom.time - timedelta(hours=age))
    (filed,) = await newsroom.news()
    assert filed.decision.rings is rings
    assert len(await broadcasts(newsroom)) == rings


async def test_what_waited_too_long_to_be_judged_does_not_ring(newsroom) -> None:
    newsroom.publish(f"BREAKING: {OPENS}")
    await newsroom.poll()
    newsroom.jump(hours=7)
    (filed,) = await newsroom.judge()
    assert not filed.decision.rings


async def test_a_second_feed_with_the_same_breaking_story_announces_nothing(newsroom) -> None:
    newsroom.publish(f"BREAKING: {OPENS}", "daily")
    await newsroom.news()
    newsroom.jump(minutes=5)
    newsroom.publish(f"Breaking News | {OPENS}", "post", "K-pop")
    (second,) = await newsroom.news()
    assert codes(second) >= {"marker", "told"}
    assert await broadcasts(newsroom) == [{"kpop"}]
    assert len(await newsroom.column(tables.editions.c.id)) == 1


@pytest.mark.parametrize("again", [f"BREAKING: {OPENS}", OPENS, "Paper mill in Suwon on fire"])
async def test_a_second_feed_rings_only_for_the_category_that_it_adds(newsroom, again) -> None:
    follows_both = await newsroom.subscribe("kpop", "drama")
    newsroom.publish(f"BREAKING: {OPENS}", "daily")
    await newsroom.news()
    newsroom.jump(minutes=5)
    drama = await newsroom.subscribe("drama")
    newsroom.jump(minutes=5)
    newsroom.publish(again, "post", "Series")
    await newsroom.news()
    assert await broadcasts(newsroom) == [{"kpop"}, {"drama"}]
    (alerted,) = await newsroom.column(tables.stories.c.alerted_at)
    assert alerted == newsroom.time - timedelta(minutes=10), "when it first rang"
    await newsroom.deliver()
    assert len(newsroom.got(follows_both)) == len(newsroom.got(drama)) == 1


async def test_who_was_told_of_it_in_a_digest_is_not_rung_by_the_category_that_a_second_feed_adds(
    newsroom,
) -> None:
    chat = await newsroom.subscribe("kpop", "drama")
    newsroom.clock("08:00")
    newsroom.publish(f"BREAKING: {OPENS}", "daily")
    await newsroom.news()
    await newsroom.digest()  # it is composed before the alert is unfolded
    newsroom.jump(minutes=5)
    newsroom.publish(f"BREAKING: {OPENS}", "post", "Series")
    await newsroom.news()
    await newsroom.deliver()
    assert len(newsroom.got(chat)) == 1


async def test_a_bulletin_that_comes_after_the_plain_report_rings_for_all_its_categories(newsroom) -> None:
    newsroom.publish(OPENS, "daily", "Screen")
    await newsroom.news()
    newsroom.publish(f"BREAKING: {OPENS}", "post", "K-pop")
    await newsroom.news()
    assert await broadcasts(newsroom) == [{"drama", "kpop"}]


async def test_what_no_category_takes_rings_nobody(newsroom) -> None:
    newsroom.publish(f"BREAKING: {OPENS}")
    await newsroom.poll()
    newsroom.settings = replace(newsroom.settings, feeds=())
    (filed,) = await newsroom.judge()
    assert filed.categories == frozenset()
    assert await broadcasts(newsroom) == []


async def test_an_alert_is_about_what_was_judged_before_it_also_within_a_batch(newsroom) -> None:
    await newsroom.subscribe("kpop", "drama")
    newsroom.publish(OPENS, "daily", "Screen", at=newsroom.time - timedelta(minutes=3))
    await newsroom.poll()
    newsroom.publish(f"BREAKING: {OPENS}", "post", "K-pop", at=newsroom.time - timedelta(minutes=2))
    await newsroom.poll()
    newsroom.publish(f"{OPENS} ", "post", "K-pop", at=newsroom.time - timedelta(minutes=1))
    await newsroom.poll()
    filed = await newsroom.judge()
    assert [one.decision.rings for one in filed] == [False, True, False]
    assert await broadcasts(newsroom) == [{"kpop", "drama"}]
    (story,) = await newsroom.column(tables.stories.c.id)
    assert [one.placement for one in filed] == [Begins(), Joins(story, "title"), Joins(story, "title")]


async def test_a_category_that_joins_after_the_alert_in_the_same_batch_is_alerted_too(newsroom) -> None:
    await newsroom.subscribe("kpop", "drama")
    newsroom.publish(f"BREAKING: {OPENS}", "daily", at=newsroom.time - timedelta(minutes=2))
    await newsroom.poll()
    newsroom.publish(OPENS, "post", "Series", at=newsroom.time - timedelta(minutes=1))
    await newsroom.poll()
    assert [one.decision.rings for one in await newsroom.judge()] == [True, False]
    assert await broadcasts(newsroom) == [{"kpop"}, {"drama"}]


async def test_a_batch_ends_with_as_many_alerts_as_one_transaction_may_hold(newsroom) -> None:
    await newsroom.subscribe("kpop")
    for title in MANY[: step.MOST_ALERTS + 2]:
        newsroom.publish(title)
    await newsroom.poll()
    first = await newsroom.judge_once()
    second = await newsroom.judge_once()
    assert [(one.announced, one.more) for one in (first, second)] == [(step.MOST_ALERTS, True), (2, False)]


async def test_entries_are_judged_in_the_order_in_which_they_came_and_in_batches(newsroom) -> None:
    for number in range(step.BATCH + 5):
        newsroom.publish(
            f"Report number {number:04} of the long day", at=newsroom.time + timedelta(seconds=number)
        )
    newsroom.jump(hours=2)
    await newsroom.poll()
    first = await newsroom.judge_once()
    second = await newsroom.judge_once()
    third = await newsroom.judge_once()
    assert [len(one.entries) for one in (first, second, third)] == [step.BATCH, 5, 0]
    assert [one.more for one in (first, second, third)] == [True, False, False]
    judged = [one.unjudged.entry.title for one in (*first.entries, *second.entries)]
    assert judged == sorted(judged), "the oldest first"


def failing_at(nth: int, moment: datetime) -> Callable[[], datetime]:
    """A clock that breaks when it is asked for the nth time."""
    asked = 0

    def now() -> datetime:
        nonlocal asked
        asked += 1
        if asked == nth:
            raise OSError("the clock stopped")
        return moment

    return now


@pytest.mark.parametrize(
    "nth", [1, 2, 4, 5]
)  # before the first, at the first, at the last, when all is written
async def test_a_crash_in_the_middle_of_a_batch_leaves_all_of_it_unjudged(newsroom, nth: int) -> None:
    await newsroom.subscribe("kpop")
    for title in MANY[:3]:
        newsroom.publish(title)
    await newsroom.poll()
    with pytest.raises(OSError, match="the clock stopped"):
        await newsroom.judge_once(failing_at(nth, newsroom.time))
    for table in (tables.stories, tables.filings, tables.decisions, tables.editions, tables.broadcasts):
        assert await newsroom.rows(select(table)) == []
    assert await newsroom.column(tables.entries.c.judged_at) == [None] * 3
    assert len(await newsroom.judge()) == 3
    assert len(await broadcasts(newsroom)) == 3


async def test_two_judges_at_once_judge_each_entry_once(newsroom) -> None:
    for title in MANY[:6]:
        newsroom.publish(title)
    await newsroom.poll()
    both = await asyncio.gather(*(newsroom.judge_once() for _ in range(2)))
    assert sorted(len(one.entries) for one in both) == [0, 6]
    assert len(await newsroom.column(tables.stories.c.id)) == len(await broadcasts(newsroom)) == 6


async def test_after_a_crash_the_same_judge_knows_only_what_was_written(newsroom) -> None:
    await newsroom.subscribe("kpop", "korea")
    for title in MANY[:3]:
        newsroom.publish(title)
    await newsroom.poll()
    judge = step.Judge(newsroom.store, newsroom.settings, vocabulary, now=failing_at(4, newsroom.time))
    with pytest.raises(OSError, match="the clock stopped"):
        await judge.step()
    judged = await judge.step()
    assert [one.placement for one in judged.entries] == [Begins()] * 3, "nothing joins what was not written"
    assert judged.announced == len(await broadcasts(newsroom)) == 3


async def test_nothing_to_judge_takes_no_writing_transaction(newsroom) -> None:
    async with newsroom.store.writing():  # on SQLite another writer would wait for this one
        judged = await asyncio.wait_for(newsroom.judge_once(), 5)
    assert judged == step.Judged((), 0, more=False)
