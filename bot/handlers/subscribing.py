"""What a chat follows: /subscribe, /unsubscribe, /categories, and the buttons under "did you mean"."""

from collections.abc import Collection, Sequence

from telegram import Update

from bot.formatter import keyboards
from bot.formatter.buttons import Follow
from bot.formatter.message import Message
from bot.handlers import naming, settings_panel
from bot.handlers.context import Talk
from bot.handlers.grammar import categories_in, suggestions
from bot.handlers.reading import newest, quoted
from bot.handlers.said import said
from digests.editions.timetable import zone_of
from digests.model import Card, Chat
from digests.settings import Category
from digests.store import subscriptions

SHOWN = 2  # stories under a confirmation
WORDS = 5  # unknown ones that are answered; who types more is not helped by a longer list


async def subscribe(update: Update, talk: Talk) -> None:
    """Follow the categories named; without any, show all of them to choose from."""
    found = categories_in(said(update), talk.settings.categories)
    if not found.known and not found.unknown:
        await settings_panel.show(talk, "categories")
        return
    chat, new, cards = await _follow(talk, found.known)
    if found.known:
        await talk.send(_confirmation(talk, chat, found.known, new, cards))
    if found.unknown:
        await talk.send(_unknown(talk, chat, found.unknown, follow=True, whole=said(update)))


async def unsubscribe(update: Update, talk: Talk) -> None:
    """Follow the categories named no longer, `all` of them also; without any, show what is followed."""
    found = categories_in(said(update), talk.settings.categories)
    if not found.known and not found.unknown:
        await settings_panel.show(talk, "categories")
        return
    async with talk.writing() as tx:
        chat = await talk.ensure(tx)
        # With all goes also what is in the operator's file no more.
        wanted = None if found.everything else {one.slug for one in found.known}
        gone = await subscriptions.remove(tx, chat.id, wanted)
        left = await subscriptions.of(tx, chat.id)
    if found.known:
        followed = [one for one in talk.settings.categories if one.slug in left]
        await talk.reply(
            "unsubscribed",
            language=chat.language,
            gone=[one for one in found.known if one.slug in gone],
            never=[] if found.everything else [one for one in found.known if one.slug not in gone],
            followed=followed,
        )
    if found.unknown:
        await talk.send(_unknown(talk, chat, found.unknown, follow=False, followed=left))


async def categories(update: Update, talk: Talk) -> None:
    """List the categories, with what is followed; a tap changes it."""
    del update
    await settings_panel.show(talk, "categories")


async def press(talk: Talk, wish: Follow) -> None:
    """Follow what a button under "did you mean" names."""
    category = talk.settings.category(wish.category)
    if category is None or not wish.on:  # no button there says "no longer"
        voice = talk.voice(await talk.language())
        await talk.answer(voice.gettext("This category is gone."))
        return
    chat, new, cards = await _follow(talk, [category])
    if not new:
        sentence = talk.voice(chat.language).gettext(
            "You already follow %(category)s.", category=category.name(chat.language)
        )
        await talk.answer(sentence)
        return
    await talk.answer()
    await talk.send(_confirmation(talk, chat, [category], new, cards))


async def _follow(talk: Talk, wanted: Sequence[Category]) -> tuple[Chat, frozenset[str], tuple[Card, ...]]:
    """Subscribe; give the chat, what is new to it, and the latest of that."""
    async with talk.writing() as tx:
        chat = await talk.ensure(tx)
        new = await subscriptions.add(tx, chat.id, {one.slug for one in wanted}, talk.now())
    async with talk.reading() as tx:
        cards = await newest(tx, new, SHOWN)
    return chat, new, cards


def _confirmation(
    talk: Talk, chat: Chat, wanted: Sequence[Category], new: Collection[str], cards: Sequence[Card]
) -> Message:
    already = [one for one in wanted if one.slug not in new]
    if not new:
        return talk.formatter.reply("already_subscribed", language=chat.language, already=already)
    return talk.formatter.reply(
        "subscribed",
        language=chat.language,
        new=[one for one in wanted if one.slug in new],
        already=already,
        cards=cards,
        zone=zone_of(chat.zone),
        now=talk.now(),
    )


def _unknown(
    talk: Talk,
    chat: Chat,
    words: Sequence[str],
    *,
    follow: bool,
    followed: Collection[str] = (),
    whole: str = "",
) -> Message:
    """Say which words name no category, and offer those that may be meant, else all there are.

    `whole` is all that was said: names of the field in it, or in one of the words, are offered to follow.
    """
    every, voice = talk.settings.categories, talk.voice(chat.language)
    meant = {one.slug for word in words[:WORDS] for one in suggestions(word, every)}
    if follow:
        offered = [one for one in every if one.slug in meant] or every
        names = naming.offers(talk.parts.names, [whole, *words[:WORDS]], chat.language)
        if names and not meant:
            offered = []
        keyboard = (*keyboards.wants(names), *keyboards.did_you_mean(voice, offered))
    else:
        names = []
        offered = [one for one in every if one.slug in followed]
        keyboard = keyboards.category_toggles(voice, offered, followed, panel="settings")
    return talk.formatter.reply(
        "unknown_category",
        language=chat.language,
        keyboard=keyboard,
        words=quoted(voice, words[:WORDS]),
        near=bool(meant),
        names=bool(names),
        follow=follow,
        any=bool(offered),
    )
