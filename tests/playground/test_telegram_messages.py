"""Sending, editing, deleting and answering, as the bot sees it."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.playground.telegram import Chat, Person, Telegram
from bot.playground.telegram.refusals import NOT_MODIFIED

Ask = Callable[..., Any]
BUTTON = {"text": "On", "callback_data": "kpop=on"}


def inline(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


async def test_a_message_keeps_what_was_sent_with_it(ask: Ask, chat: Chat, service: Telegram) -> None:
    sent = await ask(
        "sendMessage",
        chat_id=chat.id,
        text="<b>Hello</b>",
        parse_mode="HTML",
        disable_notification=True,
        protect_content=True,
        reply_markup=inline([BUTTON, {"text": "Read", "url": "https://example.org"}]),
        link_preview_options={
            "url": "example.org/p.jpg",
            "prefer_large_media": True,
            "show_above_text": True,
        },
    )
    message = service.received(chat)[-1]
    assert (message.plain, message.html, message.html_safe) == ("Hello", "<b>Hello</b>", "<b>Hello</b>")
    assert message.silent
    assert message.protected
    assert message.buttons == ["On", "Read"]
    assert message.link_preview_options == {
        "url": "http://example.org/p.jpg",
        "prefer_large_media": True,
        "show_above_text": True,
    }
    assert sent == message.as_api()
    assert sent["from"]["id"] == service.bot.id
    assert sent["date"] == int(message.date.timestamp())
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 5}]


async def test_parameters_may_come_as_text_or_as_json(ask: Ask, chat: Chat) -> None:
    as_text = await ask(
        "sendMessage",
        chat_id=str(chat.id),
        text="x",
        disable_notification="true",
        reply_markup='{"inline_keyboard": [[{"text": "On", "callback_data": "on"}]]}',
    )
    assert as_text["reply_markup"] == inline([{"text": "On", "callback_data": "on"}])


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"text": "x"}, "Bad Request: chat_id is empty"),
        ({"chat_id": 1, "text": "x"}, "Bad Request: chat not found"),
        ({"chat_id": "@nowhere", "text": "x"}, "Bad Request: chat not found"),
        ({"chat_id": 0, "text": "x"}, "Bad Request: chat not found"),
    ],
)
async def test_a_message_without_a_place_is_refused(
    ask: Ask, parameters: dict[str, Any], sentence: str
) -> None:
    assert await ask("sendMessage", **parameters) == sentence


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "Bad Request: message text is empty"),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ({"text": "x" * 4097}, "Bad Request: message is too long"),
        ({"text": "x", "message_thread_id": 7}, "Bad Request: message thread not found"),
        (
            {"text": "x", "reply_parameters": {"message_id": 999}},
            "Bad Request: message to be replied not found",
        ),
        ({"text": "x", "reply_markup": "[]"}, "Bad Request: object expected as reply markup"),
        ({"text": "x", "reply_markup": "{"}, "Bad Request: can't parse reply keyboard markup JSON object"),
        (
            {"text": "x", "link_preview_options": {"url": "localhost"}},
            "Bad Request: wrong HTTP URL specified",
        ),
    ],
)
async def test_a_wrong_message_is_refused(
    ask: Ask, chat: Chat, service: Telegram, parameters: dict[str, Any], sentence: str
) -> None:
    assert await ask("sendMessage", chat_id=chat.id, **parameters) == sentence
    assert service.received(chat) == []


@pytest.mark.parametrize(
    ("button", "sentence"),
    [
        (
            {"text": "x"},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"callback_data": "x"}, "can't parse inline keyboard button: Can't find field \"text\""),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "소" * 22}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "url": "nowhere"}, "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL"),
        ({"text": "x", "copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
        (
            {"text": "x", "callback_data": "x", "url": "https://x.org"},
            "can't parse inline keyboard button: exactly one action is allowed, found url, callback_data",
        ),
        (
            {"text": "x", "callback_data": "x", "style": "pink"},
            "can't parse inline keyboard button: Invalid button style specified",
        ),
    ],
)
async def test_a_wrong_button_is_refused(ask: Ask, chat: Chat, button: dict[str, Any], sentence: str) -> None:
    answer = await ask("sendMessage", chat_id=chat.id, text="x", reply_markup=inline([button]))
    assert answer == f"Bad Request: {sentence}"


@pytest.mark.parametrize(
    "button",
    [
        {"text": "x", "callback_data": "소" * 21},
        {"text": "x", "url": "https://example.org/?a=1"},
        {"text": "x", "url": "tg://user?id=5"},
        {"text": "x", "copy_text": {"text": "소식"}},
        {"text": "x", "switch_inline_query": ""},
        {"text": "x", "switch_inline_query_current_chat": "kpop"},
        {"text": "x", "callback_data": "x", "style": "primary"},
    ],
)
async def test_a_button_is_taken(ask: Ask, chat: Chat, button: dict[str, Any]) -> None:
    sent = await ask("sendMessage", chat_id=chat.id, text="x", reply_markup=inline([button]))
    assert sent["reply_markup"] == inline([button])


async def test_more_than_100_buttons_are_too_many(ask: Ask, chat: Chat) -> None:
    rows = [[BUTTON] * 5] * 20
    assert (await ask("sendMessage", chat_id=chat.id, text="x", reply_markup=inline(*rows)))["message_id"]
    answer = await ask("sendMessage", chat_id=chat.id, text="x", reply_markup=inline(*rows, [BUTTON]))
    assert answer == "Bad Request: reply markup is too long"


@pytest.mark.parametrize(
    "markup",
    [
        {"keyboard": [["Seoul", {"text": "London"}]], "one_time_keyboard": True},
        {"remove_keyboard": True},
        {"force_reply": True},
    ],
)
async def test_reply_keyboards_are_taken_and_stand_in_no_message(
    ask: Ask, chat: Chat, service: Telegram, markup: dict[str, Any]
) -> None:
    sent = await ask("sendMessage", chat_id=chat.id, text="x", reply_markup=markup)
    assert "reply_markup" not in sent
    assert service.received(chat)[-1].reply_markup == markup
    assert await ask("editMessageText", chat_id=chat.id, message_id=sent["message_id"], text="y") == (
        "Bad Request: message can't be edited"
    )


async def test_a_reply_names_what_it_answers(ask: Ask, chat: Chat, ann: Person, service: Telegram) -> None:
    question = service.say(chat, ann, "/help")
    sent = await ask("sendMessage", chat_id=chat.id, text="x", reply_parameters={"message_id": question.id})
    assert sent["reply_to_message"]["text"] == "/help"
    lone = await ask(
        "sendMessage",
        chat_id=chat.id,
        text="x",
        reply_parameters={"message_id": 999, "allow_sending_without_reply": True},
    )
    assert "reply_to_message" not in lone


async def test_an_edit_is_applied_and_remembered(ask: Ask, chat: Chat, service: Telegram, clock: Any) -> None:
    sent = await ask("sendMessage", chat_id=chat.id, text="one", reply_markup=inline([BUTTON]))
    clock.forward(minutes=5)
    edited = await ask("editMessageText", chat_id=chat.id, message_id=sent["message_id"], text="two")
    message = service.received(chat)[0]
    assert (message.plain, message.buttons, message.history[0].text) == ("two", [], "one")
    assert edited["edit_date"] - edited["date"] == 300


async def test_an_edit_that_changes_nothing_is_refused(ask: Ask, chat: Chat) -> None:
    markup = inline([BUTTON])
    sent = await ask("sendMessage", chat_id=chat.id, text="<b>x</b>", parse_mode="HTML", reply_markup=markup)
    place = {"chat_id": chat.id, "message_id": sent["message_id"]}
    same = f"Bad Request: {NOT_MODIFIED}"
    again = {"text": "<strong>x</strong> ", "parse_mode": "HTML", "reply_markup": markup}
    assert await ask("editMessageText", **place, **again) == same
    assert await ask("editMessageReplyMarkup", **place, reply_markup=markup) == same
    assert (await ask("editMessageText", **place, text="x", reply_markup=markup))["text"] == "x"
    assert "reply_markup" not in await ask("editMessageReplyMarkup", **place)


async def test_what_cannot_be_edited(ask: Ask, chat: Chat, service: Telegram, ann: Person) -> None:
    hers = service.say(chat, ann, "hello")
    place = {"chat_id": chat.id, "text": "x"}
    assert await ask("editMessageText", **place, message_id=999) == "Bad Request: message to edit not found"
    assert await ask("editMessageText", **place, message_id=hers.id) == "Bad Request: message can't be edited"
    assert await ask("editMessageText", **place) == "Bad Request: message identifier is not specified"
    photo = await ask(
        "sendPhoto", chat_id=chat.id, photo="https://example.org/p.jpg", caption="<i>p</i>", parse_mode="HTML"
    )
    assert photo["caption"] == "p"
    assert await ask("editMessageText", **place, message_id=photo["message_id"]) == (
        "Bad Request: there is no text in the message to edit"
    )


async def test_a_deleted_message_is_gone(ask: Ask, chat: Chat, service: Telegram, clock: Any) -> None:
    sent = await ask("sendMessage", chat_id=chat.id, text="x")
    place = {"chat_id": chat.id, "message_id": sent["message_id"]}
    assert await ask("deleteMessage", **place) is True
    assert service.received(chat) == []
    assert await ask("deleteMessage", **place) == "Bad Request: message to delete not found"
    assert await ask("editMessageText", **place, text="y") == "Bad Request: message to edit not found"
    old = await ask("sendMessage", chat_id=chat.id, text="x")
    clock.forward(hours=49)
    assert await ask("deleteMessage", chat_id=chat.id, message_id=old["message_id"]) == (
        "Bad Request: message can't be deleted"
    )


async def test_a_pressed_button_is_answered_once(
    ask: Ask, chat: Chat, service: Telegram, ann: Person
) -> None:
    sent = await ask("sendMessage", chat_id=chat.id, text="x", reply_markup=inline([BUTTON]))
    query = service.tap(chat, ann, sent["message_id"], "On")
    update = service.pending[-1]["callback_query"]
    assert (update["id"], update["data"], update["from"]["id"]) == (query, "kpop=on", ann.id)
    assert update["message"]["message_id"] == sent["message_id"]
    assert (
        await ask("answerCallbackQuery", callback_query_id=query, text="x" * 201)
        == "Bad Request: MESSAGE_TOO_LONG"
    )
    assert await ask("answerCallbackQuery", callback_query_id=query) is True
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await ask("answerCallbackQuery", callback_query_id=query) == too_old
    other = service.tap(chat, ann, sent["message_id"], "kpop=on")
    service.expire_queries()
    assert await ask("answerCallbackQuery", callback_query_id=other) == too_old


async def test_pressing_waits_for_the_answer(ask: Ask, chat: Chat, service: Telegram, ann: Person) -> None:
    sent = await ask(
        "sendMessage",
        chat_id=chat.id,
        text="x",
        reply_markup=inline([BUTTON, {"text": "Read", "url": "x.org"}]),
    )
    with pytest.raises(TimeoutError, match="did not answer"):
        await service.press(chat, ann, sent["message_id"], "On", timeout=0.01)
    with pytest.raises(LookupError, match="no button 'Off'"):
        await service.press(chat, ann, sent["message_id"], "Off")
    with pytest.raises(ValueError, match="is a url"):
        await service.press(chat, ann, sent["message_id"], "Read")


async def test_typing_is_shown_to_pages(ask: Ask, chat: Chat, service: Telegram) -> None:
    events = service.subscribe()
    assert await ask("sendChatAction", chat_id=chat.id, action="typing") is True
    event = await anext(events)
    assert (event.kind, event.chat, event.detail["action"]) == ("action", chat, "typing")
    assert await ask("sendChatAction", chat_id=chat.id, action="sleeping") == (
        "Bad Request: wrong parameter action in request"
    )


async def test_pages_are_told_of_everything(ask: Ask, chat: Chat, service: Telegram, ann: Person) -> None:
    events = service.subscribe()
    service.say(chat, ann, "/help")
    sent = await ask("sendMessage", chat_id=chat.id, text="x", reply_markup=inline([BUTTON]))
    query = service.tap(chat, ann, sent["message_id"], "On")
    await ask("answerCallbackQuery", callback_query_id=query, text="Done", show_alert=True)
    await ask("editMessageText", chat_id=chat.id, message_id=sent["message_id"], text="y")
    await ask("deleteMessage", chat_id=chat.id, message_id=sent["message_id"])
    service.block(ann)
    seen = [await anext(events) for _ in range(6)]
    assert [e.kind for e in seen] == ["message", "message", "answered", "edited", "deleted", "chat"]
    assert seen[2].detail["text"] == "Done"


async def test_a_wait_ends_with_what_stood_there(
    ask: Ask, chat: Chat, service: Telegram, ann: Person
) -> None:
    await ask("sendMessage", chat_id=chat.id, text="something else")
    service.say(chat, ann, "the words looked for, but a person's")
    with pytest.raises(TimeoutError, match="something else"):
        await service.wait_for(chat, lambda m: "looked for" in m.plain, timeout=0.01)


async def test_the_commands_are_kept_by_scope_and_language(ask: Ask, chat: Chat) -> None:
    english = [{"command": "help", "description": "How it works"}]
    assert await ask("setMyCommands", commands=english) is True
    assert (
        await ask("setMyCommands", commands=[], language_code="ko", scope={"type": "all_group_chats"}) is True
    )
    assert await ask("getMyCommands") == english
    assert await ask("getMyCommands", language_code="ko") == []
    own = {"type": "chat", "chat_id": chat.id}
    assert await ask("setMyCommands", commands=english, scope=own) is True
    assert await ask("getMyCommands", scope=own) == english
    assert await ask("deleteMyCommands", scope=own) is True
    assert await ask("getMyCommands", scope=own) == []


@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        ([{"command": "Help", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "a-b", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "x" * 33, "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "도움", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "help", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "help", "description": "x" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": f"c{n}", "description": "x"} for n in range(101)], "BOT_COMMANDS_TOO_MUCH"),
    ],
)
async def test_wrong_commands_are_refused(ask: Ask, commands: list[dict[str, str]], sentence: str) -> None:
    assert await ask("setMyCommands", commands=commands) == f"Bad Request: {sentence}"


async def test_descriptions_fall_back_to_the_plain_one(ask: Ask) -> None:
    assert await ask("setMyDescription", description="News", language_code="") is True
    assert await ask("setMyShortDescription", short_description="x" * 121) == (
        "Bad Request: short description is too long"
    )
    assert await ask("getMyDescription", language_code="ko") == {"description": "News"}
    assert await ask("getMyName") == {"name": "Sosik"}


async def test_the_bot_knows_itself(ask: Ask) -> None:
    me = await ask("getMe")
    assert (me["id"], me["is_bot"], me["username"]) == (600000001, True, "SosikBot")
    assert not me["can_read_all_group_messages"]


async def test_many_messages_a_second(ask: Ask, chat: Chat, service: Telegram) -> None:
    import time

    begun = time.perf_counter()
    for number in range(1000):
        await ask(
            "sendMessage",
            chat_id=chat.id,
            text=f"<b>{number}</b> <a href='https://x.org/{number}'>x</a>",
            parse_mode="HTML",
        )
    assert time.perf_counter() - begun < 5  # 0.1 s where nothing else runs
    assert len(service.received(chat)) == 1000


async def test_waiting_until_something_is_so(ask: Ask, chat: Chat, service: Telegram) -> None:
    import asyncio

    waiting = asyncio.create_task(service.until(lambda: len(service.received(chat)) == 2))
    for _ in range(2):
        await ask("sendMessage", chat_id=chat.id, text="x")
    await waiting
    with pytest.raises(TimeoutError):
        await service.until(lambda: False, timeout=0.01)
