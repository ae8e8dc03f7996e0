"""poll: entries stored once, the first success is history, no feed waits for another, and nothing is lost."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from digests import poll as step
from digests.feeds.fetch import Fetcher
from digests.feeds.workshop import Workshop
from digests.look import Polled
from digests.settings import FeedSettings, PollingSettings
from digests.store import feeds, tables

ENTRIES = tables.entries.c.title
VALIDATORS = tables.feeds.c.etag, tables.feeds.c.last_modified

ITEM = "<item><title>{title}</title>{more}<description>{text}</description></item>"


def document(*items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>Daily</title>{''.join(items)}</channel></rss>".encode()


def polls_under_way() -> list[asyncio.Task[Any]]:
    return [task for task in asyncio.all_tasks() if task.get_name().startswith("poll ")]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


async def until_async(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await true():
            await asyncio.sleep(0.01)


async def held(newsroom: Any) -> set[str]:
    """The feeds that some run has claimed."""
    rows = await newsroom.rows(select(tables.feeds.c.name).where(tables.feeds.c.run_id.is_not(None)))
    return {row.name for row in rows}


# -- what is stored ---------------------------------------------------------------------------------------------


async def test_an_entry_that_is_listed_again_is_stored_once(newsroom) -> None:
    newsroom.publish("First")
    assert (await newsroom.poll())["daily"].new == 1
    newsroom.jump(hours=1)
    newsroom.publish("Second")
    assert (await newsroom.poll())["daily"].new == 1
    assert await newsroom.column(ENTRIES) == ["First", "Second"]


@pytest.mark.parametrize(
    ("first", "again", "other"),
    [
        (
            "<guid isPermaLink='false'>7</guid><link>https://a.example/7</link>",
            "<guid isPermaLink='false'>7</guid><link>https://a.example/moved</link>",
            "<guid isPermaLink='false'>8</guid><link>https://a.example/8</link>",
        ),
        (
            "<link>https://a.example/7?utm_source=rss</link>",
            "<link>https://www.a.example/7</link>",
            "<link>https://a.example/8</link>",
        ),
        ("", "", "<link>https://a.example/8</link>"),
    ],
    ids=["id", "link", "content"],
)
async def test_what_an_entry_is_known_by(newsroom, first: str, again: str, other: str) -> None:
    item = ITEM.format(title="Snow on the palace roofs", more=first, text="It fell all night.")
    newsroom.misbehave("daily", body=document(item))
    await newsroom.poll()
    same = ITEM.format(title="Snow on the palace roofs", more=again, text="It fell all night.")
    another = ITEM.format(title="Rain on the palace roofs", more=other, text="It fell all day.")
    newsroom.misbehave("daily", body=document(another, same))
    assert (await newsroom.poll())["daily"].new == 1
    assert await newsroom.column(ENTRIES) == ["Rain on the palace roofs", "Snow on the palace roofs"]


async def test_an_unchanged_feed_stores_nothing_and_is_asked_with_its_validators(newsroom) -> None:
    newsroom.publish("First")
    await newsroom.poll()
    before = [await newsroom.column(column) for column in VALIDATORS]
    newsroom.press.asked.clear()
    polled = await newsroom.poll()
    assert {(one.status, one.conditional) for one in newsroom.press.asked} == {(304, True)}
    assert [(one.unchanged, one.new) for one in polled.values()] == [(True, 0)] * 3
    assert [await newsroom.column(column) for column in VALIDATORS] == before
    newsroom.publish("Second")
    assert (await newsroom.poll())["daily"].new == 1


async def test_the_feeds_title_is_known_after_a_poll(newsroom) -> None:
    assert dict(await newsroom.rows(select(tables.feeds.c.name, tables.feeds.c.title)))["post"] == "The Post"


async def test_the_first_successful_poll_is_history_and_the_next_is_news(new_newsroom) -> None:
    new_newsroom.publish("Old")
    await new_newsroom.poll()
    new_newsroom.publish("New")
    await new_newsroom.poll()
    assert dict(await new_newsroom.rows(select(ENTRIES, tables.entries.c.history))) == {
        "Old": True,
        "New": False,
    }


async def test_the_first_success_is_history_also_after_failures(new_newsroom) -> None:
    new_newsroom.publish("Old")
    for broken in ({"status": 500}, {"body": b"<html><body>Sorry</body></html>"}, {"status": 404}):
        new_newsroom.misbehave("daily", **broken)
        assert (await new_newsroom.poll())["daily"].error
    new_newsroom.misbehave("daily")
    await new_newsroom.poll()
    assert await new_newsroom.column(tables.entries.c.history) == [True]


# -- failures ---------------------------------------------------------------------------------------------------


async def test_a_failing_feed_says_why_in_words_waits_longer_each_time_and_recovers_at_once(newsroom) -> None:
    newsroom.publish("First")
    await newsroom.poll()
    validators = await newsroom.column(tables.feeds.c.etag)
    newsroom.misbehave("daily", status=500)
    waits = []
    for failures in range(1, 5):
        await newsroom.poll()
        state = await newsroom.feed()
        assert (state.failures, state.error) == (failures, "The server has trouble of its own (500).")
        assert state.next_poll_at
        waits.append(state.next_poll_at - newsroom.time)
    assert all(long > 1.5 * short for short, long in itertools.pairwise(waits)), waits
    assert await newsroom.column(tables.feeds.c.etag) == validators, "what it last sent is known still"
    newsroom.misbehave("daily")
    newsroom.publish("Second")
    assert (await newsroom.poll())["daily"].new == 1
    state = await newsroom.feed()
    assert (state.failures, state.error) == (0, "")
    assert state.next_poll_at
    assert state.next_poll_at - newsroom.time <= timedelta(minutes=5)


async def test_an_answer_that_nothing_changed_ends_a_failure_too(newsroom) -> None:
    newsroom.publish("First")
    await newsroom.poll()
    newsroom.misbehave("daily", status=500)
    await newsroom.poll()
    newsroom.misbehave("daily")
    assert (await newsroom.poll())["daily"].unchanged
    state = await newsroom.feed()
    assert (state.failures, state.error) == (0, "")


async def test_a_server_that_says_when_to_come_back_is_left_alone_until_then(newsroom) -> None:
    newsroom.misbehave("daily", status=429, headers={"Retry-After": "7200"})
    await newsroom.poll()
    state = await newsroom.feed()
    assert state.next_poll_at
    assert state.next_poll_at - newsroom.time >= timedelta(hours=2)
    assert "asked for 7200 s" in state.next_poll_why


async def test_a_failing_feed_is_not_asked_again_before_its_time(newsroom) -> None:
    newsroom.misbehave("daily", status=500)
    for _ in range(4):
        await newsroom.poll()
    newsroom.press.asked.clear()
    newsroom.jump(minutes=10)
    poller = newsroom.poller()
    await poller.step()
    await asyncio.gather(*polls_under_way())
    assert {one.feed for one in newsroom.press.asked} == {"post", "flash"}


async def test_a_hanging_feed_delays_no_other_and_costs_its_time_limit(newsroom) -> None:
    limited = replace(newsroom.settings.polling, timeout=timedelta(seconds=2))
    newsroom.misbehave("daily", delay=600.0)
    newsroom.publish("Meanwhile", "post")
    ended: list[Polled] = []
    async with Fetcher(limited) as fetcher:
        newsroom.fetcher = fetcher
        poller = newsroom.poller(done=ended.append)
        newsroom.jump(hours=1)
        await poller.step()
        await until(lambda: {one.feed for one in ended} >= {"post", "flash"})
        assert not any(one.feed == "daily" for one in ended)
        newsroom.jump(hours=1)
        await poller.step()  # the others go on, and what hangs is not asked a second time
        await until(lambda: len(ended) == 5)
    assert sorted(one.feed for one in ended) == ["daily", "flash", "flash", "post", "post"]
    assert next(one.error for one in ended if one.feed == "daily") == (
        "The server did not answer in full within 2 seconds."
    )


async def test_a_fault_of_ours_does_not_ask_the_publisher_every_second(newsroom, monkeypatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a fault that nobody thought of")

    monkeypatch.setattr(Workshop, "read", broken)
    newsroom.publish("First")
    poller = newsroom.poller()
    newsroom.jump(hours=1)
    newsroom.press.asked.clear()
    for _ in range(3):
        await poller.step()
        await asyncio.gather(*polls_under_way(), return_exceptions=True)
        await asyncio.sleep(0)
    assert [one.feed for one in newsroom.press.asked].count("daily") == 1
    monkeypatch.undo()
    assert (await newsroom.poll())["daily"].new == 1, "and a new start finds everything"


# -- claims -----------------------------------------------------------------------------------------------------


async def test_a_feed_in_hand_is_not_polled_twice(newsroom) -> None:
    newsroom.misbehave("daily", delay=0.3)
    newsroom.jump(hours=1)
    newsroom.press.asked.clear()
    poller = newsroom.poller()
    for _ in range(5):
        await poller.step()
        newsroom.jump(hours=1)  # also when its lease is over by the clock, which jumps
    await asyncio.gather(*polls_under_way())
    assert [one.feed for one in newsroom.press.asked].count("daily") == 1


async def test_a_feed_that_another_run_holds_is_left_to_it_until_its_lease_is_over(newsroom) -> None:
    newsroom.jump(hours=1)
    async with newsroom.store.writing() as tx:
        taken = await feeds.claim(
            tx, "other", newsroom.time, lease_until=newsroom.time + step.LEASE, limit=1, whatever=True
        )
    assert len(taken) == 1
    newsroom.press.asked.clear()
    assert len(await newsroom.poll()) == 2
    newsroom.jump(minutes=3)
    assert len(await newsroom.poll()) == 3


async def test_stopping_in_the_middle_stores_nothing_and_loses_nothing(newsroom) -> None:
    newsroom.publish("First")
    newsroom.misbehave("daily", delay=600.0)
    newsroom.jump(hours=1)
    poller = newsroom.poller()
    await poller.step()
    assert len(polls_under_way()) == 3
    await asyncio.wait_for(poller.stop(), 10)
    assert polls_under_way() == []
    await poller.step()
    assert polls_under_way() == [], "what is stopped begins nothing"
    newsroom.misbehave("daily")
    async with newsroom.store.writing() as tx:  # what a start does
        await feeds.release(tx, but="next")
    polled = await newsroom.poll()
    assert set(polled) == {"daily", "post", "flash"}
    assert await newsroom.column(ENTRIES) == ["First"]


@pytest.mark.parametrize("after", [0.0, 0.004, 0.008, 0.012, 0.016, 0.02, 0.03])
async def test_stopping_at_any_moment_leaves_the_store_whole(newsroom, after: float) -> None:
    for number in range(30):
        newsroom.publish(f"Report number {number}")
    newsroom.jump(hours=1)
    poller = newsroom.poller()
    await poller.step()
    await asyncio.sleep(after)
    await asyncio.wait_for(poller.stop(), 10)
    stored = len(await newsroom.column(ENTRIES))
    assert stored in {0, 30}
    assert ("daily" in await held(newsroom)) is (stored == 0), "stored, and polled later; or neither"
    await newsroom.poll()
    assert len(await newsroom.column(ENTRIES)) == 30
    assert await held(newsroom) == set()


# -- which and how many -----------------------------------------------------------------------------------------


async def test_only_due_feeds_are_polled(newsroom) -> None:
    newsroom.press.asked.clear()
    async with newsroom.store.writing() as tx:
        await tx.execute(update(tables.feeds).values(next_poll_at=newsroom.time + timedelta(seconds=1)))
    poller = newsroom.poller()
    await poller.step()
    assert polls_under_way() == []
    newsroom.jump(seconds=1)
    await poller.step()
    await asyncio.gather(*polls_under_way())
    assert sorted(one.feed for one in newsroom.press.asked) == ["daily", "flash", "post"]


async def test_a_feed_is_next_due_within_its_own_interval(newsroom) -> None:
    own = tuple(
        replace(feed, interval=timedelta(hours=3) if feed.name == "post" else timedelta(minutes=2))
        for feed in newsroom.settings.feeds
    )
    newsroom.settings = replace(newsroom.settings, feeds=own)
    await newsroom.poll()
    for name, interval in (("post", timedelta(hours=3)), ("daily", timedelta(minutes=2))):
        state = await newsroom.feed(name)
        assert state.next_poll_at
        assert timedelta() < state.next_poll_at - newsroom.time <= interval


async def test_a_feed_retired_from_the_file_is_not_polled(newsroom) -> None:
    left = [feed for feed in newsroom.settings.feeds if feed.name != "daily"]
    async with newsroom.store.writing() as tx:
        await feeds.settle_with(tx, left, newsroom.time)
    newsroom.press.asked.clear()
    newsroom.jump(days=1)
    assert set(await newsroom.poll()) == {"post", "flash"}
    poller = newsroom.poller()
    newsroom.jump(days=1)
    await poller.step()
    await asyncio.gather(*polls_under_way())
    assert {one.feed for one in newsroom.press.asked} == {"post", "flash"}


def many(newsroom: Any, count: int) -> list[FeedSettings]:
    """Many feeds of one paper, which are told apart by what stands after the question mark."""
    url = newsroom.settings.feed("daily").url
    return [FeedSettings(f"{url}?{number}", f"feed {number}", ("kpop",)) for number in range(count)]


async def crowded(newsroom: Any, count: int, places: int) -> None:
    newsroom.settings = replace(
        newsroom.settings,
        feeds=tuple(many(newsroom, count)),
        polling=PollingSettings(concurrency=places, allow_private_hosts=True),
    )
    async with newsroom.store.writing() as tx:
        await feeds.settle_with(tx, newsroom.settings.feeds, newsroom.time)
    newsroom.press.asked.clear()


async def test_polling_once_polls_every_feed_once_whatever_its_time(new_newsroom) -> None:
    await crowded(new_newsroom, 25, places=4)
    for _ in range(2):  # the second time none is due
        polled = await new_newsroom.poll()
        assert sorted(polled) == sorted(f"feed {number}" for number in range(25))
        assert len(new_newsroom.press.asked) == 25
        new_newsroom.press.asked.clear()
    assert polls_under_way() == []


async def test_polling_once_goes_on_fetching_while_what_came_waits_to_be_written(new_newsroom) -> None:
    await crowded(new_newsroom, 12, places=4)
    new_newsroom.misbehave("daily", delay=0.05)
    polling = asyncio.create_task(new_newsroom.poller().all_once())
    await until(lambda: bool(new_newsroom.press.asked))
    async with new_newsroom.store.writing():  # another writes for long
        await until(lambda: len(new_newsroom.press.asked) == 12)
    assert len(await polling) == 12


async def test_polling_once_ends_when_all_feeds_fail(new_newsroom) -> None:
    await crowded(new_newsroom, 9, places=4)
    new_newsroom.misbehave("daily", status=503)
    for failures in (1, 2):
        async with asyncio.timeout(30):
            polled = await new_newsroom.poller().all_once()
        assert len(polled) == len(new_newsroom.press.asked) == 9
        assert all(one.error for one in polled)
        assert set(await new_newsroom.column(tables.feeds.c.failures)) == {0, failures}  # 0: the retired ones
        new_newsroom.press.asked.clear()


async def test_polling_once_reaches_failing_feeds_beside_healthy_ones(newsroom) -> None:
    newsroom.settings = replace(
        newsroom.settings, polling=PollingSettings(concurrency=1, allow_private_hosts=True)
    )
    newsroom.misbehave("flash", status=500)
    for _ in range(5):
        await newsroom.poll()  # by now its next time is far behind that of the others
    newsroom.press.asked.clear()
    assert set(await newsroom.poll()) == {"daily", "post", "flash"}
    assert sorted(one.feed for one in newsroom.press.asked) == ["daily", "flash", "post"]


async def test_polling_once_without_feeds_ends(newsroom) -> None:
    async with newsroom.store.writing() as tx:
        await feeds.settle_with(tx, [], newsroom.time)
    assert await newsroom.poller().all_once() == ()


async def test_no_more_feeds_are_polled_at_once_than_there_are_places(new_newsroom) -> None:
    await crowded(new_newsroom, 10, places=3)
    new_newsroom.misbehave("daily", delay=0.2)
    poller = new_newsroom.poller()
    most = 0

    async def all_polled() -> bool:
        nonlocal most
        await poller.step()
        most = max(most, len(polls_under_way()))
        return len(new_newsroom.press.asked) == 10 and not polls_under_way()

    await until_async(all_polled)
    assert most == 3


async def test_done_is_told_after_the_entries_are_stored(newsroom) -> None:
    newsroom.publish("First")
    told: list[Polled] = []
    newsroom.jump(hours=1)
    await newsroom.poller(done=told.append).step()
    await until(lambda: len(told) == 3)
    assert {one.feed: one.new for one in told} == {"daily": 1, "post": 0, "flash": 0}
    assert await newsroom.column(ENTRIES) == ["First"]
