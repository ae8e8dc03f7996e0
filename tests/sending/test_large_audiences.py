"""A large audience, and a Telegram that is slow: what is in hand stays small, whatever is owed."""

import asyncio

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.playground.telegram import Fault
from bot.sending.sender import CLAIMED, LARGE_PIECE, MOST_SLOTS, PIECE, SLOTS, slots_for
from digests.model import Address, ChatKind, NewChat, Owed, Priority, State
from digests.store import chats, outbox, subscriptions, tables
from tests.sending.outgoing import HOUR, Office


async def crowd(office: Office, readers: int) -> list[int]:
    """So many readers of kpop, made in one transaction; their chats' ids."""
    now = office.clock()
    new = NewChat(ChatKind.PRIVATE, "en", "Asia/Seoul", None, (), None)
    made = []
    async with office.store.writing() as tx:
        for number in range(readers):
            person = office.telegram.person(f"Reader {number}")
            office.telegram.start(person)
            chat = await chats.ensure(tx, Address(office.telegram.private(person).id), new, now)
            await subscriptions.add(tx, chat.id, ["kpop"], now - 24 * HOUR)
            made.append(chat.id)
    return made


async def test_an_audience_is_decided_in_pieces_the_first_a_small_one(office: Office) -> None:
    office.messages_per_second = 100_000
    piece = PIECE if office.store.is_sqlite else LARGE_PIECE
    await crowd(office, piece + SLOTS + 20)
    office.telegram.fault(Fault.hangs(1, times=SLOTS))
    await office.announce("Nova Lane breaks up", "kpop")
    with capture_logs() as logs:
        await office.send()
    assert [log["chats"] for log in logs if log["event"] == "unfolded"] == [SLOTS, piece, 20, 0]
    assert set(await office.states()) == {State.SENT}


async def test_what_is_owed_is_claimed_in_pieces(office: Office) -> None:
    office.messages_per_second = 100_000
    piece = CLAIMED if office.store.is_sqlite else LARGE_PIECE
    edition, now = await office.edition("Morning"), office.clock()
    owed = [
        Owed(chat, "digest:1", edition, Priority.DIGEST, State.OWED, now, now + HOUR)
        for chat in await crowd(office, piece + SLOTS)
    ]
    async with office.store.writing() as tx:
        await outbox.owe(tx, owed, now)
    office.telegram.fault(Fault.hangs(1, times=SLOTS))
    office.start()
    await office.telegram.until(lambda: len(office.telegram.calls_of("sendMessage")) >= SLOTS)
    assert await claimed(office) <= SLOTS + piece
    await office.until_idle()
    assert set(await office.states()) == {State.SENT}


async def test_a_slow_telegram_makes_the_outbox_wait_on_disk(office: Office) -> None:
    office.messages_per_second = 10  # a block is as small as it gets
    readers = await crowd(office, 8 * SLOTS)
    office.telegram.fault(Fault.hangs(2, times=SLOTS))
    await office.announce("Nova Lane breaks up", "kpop")
    office.start()
    await office.telegram.until(lambda: len(office.telegram.calls_of("sendMessage")) == SLOTS)
    await asyncio.sleep(0.3)
    unfolded = len(await office.rows())
    assert unfolded <= 3 * SLOTS < len(readers), (
        "what is under way and a block in hand; the rest stays folded"
    )
    assert await claimed(office) == unfolded
    await office.until_idle()
    assert await office.states() == [State.SENT] * len(readers)


async def claimed(office: Office) -> int:
    held = select(func.count()).where(tables.deliveries.c.run_id.is_not(None))
    async with office.store.reading() as tx:
        return int(await tx.value(held))


async def test_more_requests_are_under_way_where_more_are_allowed(office: Office) -> None:
    office.messages_per_second = 500
    await crowd(office, 70)
    office.telegram.fault(Fault.hangs(3, times=50))
    await office.announce("Nova Lane breaks up", "kpop")
    office.start()
    await office.telegram.until(lambda: len(office.telegram.calls_of("sendMessage")) == 50)
    await office.until_idle()
    assert set(await office.states()) == {State.SENT}


@pytest.mark.parametrize(
    ("rate", "slots"), [(0.5, SLOTS), (30, SLOTS), (320, SLOTS), (1_000, 100), (100_000, MOST_SLOTS)]
)
def test_the_pace_says_how_many_requests_are_under_way(rate: float, slots: int) -> None:
    assert slots_for(rate) == slots


async def test_the_log_tells_of_what_was_sent_by_numbers_and_of_all_else_one_by_one(office: Office) -> None:
    readers = [await office.reader("kpop") for _ in range(3)]
    office.telegram.block(readers[0].person)
    await office.announce("Nova Lane breaks up", "kpop")
    edition = await office.edition("Morning")
    await office.owe(readers[1], edition, key="digest:2026-03-02:08:00")
    with capture_logs() as logs:
        await office.send()
    told = [log for log in logs if log["log_level"] != "debug"]
    assert sum(log["messages"] for log in told if log["event"] == "sent") == 3
    assert sum(log.get("alert", 0) for log in told if log["event"] == "sent") == 2
    assert sum(log.get("digest", 0) for log in told if log["event"] == "sent") == 1
    assert [(log["state"], log["chat"]) for log in told if log["event"] == "settled"] == [
        ("gone", readers[0].id)
    ]
