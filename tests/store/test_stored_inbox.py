from datetime import timedelta

import pytest

from digests.store import chats, inbox
from digests.store.engine import Store
from digests.store.inbox import Received


def said(update_id: int, chat: int = 7, text: str = "/start") -> Received:
    return Received(update_id, chat, {"update_id": update_id, "message": {"text": text}})


async def test_an_update_is_stored_once_however_often_telegram_sends_it(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        assert await inbox.receive(tx, [said(10), said(11)], newsroom.now) == 2
    async with store.writing() as tx:
        assert await inbox.receive(tx, [said(10), said(11), said(12)], newsroom.now) == 1
    async with store.reading() as tx:
        assert [one.update_id for one in await inbox.waiting(tx, beside=(), limit=9)] == [10, 11, 12]
        assert await inbox.count(tx) == 3


async def test_the_offset_moves_with_the_updates_or_not_at_all(store: Store, newsroom) -> None:
    async with store.reading() as tx:
        assert await inbox.offset(tx) is None

    async def breaks() -> None:
        async with store.writing() as tx:
            await inbox.receive(tx, [said(10)], newsroom.now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await breaks()
    async with store.reading() as tx:
        assert await inbox.offset(tx) is None
        assert await inbox.count(tx) == 0
    async with store.writing() as tx:
        await inbox.receive(tx, [said(12), said(10)], newsroom.now)
    async with store.reading() as tx:
        assert await inbox.offset(tx) == inbox.Offset(13, newsroom.now)


async def test_nothing_received_moves_nothing(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        assert await inbox.receive(tx, [], newsroom.now) == 0
        assert await inbox.offset(tx) is None


async def test_a_handled_update_never_comes_back_even_if_telegram_repeats_it(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        await inbox.receive(tx, [said(10), said(11)], newsroom.now)
        await inbox.done(tx, 10)
    async with store.writing() as tx:
        assert await inbox.receive(tx, [said(10)], newsroom.now + timedelta(minutes=1)) == 0
        assert [one.update_id for one in await inbox.waiting(tx, beside=(), limit=9)] == [11]
        assert await inbox.offset(tx) == inbox.Offset(12, newsroom.now)


async def test_numbers_that_begin_anew_after_a_silent_week_are_taken(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        await inbox.receive(tx, [said(900)], newsroom.now)
        later = newsroom.now + timedelta(days=8)
        assert await inbox.receive(tx, [said(5)], later) == 1
        assert await inbox.offset(tx) == inbox.Offset(6, later)


async def test_waiting_gives_the_oldest_first_and_not_what_is_in_hand(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        await inbox.receive(tx, [said(number) for number in (14, 11, 13, 12)], newsroom.now)
    async with store.reading() as tx:
        found = await inbox.waiting(tx, beside={11, 13}, limit=1)
        assert found == (said(12),)
        found = await inbox.waiting(tx, beside=iter([12]), limit=9)
        assert [one.update_id for one in found] == [11, 13, 14]


async def test_what_waits_of_a_group_follows_it_to_its_new_id(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        await inbox.receive(tx, [said(1, chat=-5), said(2, chat=8)], newsroom.now)
        await chats.move(tx, -5, -100, newsroom.now)
        assert [one.telegram_id for one in await inbox.waiting(tx, beside=(), limit=9)] == [-100, 8]


@pytest.mark.parametrize("text", ["nul \x00 here", "half \ud83d a pair", "\u202eright to left", "🎤" * 1000])
async def test_any_text_that_telegram_may_send_can_be_kept(store: Store, newsroom, text: str) -> None:
    async with store.writing() as tx:
        await inbox.receive(tx, [said(1, text=text)], newsroom.now)
    async with store.reading() as tx:
        assert await inbox.waiting(tx, beside=(), limit=9) == (said(1, text=text),)


async def test_another_bots_updates_say_nothing_about_this_ones(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        await inbox.belong_to(tx, 600, newsroom.now)
        await inbox.receive(tx, [said(900)], newsroom.now)
        await inbox.belong_to(tx, 600, newsroom.now)
    async with store.reading() as tx:
        assert await inbox.count(tx) == 1
        assert await inbox.offset(tx) is not None
    async with store.writing() as tx:
        await inbox.belong_to(tx, 700, newsroom.now)
    async with store.reading() as tx:
        assert await inbox.count(tx) == 0
        assert await inbox.offset(tx) is None
