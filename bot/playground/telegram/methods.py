"""The methods the emulation knows, by their names in the Bot API."""

from collections.abc import Awaitable, Callable

from bot.playground.telegram import asking, editing, listening, profile, sending
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.world import World

Method = Callable[[World, Parameters], object | Awaitable[object]]

METHODS: dict[str, Method] = {
    "getUpdates": listening.get_updates,
    "setWebhook": listening.set_webhook,
    "deleteWebhook": listening.delete_webhook,
    "getWebhookInfo": listening.get_webhook_info,
    "getMe": asking.get_me,
    "logOut": asking.done,
    "close": asking.done,
    "getChat": asking.get_chat,
    "getChatMember": asking.get_chat_member,
    "getChatAdministrators": asking.get_chat_administrators,
    "getChatMemberCount": asking.get_chat_member_count,
    "leaveChat": asking.leave_chat,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendChatAction": sending.send_chat_action,
    "editMessageText": editing.edit_message_text,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "answerCallbackQuery": editing.answer_callback_query,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": profile.setter("name"),
    "getMyName": profile.getter("name"),
    "setMyDescription": profile.setter("description"),
    "getMyDescription": profile.getter("description"),
    "setMyShortDescription": profile.setter("short_description"),
    "getMyShortDescription": profile.getter("short_description"),
}
_BY_LOWER = {name.lower(): name for name in METHODS}
# Methods that count towards the limits of messages.
PACED = ("sendMessage", "sendPhoto", "editMessageText", "editMessageReplyMarkup")


def proper(name: str) -> str | None:
    """The method's name as the documentation writes it; Telegram reads it in any case."""
    return _BY_LOWER.get(name.lower())
