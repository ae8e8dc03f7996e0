"""A message as the Bot API's parameters: the one place that knows how `Message` is put on the wire."""

from collections.abc import Mapping
from typing import Any

from bot.formatter.message import Keyboard, Message
from digests.model import Address

Parameters = dict[str, Any]


def to_send(
    message: Message,
    address: Address,
    reply_to: int | None = None,
    *,
    body: Mapping[str, Any] | None = None,
) -> Parameters:
    """Give sendMessage's parameters; `reply_to` is a message of the same chat, which may be gone by now.

    `body` is what `body_of` gave for the message, where it is sent to many.
    """
    request = {"chat_id": address.telegram_id, **(body or body_of(message))}
    if address.thread_id:
        request["message_thread_id"] = address.thread_id
    if reply_to is not None:
        request["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
    if message.silent:
        request["disable_notification"] = True
    return request


def to_edit(message: Message, address: Address, message_id: int) -> Parameters:
    """Give editMessageText's parameters."""
    return {"chat_id": address.telegram_id, "message_id": message_id, **body_of(message)}


def as_plain(request: Parameters, message: Message) -> Parameters:
    """Give the same request without markup, for a message whose entities were refused."""
    return {key: value for key, value in request.items() if key != "parse_mode"} | {
        "text": message.plain[:4096]
    }


def body_of(message: Message) -> Parameters:
    """Give the parameters that are the same for everybody whom a message is sent to."""
    body: Parameters = {"text": message.html, "parse_mode": "HTML"}
    preview = message.preview
    body["link_preview_options"] = (
        {"url": preview.url, "prefer_large_media": True, "show_above_text": True}
        if preview
        else {"is_disabled": True}
    )
    if message.keyboard:
        body["reply_markup"] = {"inline_keyboard": _rows(message.keyboard)}
    return body


def _rows(keyboard: Keyboard) -> list[list[dict[str, str]]]:
    return [
        [
            {"text": button.label, "url": button.url}
            if button.url
            else {"text": button.label, "callback_data": button.data}
            for button in row
        ]
        for row in keyboard
    ]
