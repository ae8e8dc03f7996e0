"""compose: one ranking for all of a taste, each told what it has not had; ahead of the minute; what never arrived."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from digests import blocks, holding, owing
from digests.compose import Ahead, Composed, compose, count_as_first
from digests.model import Alerts, Chat, State, Wish
from digests.settings import BreakingSettings
from digests.store import chats, editions, interests, outbox, stories, subscriptions, tables
from digests.store.outbox import Settlement
from digests.stories.wanted import words_subject
from tests.headlines import RINGS, WAITS


def title(number: int) -> str:
    return WAITS["kpop"][number]


def breaking(newsroom: Any, number: int = 0) -> str:
    newsroom.jump(seconds=1)
    return newsroom.publish(RINGS["kpop"][number])


async def mute(newsroom: Any, chat: Chat, *typed: str) -> None:
    async with newsroom.store.writing() as tx:
        for one in typed:
            subject = words_subject(one)
            assert subject
            await interests.add(tx, chat.id, Wish.MUTE, subject, label=one, now=newsroom.time)


# -- one ranking ------------------------------------------------------------------------------------------------


async def test_whoever_mutes_most_of_a_ranking_gets_one_of_its_own(newsroom) -> None:
    newsroom.digests_are(max_stories=1)
    plain, muting = await newsroom.subscribe("kpop"), await newsroom.subscribe("kpop")
    for number in range(5):  # three of which are ranked, the newest
        newsroom.publish(title(number))
        await newsroom.news()
        newsroom.jump(hours=1)
    await mute(newsroom, muting, *(title(number).split()[-1] for number in range(1, 5)))
    newsroom.clock("08:00")
    composed = await newsroom.digest()
    assert (composed.owed, composed.editions) == (2, 2)
    (told,) = newsroom.received[muting.id]
    assert (told.titles, told.more) == ((title(0),), 0)
    assert newsroom.received[plain.id][0].more == 4


async def test_what_stood_in_a_ranking_and_not_in_the_digest_was_not_told(newsroom) -> None:
    newsroom.digests_are(max_stories=1)
    chat = await newsroom.subscribe("kpop")
    for number in range(3):
        newsroom.publish(title(number))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    ((told,),) = newsroom.got(chat)
    async with newsroom.store.writing() as tx:  # each of them is news for a second category
        await subscriptions.remove(tx, chat.id)
        await subscriptions.add(tx, chat.id, ["drama"], newsroom.time)
        for story in await newsroom.column(tables.stories.c.id):
            await tx.execute(
                tables.filings.insert().values(category="drama", story_id=story, at=newsroom.time)
            )
    newsroom.digests_are(max_stories=9)
    newsroom.clock("08:00")
    await newsroom.digest()
    assert set(newsroom.got(chat)[1]) == {title(0), title(1), title(2)} - {told}


@pytest.mark.parametrize("room", [1, 2, 100])
async def test_many_blocks_and_little_room_in_each_make_the_same_digests(
    newsroom, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    monkeypatch.setattr(blocks, "SIZE", room + 1)
    monkeypatch.setattr(owing, "EDITIONS", room)
    wanted = [("kpop",), ("korea",), ("kpop", "korea"), ()]
    every = [await newsroom.subscribe(*wanted[number % 4]) for number in range(17)]
    newsroom.publish(title(0))
    newsroom.publish(WAITS["korea"][1], "post")
    await newsroom.news()
    newsroom.clock("08:00")
    assert await newsroom.digest() == Composed(due=17, owed=13, editions=3, more=False)
    assert [len(newsroom.got(chat)) for chat in every] == [1, 1, 1, 0] * 4 + [1]
    assert (await newsroom.compose()).due == 0


# -- ahead of the minute ----------------------------------------------------------------------------------------


async def ahead_of(newsroom: Any, wall: str = "08:00") -> Ahead:
    """Rank for the digests of `wall` twenty seconds before."""
    newsroom.clock(wall)
    newsroom.jump(seconds=-20)
    ahead = Ahead()
    composed = await compose(newsroom.store, newsroom.settings, newsroom.now, ahead)
    assert composed == Composed(0, 0, 0, more=False)
    return ahead


async def at_the_minute(newsroom: Any, ahead: Ahead, wall: str = "08:00") -> Composed:
    newsroom.clock(wall)
    composed = await compose(newsroom.store, newsroom.settings, newsroom.now, ahead)
    await newsroom.deliver()
    return composed


async def test_what_is_ranked_ahead_is_not_written_and_need_not_be_ranked_at_the_minute(
    newsroom, statements
) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish(title(0))
    await newsroom.news()
    ahead = await ahead_of(newsroom)
    assert ahead.rankings
    assert await newsroom.column(tables.editions.c.id) == []
    assert await newsroom.deliveries() == []
    statements.clear()
    await compose(newsroom.store, newsroom.settings, newsroom.now, ahead)
    assert len(statements) <= 5, "for one minute it is ranked once"
    assert (await at_the_minute(newsroom, ahead)).owed == 1
    assert newsroom.got(chat) == [(title(0),)]


async def test_what_is_filed_after_the_look_ahead_is_in_the_digest_all_the_same(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish(title(0))
    await newsroom.news()
    ahead = await ahead_of(newsroom)
    newsroom.publish(title(1))
    await newsroom.news()
    assert (await at_the_minute(newsroom, ahead)).owed == 1
    assert [sorted(digest) for digest in newsroom.got(chat)] == [sorted([title(0), title(1)])]


async def test_an_alert_between_ranking_and_the_minute_is_told_once(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    silent = await newsroom.subscribe("kpop", alerts=Alerts.OFF)
    newsroom.digests_are(max_stories=1)
    newsroom.publish("Fire breaks out at paper mill in Suwon")
    for number in range(1, 6):
        newsroom.jump(minutes=1)
        newsroom.publish(title(number))
    await newsroom.news()
    ahead = await ahead_of(newsroom)
    rang = newsroom.publish("BREAKING: Fire breaks out at paper mill in Suwon", "post", "K-pop")
    await newsroom.news()
    await newsroom.deliver()
    assert newsroom.got(chat) == [(rang,)]
    await at_the_minute(newsroom, ahead)
    assert len(newsroom.got(chat)) == 2
    assert "Fire" not in newsroom.got(chat)[1][0]
    assert "Fire" in newsroom.got(silent)[0][0], "what rang since stands where what rang stands"


async def test_an_alert_that_is_not_unfolded_at_the_minute_is_in_the_digest_of_whom_it_does_not_reach(
    newsroom,
) -> None:
    newsroom.digests_are(max_stories=1)
    chat = await newsroom.subscribe("kpop")
    newsroom.publish("Fire breaks out at paper mill in Suwon")
    for number in range(1, 6):
        newsroom.jump(minutes=1)
        newsroom.publish(title(number))
    await newsroom.news()
    ahead = await ahead_of(newsroom)
    newsroom.publish("BREAKING: Fire breaks out at paper mill in Suwon", "post", "K-pop")
    await newsroom.news()  # it is not unfolded yet
    await at_the_minute(newsroom, ahead)
    told = [one for message in newsroom.got(chat) for one in message]
    assert len([one for one in told if "Fire" in one]) == 1


@pytest.mark.parametrize("change", ["times", "pause", "unsubscribe", "zone"])
async def test_what_a_chat_changes_between_ranking_and_the_minute_is_respected(newsroom, change: str) -> None:
    chat = await newsroom.subscribe("kpop", "korea")
    newsroom.publish(title(0))
    newsroom.publish(WAITS["korea"][1], "post")
    await newsroom.news()
    ahead = await ahead_of(newsroom)
    async with newsroom.store.writing() as tx:
        if change == "pause":
            await chats.pause(tx, chat.address.telegram_id, "blocked", newsroom.time)
        elif change == "unsubscribe":
            await subscriptions.remove(tx, chat.id, ["korea"])
        elif change == "zone":
            later = newsroom.time + timedelta(hours=13)
            await chats.change(tx, chat.id, zone="America/New_York", next_digest_at=later)
    if change == "times":
        await newsroom.set_times(chat, "08:30")
    await at_the_minute(newsroom, ahead)
    assert newsroom.got(chat) == ([(title(0),)] if change == "unsubscribe" else [])
    if change == "times":
        await at_the_minute(newsroom, Ahead(), "08:30")
        assert len(newsroom.got(chat)[0]) == 2


async def test_who_was_shown_a_digest_between_ranking_and_the_minute_is_not_told_it_again(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish(title(0))
    await newsroom.news()
    ahead = await ahead_of(newsroom)
    newsroom.publish(title(1))
    await newsroom.news()
    async with newsroom.store.writing() as tx:
        await count_as_first(tx, chat, newsroom.time)
    await at_the_minute(newsroom, ahead)
    newsroom.publish(title(2))
    await newsroom.news()
    await at_the_minute(newsroom, Ahead())
    assert newsroom.got(chat) == [(title(2),)]


async def test_a_story_that_another_took_in_between_is_told_as_that_one(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish(title(0))
    newsroom.publish(WAITS["korea"][1], "post")
    await newsroom.news()
    ahead = await ahead_of(newsroom)
    loser, winner = await newsroom.column(tables.stories.c.id)
    async with newsroom.store.writing() as tx:
        await stories.merge(tx, winner, loser)
    await at_the_minute(newsroom, ahead)
    assert len(newsroom.got(chat)) == 1
    assert [card.story for card in newsroom.received[chat.id][0].content.cards] == [winner]


async def test_rankings_of_other_settings_or_of_long_ago_are_not_used(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish(title(0))
    newsroom.publish(title(1))
    await newsroom.news()
    ahead = await ahead_of(newsroom)
    newsroom.digests_are(max_stories=1)
    await at_the_minute(newsroom, ahead)
    assert len(newsroom.got(chat)[0]) == 1
    ahead = await ahead_of(newsroom)
    newsroom.publish(title(2))
    await newsroom.news()
    newsroom.jump(minutes=10)  # the process slept
    await compose(newsroom.store, newsroom.settings, newsroom.now, ahead)
    await newsroom.deliver()
    assert newsroom.got(chat)[1] == (title(2),)


# -- what never arrived -----------------------------------------------------------------------------------------


async def settle(newsroom: Any, chat: Chat, state: State) -> None:
    """The chat's digest ends like this."""
    async with newsroom.store.writing() as tx:
        claimed = await outbox.claim(
            tx, "test", newsroom.time, lease_until=newsroom.time, limit=9, in_hand=False
        )
        mine = [one for one in claimed if one.chat.id == chat.id]
        assert mine
        left = await outbox.settle(tx, [Settlement(one.id, state) for one in mine], newsroom.time)
        await holding.heed(tx, left, newsroom.settings.breaking, newsroom.time)


@pytest.mark.parametrize("state", [State.EXPIRED, State.REFUSED])
async def test_what_a_lost_digest_was_to_tell_is_in_the_next(newsroom, state: State) -> None:
    newsroom.settings = replace(newsroom.settings, breaking=BreakingSettings(max_per_hour=1))
    chat = await newsroom.subscribe("kpop")
    newsroom.publish(title(9))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    rang = [breaking(newsroom, number) for number in range(2)]
    await newsroom.news()
    await newsroom.deliver()
    newsroom.publish(title(1))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.compose()
    newsroom.jump(hours=13)
    await settle(newsroom, chat, state)
    assert {row.state for row in await newsroom.deliveries("alert:")} == {"sent", "held"}
    newsroom.publish(title(2))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    assert newsroom.got(chat)[:2] == [(title(9),), (rang[0],)]
    last = newsroom.received[chat.id][-1]
    assert (set(last.titles), last.also) == ({title(1), title(2)}, (rang[1],))
    newsroom.clock("08:00")
    await newsroom.digest()
    assert len(newsroom.got(chat)) == 3


async def test_who_wants_no_alerts_any_more_gets_none_out_of_a_lost_digest(newsroom) -> None:
    newsroom.settings = replace(newsroom.settings, breaking=BreakingSettings(max_per_hour=1))
    chat = await newsroom.subscribe("kpop")
    for number in range(2):
        breaking(newsroom, number)
    await newsroom.news()
    await newsroom.deliver()
    newsroom.clock("08:00")
    await newsroom.compose()
    async with newsroom.store.writing() as tx:
        await chats.change(tx, chat.id, alerts=Alerts.OFF, digest_times=(), next_digest_at=None)
    newsroom.jump(hours=13)
    await settle(newsroom, chat, State.EXPIRED)
    assert {row.state for row in await newsroom.deliveries("alert:")} == {"sent", "cancelled"}


async def test_held_alerts_of_a_lost_digest_stay_for_the_next_with_alerts_off(newsroom) -> None:
    newsroom.settings = replace(newsroom.settings, breaking=BreakingSettings(max_per_hour=1))
    chat = await newsroom.subscribe("kpop")
    rang = [breaking(newsroom, number) for number in range(2)]
    await newsroom.news()
    await newsroom.deliver()
    newsroom.clock("08:00")
    await newsroom.compose()
    async with newsroom.store.writing() as tx:
        await chats.change(tx, chat.id, alerts=Alerts.OFF)
    newsroom.jump(hours=13)
    await settle(newsroom, chat, State.EXPIRED)
    newsroom.clock("08:00")
    await newsroom.digest()
    assert newsroom.received[chat.id][-1].also == (rang[1],)


async def test_a_first_digest_that_is_lost_comes_with_the_second(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.publish(title(0))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.compose()
    newsroom.jump(hours=12)
    await settle(newsroom, chat, State.EXPIRED)
    newsroom.publish(title(1))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    assert [set(told) for told in newsroom.got(chat)] == [{title(0), title(1)}]


async def test_a_week_of_lost_digests_comes_as_one(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.clock("08:00")
    await newsroom.digest()
    for number in range(7):
        newsroom.publish(title(number))
        await newsroom.news()
        newsroom.clock("08:00")
        await newsroom.compose()
        newsroom.jump(hours=12)
        await settle(newsroom, chat, State.EXPIRED)
    newsroom.clock("08:00")
    await newsroom.digest()
    assert [set(told) for told in newsroom.got(chat)] == [{title(number) for number in range(7)}]


async def test_a_story_that_telegram_never_takes_does_not_stop_digests_for_ever(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    newsroom.clock("08:00")
    await newsroom.digest()
    poisoned = newsroom.publish(title(0))
    for number in range(1, 4):
        await newsroom.news()
        newsroom.clock("08:00")
        await newsroom.compose()
        (owed,) = [row for row in await newsroom.deliveries("digest") if row.state == "owed"]
        async with newsroom.store.reading() as tx:
            (edition,) = (await editions.by_ids(tx, [owed.edition_id])).values()
        if all(card.version("en").title != poisoned for card in edition.content.cards):
            break
        await settle(newsroom, chat, State.REFUSED)
        newsroom.publish(title(number))
    await newsroom.deliver()
    assert len(newsroom.got(chat)) == 1


async def test_held_alerts_of_a_lost_digest_are_sent_where_no_digest_comes_any_more(newsroom) -> None:
    newsroom.settings = replace(newsroom.settings, breaking=BreakingSettings(max_per_hour=1))
    chat = await newsroom.subscribe("kpop")
    rang = [breaking(newsroom, number) for number in range(2)]
    await newsroom.news()
    await newsroom.deliver()
    newsroom.clock("08:00")
    await newsroom.compose()
    await newsroom.set_times(chat)
    newsroom.jump(hours=13)
    await settle(newsroom, chat, State.EXPIRED)
    await newsroom.deliver()
    assert newsroom.got(chat) == [(rang[0],), (rang[1],)]


async def test_held_alerts_of_a_lost_digest_come_no_faster_than_the_caps_allow(newsroom) -> None:
    newsroom.settings = replace(newsroom.settings, breaking=BreakingSettings(max_per_hour=1, max_per_day=3))
    chat = await newsroom.subscribe("kpop")
    for number in range(5):
        breaking(newsroom, number)
    await newsroom.news()
    await newsroom.deliver()
    newsroom.clock("08:00")
    await newsroom.compose()
    await newsroom.set_times(chat)
    newsroom.jump(hours=13)
    await settle(newsroom, chat, State.EXPIRED)
    waits = sorted(row.due_at for row in await newsroom.deliveries("alert:") if row.state == "owed")
    now, hour, day = newsroom.time, timedelta(hours=1), timedelta(days=1)
    assert waits == [now, now + hour, now + 2 * hour, now + day], "the first was sent long before"


async def test_a_digest_that_came_between_is_not_told_again(newsroom) -> None:
    chat = await newsroom.subscribe("kpop", at=("08:00", "19:00"))
    newsroom.clock("19:00")
    await newsroom.digest()
    newsroom.publish(title(0))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.compose()
    morning = [row.id for row in await newsroom.deliveries("digest") if row.state == "owed"]
    newsroom.publish(title(1))
    await newsroom.news()
    newsroom.clock("19:00")
    await newsroom.compose()
    async with newsroom.store.writing() as tx:
        await outbox.settle(tx, [Settlement(one, State.EXPIRED) for one in morning], newsroom.time)
    await newsroom.deliver()
    assert newsroom.got(chat) == [(title(1),)]
    newsroom.clock("08:00")
    await newsroom.digest()
    assert newsroom.got(chat) == [(title(1),), (title(0),)]


async def test_composing_and_losing_at_once_leaves_nothing_out(newsroom) -> None:
    chat = await newsroom.subscribe("kpop", at=("08:00", "19:00"))
    newsroom.publish(title(0))
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.compose()
    newsroom.publish(title(1))
    await newsroom.news()
    newsroom.clock("19:00")
    newsroom.jump(hours=2)
    await asyncio.gather(newsroom.compose(), settle(newsroom, chat, State.EXPIRED))
    await newsroom.compose()
    await newsroom.deliver()
    newsroom.clock("08:00")
    await newsroom.digest()
    assert {one for told in newsroom.got(chat) for one in told} == {title(0), title(1)}
