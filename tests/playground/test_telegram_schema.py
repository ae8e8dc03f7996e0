"""Requests checked against the machine-readable Bot API, where it is at hand."""

from typing import Any

import pytest

from bot.playground.telegram import Schema, Telegram
from bot.playground.telegram.methods import METHODS


def test_every_method_of_the_emulation_is_in_the_bot_api(schema: Schema) -> None:
    assert set(METHODS) <= set(schema.methods)


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("sendMessage", {"chat_id": "5", "text": "x", "disable_notification": "true"}),
        ("sendMessage", {"chat_id": 5, "text": "x", "reply_markup": '{"remove_keyboard": true}'}),
        (
            "sendMessage",
            {
                "chat_id": "@news",
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "x", "copy_text": {"text": "y"}}]]},
                "link_preview_options": {"url": "https://x.org", "show_above_text": True},
                "reply_parameters": {"message_id": 4},
                "entities": [{"type": "bold", "offset": 0, "length": 1}],
            },
        ),
        ("getUpdates", {"offset": "-1", "timeout": 10, "allowed_updates": '["message"]'}),
        ("sendPhoto", {"chat_id": 5, "photo": "https://x.org/p.jpg"}),
        ("setMyCommands", {"commands": [{"command": "a", "description": "b"}], "scope": {"type": "default"}}),
        ("getMe", {}),
    ],
)
def test_a_right_request_has_no_problems(schema: Schema, method: str, parameters: dict[str, Any]) -> None:
    assert schema.problems(method, parameters) == []


@pytest.mark.parametrize(
    ("method", "parameters", "problem"),
    [
        ("sendMessage", {"chat_id": 5}, 'parameter "text" is required'),
        ("sendMessage", {"chat_id": 5, "text": "x", "silent": True}, 'unknown parameter "silent"'),
        ("sendMessage", {"chat_id": 5, "text": 7}, "sendMessage.text: String expected"),
        ("sendMessage", {"chat_id": 5, "text": "x", "disable_notification": "yes"}, "Boolean expected"),
        ("sendMessage", {"chat_id": 5, "text": "x", "message_thread_id": "news"}, "Integer expected"),
        (
            "sendMessage",
            {"chat_id": 5, "text": "x", "link_preview_options": {"large": True}},
            'link_preview_options: unknown parameter "large"',
        ),
        (
            "sendMessage",
            {"chat_id": 5, "text": "x", "reply_markup": {"inline_keyboard": [[{"label": "x"}]]}},
            "reply_markup.inline_keyboard[0][0]",
        ),
        ("getUpdates", {"allowed_updates": "message"}, "Array of String expected"),
        ("sendNews", {}, "sendNews is no method"),
    ],
)
def test_a_wrong_request_is_named(
    schema: Schema, method: str, parameters: dict[str, Any], problem: str
) -> None:
    assert any(problem in found for found in schema.problems(method, parameters))


async def test_the_service_refuses_what_the_bot_api_does_not_describe(schema: Schema, clock: Any) -> None:
    service = Telegram(token="1:T", now=clock, schema=schema)
    ann = service.person("Ann")
    service.start(ann)
    answer = await service.call(
        "sendMessage", {"chat_id": ann.id, "text": "x", "disable_web_page_preview": True}
    )
    assert not answer["ok"]
    assert "disable_web_page_preview" in answer["description"]
    assert len(service.violations) == 1


def test_what_the_emulation_answers_is_described(schema: Schema, service: Telegram) -> None:
    """Messages, updates and members have the fields the Bot API gives them, and no others."""
    ann, bo = service.person("Ann", username="ann_reads", last_name="Lee"), service.person("Bo")
    service.start(ann, "kpop")
    forum = service.group("Forum", owner=ann, members=[bo], forum=True)
    service.add_bot(forum, by=ann, admin=True)
    thread = service.topic(forum, "News")
    first = service.say(forum, bo, "hello #kpop https://x.org", thread=thread)
    service.say(forum, ann, "yes", reply_to=first, anonymous=True)
    service.block(ann)
    few = service.group("Few", owner=ann, supergroup=False)
    service.add_bot(few, by=ann)
    service.migrate(few)
    channel = service.channel("News", owner=ann)
    service.add_bot(channel, by=ann)
    service.say(channel, ann, "news")
    assert len(service.pending) > 10
    for update in service.pending:
        assert list(schema._fields(schema.types["Update"]["fields"], update, "Update")) == []
