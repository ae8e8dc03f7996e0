"""tidy: what is past its time goes, in batches; what tells old from new stays."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from digests import tidy as step
from digests.model import Alerts
from digests.settings import BreakingSettings
from digests.store import chats, tables
from tests.headlines import WAITS

OPENS = "Fire breaks out at paper mill in Suwon"


async def one_day(newsroom: Any) -> Any:
    """A story in a digest and one that rang, both sent."""
    chat = await newsroom.subscribe("kpop")
    newsroom.publish("A quiet album tops the charts again", author="Ann", picture="stage.png")
    newsroom.publish(f"BREAKING: {OPENS}")
    await newsroom.news()
    await newsroom.deliver()
    newsroom.clock("08:00")
    await newsroom.digest()
    assert len(newsroom.got(chat)) == 2
    return chat


async def count(newsroom: Any, table: Any) -> int:
    return len(await newsroom.rows(select(table)))


async def test_what_is_young_stays(newsroom) -> None:
    await one_day(newsroom)
    newsroom.jump(days=29)
    assert await newsroom.tidy() == step.Tidied(0, 0, 0, 0, more=False)


async def test_texts_are_forgotten_and_titles_links_and_keys_stay(newsroom) -> None:
    await one_day(newsroom)
    before = {row.id: row for row in await newsroom.rows(select(tables.entries))}
    newsroom.jump(days=31)
    assert (await newsroom.tidy()).texts == 2
    for row in await newsroom.rows(select(tables.entries)):
        assert (row.summary, row.author, row.image) == ("", "", "")
        kept = ("key", "title", "link", "link_key", "title_key", "published_at", "story_id", "tags")
        assert [getattr(row, name) for name in kept] == [getattr(before[row.id], name) for name in kept]
    assert (await newsroom.tidy()).texts == 0


async def test_an_entry_of_which_only_the_picture_is_left_is_forgotten_too(newsroom) -> None:
    await one_day(newsroom)
    async with newsroom.store.writing() as tx:
        await tx.execute(update(tables.entries).values(summary="", author=""))
    newsroom.jump(days=31)
    assert (await newsroom.tidy()).texts == 1
    assert set(await newsroom.column(tables.entries.c.image)) == {""}


async def test_an_entry_that_is_listed_again_after_its_text_was_forgotten_is_not_new(newsroom) -> None:
    chat = await one_day(newsroom)
    newsroom.jump(days=40)
    while (await newsroom.tidy()).texts:
        pass
    newsroom.publish("Something else, so that the feed has changed")
    assert (await newsroom.poll())["daily"].new == 1
    await newsroom.judge()
    await newsroom.deliver()
    newsroom.clock("08:00")
    await newsroom.digest()
    assert newsroom.got(chat)[2:] == [("Something else, so that the feed has changed",)]


async def test_a_story_that_rang_and_comes_back_after_its_delivery_was_forgotten_does_not_ring(
    newsroom,
) -> None:
    chat = await one_day(newsroom)
    newsroom.jump(days=40)
    await newsroom.tidy()
    assert await count(newsroom, tables.deliveries) == 0
    old = next(story for story in newsroom.press.stories if OPENS in story.title)
    newsroom.publish(f"BREAKING: {OPENS}", "post", "K-pop", slug=old.id)
    (filed,) = await newsroom.news()
    assert {reason.code for reason in filed.decision.reasons} >= {"marker", "told"}
    await newsroom.deliver()
    assert len(newsroom.got(chat)) == 2


async def test_what_has_not_been_judged_is_not_forgotten(newsroom) -> None:
    newsroom.publish("A quiet album tops the charts again")
    await newsroom.poll()
    newsroom.jump(days=31)
    assert (await newsroom.tidy()).texts == 0


async def test_settled_deliveries_go_and_then_their_editions_and_broadcasts(newsroom) -> None:
    await one_day(newsroom)
    newsroom.jump(days=31)
    tidied = await newsroom.tidy()
    assert (tidied.deliveries, tidied.editions) == (2, 2)
    for table in (tables.deliveries, tables.editions, tables.broadcasts):
        assert await count(newsroom, table) == 0
    assert await count(newsroom, tables.stories) == 2


async def test_an_edition_stays_while_a_delivery_or_an_open_broadcast_needs_it(newsroom) -> None:
    await newsroom.subscribe("kpop")
    newsroom.publish(f"BREAKING: {OPENS}")
    await newsroom.news()
    newsroom.jump(days=31)
    assert (await newsroom.tidy()).editions == 0, "nobody was told yet"
    newsroom.time -= timedelta(days=31)
    await newsroom.unfold()
    newsroom.jump(days=31)
    assert (await newsroom.tidy()).editions == 0, "somebody is still owed it"
    await newsroom.deliver()
    newsroom.jump(days=31)
    assert (await newsroom.tidy()).editions == 1


async def test_what_is_held_is_never_forgotten(newsroom) -> None:
    from dataclasses import replace

    newsroom.settings = replace(newsroom.settings, breaking=BreakingSettings(max_per_hour=0))
    chat = await newsroom.subscribe("kpop")
    newsroom.publish(f"BREAKING: {OPENS}")
    await newsroom.news()
    await newsroom.unfold()
    newsroom.jump(days=60)
    tidied = await newsroom.tidy()
    assert (tidied.deliveries, tidied.editions) == (0, 0)
    await newsroom.digest()
    assert newsroom.received[chat.id][0].also == (f"BREAKING: {OPENS}",)


async def five_old_digests(newsroom: Any) -> None:
    for _ in range(5):
        await newsroom.subscribe("kpop", alerts=Alerts.OFF)
    for title in WAITS["kpop"][:5]:
        newsroom.publish(title)
    await newsroom.news()
    newsroom.clock("08:00")
    await newsroom.digest()
    newsroom.jump(days=31)


async def test_batches_are_bounded_and_say_that_there_is_more(newsroom, monkeypatch) -> None:
    monkeypatch.setattr(step, "LOOK", 2)
    await five_old_digests(newsroom)
    texts, deliveries = [], []
    for _ in range(3):
        tidied = await newsroom.tidy()
        texts.append(tidied.texts)
        deliveries.append(tidied.deliveries)
        more = tidied.more
    assert (texts, deliveries, more) == ([2, 2, 1], [2, 2, 1], False)
    assert await count(newsroom, tables.editions) == 0


@pytest.mark.parametrize(("days", "gone"), [(179, 0), (181, 1)])
async def test_a_chat_paused_for_long_goes_with_all_it_has(newsroom, days: int, gone: int) -> None:
    chat = await one_day(newsroom)
    awake = await newsroom.subscribe("kpop")
    async with newsroom.store.writing() as tx:
        await chats.pause(tx, chat.address.telegram_id, "blocked", newsroom.time)
    newsroom.jump(days=days)
    assert (await newsroom.tidy()).chats == gone
    assert await newsroom.column(tables.chats.c.id) == ([] if gone else [chat.id]) + [awake.id]
    assert await count(newsroom, tables.subscriptions) == 2 - gone
    newsroom.jump(days=31)
    await newsroom.tidy()
    assert await count(newsroom, tables.editions) == 0


async def test_others_wait_for_a_batch_at_most(newsroom, monkeypatch) -> None:
    monkeypatch.setattr(step, "BATCH", 2)
    await five_old_digests(newsroom)
    committed: list[str] = []

    def note(_connection: Any) -> None:
        committed.append("commit")

    event.listen(newsroom.store.writer.sync_engine, "commit", note)
    await newsroom.tidy()
    assert len(committed) >= 3 + 3 + 1, "five texts and five deliveries, two at a time, and their edition"
    committed.clear()
    assert await newsroom.tidy() == step.Tidied(0, 0, 0, 0, more=False)
    assert committed == [], "to look for what is old holds up nobody"
