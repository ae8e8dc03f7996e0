"""Broken feeds are told to the bot's administrators, once, and to no reader."""

from datetime import timedelta

from sqlalchemy import select

from digests.model import Address, ChatKind, NewChat, NoticeContent
from digests.report import report
from digests.store import chats, codec, tables
from tests.steps.conftest import Situation

ADMIN, READER = 11, 12


async def begin(situation: Situation, telegram_id: int) -> None:
    async with situation.store.writing() as tx:
        new = NewChat(ChatKind.PRIVATE, "en", "Asia/Seoul", None, (), None)
        await chats.ensure(tx, Address(telegram_id), new, situation.now())


async def notices(situation: Situation) -> list[NoticeContent]:
    rows = await situation.rows(
        select(tables.editions, tables.chats.c.telegram_id)
        .join(tables.deliveries, tables.deliveries.c.edition_id == tables.editions.c.id)
        .join(tables.chats, tables.chats.c.id == tables.deliveries.c.chat_id)
        .order_by(tables.editions.c.id)
    )
    assert {row.telegram_id for row in rows} <= {ADMIN}
    return [content for row in rows if isinstance(content := codec.edition(row).content, NoticeContent)]


async def fail(situation: Situation, times: int) -> None:
    for _ in range(times):
        await situation.poll()
        situation.jump(days=2)


async def test_a_broken_feed_is_told_once_and_again_after_it_recovered(situation: Situation) -> None:
    await begin(situation, ADMIN)
    await begin(situation, READER)
    situation.misbehave("daily", status=500)
    await fail(situation, 2)
    assert await report(situation.store, [ADMIN], situation.now()) == 0  # a bad day is no news
    await fail(situation, 1)
    assert await report(situation.store, [ADMIN], situation.now()) == 1
    await fail(situation, 2)
    assert await report(situation.store, [ADMIN], situation.now()) == 0
    (notice,) = await notices(situation)
    assert [(one.name, one.closed) for one in notice.feeds] == [("daily", False)]
    assert "(500)" in notice.feeds[0].error
    situation.misbehave("daily")
    await fail(situation, 1)
    situation.misbehave("daily", status=500)
    await fail(situation, 3)
    assert await report(situation.store, [ADMIN], situation.now()) == 1


async def test_a_closed_feed_is_told_at_once(situation: Situation) -> None:
    await begin(situation, ADMIN)
    situation.misbehave("post", status=410)
    await fail(situation, 1)
    assert await report(situation.store, [ADMIN], situation.now()) == 1
    assert await report(situation.store, [ADMIN], situation.now()) == 0
    (notice,) = await notices(situation)
    assert [(one.name, one.closed) for one in notice.feeds] == [("post", True)]


async def test_feeds_that_break_together_are_one_notice(situation: Situation) -> None:
    await begin(situation, ADMIN)
    for name in ("daily", "post", "flash"):
        situation.misbehave(name, status=503)
    await fail(situation, 3)
    await report(situation.store, [ADMIN], situation.now())
    (notice,) = await notices(situation)
    assert {one.name for one in notice.feeds} == {"daily", "post", "flash"}


async def test_it_waits_for_somebody_to_tell(situation: Situation) -> None:
    situation.misbehave("daily", status=500)
    await fail(situation, 3)
    assert await report(situation.store, [], situation.now()) == 0
    assert await report(situation.store, [ADMIN], situation.now()) == 0  # never wrote to the bot
    await begin(situation, ADMIN)
    async with situation.store.writing() as tx:
        await chats.pause(tx, ADMIN, "blocked", situation.now())
    assert await report(situation.store, [ADMIN], situation.now()) == 0
    async with situation.store.writing() as tx:
        await chats.wake(tx, ADMIN)
    assert await report(situation.store, [ADMIN], situation.now() + timedelta(days=9)) == 1
