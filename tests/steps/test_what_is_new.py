"""What is new, through the poll step: seen is a set of keys, and no publisher and no upgrade brings a flood."""

from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from digests.store import tables
from tests.headlines import WAITS

TITLES = ["Ferry with 41 aboard runs aground off Heuksando", *WAITS["kpop"][:11]]  # the newest of them breaks
ENTRIES = tables.entries


class Paper:
    """A publisher whose every habit is an argument."""

    def __init__(self, newsroom: Any) -> None:
        self.newsroom = newsroom
        self.began = newsroom.time

    def lists(
        self,
        *numbers: int,
        ids: str = "story-{}",
        links: str = "https://paper.example/{}",
        titles: str = "{}",
        hours: float = 0,
        dated: bool = True,
    ) -> None:
        """List stories, the newest first; story 0 is the newest, an hour younger than story 1."""
        items = []
        for number in numbers:
            at = self.began - timedelta(hours=number - hours)
            items.append(
                f"<item><title>{titles.format(TITLES[number])}</title>"
                + (f"<guid isPermaLink='false'>{ids.format(number)}</guid>" if ids else "")
                + (f"<link>{links.format(number)}</link>" if links else "")
                + (f"<pubDate>{format_datetime(at)}</pubDate>" if dated else "")
                + "<description>What happened there, in a line.</description></item>"
            )
        body = f"<rss version='2.0'><channel><title>Daily</title>{''.join(items)}</channel></rss>"
        self.newsroom.misbehave("daily", body=body.encode())

    async def polled(self) -> list[str]:
        """Poll, and give the titles of what waits to be judged."""
        self.newsroom.jump(minutes=10)
        polled = await self.newsroom.poll()
        assert polled["daily"].error == ""
        filed = await self.newsroom.judge()
        assert polled["daily"].new == len([one for one in filed if one.unjudged.feed == "daily"])
        return [one.unjudged.entry.title for one in filed]


@pytest.fixture
async def paper(newsroom: Any) -> Paper:
    """Stories 2 to 9 are known."""
    paper = Paper(newsroom)
    paper.lists(*range(2, 10))
    assert len(await paper.polled()) == 8
    return paper


async def keys(newsroom: Any) -> set[str]:
    return {row.key for row in await newsroom.rows(select(ENTRIES.c.key))}


async def test_two_entries_with_one_time_stamp_are_both_new(newsroom: Any) -> None:
    at = newsroom.time
    newsroom.publish("Moon Band announces a tour", at=at)
    newsroom.publish("Rain over the whole country", at=at)
    assert (await newsroom.poll())["daily"].new == 2
    newsroom.publish("Third of the same minute", at=at)
    assert (await newsroom.poll())["daily"].new == 1, "also when it comes later"


async def test_a_publisher_that_issues_all_its_ids_anew_brings_no_flood_and_is_told_of_once(
    newsroom: Any, paper: Paper
) -> None:
    paper.lists(*range(1, 9), ids="urn:new:{}")
    with capture_logs() as logs:
        assert await paper.polled() == [TITLES[1]]
    assert [(one["feed"], one["entries"]) for one in logs if one["event"] == "feed reissued"] == [
        ("daily", 7)
    ]
    state = await newsroom.feed()
    assert state.reissued_at == newsroom.time
    paper.lists(*range(8), ids="urn:newer:{}")
    with capture_logs() as logs:
        assert await paper.polled() == [TITLES[0]]
    assert [one for one in logs if one["event"] == "feed reissued"] == []
    assert len(await keys(newsroom)) == 10, "no row more than there are stories"


async def test_a_publisher_whose_ids_change_at_every_poll_fills_no_table(newsroom: Any, paper: Paper) -> None:
    for poll in range(4):
        paper.lists(*range(2, 10), ids=f"{poll}-{{}}")
        assert await paper.polled() == []
    assert len(await keys(newsroom)) == 8


@pytest.mark.parametrize(
    "habit",
    [
        {"hours": 30},
        {"titles": "UPDATED: {} again"},
        {"links": "https://www.paper.example/{}?utm_source=rss"},
        {"ids": "urn:new:{}", "titles": "UPDATED: {} again"},
        {"ids": "urn:new:{}", "links": "https://new.example/story/{}", "hours": 5},
        {"ids": "", "links": "https://paper.example/{}"},
        {"dated": False},
    ],
    ids=" ".join,
)
async def test_a_publisher_that_moves_dates_changes_titles_or_its_site_brings_no_flood(
    paper: Paper, habit: dict[str, Any]
) -> None:
    paper.lists(*range(2, 10), **habit)
    assert await paper.polled() == []
    paper.lists(*range(1, 9), **habit)
    assert await paper.polled() == [habit.get("titles", "{}").format(TITLES[1])]


async def test_what_comes_back_into_the_window_after_a_deletion_is_old(newsroom: Any, paper: Paper) -> None:
    await newsroom.subscribe("kpop")
    paper.lists(0, 1, *range(2, 8))
    assert len(await paper.polled()) == 2
    paper.lists(0, 1, *range(2, 6), 8, 9)
    assert await paper.polled() == [], "its key is known"
    paper.lists(0, 1, *range(2, 6), 8, 9, 10, 11)
    filed = await paper.polled()
    assert sorted(filed) == sorted(TITLES[10:]), "these were never seen; they are history"
    rows = await newsroom.rows(
        select(ENTRIES.c.title).where(ENTRIES.c.history, ENTRIES.c.title.in_(TITLES[10:]))
    )
    assert len(rows) == 2
    assert await newsroom.deliveries("alert") == []


async def test_what_comes_back_without_a_date_is_shown_to_nobody(newsroom: Any) -> None:
    paper = Paper(newsroom)
    paper.lists(3, 4, 5, dated=False)
    await paper.polled()
    paper.lists(2, 3, 4, dated=False)
    assert await paper.polled() == [TITLES[2]]
    paper.lists(1, 2, 4, 5, 6, 7, dated=False)
    assert await paper.polled() == [TITLES[1]]
    paper.lists(1, 2, 4, 5, 6, 7, dated=False)
    assert await paper.polled() == []


async def test_an_upgrade_that_makes_keys_in_another_way_rings_nobody(newsroom: Any, paper: Paper) -> None:
    async with newsroom.store.writing() as tx:  # as an older version has left it
        await tx.execute(update(ENTRIES).values(key="old way: " + ENTRIES.c.key, key_version=0))
        await tx.execute(update(tables.feeds).values(key_version=0))
    newsroom.press.asked.clear()
    with capture_logs() as logs:
        assert await paper.polled() == []
    assert {one.status for one in newsroom.press.asked if one.feed == "daily"} == {200}, "all is read anew"
    assert [one for one in logs if one["event"] == "feed reissued"] == [], "nobody needs to know"
    assert not any(key.startswith("old way") for key in await keys(newsroom))
    newsroom.press.asked.clear()
    assert await paper.polled() == []
    assert {one.status for one in newsroom.press.asked if one.feed == "daily"} == {304}
    assert set(await newsroom.column(tables.feeds.c.key_version)) == {1}
    paper.began = newsroom.time
    paper.lists(0, *range(2, 9))
    assert await paper.polled() == [TITLES[0]]


async def test_news_written_during_an_upgrade_are_news(newsroom: Any, paper: Paper) -> None:
    async with newsroom.store.writing() as tx:
        await tx.execute(update(ENTRIES).values(key="old way: " + ENTRIES.c.key, key_version=0))
        await tx.execute(update(tables.feeds).values(key_version=0))
    paper.began = newsroom.time + timedelta(minutes=5)
    paper.lists(0)
    assert await paper.polled() == [TITLES[0]]


async def test_news_beside_a_reissue_that_break_ring(newsroom: Any, paper: Paper) -> None:
    await newsroom.subscribe("kpop")
    newsroom.settings = replace(
        newsroom.settings,
        feeds=tuple(replace(one, breaking=one.name == "daily") for one in newsroom.settings.feeds),
    )
    paper.began = newsroom.time
    paper.lists(0, *range(2, 10), ids="urn:new:{}")
    assert await paper.polled() == [TITLES[0]]
    await newsroom.unfold()
    assert len(await newsroom.deliveries("alert")) == 1


async def test_looking_for_a_reissue_costs_the_same_statements_however_much_a_feed_has_brought(
    newsroom: Any, statements: Any
) -> None:
    costs = []
    for stories in (1, 300):
        for number in range(stories):
            newsroom.publish(f"Report {stories} {number}")
        await newsroom.poll()
        newsroom.publish(f"News after {stories}")
        statements.clear()
        assert (await newsroom.poll())["daily"].new == 1
        costs.append(len(statements))
    assert max(costs) <= 10, costs


# -- months old -------------------------------------------------------------------------------------------------

MONTHS = -24 * 90  # hours


@pytest.fixture
async def old_paper(new_newsroom: Any) -> Paper:
    """Stories 2 to 9 are known; all of them happened months before the feed was first read."""
    paper = Paper(new_newsroom)
    paper.lists(*range(2, 10), hours=MONTHS)
    new_newsroom.jump(minutes=10)
    polled = (await new_newsroom.poll())["daily"]
    assert (polled.new, polled.noted) == (1, 7)
    filed = await new_newsroom.judge()
    assert [one.unjudged.entry.title for one in filed] == [TITLES[2]]
    return paper


async def test_what_is_months_old_at_first_is_counted_and_shown_to_nobody(
    new_newsroom: Any, old_paper: Paper
) -> None:
    assert (await new_newsroom.feed()).entries == 8
    noted = select(ENTRIES.c.title, ENTRIES.c.summary, ENTRIES.c.history).where(ENTRIES.c.story_id.is_(None))
    assert set(await new_newsroom.rows(noted)) == {(title, "", True) for title in TITLES[3:10]}
    assert (await new_newsroom.tidy()).texts == 0
    old_paper.lists(1, *range(2, 10), hours=MONTHS)
    assert await old_paper.polled() == [TITLES[1]], (
        "what a known feed begins to list is news, whatever its date"
    )


@pytest.mark.parametrize(
    "habit",
    [
        {"hours": 0},
        {"ids": "urn:new:{}"},
        {"titles": "UPDATED: {} again"},
        {"ids": "urn:new:{}", "titles": "UPDATED: {} again"},
        {"ids": "urn:new:{}", "links": "https://new.example/story/{}"},
        {"ids": "urn:new:{}", "hours": 0},
        {"ids": "", "links": "https://paper.example/{}"},
    ],
    ids=" ".join,
)
async def test_what_was_noted_is_recognised_when_it_is_listed_anew(
    new_newsroom: Any, old_paper: Paper, habit: dict[str, Any]
) -> None:
    habit = {"hours": MONTHS, **habit}
    old_paper.lists(*range(2, 10), **habit)
    assert await old_paper.polled() == []
    old_paper.lists(*range(1, 9), **habit)
    assert await old_paper.polled() == [habit.get("titles", "{}").format(TITLES[1])]
    assert len(await keys(new_newsroom)) == 9
