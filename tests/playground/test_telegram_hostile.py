"""Whatever a bot sends, the service answers."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.playground.telegram import Telegram
from bot.playground.telegram.methods import METHODS

_NAMES = st.sampled_from(
    [
        "action",
        "allowed_updates",
        "callback_query_id",
        "caption",
        "caption_entities",
        "chat_id",
        "commands",
        "description",
        "entities",
        "language_code",
        "limit",
        "link_preview_options",
        "message_id",
        "message_ids",
        "message_thread_id",
        "offset",
        "parse_mode",
        "photo",
        "reply_markup",
        "reply_parameters",
        "scope",
        "text",
        "url",
        "user_id",
    ]
)
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.sampled_from(["HTML", "{", "[]", "<b>", "typing", "700000001", "x.org", "chat"]),
)
_KEYS = st.sampled_from(
    [
        "inline_keyboard",
        "keyboard",
        "text",
        "callback_data",
        "url",
        "type",
        "offset",
        "length",
        "message_id",
        "chat_id",
        "command",
        "description",
        "copy_text",
        "user",
    ]
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(METHODS)), st.dictionaries(_NAMES, _VALUES, max_size=5), st.booleans())
def test_every_request_is_answered(method: str, parameters: dict[str, Any], known: bool) -> None:
    async def ask() -> dict[str, Any]:
        service = Telegram(token="1:T", now=lambda: datetime(2026, 11, 24, tzinfo=UTC))
        ann = service.person("Ann")
        service.start(ann)
        given_here = {"chat_id": ann.id, "text": "x", "message_id": 2, **parameters} if known else parameters
        await service.call("sendMessage", {"chat_id": ann.id, "text": "first"})
        return await service.call(method, given_here)

    answer = asyncio.run(ask())
    assert answer["ok"] or 400 <= answer["error_code"] < 500
