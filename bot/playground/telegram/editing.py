"""What happens to messages afterwards: edits, deletions, answers to pressed buttons."""

from datetime import timedelta

from bot.playground.telegram import keyboards
from bot.playground.telegram.journal import Answer, Event
from bot.playground.telegram.model import Chat, Message, Shape, Version
from bot.playground.telegram.parameters import Parameters, whole
from bot.playground.telegram.refusals import NOT_MODIFIED, bad
from bot.playground.telegram.sending import body, preview
from bot.playground.telegram.shown import escaped
from bot.playground.telegram.world import World

_DELETABLE = timedelta(hours=48)  # after that a bot cannot take back a message
LONGEST_ANSWER = 200


def edit_message_text(world: World, given: Parameters) -> Shape:
    """https://core.telegram.org/bots/api#editmessagetext."""
    text = body(given, "text")
    message = _editable(world, given)
    if message.photo:
        raise bad("there is no text in the message to edit")
    markup = keyboards.markup(given, inline_only=True)
    options = preview(given)
    new = (text.text, text.entities, markup, options)
    if new == (message.text, message.entities, message.reply_markup, message.link_preview_options):
        raise bad(NOT_MODIFIED)
    _keep_version(world, message)
    message.text, message.entities = text.text, text.entities
    raw = given.text("text") or ""
    message.html = raw if given.text("parse_mode") else escaped(raw)
    message.reply_markup, message.link_preview_options = markup, options
    return _edited(world, message)


def edit_message_reply_markup(world: World, given: Parameters) -> Shape:
    """https://core.telegram.org/bots/api#editmessagereplymarkup."""
    message = _editable(world, given)
    markup = keyboards.markup(given, inline_only=True)
    if markup == message.reply_markup:
        raise bad(NOT_MODIFIED)
    _keep_version(world, message)
    message.reply_markup = markup
    return _edited(world, message)


def delete_message(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemessage."""
    chat = world.writable(given.chat_id())
    number = given.integer("message_id")
    if not number:
        raise bad("message identifier is not specified")
    message = chat.messages.get(number)
    if message is None or message.deleted:
        raise bad("message to delete not found")
    own = message.from_bot or chat.kind == "private" or chat.administers(world.bot)
    if not own or world.now() - message.date > _DELETABLE:
        raise bad("message can't be deleted")
    _delete(world, message)
    return True


def delete_messages(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemessages: those that are not there are passed over."""
    chat = world.writable(given.chat_id())
    numbers = given.structure("message_ids")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= 100:
        raise bad("message identifiers are not specified")
    for number in numbers:
        message = chat.messages.get(whole(number, "message_ids"))
        if message is not None and not message.deleted and (message.from_bot or chat.kind == "private"):
            _delete(world, message)
    return True


def answer_callback_query(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#answercallbackquery. A query is answered once."""
    text = given.text("text") or ""
    if len(text) > LONGEST_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    pressed = world.pressed.pop(given.text("callback_query_id") or "", None)
    if pressed is None:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    answer = Answer(text, given.flag("show_alert"), given.text("url"))
    if pressed.answer is not None and not pressed.answer.done():
        pressed.answer.set_result(answer)
    detail = {
        "callback": pressed.id,
        "text": answer.text,
        "show_alert": answer.show_alert,
        "url": answer.url,
        "person": pressed.person.id,
    }
    world.emit(Event("answered", pressed.chat, detail=detail))
    return True


def _editable(world: World, given: Parameters) -> Message:
    if "inline_message_id" in given:
        raise bad("message to edit not found")
    chat: Chat = world.writable(given.chat_id())
    number = given.integer("message_id")
    if not number:
        raise bad("message identifier is not specified")
    message = chat.messages.get(number)
    if message is None or message.deleted:
        raise bad("message to edit not found")
    keyboard_of_reply = message.reply_markup is not None and "inline_keyboard" not in message.reply_markup
    if not message.from_bot or message.service or keyboard_of_reply:
        raise bad("message can't be edited")
    return message


def _keep_version(world: World, message: Message) -> None:
    message.history.append(Version(message.text, message.entities, message.reply_markup, world.now()))


def _edited(world: World, message: Message) -> Shape:
    message.edit_date = world.now()
    world.emit(Event("edited", message.chat, message))
    return message.as_api()


def _delete(world: World, message: Message) -> None:
    message.deleted = True
    world.emit(Event("deleted", message.chat, message))
