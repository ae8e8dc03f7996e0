"""When a handler fails the reader is told a sentence, the operator what it was, and the bot goes on."""

import traceback
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.handlers.registering import handle
from bot.playground.telegram import Cut, Fault
from tests.handlers.talking import Talking

SECRET = "my cat is called Bori"


async def break_store(talking: Talking) -> None:
    """Take a table away: the next command that needs it fails in the middle of its transaction."""
    async with talking.store.writing() as tx:
        await tx.execute(text("ALTER TABLE subscriptions RENAME TO lost"))


async def test_a_failure_is_told_in_a_sentence_and_the_bot_goes_on(talking: Talking) -> None:
    await break_store(talking)
    with capture_logs() as logs:
        (said,) = await talking.say(talking.ann, "/subscribe kpop")
    assert "something went wrong" in said.plain
    assert [line for line in logs if line["event"] == "handler failed"]
    assert await talking.hear(talking.ann, "/help")


async def test_a_failure_is_told_in_the_readers_language(talking: Talking) -> None:
    await break_store(talking)
    assert "죄송해요" in await talking.hear(talking.min, "구독 케이팝")


async def test_a_failed_press_is_answered_too(talking: Talking) -> None:
    (greeting,) = await talking.say(talking.ann, "/start")
    await break_store(talking)
    await talking.press(talking.ann, greeting, "🎤 K-pop")  # would wait for an answer until it times out
    said = talking.telegram.received(greeting.chat)[-1]
    assert "something went wrong" in said.plain
    assert await talking.hear(talking.ann, "/help")


async def test_what_a_reader_wrote_is_not_logged(talking: Talking) -> None:
    await break_store(talking)
    with capture_logs() as logs:
        await talking.say(talking.ann, f"/subscribe kpop {SECRET}")
    (failed,) = [line for line in logs if line["event"] == "handler failed"]
    assert SECRET not in "".join(traceback.format_exception(failed["exc_info"]))
    assert not [line for line in logs if SECRET in str({**line, "exc_info": None})]


async def test_trouble_that_cannot_be_told_is_swallowed(talking: Talking) -> None:
    talking.telegram.fault(Fault.error(500, "nothing works", times=None))
    with capture_logs() as logs:
        assert await talking.say(talking.ann, "/help") == []
    talking.telegram.clear_faults()
    assert "trouble could not be told" in [line["event"] for line in logs]
    assert await talking.hear(talking.ann, "/help")


async def test_a_chat_that_shall_be_left_alone_is_not_told_of_it(talking: Talking) -> None:
    telegram, chat = talking.telegram, talking.telegram.private(talking.ann)
    telegram.fault(Fault.flood(30, chat=talking.ann.id))
    assert await talking.say(talking.ann, "/help") == []
    assert len(telegram.calls_of("sendMessage", chat)) == 1


async def test_an_answer_that_is_lost_does_not_lose_the_effect(talking: Talking) -> None:
    talking.telegram.fault(Fault.cuts(Cut.BEFORE, method="sendMessage"))
    await talking.say(talking.ann, "/subscribe kpop")
    assert await talking.followed(talking.ann) == {"kpop"}


async def test_a_press_that_is_too_old_to_be_answered_still_counts(talking: Talking) -> None:
    (greeting,) = await talking.say(talking.ann, "/start")
    talking.telegram.tap(greeting.chat, talking.ann, greeting.id, "🎤 K-pop")
    talking.telegram.expire_queries()
    await talking.quiet()
    assert await talking.followed(talking.ann) == {"kpop"}
    assert greeting.buttons[0] == "✅ K-pop"


@pytest.mark.parametrize(
    "data", ["1:follow:onboarding:kpop=on", "1:follow:settings:kpop=on", "1:follow:suggestion:kpop=on"]
)
async def test_a_button_under_a_message_that_telegram_shows_no_more_still_counts(
    talking: Talking, data: str
) -> None:
    await talking.say(talking.ann, "/help")
    chat = talking.telegram.private(talking.ann)
    bygone = {"message_id": 99_999, "date": 0, "chat": chat.as_api()}  # Bot API, InaccessibleMessage
    query = {"id": "7", "from": talking.ann.as_api(), "chat_instance": "1", "data": data, "message": bygone}
    with capture_logs() as logs:
        await handle(talking.desk)({"update_id": 1, "callback_query": query})
    assert await talking.followed(talking.ann) == {"kpop"}
    assert [line for line in logs if line["log_level"] == "error"] == []


NO_UPDATES: list[dict[str, Any]] = [
    {"update_id": 1},
    {"update_id": 1, "message": {}},
    {"update_id": 1, "message": None},
    {"update_id": 1, "message": {"message_id": 1, "date": 0, "chat": {"id": 5}}},
    {"update_id": 1, "message": {"message_id": 1, "date": "soon", "chat": {"id": 5, "type": "private"}}},
    {"update_id": 1, "callback_query": {"id": "1"}},
    {"update_id": 1, "my_chat_member": {"chat": {"id": 5, "type": "private"}}},
    {"update_id": 1, "of_a_later_bot_api": {"x": 1}},
    {},
]


@pytest.mark.parametrize("body", NO_UPDATES)
async def test_an_update_that_is_none_raises_nothing(talking: Talking, body: dict[str, Any]) -> None:
    await handle(talking.desk)(body)
    assert await talking.hear(talking.ann, "/help")


HOSTILE = [
    "<b>bold</b> & <a href='tg://user?id=1'>x</a>",
    "</b></i></code><script>",
    "&lt;&amp;&#x202e;",
    "x" * 4000,
    "<" * 2000,
    "가" * 4000,
    "\u202eright to left\u202c العربية שלום",
    "🙂👩‍👩‍👧‍👦🇰🇷" * 100,
    "\u0000\u0007\u200b\ufeff\u2028",
    "%s %(clock)s {0} {{ 7*7 }} {% raw %}",
    "'; DROP TABLE chats; --",
    "kpop\n/stop\n/forget",
    "-1 0 99999999999999999999 1e309 NaN",
    "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
]
COMMANDS = ["/start", "/settings", "/help", "/privacy", "/stop", "/forget", "/unknown", ""]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_words_are_answered_and_do_no_harm(talking: Talking, words: str) -> None:
    with capture_logs() as logs:
        for command in COMMANDS:
            try:
                said = f"{command} {words}"[:4096]
                replies = await talking.say(talking.ann, said)
            except ValueError:  # Telegram's apps do not send what is nothing
                continue
            assert replies, command
    assert [line for line in logs if line["log_level"] in {"error", "warning"}] == []
    assert all(call.ok for call in talking.telegram.calls_of("sendMessage"))
