"""The emulation over real HTTP, with the real python-telegram-bot on the other side."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
)
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
)

from bot.playground.telegram import Chat, Cut, Fault, Limits, Person, Server, Telegram
from tests.emulated import TOKEN

# RetryAfter warns of its own future whenever one is made.
pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
Real = ExtBot[None]


async def test_a_message_arrives_as_it_was_sent(bot: Real, service: Telegram, chat: Chat) -> None:
    sent = await bot.send_message(
        chat.id,
        "<b>소식</b> &amp; 🎤",
        parse_mode="HTML",
        disable_notification=True,
        link_preview_options=LinkPreviewOptions(url="https://example.org/p.jpg", prefer_large_media=True),
        reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("On", callback_data="kpop=on")]]),
    )
    assert (sent.text, sent.text_html) == ("소식 & 🎤", "<b>소식</b> &amp; 🎤")
    message = service.received(chat)[-1]
    assert (message.id, message.silent, message.buttons) == (sent.message_id, True, ["On"])
    edited = await bot.edit_message_text("two", chat.id, sent.message_id)
    assert edited.text == "two"  # type: ignore[union-attr]
    reply = await bot.send_message(chat.id, "x", reply_parameters=ReplyParameters(sent.message_id))
    assert reply.reply_to_message is not None
    assert await bot.delete_message(chat.id, sent.message_id)


async def test_a_picture_by_address_and_as_a_file(bot: Real, service: Telegram, chat: Chat) -> None:
    await bot.send_photo(chat.id, "https://example.org/p.jpg", caption="<i>소식</i>", parse_mode="HTML")
    await bot.send_photo(chat.id, b"\x89PNG\r\n\x1a\n\x00\xff", caption="소식")
    first, second = service.received(chat)
    assert (first.photo, first.plain, first.html_safe) == ("https://example.org/p.jpg", "소식", "<i>소식</i>")
    assert (second.photo, second.plain) == ("attach://photo", "소식")


async def test_the_bots_own_affairs(bot: Real) -> None:
    assert (await bot.get_me()).username == "SosikBot"
    commands = [BotCommand("help", "How it works")]
    assert await bot.set_my_commands(commands, scope=BotCommandScopeAllGroupChats(), language_code="ko")
    assert await bot.get_my_commands(BotCommandScopeAllGroupChats(), "ko") == tuple(commands)
    assert await bot.set_my_description("News")
    assert (await bot.get_my_description()).description == "News"
    assert await bot.delete_webhook()


async def test_errors_come_as_their_own_kinds(bot: Real, service: Telegram, chat: Chat, ann: Person) -> None:
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(chat.id, "<p>x</p>", parse_mode="HTML")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(12345, "x")
    group = service.group("Fans", owner=ann, supergroup=False)
    service.add_bot(group, by=ann)
    new = service.migrate(group)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "x")
    assert moved.value.new_chat_id == new.id
    service.block(ann)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(chat.id, "x")


async def test_every_chat_and_member_is_understood(bot: Real, service: Telegram, ann: Person) -> None:
    forum = service.group("Forum", owner=ann, forum=True)
    service.add_bot(forum, by=ann, admin=True)
    thread = service.topic(forum, "News")
    service.say(forum, ann, "hello", thread=thread, anonymous=True)
    service.start(ann)
    service.block(ann)
    updates = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    assert [u.effective_chat.id for u in updates if u.effective_chat] == [forum.id] * 4 + [ann.id] * 2
    said = updates[3].message
    assert said is not None
    assert (said.message_thread_id, said.is_topic_message) == (thread, True)
    assert said.sender_chat is not None
    assert [a.status for a in await bot.get_chat_administrators(forum.id)] == ["creator", "administrator"]
    assert (await bot.get_chat(forum.id)).is_forum
    assert (await bot.get_chat_member(forum.id, ann.id)).status == "creator"


@pytest.mark.parametrize(
    ("fault", "error", "arrives"),
    [
        (Fault.flood(7), RetryAfter, 0),
        (Fault.error(500), NetworkError, 0),
        (Fault.error(502), NetworkError, 0),
        (Fault.error(403, "bot was blocked by the user"), Forbidden, 0),
        (Fault.error(400, "chat not found"), BadRequest, 0),
        (Fault.cuts(Cut.BEFORE), NetworkError, 0),
        (Fault.cuts(Cut.AFTER), NetworkError, 1),
        (Fault.cuts(Cut.MIDDLE), NetworkError, 1),
        (Fault.refuses_entities(), BadRequest, 0),
    ],
)
async def test_trouble_on_demand_happens_once(
    bot: Real, service: Telegram, fault: Fault, error: type[Exception], arrives: int
) -> None:
    ann = service.person("Ann")
    service.start(ann)
    chat = service.private(ann)
    service.fault(fault)
    with pytest.raises(error):
        await bot.send_message(chat.id, "<b>x</b>", parse_mode="HTML")
    assert len(service.received(chat)) == arrives
    call = service.calls_of("sendMessage", chat)[-1]
    assert (call.ok, call.applied) == (False, bool(arrives))
    await bot.send_message(chat.id, "<b>x</b>", parse_mode="HTML")
    assert len(service.received(chat)) == arrives + 1


async def test_trouble_finds_its_own(bot: Real, service: Telegram, chat: Chat) -> None:
    bo = service.person("Bo")
    service.start(bo)
    service.fault(Fault.flood(7, chat=bo.id, times=2))
    await bot.send_message(chat.id, "x")
    for _ in range(2):
        with pytest.raises(RetryAfter) as wait:
            await bot.send_message(bo.id, "x")
        assert wait.value._retry_after.total_seconds() == 7
    await bot.send_message(bo.id, "x")
    service.fault(Fault(method="sendMessage", status=500, after=1, times=None))
    await bot.send_message(chat.id, "x")
    for _ in range(3):
        with pytest.raises(NetworkError):
            await bot.send_message(chat.id, "x")
    await bot.send_chat_action(chat.id, "typing")
    service.clear_faults()
    await bot.send_message(chat.id, "x")


async def test_a_poisoned_message_is_always_refused(bot: Real, service: Telegram, chat: Chat) -> None:
    service.fault(Fault(status=400, description="poison", text="bad news", times=None))
    for _ in range(2):
        with pytest.raises(BadRequest, match="Poison"):
            await bot.send_message(chat.id, "very bad news")
        await bot.send_message(chat.id, "good news")


async def test_a_refused_markup_is_taken_as_plain_text(bot: Real, service: Telegram, chat: Chat) -> None:
    service.fault(Fault.refuses_entities(times=None))
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(chat.id, "<b>x</b>", parse_mode="HTML")
    assert (await bot.send_message(chat.id, "x")).text == "x"
    assert (await bot.send_message(chat.id, "x", parse_mode="HTML")).text == "x"


async def test_a_late_answer_belongs_to_a_message_that_arrived(
    bot: Real, service: Telegram, chat: Chat
) -> None:
    service.fault(Fault.hangs(30))
    sending = asyncio.create_task(bot.send_message(chat.id, "x", read_timeout=60))
    await service.wait_for(chat)
    assert not sending.done()
    sending.cancel()
    service.fault(Fault.hangs(0.05, first=True))
    begun = time.monotonic()
    await bot.send_message(chat.id, "y")
    assert time.monotonic() - begun >= 0.05


async def test_limits_are_kept(bot: Real, service: Telegram, chat: Chat) -> None:
    service.limit(Limits(per_chat=0.01, burst=2))
    await bot.send_message(chat.id, "x")
    await bot.send_message(chat.id, "x")
    with pytest.raises(RetryAfter) as wait:
        await bot.send_message(chat.id, "x")
    assert 1 <= wait.value._retry_after.total_seconds() <= 100
    assert len(service.received(chat)) == 2


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        (f"/bot{TOKEN}/getMe", 200, None),
        (f"/bot{TOKEN}/GETME", 200, None),
        (f"/bot{TOKEN}/getMy", 404, "Not Found"),
        ("/bot600000002:WRONG/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 404, "Not Found"),
        ("/", 404, "Not Found"),
        (f"/bot{TOKEN}/sendMessage", 400, "Bad Request: message text is empty"),
        (f"/bot{TOKEN}/sendMessage?text=x", 400, "Bad Request: chat_id is empty"),
    ],
)
async def test_addresses(base_url: str, path: str, status: int, description: str | None) -> None:
    async with httpx.AsyncClient(base_url=base_url.removesuffix("/bot")) as client:
        for answer in (await client.get(path), await client.post(path)):
            assert answer.status_code == status
            assert answer.json().get("description") == description


async def test_parameters_come_in_four_ways(base_url: str, service: Telegram, chat: Chat) -> None:
    url = f"{base_url}{TOKEN}/sendMessage"
    given = {"chat_id": chat.id, "text": "소식 & +"}
    async with httpx.AsyncClient() as client:
        answers = [
            await client.get(url, params=given),
            await client.post(url, data=given),
            await client.post(url, json=given),
            await client.post(url, data=given, files={"unused": b"x"}),
        ]
        assert [answer.json()["result"]["text"] for answer in answers] == ["소식 & +"] * 4
        broken = await client.post(url, content=b"{", headers={"content-type": "application/json"})
        assert broken.json()["description"] == "Bad Request: can't parse JSON object"
    assert len(service.received(chat)) == 4


async def test_a_wrong_token_is_known_as_such(base_url: str) -> None:
    with pytest.raises(InvalidToken):
        async with ExtBot("600000002:WRONG", base_url=base_url):
            pass


async def test_two_bots_on_one_token_conflict(bot: Real, service: Telegram) -> None:
    older = asyncio.create_task(bot.get_updates(timeout=30))
    while not service.polling:
        await asyncio.sleep(0.01)
    async with ExtBot(TOKEN, base_url=bot.base_url.removesuffix(TOKEN)) as newer:
        assert await newer.get_updates(timeout=0) == ()
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await older


async def test_a_poll_whose_client_left_is_over(base_url: str, service: Telegram) -> None:
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(f"{base_url}{TOKEN}/getUpdates", params={"timeout": 30}, timeout=0.1)
    deadline = time.monotonic() + 5
    while service.polling and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    assert not service.polling


async def test_the_server_stops_with_a_poll_open(service: Telegram) -> None:
    async with Server(service.app()) as server, httpx.AsyncClient() as client:
        poll = asyncio.create_task(client.get(f"{server.url}/bot{TOKEN}/getUpdates", params={"timeout": 30}))
        while not service.polling:
            await asyncio.sleep(0.01)
        begun = time.monotonic()
        await server.stop()
        assert time.monotonic() - begun < 2
        with pytest.raises(httpx.TransportError):
            await poll
        with pytest.raises(httpx.ConnectError):
            await client.get(server.url)


async def test_a_server_can_come_back_at_the_same_port(service: Telegram, chat: Chat) -> None:
    async with Server(service.app()) as server:
        port = int(server.url.rsplit(":", 1)[1])
    async with Server(service.app(), port=port) as server, httpx.AsyncClient() as client:
        answer = await client.post(
            f"{server.url}/bot{TOKEN}/sendMessage", data={"chat_id": chat.id, "text": "x"}
        )
        assert answer.json()["ok"]
        with pytest.raises(OSError, match="in use"):
            await Server(service.app(), port=port).start()


@pytest.fixture
async def application(base_url: str) -> AsyncIterator[Any]:
    """A small bot of two handlers, polling."""
    built = ApplicationBuilder().token(TOKEN).base_url(base_url).job_queue(None).build()

    async def start(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message is not None
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("K-pop", callback_data="kpop=on")]])
        await update.effective_message.reply_html("What do you <b>follow</b>?", reply_markup=keyboard)

    async def pressed(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer(f"{update.callback_query.data}!", show_alert=True)
        await update.callback_query.edit_message_text("You follow K-pop")

    built.add_handler(CommandHandler("start", start))
    built.add_handler(CallbackQueryHandler(pressed))
    async with built:
        await built.start()
        assert built.updater is not None
        await built.updater.start_polling(timeout=30)
        yield built
        await built.updater.stop()
        await built.stop()


@pytest.mark.usefixtures("application")
async def test_a_conversation(service: Telegram, ann: Person) -> None:
    service.start(ann)
    chat = service.private(ann)
    question = await service.wait_for(chat, lambda m: "follow" in m.plain)
    answer = await service.press(chat, ann, question.id, "K-pop")
    assert (answer.text, answer.show_alert) == ("kpop=on!", True)
    after = await service.wait_for(chat, lambda m: m.plain == "You follow K-pop")
    assert (after.id, after.buttons) == (question.id, [])


async def test_the_polling_of_a_stopped_application_confirms(
    application: Application[Any, Any, Any, Any, Any, Any], service: Telegram, ann: Person
) -> None:
    service.start(ann)
    await service.wait_for(service.private(ann))
    assert application.updater is not None
    await application.updater.stop()
    assert service.pending == []
    await application.updater.start_polling(timeout=30)


async def test_a_bot_in_another_process(base_url: str, service: Telegram, chat: Chat) -> None:
    program = (
        "import asyncio, sys\n"
        "from telegram import Bot\n"
        "async def main():\n"
        "    async with Bot(sys.argv[2], base_url=sys.argv[1]) as bot:\n"
        "        update = (await bot.get_updates(timeout=5))[0]\n"
        "        await bot.send_message(update.message.chat_id, 'heard ' + update.message.text)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, base_url, TOKEN)
    message = await service.wait_for(chat, timeout=60)
    assert message.plain == "heard /start"
    assert await asyncio.wait_for(process.wait(), 60) == 0


async def test_an_answer_is_what_the_journal_has(base_url: str, service: Telegram, chat: Chat) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{base_url}{TOKEN}/sendMessage", data={"chat_id": chat.id, "text": "x"})
    call = service.calls[-1]
    assert json.loads(json.dumps(call.answer)) == answer.json()
    assert (call.ok, call.applied, call.chat_id, call.parameters["text"]) == (True, True, chat.id, "x")
    assert call.took >= 0
