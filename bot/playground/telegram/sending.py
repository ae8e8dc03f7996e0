"""sendMessage, sendPhoto, sendChatAction."""

from collections.abc import Mapping

from bot.playground.telegram import keyboards
from bot.playground.telegram.addresses import normalised
from bot.playground.telegram.journal import Event
from bot.playground.telegram.model import Chat, Message, Shape
from bot.playground.telegram.parameters import Parameters, whole
from bot.playground.telegram.refusals import bad
from bot.playground.telegram.shown import escaped
from bot.playground.telegram.text import LONGEST_CAPTION, Formatted, formatted
from bot.playground.telegram.world import World

_ACTIONS = (
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
)


def send_message(world: World, given: Parameters) -> Shape:
    """https://core.telegram.org/bots/api#sendmessage."""
    text = body(given, "text")  # first, as the server does: wrong markup is told even where nobody may write
    chat = world.writable(given.chat_id())
    message = _message(world, chat, given, text, given.text("text") or "")
    message.link_preview_options = preview(given)
    return world.add(message).as_api()


def send_photo(world: World, given: Parameters) -> Shape:
    """https://core.telegram.org/bots/api#sendphoto, by address; an upload is taken without looking at it."""
    chat = world.writable(given.chat_id())
    photo = given.values.get("photo")
    if not photo:
        raise bad("there is no photo in the request")
    if isinstance(photo, str) and "://" in photo and normalised(photo) is None:
        raise bad("wrong HTTP URL specified")
    caption = formatted(
        given.text("caption") or "",
        given.text("parse_mode"),
        _entities(given, "caption_entities"),
        longest=LONGEST_CAPTION,
        may_be_empty=True,
    )
    message = _message(world, chat, given, caption, given.text("caption") or "")
    message.photo = photo if isinstance(photo, str) else "attach://photo"
    return world.add(message).as_api()


def send_chat_action(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#sendchataction."""
    chat = world.writable(given.chat_id())
    action = given.text("action")
    if action not in _ACTIONS:
        raise bad("wrong parameter action in request")
    thread = thread_of(chat, given)
    world.emit(Event("action", chat, detail={"action": action, "thread": thread}))
    return True


def body(given: Parameters, name: str) -> Formatted:
    """The text of a request. Raises Refused."""
    text = given.text(name)
    if not text:
        raise bad("message text is empty")
    return formatted(text, given.text("parse_mode"), _entities(given, "entities"))


def preview(given: Parameters) -> Shape | None:
    """link_preview_options as the message keeps them. Raises Refused."""
    shape = given.structure("link_preview_options")
    if shape is None:
        return None
    if not isinstance(shape, Mapping):
        raise bad("object expected as link preview options")
    kept = dict(shape)
    if kept.get("url"):
        address = normalised(str(kept["url"]))
        if address is None:
            raise bad("wrong HTTP URL specified")
        kept["url"] = address
    return kept


def thread_of(chat: Chat, given: Parameters) -> int | None:
    """The forum topic a request names. Raises Refused where there is none."""
    thread = given.integer("message_thread_id")
    if not thread:
        return None
    if (
        not chat.forum or thread not in chat.topics
    ):  # topic 1, the general one, is written to without a number
        raise bad("message thread not found")
    if thread in chat.closed_topics:
        raise bad("TOPIC_CLOSED")
    return thread


def _message(world: World, chat: Chat, given: Parameters, text: Formatted, html: str) -> Message:
    thread = thread_of(chat, given)
    reply_to = _replied(chat, given)
    if thread is None and reply_to is not None:
        thread = reply_to.thread
    markup = keyboards.markup(given)
    return Message(
        id=world.next_id(chat),
        chat=chat,
        date=world.now(),
        sender=None if chat.kind == "channel" else world.bot,
        sender_chat=chat if chat.kind == "channel" else None,
        text=text.text,
        entities=text.entities,
        html=html if given.text("parse_mode") else escaped(html),
        thread=thread,
        reply_to=reply_to,
        reply_markup=markup,
        silent=given.flag("disable_notification"),
        protected=given.flag("protect_content"),
        from_bot=True,
    )


def _replied(chat: Chat, given: Parameters) -> Message | None:
    shape = given.structure("reply_parameters")
    if shape is None:
        return None
    if not isinstance(shape, Mapping):
        raise bad("object expected as reply parameters")
    number = whole(shape.get("message_id"), "message_id")
    message = chat.messages.get(number)
    if message is None or message.deleted:
        if shape.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")
    return message


def _entities(given: Parameters, name: str) -> list[Mapping[str, object]]:
    shapes = given.structure(name)
    if shapes is None:
        return []
    if not isinstance(shapes, list) or not all(isinstance(shape, Mapping) for shape in shapes):
        raise bad("can't parse entities JSON object")
    return shapes
