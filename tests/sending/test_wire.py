"""Requests over aiohttp: what python-telegram-bot expects of them, and no token where people read."""

import asyncio
import io
import traceback
from pathlib import Path
from ssl import create_default_context
from typing import Any

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, InputMediaDocument
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.playground.telegram import Chat, Cut, Fault, Telegram
from bot.sending.uploads import PIECE
from bot.sending.wire import Unheard, Unwritten, Wire
from tests.emulated import TOKEN
from tests.sending.servers import (
    CERTIFICATE,
    OK,
    HttpProxy,
    Recorder,
    deafness,
    heard,
    saying,
    silence,
    speaking,
)

MESSAGE = {"message_id": 7, "date": 0, "chat": {"id": 5, "type": "private"}}
PASSWORD = "hunter2"


@pytest.fixture
def chat(telegram: Telegram) -> Chat:
    ann = telegram.person("Ann")
    telegram.start(ann)
    return telegram.private(ann)


def a_bot(server: str, **how: Any) -> ExtBot[int]:
    """python-telegram-bot with our wires in both of its slots; it is not begun, since that would ask who it is."""
    return ExtBot(
        TOKEN,
        base_url=f"{server}/bot",
        base_file_url=f"{server}/file/bot",
        request=Wire(how.pop("connections", 4), **how),
        get_updates_request=Wire(1, **how),
    )


class Begun:
    """A bot whose wires are begun."""

    def __init__(self, server: str, **how: Any) -> None:
        self.bot = a_bot(server, **how)

    async def __aenter__(self) -> ExtBot[int]:
        for wire in self.bot._request:
            await wire.initialize()
        return self.bot

    async def __aexit__(self, *_: object) -> None:
        for wire in self.bot._request:
            await wire.shutdown()


async def ask(bot: ExtBot[int], **how: Any) -> Any:
    return await bot.do_api_request("sendMessage", api_kwargs={"chat_id": 5, "text": "소식"}, **how)


async def failure(bot: ExtBot[int], **how: Any) -> TelegramError:
    """What a request fails with. Nowhere in it, nor in what a log would show of it, is anything secret."""
    with pytest.raises(TelegramError) as caught:
        await ask(bot, **how)
    told = "".join(traceback.format_exception(caught.value))
    for secret in (TOKEN, PASSWORD):
        assert secret not in f"{told} {caught.value!r} {caught.value.__cause__!r}"
    return caught.value


# -- what is asked ------------------------------------------------------------------------------------------------


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


async def test_parameters_are_sent_as_json() -> None:
    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("더 보기", callback_data="more")]])
    async with Recorder.open() as server, Begun(server.url) as bot:
        server.result = MESSAGE
        await bot.send_message(
            5, "<b>소식</b> & =?", parse_mode="HTML", disable_notification=True, reply_markup=buttons
        )
        (got,) = server.got
    assert (got.path, got.method) == (f"/bot{TOKEN}/sendMessage", "POST")
    assert got.kind == "application/json"
    assert got.fields == {
        "chat_id": 5,
        "text": "<b>소식</b> & =?",
        "parse_mode": "HTML",
        "disable_notification": True,
        "reply_markup": {"inline_keyboard": [[{"text": "더 보기", "callback_data": "more"}]]},
    }


async def test_a_method_without_parameters_is_asked() -> None:
    async with Recorder.open() as server, Begun(server.url) as bot:
        assert await bot.do_api_request("logOut") is True
        assert (server.got[0].method, server.got[0].fields) == ("POST", {})


async def test_a_picture_is_sent_as_a_part_beside_the_parameters() -> None:
    async with Recorder.open() as server, Begun(server.url) as bot:
        server.result = MESSAGE
        await bot.send_photo(5, b"a picture", caption="사진", filename="소식.png")
        (got,) = server.got
    assert got.kind == "multipart/form-data"
    assert got.fields == {"chat_id": "5", "caption": "사진"}
    ((name, kind, content),) = got.files.values()
    assert (name, kind, content) == ("소식.png", "image/png", b"a picture")
    assert got.length, "Telegram is told how much comes"


async def test_several_files_of_one_message_arrive_each_by_its_name() -> None:
    async with Recorder.open() as server, Begun(server.url) as bot:
        server.result = [MESSAGE]
        await bot.send_media_group(5, [InputMediaDocument(b"one"), InputMediaDocument(b"two")])
        (got,) = server.got
    assert sorted(content for _, _, content in got.files.values()) == [b"one", b"two"]
    assert all(f"attach://{name}" in got.fields["media"] for name in got.files)


class Watched(io.BytesIO):
    """A file that remembers how much was read of it at once."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.most = max(self.most, len(piece))
        return piece


async def test_a_file_is_streamed_and_is_left_where_it_stood() -> None:
    """So a reply with a file can be sent again after a 429."""
    file = Watched(b"skipped" + bytes(range(256)) * 10_000)
    file.seek(7)
    async with Recorder.open() as server, Begun(server.url) as bot:
        server.result = MESSAGE
        for _ in range(2):
            await bot.send_document(5, InputFile(file, filename="log.bin", read_file_handle=False))
        first, second = (next(iter(got.files.values()))[2] for got in server.got)
    assert first == second == bytes(range(256)) * 10_000
    assert file.most <= PIECE
    assert (file.closed, file.tell()) == (False, 7)


async def test_a_file_from_disk_is_streamed(tmp_path: Path) -> None:
    path = tmp_path / "archive.bin"
    path.write_bytes(b"x" * 3_000_000)
    async with Recorder.open() as server, Begun(server.url) as bot:
        server.result = MESSAGE
        with path.open("rb") as file:
            await bot.send_document(5, InputFile(file, read_file_handle=False))
            assert not file.closed
        (got,) = server.got
    assert got.length
    assert len(next(iter(got.files.values()))[2]) == 3_000_000


class Stream(io.RawIOBase):
    """What comes from a pipe: nobody knows how much, and nobody can go back."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        del size
        return self.pieces.pop(0) if self.pieces else b""


async def test_what_cannot_say_its_length_is_sent_in_chunks() -> None:
    async with Recorder.open() as server, Begun(server.url) as bot:
        server.result = MESSAGE
        stream: Any = Stream([b"one ", b"two ", b"three"])
        await bot.send_document(5, InputFile(stream, filename="pipe.txt", read_file_handle=False))
        (got,) = server.got
    assert got.length is None
    assert next(iter(got.files.values()))[2] == b"one two three"


async def test_a_file_is_fetched(tmp_path: Path) -> None:
    async with Recorder.open() as server, Begun(server.url) as bot:
        server.result = {"file_id": "a", "file_unique_id": "b", "file_path": "photos/one.png"}
        file = await bot.get_file("a")
        assert bytes(await file.download_as_bytearray()) == b"bytes of a file"
        await file.download_to_drive(tmp_path / "one.png")
        assert (tmp_path / "one.png").read_bytes() == b"bytes of a file"
        assert server.got[-1].path == f"/file/bot{TOKEN}/photos/one.png"


# -- time-outs ----------------------------------------------------------------------------------------------------


async def test_a_time_out_asked_for_is_kept(telegram: Telegram, bot: ExtBot[int], chat: Chat) -> None:
    telegram.fault(Fault.hangs(20))
    with pytest.raises(TimedOut):
        await bot.do_api_request(
            "sendMessage", api_kwargs={"chat_id": chat.id, "text": "x"}, read_timeout=0.2
        )


async def test_an_answer_that_does_not_come_may_have_been_acted_upon() -> None:
    async with speaking(silence) as url, Begun(url, read_timeout=0.2) as bot:
        error = await failure(bot)
    assert isinstance(error, TimedOut)
    assert isinstance(error, Unheard)


async def test_an_answer_that_stops_in_the_middle_is_waited_for_no_longer_than_one_that_never_began() -> None:
    async with (
        speaking(saying(OK[:-5], b"true}", pause=5)) as url,
        Begun(url, read_timeout=0.2) as bot,
    ):
        error = await failure(bot)
    assert isinstance(error, TimedOut)
    assert isinstance(error, Unheard)


async def test_an_answer_that_comes_bit_by_bit_is_waited_for() -> None:
    bits = [OK[at : at + 8] for at in range(0, len(OK), 8)]
    async with speaking(saying(*bits, pause=0.05)) as url, Begun(url, read_timeout=0.3) as bot:
        assert await ask(bot) is True


async def test_where_tls_is_not_answered_nothing_was_written() -> None:
    async with (
        speaking(silence) as url,
        Begun(url.replace("http", "https"), connect_timeout=0.2) as bot,
    ):
        error = await failure(bot)
    assert isinstance(error, TimedOut)
    assert isinstance(error, Unwritten)


async def test_a_request_waits_for_a_connection_no_longer_than_it_was_told() -> None:
    async with (
        speaking(silence) as url,
        Begun(url, connections=1, read_timeout=3, pool_timeout=0.1, connect_timeout=0.1) as bot,
    ):
        held = asyncio.create_task(ask(bot))
        await asyncio.sleep(0.05)
        error = await failure(bot)
        assert not held.done()
        held.cancel()
    assert isinstance(error, TimedOut)
    assert isinstance(error, Unwritten)


async def test_who_does_not_take_a_file_is_given_up() -> None:
    async with speaking(deafness) as url, Begun(url, write_timeout=0.3) as bot:
        with pytest.raises(TimedOut) as caught:
            await bot.send_document(5, b"x" * 30_000_000, write_timeout=0.3)
    assert isinstance(caught.value, Unheard)


async def test_without_a_time_out_an_answer_is_waited_for() -> None:
    async with speaking(saying(b"", OK, pause=0.4)) as url, Begun(url, read_timeout=0.1) as bot:
        assert await ask(bot, read_timeout=None, connect_timeout=None, pool_timeout=None) is True


# -- trouble on the way -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.MIDDLE])
async def test_no_error_names_the_address_that_holds_the_token(
    telegram: Telegram, bot: ExtBot[int], cut: Cut
) -> None:
    telegram.fault(Fault.cuts(cut))
    error = await failure(bot)
    assert isinstance(error, Unheard)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        OK[:20],
        OK[:-5],
        b"this is no HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad Header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\nhello",
    ],
    ids=["nothing", "half a head", "half a body", "no HTTP", "a bad head", "not what it says"],
)
async def test_an_answer_that_breaks_off_is_no_answer(said: bytes) -> None:
    async with speaking(saying(said)) as url, Begun(url) as bot:
        error = await failure(bot)
    assert isinstance(error, NetworkError)
    assert isinstance(error, Unheard)


def answer(status: int, body: bytes, more: str = "") -> bytes:
    return f"HTTP/1.1 {status} Said\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    "body", [b"<html>Welcome to the hotel</html>", b"", b"[1]", b'{"ok":true', b"\xff\xfe"]
)
async def test_what_is_taken_with_words_that_are_no_json_may_have_arrived(body: bytes) -> None:
    async with speaking(saying(answer(200, body))) as url, Begun(url) as bot:
        assert isinstance(await failure(bot), Unheard)


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 407, 413, 429, 500, 502, 503, 599])
async def test_a_refusal_that_is_not_telegrams_is_trouble_on_the_way(status: int) -> None:
    """A hotel's page must not pause every chat, nor a firewall's 404 end the bot."""
    said = answer(status, b"<html>Pay here</html>", "Location: https://hotel.example/\r\n")
    async with speaking(saying(said)) as url, Begun(url) as bot:
        error = await failure(bot)
    assert type(error) is NetworkError
    assert str(status) in str(error)


@pytest.mark.parametrize(("status", "kind"), [(400, BadRequest), (403, Forbidden), (502, NetworkError)])
async def test_a_refusal_of_telegrams_is_told_in_its_words(status: int, kind: type[TelegramError]) -> None:
    said = answer(status, b'{"ok":false,"error_code":%d,"description":"No: really"}' % status)
    async with speaking(saying(said)) as url, Begun(url) as bot:
        error = await failure(bot)
    assert isinstance(error, kind)
    assert "eally" in str(error)


async def test_an_address_that_is_none_was_written_to_nobody() -> None:
    async with Begun("http://[") as bot:
        assert isinstance(await failure(bot), Unwritten)


# -- proxies and TLS ----------------------------------------------------------------------------------------------


def trusting() -> Any:
    return create_default_context(cafile=str(CERTIFICATE))


@pytest.mark.parametrize("credentials", ["", f"me:{PASSWORD}"])
@pytest.mark.parametrize("tls", [False, True])
async def test_requests_go_through_a_proxy(credentials: str, *, tls: bool) -> None:
    proxy = HttpProxy(credentials)
    async with Recorder.open(tls=tls) as server, speaking(proxy) as at:
        through = at.replace("//", f"//{credentials}@") if credentials else at
        async with Begun(server.url, proxy=through, ssl=trusting()) as bot:
            assert await ask(bot) is True
    (line,) = proxy.asked
    assert line.startswith("CONNECT localhost" if tls else "POST http://127.0.0.1")
    assert (TOKEN in line) is not tls


@pytest.mark.parametrize("tls", [False, True])
async def test_a_proxy_that_refuses_is_named_without_its_password(*, tls: bool) -> None:
    async with Recorder.open(tls=tls) as server, speaking(HttpProxy("me:other")) as at:
        through = at.replace("//", f"//me:{PASSWORD}@")
        async with Begun(server.url, proxy=through, ssl=trusting()) as bot:
            error = await failure(bot)
        assert "407" in str(error)
        assert not isinstance(error, Unheard)
        assert server.got == []


async def test_where_the_proxy_is_not_there_nothing_was_written() -> None:
    async with (
        Recorder.open() as server,
        Begun(server.url, proxy=f"http://me:{PASSWORD}@127.0.0.1:1") as bot,
    ):
        assert isinstance(await failure(bot), Unwritten)
        assert server.got == []


async def test_the_proxy_of_the_environment_is_taken_where_none_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = HttpProxy()
    async with Recorder.open() as server, speaking(proxy) as at:
        monkeypatch.setenv("http_proxy", at)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        async with Begun(server.url) as bot:
            assert await ask(bot) is True
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        async with Begun(server.url, proxy=at) as bot:
            assert await ask(bot) is True
    assert len(proxy.asked) == 2


async def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_written() -> None:
    async with Recorder.open(tls=True) as server, Begun(server.url) as bot:
        error = await failure(bot)
        assert isinstance(error, Unwritten)
        assert "Certificate" in str(error)
        assert server.got == []


async def test_a_certificate_that_is_trusted_must_be_of_that_server() -> None:
    async with Recorder.open(tls=True) as server:
        async with Begun(server.url, ssl=trusting()) as bot:
            assert await ask(bot) is True
        async with Begun(server.url.replace("localhost", "127.0.0.1"), ssl=trusting()) as bot:
            assert isinstance(await failure(bot), Unwritten)
        assert len(server.got) == 1


# -- its life -----------------------------------------------------------------------------------------------------


async def test_no_more_connections_are_open_than_it_may_have() -> None:
    async with Recorder.open() as server, Begun(server.url, connections=3) as bot:
        await asyncio.gather(*(ask(bot) for _ in range(60)))
        assert len(server.got) == 60
        assert len(server.peers) <= 3


async def test_a_request_that_is_given_up_gives_its_connection_back() -> None:
    async with speaking(silence) as url, Begun(url, connections=1) as bot:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(ask(bot), 0.1)


async def test_ending_it_ends_what_is_under_way() -> None:
    async with speaking(silence) as url, Begun(url) as bot:
        under_way = asyncio.create_task(failure(bot))
        await asyncio.sleep(0.05)
        for wire in bot._request:
            await wire.shutdown()
        assert isinstance(await asyncio.wait_for(under_way, 5), Unheard)
        assert isinstance(await failure(bot), Unwritten), "it has ended"


async def test_it_can_be_begun_again_after_it_was_ended(base_url: str) -> None:
    wire = Wire(1)
    with pytest.raises(RuntimeError):
        await wire.do_request(f"{base_url}{TOKEN}/getMe", "POST")
    for _ in range(2):
        async with wire:
            await wire.initialize()
            status, _ = await wire.do_request(f"{base_url}{TOKEN}/getMe", "POST")
            assert status == 200


async def test_a_connection_is_used_again() -> None:
    async def twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await heard(reader)
            writer.write(OK)
            await writer.drain()
        served.append(2)

    served: list[int] = []
    async with speaking(twice) as url, Begun(url, connections=1) as bot:
        assert [await ask(bot), await ask(bot)] == [True, True]
        await asyncio.sleep(0.05)
    assert served == [2]
