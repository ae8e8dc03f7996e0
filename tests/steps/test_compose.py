"""compose: when a digest comes, what it holds, and that a story reaches a chat once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select

from digests.compose import Composed, compose, count_as_first, for_chat
from digests.model import Address, Alerts, ChatKind, NewChat, Quiet
from digests.settings import BreakingSettings
from digests.store import chats, subscriptions, tables
from digests.store.engine import Reading, Store, Writing
from tests.headlines import RINGS, WAITS


def title(number: int) -> str:
    return WAITS["kpop"][number]


def breaking(newsroom: Any, number: int = 0, feed: str = "daily") -> str:
    newsroom.jump(seconds=1)
    return newsroom.publish(RINGS["kpop" if feed == "daily" else "korea"][number], feed)


# -- when -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        ("Asia/Seoul", "2026-11-24T23:00"),
        ("America/New_York", "2026-11-24T13:00"),
        ("Asia/Kathmandu", "2026-11-24T02:15"),
        ("UTC+09:00", "2026-11-24T23:00"),
    ],
)
async def test_a_digest_comes_at_the_local_time_of_the_chats_zone_and_never_before(
    newsroom, zone, due
) -> None:
    chat = await newsroom.subscribe("kpop", zone=zone)
    newsroom.publish("A morning story")
    await newsroom.news()
    newsroom.time = datetime.fromisoformat(due).replace(tzinfo=UTC) - timedelta(milliseconds=1)
    assert (await newsroom.digest()).due == 0
    newsroom.jump(milliseconds=1)
    assert (await newsroom.digest()).owed == 1
    assert newsroom.got(chat) == [("A morning story",)]


async def test_several_times_a_day_each_bring_what_is_new(newsroom) -> None:
    chat = await newsroom.subscribe("kpop", at=("07:30", "19:00"))
    for number, wall in enumerate(("19:00", "07:30", "19:00")):
        newsroom.publish(title(number))
        await newsroom.news()
        newsroom.clock(wall)
        await newsroom.digest()
    assert newsroom.got(chat) == [(title(0),), (title(1),), (title(2),)]
    keys = [row.key for row in await newsroom.deliveries()]
    assert keys == ["digest:2026-11-24:19:00", "digest:2026-11-25:07:30", "digest:2026-11-25:19:00"]


async def test_composing_twice_gives_one_delivery(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish("A morning story")
    await newsroom.news()
    newsroom.clock("08:00")
    assert (await newsroom.compose()).owed == 1
    assert (await newsroom.compose()).due == 0
    await newsroom.deliver()
    assert len(newsroom.got(chat)) == 1


async def test_composing_twice_at_once_gives_one_delivery(newsroom) -> None:
    for _ in range(5):
        await newsroom.subscribe("kpop")
    newsroom.publish("A morning story")
    await newsroom.news()
    newsroom.clock("08:00")
    composed = await asyncio.gather(*(newsroom.compose() for _ in range(3)))
    assert sum(one.owed for one in composed) == len(await newsroom.deliveries()) == 5
    assert len(await newsroom.column(tables.editions.c.id)) == 1


async def test_a_change_of_the_time_while_a_digest_is_composed_gives_one_delivery(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish("A morning story")
    await newsroom.news()
    newsroom.clock("08:00")
    _, composed = await asyncio.gather(newsroom.set_times(chat, "08:30"), newsroom.compose())
    await newsroom.deliver()
    newsroom.clock("08:30")
    await newsroom.digest()
    assert composed.owed in {0, 1}
    assert newsroom.got(chat) == [("A morning story",)]


class Meanwhile:
    """A store where something happens between what a step reads and what it writes."""

    def __init__(self, store: Store, act: Callable[[], Awaitable[object]]) -> None:
        self._store = store
        self._acts = [act]

    def reading(self) -> AbstractAsyncContextManager[Reading]:
        return self._store.reading()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Writing]:
        while self._acts:
            await self._acts.pop()()
        async with self._store.writing() as tx:
            yield tx


async def compose_while(newsroom: Any, act: Callable[[], Awaitable[object]]) -> Composed:
    return await compose(cast("Store", Meanwhile(newsroom.store, act)), newsroom.settings, newsroom.now)


async def test_a_time_changed_while_the_digest_is_composed_is_respected(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish("A morning story")
    await newsroom.news()
    newsroom.clock("08:00")
    composed = await compose_while(newsroom, lambda: newsroom.set_times(chat, "09:00"))
    assert (composed.due, composed.owed) == (1, 0)
    newsroom.clock("09:00")
    await newsroom.digest()
    assert newsroom.got(chat) == [("A morning story",)]


@pytest.mark.parametrize("leaves", ["pauses", "is forgotten"])
async def test_a_chat_that_leaves_while_its_digest_is_composed_gets_none(newsroom, leaves: str) -> None:
    chat = await newsroom.subscribe("kpop")
    stays = await newsroom.subscribe("kpop")
    newsroom.publish("A morning story")
    await newsroom.news()
    newsroom.clock("08:00")

    async def leave() -> None:
        async with newsroom.store.writing() as tx:
            if leaves == "pauses":
                await chats.pause(tx, chat.address.telegram_id, "blocked", newsroom.time)
            else:
                await chats.forget(tx, chat.address.telegram_id)

    assert (await compose_while(newsroom, leave)).owed == 1
    await newsroom.deliver()
    assert (newsroom.got(chat), newsroom.got(stays)) == ([], [("A morning story",)])


async def test_another_step_at_the_same_moment_owes_nothing_twice(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish("A morning story")
    await newsroom.news()
    newsroom.clock("08:00")
    assert (await compose_while(newsroom, newsroom.compose)).owed == 0
    await newsroom.deliver()
    assert newsroom.got(chat) == [("A morning story",)]
    assert len(await newsroom.column(tables.editions.c.id)) == 1


async def test_an_alert_owed_while_the_digest_is_composed_is_not_told_in_it_too(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish(title(1))
    await newsroom.news()
    newsroom.clock("08:00")
    rang = breaking(newsroom)
    await newsroom.news()
    assert (await compose_while(newsroom, newsroom.unfold)).owed == 1
    await newsroom.deliver()
    assert newsroom.got(chat) == [(rang,), (title(1),)]


@pytest.mark.parametrize("days", [1, 3])
async def test_after_days_of_silence_one_current_digest_comes(newsroom, days: int) -> None:
    chat = await newsroom.subscribe("kpop", at=("08:00", "20:00"))
    newsroom.publish(title(0))
    await newsroom.news()
    newsroom.clock("08:00")
    newsroom.jump(days=days, hours=3)  # nothing ran since
    newsroom.publish(title(1))
    await newsroom.news()
    while (await newsroom.digest()).due:
        pass
    (digest,) = newsroom.got(chat)
    assert set(digest) == {title(0), title(1)}
    assert (await newsroom.chat(chat)).next_digest_at == newsroom.clock("20:00")


async def test_a_regular_reader_gets_all_that_was_missed_while_the_bot_was_down(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.clock("08:00")
    await newsroom.digest()
    for number in range(3):
        newsroom.publish(title(number))
        await newsroom.news()
        newsroom.jump(days=1)
    await newsroom.digest()
    (digest,) = newsroom.got(chat)
    assert set(digest) == {title(0), title(1), title(2)}


async def test_what_was_published_while_a_feed_was_away_for_days_is_in_the_next_digest(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.clock("08:00")
    await newsroom.digest()
    newsroom.publish(title(0))  # and the feed cannot be fetched
    newsroom.jump(days=2)
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    assert newsroom.got(chat) == [(title(0),)]


async def test_a_local_time_that_the_spring_gap_skips_comes_after_the_gap(newsroom) -> None:
    newsroom.clock("2027-03-14 01:00", "America/New_York")
    chat = await newsroom.subscribe("kpop", zone="America/New_York", at=("02:30",))
    newsroom.publish("A night story")
    await newsroom.news()
    newsroom.clock("2027-03-14 01:59", "America/New_York")
    await newsroom.digest()
    assert newsroom.got(chat) == []
    newsroom.clock("2027-03-14 03:00", "America/New_York")
    await newsroom.digest()
    assert newsroom.got(chat) == [("A night story",)]
    assert (await newsroom.chat(chat)).next_digest_at == newsroom.clock(
        "2027-03-15 02:30", "America/New_York"
    )


async def test_a_local_time_that_the_autumn_change_doubles_comes_once(newsroom) -> None:
    newsroom.clock("2027-11-07 00:00", "America/New_York")
    chat = await newsroom.subscribe("kpop", zone="America/New_York", at=("01:30",))
    for number in range(5):  # 00:30, 01:30, 01:30 again, 02:30, 03:30
        newsroom.publish(title(number))
        await newsroom.news()
        newsroom.jump(minutes=30 if number == 0 else 60)
        await newsroom.digest()
    assert [one.at for one in newsroom.received[chat.id]] == [datetime(2027, 11, 7, 5, 30, tzinfo=UTC)]
    newsroom.clock("2027-11-08 01:30", "America/New_York")
    await newsroom.digest()
    assert len(newsroom.got(chat)) == 2


async def test_a_paused_chat_gets_no_digest(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish("A morning story")
    await newsroom.news()
    async with newsroom.store.writing() as tx:
        await chats.pause(tx, chat.address.telegram_id, "blocked", newsroom.time)
    newsroom.clock("08:00")
    assert (await newsroom.digest()).due == 0
    assert newsroom.got(chat) == []


async def test_a_chat_without_times_gets_no_digest(newsroom) -> None:
    chat = await newsroom.subscribe("kpop", at=())
    newsroom.publish("A morning story")
    await newsroom.news()
    newsroom.jump(days=2)
    assert (await newsroom.digest()).due == 0
    assert newsroom.got(chat) == []


async def test_a_traveller_gets_one_digest_for_a_date_and_what_is_new_comes_with_the_next(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish(title(0))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    newsroom.publish(title(1))
    await newsroom.news()
    async with newsroom.store.writing() as tx:  # off to New York, where it is the evening before
        due = newsroom.clock("08:00", "America/New_York")
        await chats.change(tx, chat.id, zone="America/New_York", next_digest_at=due)
    await newsroom.digest()
    assert newsroom.got(chat) == [(title(0),)]
    newsroom.clock("08:00", "America/New_York")
    await newsroom.digest()
    assert newsroom.got(chat) == [(title(0),), (title(1),)]


# -- what -------------------------------------------------------------------------------------------------------


async def test_a_digest_brings_only_what_is_new_since_the_last(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    for number in range(3):
        newsroom.publish(title(number))
        await newsroom.news()
        newsroom.clock("08:00")
        await newsroom.digest()
    assert newsroom.got(chat) == [(title(0),), (title(1),), (title(2),)]


async def test_a_story_filed_while_a_digest_is_composed_is_in_that_one_or_in_the_next(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish(title(0))
    await newsroom.news()
    newsroom.publish(title(1))
    await newsroom.poll()
    newsroom.clock("08:00")
    await asyncio.gather(newsroom.compose(), newsroom.judge())
    await newsroom.deliver()
    newsroom.clock("08:00")
    await newsroom.digest()
    told = [one for message in newsroom.got(chat) for one in message]
    assert sorted(told) == sorted([title(0), title(1)])


async def test_a_story_joined_by_a_second_feed_is_not_new_again(newsroom) -> None:
    chat = await newsroom.subscribe("kpop", "korea")
    newsroom.publish(title(0))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    newsroom.publish(title(0), "post")
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    assert newsroom.got(chat) == [(title(0),)]


async def test_a_new_chats_first_digest_covers_24_hours(newsroom) -> None:
    newsroom.publish("Too old by an hour")
    await newsroom.news()
    newsroom.jump(hours=2)
    newsroom.publish("Of yesterday, after eight")
    await newsroom.news()
    newsroom.time = newsroom.time.replace(hour=23, minute=0) - timedelta(minutes=1)  # 07:59 in Seoul
    chat = await newsroom.subscribe("kpop")
    newsroom.jump(minutes=1)
    await newsroom.digest()
    (digest,) = newsroom.got(chat)
    assert set(digest) == {"Too old by an hour", "Of yesterday, after eight"}
    late = await newsroom.subscribe("kpop", at=("10:00",))
    newsroom.clock("10:00")
    await newsroom.digest()
    assert newsroom.got(late) == [("Of yesterday, after eight",)]


async def test_the_digest_shown_at_the_start_counts_as_the_first(newsroom) -> None:
    newsroom.publish(title(0))
    await newsroom.news()
    chat = await newsroom.subscribe("kpop")
    async with newsroom.store.writing() as tx:
        content = await for_chat(tx, chat, newsroom.settings, newsroom.time)
        assert content
        assert len(content.sections) == 1
        await count_as_first(tx, chat, newsroom.time)
    newsroom.publish(title(1))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    assert newsroom.got(chat) == [(title(1),)]


async def test_a_digest_asked_for_tells_the_last_24_hours_whatever_was_sent_and_moves_nothing(
    newsroom,
) -> None:
    chat = await newsroom.subscribe("kpop")
    breaking(newsroom)
    await newsroom.news()
    await newsroom.deliver()
    before = await newsroom.chat(chat)
    async with newsroom.store.reading() as tx:
        content = await for_chat(tx, before, newsroom.settings, newsroom.time)
    assert content
    assert [card.breaking for section in content.sections for card in section.cards] == [True]
    assert await newsroom.chat(chat) == before


async def test_history_of_a_new_feed_is_in_the_digest_as_far_as_it_is_of_the_last_day(new_newsroom) -> None:
    chat = await new_newsroom.subscribe("kpop")
    new_newsroom.publish("Of an hour ago", at=new_newsroom.time - timedelta(hours=1))
    new_newsroom.publish("Of last month", at=new_newsroom.time - timedelta(days=30))
    await new_newsroom.news()
    new_newsroom.clock("08:00")
    await new_newsroom.digest()
    assert new_newsroom.got(chat) == [("Of an hour ago",)]


async def test_nothing_new_gives_no_message_and_moves_the_next_digest(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish("Of another category", "post")
    await newsroom.news()
    newsroom.clock("08:00")
    composed = await newsroom.digest()
    assert (composed.due, composed.owed, composed.editions) == (1, 0, 0)
    assert newsroom.got(chat) == []
    assert await newsroom.column(tables.editions.c.id) == []
    assert (await newsroom.chat(chat)).next_digest_at == newsroom.time + timedelta(days=1)


async def test_nothing_new_can_be_said_to_those_who_follow_something(newsroom) -> None:
    newsroom.digests_are(say_when_empty=True)
    some = [await newsroom.subscribe("kpop") for _ in range(2)]
    none = await newsroom.subscribe()
    gone = await newsroom.subscribe("a category that was")
    newsroom.clock("08:00")
    await newsroom.digest()
    assert [newsroom.got(chat) for chat in (*some, none, gone)] == [[()], [()], [], []]
    assert len(await newsroom.column(tables.editions.c.id)) == 1


async def test_max_stories_bounds_a_digest_and_the_rest_is_counted(newsroom) -> None:
    newsroom.digests_are(max_stories=3)
    chat = await newsroom.subscribe("kpop", "korea")
    for number in range(5):
        newsroom.publish(title(number))
    elsewhere = newsroom.publish(WAITS["korea"][0], "post")
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    (digest,) = newsroom.received[chat.id]
    assert len(digest.titles) == 3
    assert elsewhere in digest.titles, "a category with news is never left out for another"
    assert digest.more == 3
    newsroom.clock("08:00")
    await newsroom.digest()
    assert len(newsroom.got(chat)) == 1, "what was counted is not brought up again"


async def test_a_category_gone_from_the_settings_is_told_no_more(newsroom) -> None:
    chat = await newsroom.subscribe("kpop", "a category that was")
    newsroom.publish(title(0))
    await newsroom.news()
    async with newsroom.store.writing() as tx:
        (story,) = await newsroom.column(tables.stories.c.id)
        await tx.execute(
            tables.filings.insert().values(category="a category that was", story_id=story, at=newsroom.time)
        )
    newsroom.clock("08:00")
    await newsroom.digest()
    (digest,) = newsroom.received[chat.id]
    assert [section.category for section in digest.content.sections] == ["kpop"]


# -- alerts and digests -----------------------------------------------------------------------------------------


async def test_a_story_alerted_to_a_chat_is_not_in_its_digest_but_in_that_of_a_chat_without_alerts(
    newsroom,
) -> None:
    alerted = await newsroom.subscribe("kpop")
    unalerted = await newsroom.subscribe("kpop", alerts=Alerts.OFF)
    rang = breaking(newsroom)
    newsroom.publish(title(1))
    await newsroom.news()
    await newsroom.deliver()
    newsroom.clock("08:00")
    await newsroom.digest()
    assert newsroom.got(alerted) == [(rang,), (title(1),)]
    (digest,) = newsroom.got(unalerted)
    assert digest == (rang, title(1)), "what broke stands first"


@pytest.mark.parametrize("state", ["expired", "refused", "cancelled", "gone"])
async def test_an_alert_that_never_reached_the_chat_is_in_its_digest(newsroom, state: str) -> None:
    chat = await newsroom.subscribe("kpop")
    rang = breaking(newsroom)
    await newsroom.news()
    await newsroom.unfold()
    async with newsroom.store.writing() as tx:
        await tx.execute(tables.deliveries.update().values(state=state, settled_at=newsroom.time))
    newsroom.clock("08:00")
    await newsroom.digest()
    assert newsroom.got(chat) == [(rang,)]


@pytest.fixture
async def holding(newsroom) -> Any:
    """Alerts come one an hour; what is above is held."""
    newsroom.settings = replace(newsroom.settings, breaking=BreakingSettings(max_per_hour=1))
    return newsroom


async def test_held_alerts_stand_in_also_whatever_their_rank_and_are_settled_with_the_digest(holding) -> None:
    holding.digests_are(max_stories=1)
    chat = await holding.subscribe("kpop")
    rang = [breaking(holding, number) for number in range(4)]
    await holding.news()
    await holding.deliver()
    holding.publish(title(9))
    await holding.news()
    assert holding.got(chat) == [(rang[0],)]
    holding.clock("08:00")
    await holding.compose()
    states = {row.state for row in await holding.deliveries("alert:")}
    assert states == {"sent", "told"}, "in the transaction that owed the digest"
    await holding.deliver()
    digest = holding.received[chat.id][1]
    assert (digest.titles, digest.also, digest.more) == ((title(9),), tuple(rang[1:]), 0)
    holding.clock("08:00")
    await holding.digest()
    assert len(holding.received[chat.id]) == 2


async def test_held_alerts_alone_make_a_digest(holding) -> None:
    chat = await holding.subscribe("kpop")
    rang = [breaking(holding, number) for number in range(2)]
    await holding.news()
    await holding.deliver()
    holding.clock("08:00")
    assert (await holding.digest()).owed == 1
    assert (holding.received[chat.id][1].titles, holding.received[chat.id][1].also) == ((), (rang[1],))


async def test_what_was_held_overnight_is_in_the_morning_digest_of_that_chat_only(newsroom) -> None:
    holds = await newsroom.subscribe("kpop", quiet=Quiet(*_hours("23:00", "07:00"), hold=True))
    other = await newsroom.subscribe("kpop")
    newsroom.clock("23:30")
    rang = breaking(newsroom)
    await newsroom.news()
    await newsroom.deliver()
    assert (newsroom.got(holds), newsroom.got(other)) == ([], [(rang,)])
    newsroom.clock("08:00")
    await newsroom.digest()
    (digest,) = newsroom.received[holds.id]
    assert (digest.titles, digest.also) == ((), (rang,))
    assert newsroom.got(other) == [(rang,)], "nothing new for the other"


def _hours(*walls: str) -> list[Any]:
    return [time.fromisoformat(wall) for wall in walls]


async def test_a_debt_that_a_traveller_is_not_sent_today_stays_held(holding) -> None:
    chat = await holding.subscribe("kpop")
    holding.publish(title(9))
    await holding.news()
    holding.clock("08:00")
    await holding.digest()
    rang = [breaking(holding, number) for number in range(2)]
    await holding.news()
    await holding.deliver()
    async with holding.store.writing() as tx:
        due = holding.clock("08:00", "America/New_York")
        await chats.change(tx, chat.id, zone="America/New_York", next_digest_at=due)
    await holding.digest()
    assert {row.state for row in await holding.deliveries("alert:")} == {"sent", "held"}
    holding.clock("08:00", "America/New_York")
    await holding.digest()
    assert holding.received[chat.id][-1].also == (rang[1],)


async def test_an_alert_on_its_way_when_the_digest_is_composed_is_told_once(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.clock("08:00")
    rang = breaking(newsroom)
    await newsroom.news()  # the broadcast is owed, and nothing of it is unfolded yet
    await newsroom.compose()
    await newsroom.deliver()
    assert newsroom.got(chat) == [(rang,)]


async def test_a_bulletin_after_the_digest_still_rings(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish("Fire breaks out at paper mill in Suwon")
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    newsroom.jump(minutes=5)
    newsroom.publish("BREAKING: Fire breaks out at paper mill in Suwon", "post", "K-pop")
    await newsroom.news()
    await newsroom.deliver()
    assert len(newsroom.got(chat, "alert")) == 1


async def test_alerts_that_unfold_while_a_digest_is_composed_are_told_once(newsroom) -> None:
    everyone = [await newsroom.subscribe("kpop") for _ in range(20)]
    newsroom.publish(title(1))
    newsroom.clock("08:00")
    rang = breaking(newsroom)
    await newsroom.news()
    await asyncio.gather(newsroom.compose(), newsroom.unfold())
    while (await newsroom.compose()).due:
        pass
    await newsroom.deliver()
    for chat in everyone:
        told = [one for message in newsroom.got(chat) for one in message]
        assert sorted(told) == sorted([rang, title(1)])


# -- what leads, and what was missed ----------------------------------------------------------------------------


async def test_of_three_stories_one_leads_by_the_weight_of_its_feed(newsroom) -> None:
    feeds = tuple(
        replace(feed, weight=3.0 if feed.name == "post" else 1.0) for feed in newsroom.settings.feeds
    )
    newsroom.settings = replace(newsroom.settings, feeds=feeds)
    chat = await newsroom.subscribe("kpop", "korea")
    newsroom.publish(title(1))
    newsroom.publish(title(2))
    newsroom.publish("Parliament votes on the night bus", "post")
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    (digest,) = newsroom.received[chat.id]
    assert digest.content.lead.version("en").title == "Parliament votes on the night bus"
    assert digest.titles[0] == "Parliament votes on the night bus"


def missed(digest: Any) -> list[str]:
    return [card.version("en").title for card in digest.content.missed]


async def test_what_rang_for_others_is_not_to_be_missed_and_told_once(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    await newsroom.subscribe("korea")
    rang = breaking(newsroom, feed="post")
    for number in range(1, 4):
        newsroom.publish(title(number))
        await newsroom.news()
        newsroom.clock("08:00")
        await newsroom.digest()
    first, *later = newsroom.received[chat.id]
    assert missed(first) == [rang]
    assert [missed(digest) for digest in later] == [[], []]


async def test_what_a_chat_was_alerted_to_before_it_left_the_category_was_not_missed(newsroom) -> None:
    chat = await newsroom.subscribe("kpop", "korea")
    breaking(newsroom, feed="post")
    newsroom.publish(title(1))
    await newsroom.news()
    await newsroom.deliver()
    async with newsroom.store.writing() as tx:
        await subscriptions.remove(tx, chat.id, ["korea"])
    newsroom.clock("08:00")
    await newsroom.digest()
    assert missed(newsroom.received[chat.id][-1]) == []


@pytest.mark.parametrize("content", [{"sensitive": "death"}, {"denial": True}])
async def test_sad_news_and_denials_are_not_offered_to_who_did_not_ask_for_them(newsroom, content) -> None:
    chat = await newsroom.subscribe("kpop")
    breaking(newsroom, feed="post")
    newsroom.publish(title(1))
    await newsroom.news()
    async with newsroom.store.writing() as tx:
        (row,) = await tx.rows(select(tables.editions.c.content))
        await tx.execute(tables.editions.update().values(content=row.content | content))
    newsroom.clock("08:00")
    await newsroom.digest()
    assert missed(newsroom.received[chat.id][-1]) == []


async def test_a_story_that_stood_in_a_digest_is_not_told_again_under_another_category(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    rang = breaking(newsroom, feed="post")
    newsroom.publish(title(1))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    rung = select(tables.stories.c.id).where(tables.stories.c.alerted_at.is_not(None))
    ((story,),) = await newsroom.rows(rung)
    async with newsroom.store.writing() as tx:
        await tx.execute(tables.filings.insert().values(category="kpop", story_id=story, at=newsroom.time))
    newsroom.publish(title(2))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    first, second = newsroom.received[chat.id]
    assert missed(first) == [rang]
    assert second.titles == (title(2),)


async def test_which_stories_stand_in_which_edition_is_kept_as_long_as_the_edition(newsroom) -> None:
    await newsroom.subscribe("kpop")
    await newsroom.subscribe("korea")
    breaking(newsroom, feed="post")
    for number in range(1, 4):
        newsroom.publish(title(number))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    shown, editions = tables.shown, tables.editions
    rows = await newsroom.rows(
        select(editions.c.kind, shown.c.story_id).join(shown, shown.c.edition_id == editions.c.id)
    )
    assert sorted(row.kind for row in rows) == [
        "alert",
        *["digest"] * 5,
    ]  # three and the missed one; the one that rang
    async with newsroom.store.writing() as tx:
        await tx.execute(tables.deliveries.delete())
        await tx.execute(editions.delete())
    assert await newsroom.rows(select(shown)) == []


# -- the zone's question ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked_before", [0, 1, 2])
async def test_the_zone_is_asked_once_more_in_the_first_digest_only(newsroom, asked_before: int) -> None:
    chat = await newsroom.subscribe("kpop", zone_known=False, zone_asks=asked_before)
    for number in range(3):
        newsroom.publish(title(number))
        await newsroom.news()
        newsroom.clock("08:00")
        await newsroom.digest()
    assert [one.asks_zone for one in newsroom.received[chat.id]] == [True, False, False]


async def test_a_known_zone_is_not_asked_for(newsroom) -> None:
    chat = await newsroom.subscribe("kpop", zone_known=True, zone_asks=0)
    newsroom.publish(title(0))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    assert [one.asks_zone for one in newsroom.received[chat.id]] == [False]


async def test_a_digest_that_is_not_sent_asks_nothing(newsroom) -> None:
    chat = await newsroom.subscribe("kpop", zone_known=False, zone_asks=1)
    newsroom.clock("08:00")
    await newsroom.digest()
    newsroom.publish(title(0))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    assert [one.asks_zone for one in newsroom.received[chat.id]] == [True]


# -- one edition for a taste ------------------------------------------------------------------------------------


async def test_chats_of_one_taste_share_an_edition(newsroom) -> None:
    for zone in ("Asia/Seoul", "Asia/Tokyo"):  # the same hour
        for _ in range(3):
            await newsroom.subscribe("kpop", zone=zone)
            await newsroom.subscribe("kpop", "korea", zone=zone)
            await newsroom.subscribe("korea", "kpop", "a category that was", zone=zone)
    newsroom.publish(title(0))
    newsroom.publish(WAITS["korea"][1], "post")
    await newsroom.news()
    for _ in range(2):
        newsroom.clock("08:00")
        assert await newsroom.digest() == Composed(due=18, owed=18, editions=2, more=False)
        newsroom.publish(title(2))
        newsroom.publish(WAITS["korea"][3], "post")
        await newsroom.news()


async def test_what_a_chat_was_told_by_alert_needs_no_edition_of_its_own(newsroom) -> None:
    newsroom.digests_are(max_stories=2)
    some = [
        await newsroom.subscribe("kpop", alerts=Alerts.OFF if number % 2 else Alerts.ON)
        for number in range(6)
    ]
    rang = breaking(newsroom)
    for number in range(1, 5):
        newsroom.publish(title(number))
    await newsroom.news()
    await newsroom.deliver()
    newsroom.clock("08:00")
    composed = await newsroom.digest()
    assert (composed.owed, composed.editions) == (6, 1)
    alerted, other = (newsroom.received[chat.id][-1] for chat in some[:2])
    assert rang in other.titles
    assert rang not in alerted.titles
    assert (len(alerted.titles), alerted.more) == (2, 2), "the alert is not counted: it was told"
    assert (len(other.titles), other.more) == (2, 3)


async def test_chats_whose_last_digests_left_seconds_apart_share_the_next(newsroom) -> None:
    for number in range(4):
        await newsroom.subscribe("kpop", at=("08:00",) if number % 2 else ("08:01",))
    newsroom.publish(title(0))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    newsroom.clock("08:01")
    await newsroom.digest()
    newsroom.publish(title(1))
    await newsroom.news()
    newsroom.clock("09:00")
    newsroom.jump(days=1)
    composed = await newsroom.digest()
    assert (composed.owed, composed.editions) == (4, 1)


@pytest.mark.parametrize("many", [1, 300])
async def test_the_statements_of_a_step_grow_with_editions_and_not_with_chats(
    newsroom, statements, many: int
) -> None:
    due = newsroom.time.replace(hour=23, minute=0)
    async with newsroom.store.writing() as tx:
        for number in range(many):
            new = NewChat(ChatKind.PRIVATE, "en", "Asia/Seoul", None, (time(8),), due)
            chat = await chats.ensure(tx, Address(number + 1), new, newsroom.time)
            await subscriptions.add(tx, chat.id, ["kpop"], newsroom.time)
    newsroom.publish(title(0))
    for one in range(5):
        breaking(newsroom, one + 1)
    await newsroom.news()
    await newsroom.unfold()  # three are sent, two are held for each
    newsroom.clock("08:00")
    statements.clear()
    composed = await newsroom.compose()
    assert (composed.owed, composed.editions) == (many, 1)
    assert len(statements) <= 24, statements.texts


@pytest.mark.parametrize("tastes", [1, 6])
async def test_a_taste_more_costs_few_statements_and_a_chat_more_none(
    newsroom, statements, tastes: int
) -> None:
    wanted = [
        ("kpop",),
        ("korea",),
        ("kpop", "korea"),
        ("korea", "drama"),
        ("kpop", "drama"),
        ("kpop", "drama", "korea"),
    ]
    for number in range(60):
        await newsroom.subscribe(*wanted[number % tastes])
    newsroom.publish(title(0))
    newsroom.publish(WAITS["korea"][1], "post")
    await newsroom.news()
    newsroom.clock("08:00")
    statements.clear()
    composed = await newsroom.compose()
    assert (composed.owed, composed.editions) == (60, tastes)
    assert len(statements) <= 21 + 3 * tastes, statements.texts


async def test_a_crash_while_digests_are_written_leaves_them_due(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish(title(0))
    await newsroom.news()
    newsroom.clock("08:00")
    asked = 0

    def now() -> datetime:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise OSError("the clock stopped")
        return newsroom.time

    with pytest.raises(OSError, match="the clock stopped"):
        await compose(newsroom.store, newsroom.settings, now)
    assert await newsroom.column(tables.editions.c.id) == []
    await newsroom.digest()
    assert newsroom.got(chat) == [(title(0),)]
