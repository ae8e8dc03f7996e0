"""poll: what costs a publisher and us little, and what a publisher asks for."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from digests.feeds.fetch import Fetcher
from digests.settings import FeedSettings
from digests.store import feeds, tables

FEED = b"<rss version='2.0'><channel><title>Daily</title>%s</channel></rss>"
ITEM = b"<item><title>Moon Band announces a tour</title><guid>1</guid>%s</item>"
FEEDS = tables.feeds


async def polled(newsroom: Any, **later: float) -> dict[str, Any]:
    newsroom.jump(**(later or {"minutes": 10}))
    newsroom.press.asked.clear()
    result: dict[str, Any] = await newsroom.poll()
    return result


def settings(newsroom: Any, feed: dict[str, Any] | None = None, **polling: Any) -> None:
    newsroom.settings = replace(
        newsroom.settings,
        polling=replace(newsroom.settings.polling, **polling),
        feeds=tuple(
            replace(one, **(feed or {})) if one.name == "daily" else one for one in newsroom.settings.feeds
        ),
    )


async def many(newsroom: Any, count: int) -> None:
    url = newsroom.settings.feed("daily").url
    wanted = tuple(FeedSettings(f"{url}?{number}", f"feed {number}", ("kpop",)) for number in range(count))
    newsroom.settings = replace(newsroom.settings, feeds=wanted)
    async with newsroom.store.writing() as tx:
        await feeds.settle_with(tx, wanted, newsroom.time)


# -- little work ------------------------------------------------------------------------------------------------


async def test_a_document_that_is_sent_again_unchanged_is_not_read(newsroom: Any) -> None:
    newsroom.misbehave("daily", body=FEED % ITEM % b"", validators=False)
    assert (await polled(newsroom))["daily"].new == 1
    assert (await polled(newsroom))["daily"].unchanged
    assert {one.status for one in newsroom.press.asked if one.feed == "daily"} == {200}
    newsroom.misbehave("daily", body=FEED % ITEM % b"<description>More.</description>", validators=False)
    assert not (await polled(newsroom))["daily"].unchanged


async def test_unchanged_feeds_are_written_many_at_a_time(new_newsroom: Any, statements: Any) -> None:
    await many(new_newsroom, 60)
    await new_newsroom.poll()
    statements.clear()
    answers = (await polled(new_newsroom)).values()
    assert [one.unchanged for one in answers] == [True] * 60
    writes = [
        text for text in statements.texts if text.startswith("UPDATE feeds SET") and "polled_at=" in text
    ]
    assert 0 < len(writes) <= 20, "one for many"
    assert not any("etag=" in text for text in writes), "what has not changed is not written"
    assert not any("entries" in text for text in statements.texts)
    due = await new_newsroom.column(FEEDS.c.next_poll_at)
    assert all(at is None or at > new_newsroom.time for at in due)


async def test_new_entries_of_many_feeds_are_written_many_at_a_time(
    new_newsroom: Any, statements: Any
) -> None:
    await many(new_newsroom, 60)
    new_newsroom.publish("Moon Band announces a tour")
    statements.clear()
    answers = (await polled(new_newsroom)).values()
    assert [one.new for one in answers] == [1] * 60
    assert len([text for text in statements.texts if text.startswith("INSERT INTO entries")]) <= 20


# -- whither ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "moves"), [(301, True), (308, True), (302, False), (307, False)])
async def test_a_feed_moves_when_it_says_so_for_good_for_a_day_and_keeps_its_name(
    newsroom: Any, status: int, moves: bool
) -> None:
    there = newsroom.settings.feed("post").url
    url = newsroom.settings.feed("daily").url
    newsroom.misbehave("daily", status=status, headers={"Location": there})
    for _ in range(3):
        assert (await polled(newsroom, hours=9))["daily"].error == ""
        assert (await newsroom.feed()).address == ""
    with capture_logs() as logs:
        await polled(newsroom, hours=9)
    assert (await newsroom.feed()).address == (there if moves else "")
    assert ("feed moved" in [one["event"] for one in logs]) is moves
    await polled(newsroom)
    assert ("daily" in [one.feed for one in newsroom.press.asked]) is not moves
    assert (await newsroom.feed()).url == url


async def test_a_feed_that_is_lost_at_its_new_address_is_looked_for_at_its_own(newsroom: Any) -> None:
    there = newsroom.settings.feed("post").url
    newsroom.misbehave("daily", status=301, headers={"Location": there})
    for _ in range(4):
        await polled(newsroom, hours=9)
    assert (await newsroom.feed()).address == there
    newsroom.misbehave("daily")
    newsroom.misbehave("post", status=410)
    await polled(newsroom)
    state = await newsroom.feed()
    assert (state.address, state.gone_at) == ("", None)
    assert state.next_poll_at
    newsroom.publish("Back at home")
    assert (await polled(newsroom, hours=1))["daily"].new == 1


async def test_a_feed_that_is_closed_for_good_is_retired_and_told_of(newsroom: Any) -> None:
    newsroom.misbehave("daily", status=410)
    with capture_logs() as logs:
        await polled(newsroom)
    assert [one["feed"] for one in logs if one["event"] == "feed gone"] == ["daily"]
    state = await newsroom.feed()
    assert (state.next_poll_at, state.gone_at) == (None, newsroom.time)
    assert "(410)" in state.next_poll_why
    newsroom.misbehave("daily")
    async with newsroom.store.writing() as tx:  # what a start does
        await feeds.settle_with(tx, newsroom.settings.feeds, newsroom.time)
    assert "daily" not in await polled(newsroom, days=9)
    others = [one for one in newsroom.settings.feeds if one.name != "daily"]
    async with newsroom.store.writing() as tx:
        await feeds.settle_with(tx, others, newsroom.time)
        await feeds.settle_with(tx, newsroom.settings.feeds, newsroom.time)
    assert "daily" in await polled(newsroom), "written into the file anew, it is asked anew"


# -- when -------------------------------------------------------------------------------------------------------


async def test_a_configured_interval_is_the_longest_wait_whatever_the_server_says(newsroom: Any) -> None:
    body = FEED % (b"<ttl>600</ttl><skipDays><day>Tuesday</day></skipDays>" + ITEM % b"")
    newsroom.misbehave("daily", body=body, headers={"Cache-Control": "max-age=86400"})
    await polled(newsroom)
    state = await newsroom.feed()
    assert state.next_poll_at - newsroom.time <= timedelta(minutes=5)
    assert state.next_poll_why == "on schedule"


async def test_auto_waits_as_long_as_the_server_calls_its_answer_fresh(newsroom: Any) -> None:
    settings(newsroom, {"auto": True})
    newsroom.misbehave("daily", headers={"Cache-Control": "max-age=3600"})
    newsroom.publish("First")
    for _ in range(2):  # a document, and a 304
        await polled(newsroom, hours=2)
        state = await newsroom.feed()
        assert state.next_poll_at - newsroom.time == timedelta(hours=1)
        assert state.next_poll_why == "the server calls it fresh for 60 min"


async def test_auto_learns_from_what_was_published_and_keeps_it_over_unchanged_polls(newsroom: Any) -> None:
    settings(newsroom, {"auto": True})
    for hours in range(0, 80, 4):
        newsroom.publish(f"Report {hours}", at=newsroom.time - timedelta(hours=hours))
    await polled(newsroom)
    first = await newsroom.feed()
    assert first.next_poll_why.startswith("learned: about 6 entries a day")
    assert timedelta() < first.next_poll_at - newsroom.time <= timedelta(hours=2)
    assert (await polled(newsroom))["daily"].unchanged
    assert (await newsroom.feed()).next_poll_why.startswith("learned: about 6 entries a day")
    await polled(newsroom, days=12)
    assert "an entry a day" in (await newsroom.feed()).next_poll_why, "silence is learned from as well"


async def test_auto_of_a_feed_without_dates_learns_from_when_its_entries_were_seen(newsroom: Any) -> None:
    settings(newsroom, {"auto": True})
    for number in range(6):
        item = b"<item><title>Report %d of the harbour</title><guid>%d</guid></item>" % (number, number)
        newsroom.misbehave("daily", body=FEED % item)
        await polled(newsroom, hours=1)
    assert "learned" in (await newsroom.feed()).next_poll_why


# -- hosts ------------------------------------------------------------------------------------------------------


async def test_a_host_that_refuses_is_left_alone_with_all_its_feeds(newsroom: Any) -> None:
    settings(newsroom, private_manners=True, host_requests=1, host_gap=timedelta(milliseconds=20))
    for name in ("daily", "post", "flash"):
        newsroom.misbehave(name, status=429, headers={"Retry-After": "7200"})
    async with Fetcher(newsroom.settings.polling) as newsroom.fetcher:
        answers = await polled(newsroom)
    assert len(newsroom.press.asked) == 1, "who refuses is not asked a second time"
    assert sorted(one.error.startswith("Not asked: its host refused us") for one in answers.values()) == [
        False,
        True,
        True,
    ]
    due = await newsroom.rows(select(FEEDS.c.next_poll_at, FEEDS.c.next_poll_why, FEEDS.c.failures))
    assert all(row.next_poll_at - newsroom.time >= timedelta(seconds=7190) for row in due)
    assert sorted(row.failures for row in due) == [0, 0, 1]
    assert len([row for row in due if "its host refused us" in row.next_poll_why]) == 2


async def test_at_a_shared_host_a_refusal_concerns_one_feed(newsroom: Any) -> None:
    settings(
        newsroom,
        private_manners=True,
        host_gap=timedelta(milliseconds=1),
        shared_hosts=frozenset({"127.0.0.1"}),
    )
    newsroom.misbehave("daily", status=403)
    newsroom.publish("From another route", "post")
    async with Fetcher(newsroom.settings.polling) as newsroom.fetcher:
        answers = await polled(newsroom)
    assert answers["post"].new == 1
    assert len(newsroom.press.asked) == 3
    assert {(await newsroom.feed(name)).failures for name in ("post", "flash")} == {0}


async def test_hosts_of_this_machine_have_no_manners_unless_told_so(newsroom: Any) -> None:
    newsroom.misbehave("daily", status=429, headers={"Retry-After": "7200"})
    await polled(newsroom)
    assert len(newsroom.press.asked) == 3


async def test_feeds_that_wait_for_their_host_keep_nobody_elses_place(newsroom: Any) -> None:
    url = newsroom.settings.feed("daily").url
    crowd = tuple(FeedSettings(f"{url}?{number}", f"feed {number}", ("kpop",)) for number in range(6))
    elsewhere = FeedSettings(url.replace("127.0.0.1", "localhost"), "elsewhere", ("kpop",))
    newsroom.settings = replace(
        newsroom.settings,
        feeds=(*crowd, elsewhere),
        polling=replace(
            newsroom.settings.polling,
            concurrency=2,
            private_manners=True,
            host_requests=1,
            host_gap=timedelta(seconds=0.3),
        ),
    )
    async with newsroom.store.writing() as tx:
        await feeds.settle_with(tx, newsroom.settings.feeds, newsroom.time)
    order: list[str] = []
    async with Fetcher(newsroom.settings.polling) as newsroom.fetcher:
        began = asyncio.get_running_loop().time()
        await newsroom.poller(done=lambda one: order.append(one.feed)).all_once()
    assert asyncio.get_running_loop().time() - began >= 1.5, "a gap between each two of the crowd"
    assert len(order) == 7
    assert order.index("elsewhere") <= 3, order
