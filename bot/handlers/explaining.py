"""Why did I get this? Answered to whoever presses the button: in a pop-up where it fits, else, in private, as a message."""

from collections.abc import Sequence

from telegram import Update

from bot.formatter.buttons import Why, parse
from bot.formatter.reasons import fits_a_pop_up, for_a_pop_up, why
from bot.handlers.context import Talk
from digests.model import AlertContent, Chat, ChatKind, StoryId, Wish
from digests.store import interests, namings, revisions, subscriptions
from digests.store.engine import Reading


async def press(update: Update, talk: Talk) -> None:
    """Answer the button. It changes nothing, so that in a group every member may ask."""
    query = update.callback_query
    asked = parse(query.data) if query else None
    async with talk.reading() as tx:
        chat = await talk.known(tx)
        content = await _content(tx, chat, asked)
        followed = await _followed(tx, talk, chat, content) if chat and content else []
    voice = talk.voice(chat.language if chat else talk.spoken)
    if content is None:
        await talk.answer(voice.gettext("That is too long ago: I do not remember why."), alert=True)
        return
    filed = _names(talk, voice.language, content.card.categories)
    told = why(voice, content, followed, filed)
    if fits_a_pop_up(told) or talk.kind is not ChatKind.PRIVATE:  # a group is not answered twenty times
        await talk.answer(for_a_pop_up(told), alert=True)
        return
    await talk.answer()
    await talk.reply("why", language=voice.language, told=told)


async def _content(tx: Reading, chat: Chat | None, asked: object) -> AlertContent | None:
    if chat is None or not isinstance(asked, Why):
        return None
    return await revisions.heard(tx, chat.id, StoryId(asked.story), asked.turn)


async def _followed(tx: Reading, talk: Talk, chat: Chat, content: AlertContent) -> list[str]:
    """Name what of the story this chat follows: categories, then names, sources and words."""
    categories = await subscriptions.of(tx, chat.id)
    told = (await namings.of(tx, [content.card.story]))[content.card.story]
    names = _names(talk, chat.language, [one for one in content.card.categories if one in categories])
    mine = await interests.of(tx, chat.id, Wish.FOLLOW)
    return [*names, *(one.label for one in mine if one.subject in told)]


def _names(talk: Talk, language: str, slugs: Sequence[str]) -> list[str]:
    return [one.name(language) for slug in slugs if (one := talk.settings.category(slug))]
