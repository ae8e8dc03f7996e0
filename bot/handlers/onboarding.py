"""The first minute: /start, what to follow, the first digest, and where the reader lives."""

from collections.abc import Collection

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, Update
from telegram import Message as Told
from telegram.error import BadRequest

from bot.formatter import keyboards
from bot.formatter.buttons import Follow, SetZone
from bot.formatter.message import Keyboard, Message
from bot.handlers import schedule, subscribing
from bot.handlers.context import Talk
from bot.handlers.grammar import categories_in
from bot.handlers.said import said
from digests import compose
from digests.editions.timetable import zone_of
from digests.model import Chat
from digests.store import chats, subscriptions

_HARMLESS = ("not modified", "can't be edited", "to edit not found")


async def start(update: Update, talk: Talk) -> None:
    """Greet, and offer the categories; `/start kpop`, as a link t.me/<bot>?start=kpop says it, subscribes."""
    wanted = categories_in(said(update), talk.settings.categories)
    if wanted.known and not wanted.unknown:
        await subscribing.subscribe(update, talk)
        return
    async with talk.writing() as tx:
        chat = await talk.ensure(tx)
        followed = await subscriptions.of(tx, chat.id)
    await talk.send(_greeting(talk, chat, followed))


async def follow(talk: Talk, press: Follow) -> None:
    """Follow a category, or no longer; the keyboard of the greeting shows it."""
    async with talk.writing() as tx:
        chat = await talk.ensure(tx)
        category = talk.settings.category(press.category)
        if press.on and category:
            await subscriptions.add(tx, chat.id, [category.slug], talk.now())
        elif not press.on:
            await subscriptions.remove(tx, chat.id, [press.category])
        followed = await subscriptions.of(tx, chat.id)
    voice = talk.voice(chat.language)
    name = category.name(chat.language) if category else press.category
    if press.on and category is None:
        await talk.answer(voice.gettext("This category is gone."))
    elif press.on:
        await talk.answer(voice.gettext("Following %(category)s", category=name))
    else:
        await talk.answer(voice.gettext("No longer following %(category)s", category=name))
    await _replace_keyboard(talk, keyboards.onboarding(voice, talk.settings.categories, followed))


async def done(talk: Talk) -> None:
    """Bring today's digest at once. It is the chat's first: the next one brings what is new since."""
    now = talk.now()
    async with talk.writing() as tx:
        chat = await talk.ensure(tx)
        followed = await subscriptions.of(tx, chat.id)
        content = await compose.for_chat(tx, chat, talk.settings, now)
        if followed and chat.digested_at is None:
            chat = await compose.count_as_first(tx, chat, now)
        if followed and _asks(chat):
            chat = await chats.change(tx, chat.id, zone_asks=max(chat.zone_asks, 1))
    await talk.answer()
    if not followed:
        await talk.reply("nothing_followed", language=chat.language)
        return
    zone, language = zone_of(chat.zone), chat.language
    messages = (
        talk.formatter.digest(content, language=language, zone=zone, now=now)
        if content
        else (talk.formatter.empty_digest(language=language, zone=zone, now=now),)
    )
    await talk.send(*messages, _what_comes(talk, chat))


async def set_zone(talk: Talk, press: SetZone) -> None:
    """Take the answer to the question where the reader lives."""
    async with talk.writing() as tx:
        chat = await schedule.live_in(tx, talk, await talk.ensure(tx), press.zone)
    await talk.answer(talk.voice(chat.language).gettext("Got it"))
    talk.parts.wake()
    zone = zone_of(chat.zone)
    confirmation = talk.formatter.reply(
        "zone_set", language=chat.language, next_at=chat.next_digest_at, zone=zone, now=talk.now()
    )
    if _tells_stories(talk):  # the question stood under a digest, which must stay
        await _replace_keyboard(talk, ())
        await talk.send(confirmation)
    else:
        await talk.edit(confirmation)


def _greeting(talk: Talk, chat: Chat, followed: Collection[str]) -> Message:
    keyboard = keyboards.onboarding(talk.voice(chat.language), talk.settings.categories, followed)
    known = [category for category in talk.settings.categories if category.slug in followed]
    if not known:
        return talk.formatter.reply(
            "welcome", language=chat.language, keyboard=keyboard, digest_times=chat.digest_times
        )
    return talk.formatter.reply(
        "welcome_back",
        language=chat.language,
        keyboard=keyboard,
        followed=known,
        next_at=chat.next_digest_at,
        zone=zone_of(chat.zone),
        now=talk.now(),
    )


def _asks(chat: Chat) -> bool:
    """Whether to ask where the reader lives; who has no digest at a local time need not tell."""
    return not chat.zone_known and bool(chat.digest_times)


def _what_comes(talk: Talk, chat: Chat) -> Message:
    asks, now = _asks(chat), talk.now()
    return talk.formatter.reply(
        "digest_done",
        language=chat.language,
        keyboard=keyboards.zones(talk.places(chat), now) if asks else (),
        next_at=chat.next_digest_at,
        zone=zone_of(chat.zone),
        now=now,
        ask_zone=asks,
    )


def _tells_stories(talk: Talk) -> bool:
    query = talk.incoming.callback_query if talk.incoming else None
    message = query.message if query else None
    return isinstance(message, Told) and any(
        entity.type == MessageEntity.TEXT_LINK for entity in message.entities
    )


async def _replace_keyboard(talk: Talk, keyboard: Keyboard) -> None:
    """Change what stands under the pressed message, and leave its words. The effect is written already."""
    query = talk.incoming.callback_query if talk.incoming else None
    if query is None or not isinstance(query.message, Told):  # too old: Telegram shows us nothing of it
        return
    rows = [[InlineKeyboardButton(one.label, callback_data=one.data) for one in row] for row in keyboard]
    try:
        await query.edit_message_reply_markup(InlineKeyboardMarkup(rows) if rows else None)
    except BadRequest as error:  # pressed twice, or too old to be edited: the pop-up has said it
        if not any(words in str(error).lower() for words in _HARMLESS):
            raise
