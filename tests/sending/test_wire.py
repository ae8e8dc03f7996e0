"""Requests over aiohttp: what python-telegram-bot expects of them, and no token where people read."""

import asyncio

import pytest
from telegram import InputFile
from telegram.error import NetworkError, TimedOut
from telegram.ext import ExtBot
from telegram.request import RequestData

from bot.playground.telegram import Chat, Cut, Fault, Telegram
from bot.sending.wire import Wire
from tests.sending.conftest import TOKEN


@pytest.fixture
def chat(telegram: Telegram) -> Chat:
    ann = telegram.person("Ann")
    telegram.start(ann)
    return telegram.private(ann)


async def test_a_message_arrives_with_its_markup_and_buttons(
    telegram: Telegram, bot: ExtBot[int], chat: Chat
) -> None:
    keyboard = {"inline_keyboard": [[{"text": "더 보기", "callback_data": "more"}]]}
    answer = await bot.do_api_request(
        "sendMessage",
        api_kwargs={
            "chat_id": chat.id,
            "text": "<b>소식</b> & =?",
            "parse_mode": "HTML",
            "reply_markup": keyboard,
        },
    )
    (message,) = telegram.received(chat)
    assert (message.plain, message.buttons, message.id) == ("소식 & =?", ["더 보기"], answer["message_id"])


async def test_updates_are_polled_for_as_long_as_the_poll_lasts(
    telegram: Telegram, base_url: str, chat: Chat
) -> None:
    """The read time-out of a long poll is on top of the poll's own."""
    async with ExtBot(
        TOKEN, base_url=base_url, request=Wire(4), get_updates_request=Wire(1, read_timeout=0.5)
    ) as bot:
        (start,) = await bot.get_updates(timeout=1)
        assert await bot.get_updates(offset=start.update_id + 1, timeout=1) == ()
        waiting = asyncio.create_task(bot.get_updates(offset=start.update_id + 1, timeout=10))
        await telegram.until(lambda: telegram.polling)
        telegram.say(chat, telegram.world.people[chat.id], "/help")
        (update,) = await waiting
        assert update.message
        assert update.message.text == "/help"


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.MIDDLE])
async def test_no_error_names_the_address_that_holds_the_token(
    telegram: Telegram, bot: ExtBot[int], chat: Chat, cut: Cut
) -> None:
    telegram.fault(Fault.cuts(cut))
    with pytest.raises(NetworkError) as caught:
        await bot.do_api_request("sendMessage", api_kwargs={"chat_id": chat.id, "text": "x"})
    assert TOKEN not in f"{caught.value!r} {caught.value.__cause__!r}"


async def test_a_time_out_asked_for_is_kept(telegram: Telegram, bot: ExtBot[int], chat: Chat) -> None:
    telegram.fault(Fault.hangs(20))
    with pytest.raises(TimedOut):
        await bot.do_api_request(
            "sendMessage", api_kwargs={"chat_id": chat.id, "text": "x"}, read_timeout=0.2
        )


async def test_a_file_is_sent_as_a_form() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.readuntil(b"--\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    got: list[bytes] = []
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    from telegram.request._requestparameter import RequestParameter

    data = RequestData([RequestParameter.from_input("photo", InputFile(b"a picture", filename="소식.png"))])
    async with server, Wire(1) as wire:
        assert await wire.do_request(f"http://127.0.0.1:{port}/", "POST", data) == (200, b"{}")
    assert b"a picture" in got[0]
    assert b"multipart/form-data" in got[0]


async def test_it_can_be_begun_again_after_it_was_ended(base_url: str) -> None:
    wire = Wire(1)
    with pytest.raises(RuntimeError):
        await wire.do_request(f"{base_url}{TOKEN}/getMe", "POST")
    for _ in range(2):
        async with wire:
            await wire.initialize()
            status, _ = await wire.do_request(f"{base_url}{TOKEN}/getMe", "POST")
            assert status == 200
