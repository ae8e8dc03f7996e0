"""Broken feeds are told to the bot's administrators, once, and to no reader."""

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from digests.model import Address, ChatKind, NewChat, NoticeContent, Shortage
from digests.report import report
from digests.store import chats, codec, stars, tables

if TYPE_CHECKING:
    from tests.steps.conftest import Situation

ADMIN, READER = 11, 12


async def begin(newsroom: "Situation", telegram_id: int) -> None:
    async with newsroom.store.writing() as tx:
        new = NewChat(ChatKind.PRIVATE, "en", "Asia/Seoul", None, (), None)
        await chats.ensure(tx, Address(telegram_id), new, newsroom.now())


async def notices(newsroom: "Situation") -> list[NoticeContent]:
    rows = await newsroom.rows(
        select(tables.editions, tables.chats.c.telegram_id)
        .join(tables.deliveries, tables.deliveries.c.edition_id == tables.editions.c.id)
        .join(tables.chats, tables.chats.c.id == tables.deliveries.c.chat_id)
        .order_by(tables.editions.c.id)
    )
    assert {row.telegram_id for row in rows} <= {ADMIN}
    return [content for row in rows if isinstance(content := codec.edition(row).content, NoticeContent)]


async def fail(newsroom: "Situation", times: int) -> None:
    for _ in range(times):
        await newsroom.poll()
        newsroom.jump(days=2)


async def test_a_broken_feed_is_told_once_and_again_after_it_recovered(newsroom: "Situation") -> None:
    await begin(newsroom, ADMIN)
    await begin(newsroom, READER)
    newsroom.misbehave("daily", status=500)
    await fail(newsroom, 2)
    assert await report(newsroom.store, [ADMIN], newsroom.now()) == 0  # a bad day is no news
    await fail(newsroom, 1)
    assert await report(newsroom.store, [ADMIN], newsroom.now()) == 1
    await fail(newsroom, 2)
    assert await report(newsroom.store, [ADMIN], newsroom.now()) == 0
    (notice,) = await notices(newsroom)
    assert [(one.name, one.closed) for one in notice.feeds] == [("daily", False)]
    assert "(500)" in notice.feeds[0].error
    newsroom.misbehave("daily")
    await fail(newsroom, 1)
    newsroom.misbehave("daily", status=500)
    await fail(newsroom, 3)
    assert await report(newsroom.store, [ADMIN], newsroom.now()) == 1


async def test_a_closed_feed_is_told_at_once(newsroom: "Situation") -> None:
    await begin(newsroom, ADMIN)
    newsroom.misbehave("post", status=410)
    await fail(newsroom, 1)
    assert await report(newsroom.store, [ADMIN], newsroom.now()) == 1
    assert await report(newsroom.store, [ADMIN], newsroom.now()) == 0
    (notice,) = await notices(newsroom)
    assert [(one.name, one.closed) for one in notice.feeds] == [("post", True)]


async def test_feeds_that_break_together_are_one_notice(newsroom: "Situation") -> None:
    await begin(newsroom, ADMIN)
    for name in ("daily", "post", "flash"):
        newsroom.misbehave(name, status=503)
    await fail(newsroom, 3)
    await report(newsroom.store, [ADMIN], newsroom.now())
    (notice,) = await notices(newsroom)
    assert {one.name for one in notice.feeds} == {"daily", "post", "flash"}


async def test_it_waits_for_somebody_to_tell(newsroom: "Situation") -> None:
    newsroom.misbehave("daily", status=500)
    await fail(newsroom, 3)
    assert await report(newsroom.store, [], newsroom.now()) == 0
    assert await report(newsroom.store, [ADMIN], newsroom.now()) == 0  # never wrote to the bot
    await begin(newsroom, ADMIN)
    async with newsroom.store.writing() as tx:
        await chats.pause(tx, ADMIN, "blocked", newsroom.now())
    assert await report(newsroom.store, [ADMIN], newsroom.now()) == 0
    async with newsroom.store.writing() as tx:
        await chats.wake(tx, ADMIN)
    assert await report(newsroom.store, [ADMIN], newsroom.now() + timedelta(days=9)) == 1


async def test_that_stars_are_spent_is_told_once_a_day(newsroom: "Situation") -> None:
    await begin(newsroom, READER)
    for _ in range(2):
        async with newsroom.store.writing() as tx:
            assert (await stars.reserve(tx, 5, 3, newsroom.now())).messages in (3, 0)
    assert await report(newsroom.store, [ADMIN], newsroom.now()) == 0, "there is nobody to tell"
    await begin(newsroom, ADMIN)
    assert await report(newsroom.store, [ADMIN], newsroom.now()) == 1
    async with newsroom.store.writing() as tx:
        await stars.reserve(tx, 5, 3, newsroom.now())
        await stars.ran_out(tx, newsroom.now())
    assert await report(newsroom.store, [ADMIN], newsroom.now()) == 1
    async with newsroom.store.writing() as tx:
        await stars.ran_out(tx, newsroom.now())
    assert await report(newsroom.store, [ADMIN], newsroom.now()) == 0
    newsroom.jump(days=1)
    async with newsroom.store.writing() as tx:
        await stars.ran_out(tx, newsroom.now())
    assert await report(newsroom.store, [ADMIN], newsroom.now()) == 1
    assert [notice.stars for notice in await notices(newsroom)] == [
        (Shortage.BUDGET,),
        (Shortage.BALANCE,),
        (Shortage.BALANCE,),
    ]
