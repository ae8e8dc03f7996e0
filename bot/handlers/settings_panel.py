"""/settings: everything a chat chose as one message, edited in place by its buttons."""

from collections.abc import Collection

from telegram import Update

from bot.formatter import keyboards
from bot.formatter.buttons import (
    Follow,
    Page,
    PageName,
    Press,
    Refresh,
    SetAlerts,
    SetDigest,
    SetLanguage,
    SetQuiet,
    SetZone,
)
from bot.formatter.message import Message
from bot.handlers import schedule
from bot.handlers.context import Talk
from bot.handlers.grammar import MOST_TIMES
from bot.handlers.reading import present
from digests.editions.timetable import zone_of
from digests.model import Chat
from digests.store import chats, subscriptions
from digests.store.engine import Writing


async def settings(update: Update, talk: Talk) -> None:
    """Show what the chat chose."""
    del update
    async with talk.writing() as tx:
        await talk.ensure(tx)
    await show(talk, "main")


async def show(talk: Talk, page: PageName) -> None:
    """Send a page of the panel: also what a command without arguments shows."""
    chat = await present(talk)
    async with talk.reading() as tx:
        followed = await subscriptions.of(tx, chat.id)
    await talk.send(_panel(talk, chat, followed, page))


async def press(talk: Talk, press: Press) -> None:
    """Do what a button of the panel says, and show the page as things are then."""
    async with talk.writing() as tx:
        before = await talk.ensure(tx)
        chat = await _changed(tx, talk, before, press)
        followed = await subscriptions.of(tx, chat.id)
    full = isinstance(press, SetDigest) and press.on and press.at not in chat.digest_times
    if full:
        sentence = talk.voice(chat.language).gettext(
            "%(n)s digests a day are the most. Take one away first.", n=MOST_TIMES
        )
        await talk.answer(sentence, alert=True)
    else:
        await talk.answer()
    if not isinstance(press, Page | Refresh):
        talk.parts.wake()
    await talk.edit(_panel(talk, chat, followed, _page(press)))


async def _changed(tx: Writing, talk: Talk, chat: Chat, press: Press) -> Chat:
    """Write what a press wishes. Pressed twice it wishes the same."""
    match press:
        case Follow(category, on=True) if talk.settings.category(category):
            await subscriptions.add(tx, chat.id, [category], talk.now())
        case Follow(category, on=False):
            await subscriptions.remove(tx, chat.id, [category])
        case SetDigest(at, on):
            times = {*chat.digest_times, at} if on else {*chat.digest_times} - {at}
            if len(times) <= MOST_TIMES or not on:
                return await schedule.have_digests(tx, talk, chat, tuple(sorted(times)))
        case SetAlerts(alerts):
            return await schedule.have_alerts(tx, talk, chat, alerts)
        case SetQuiet(quiet):
            return await chats.change(tx, chat.id, quiet=quiet)
        case SetZone(zone):
            return await schedule.live_in(tx, talk, chat, zone)
        case SetLanguage(language):
            return await chats.change(tx, chat.id, language=language)
        case _:
            pass
    return chat


def _page(press: Press) -> PageName:
    """Which page shows what a press did: its own, but the main one where there is one answer only."""
    match press:
        case Page(name):
            return name
        case Follow():
            return "categories"
        case SetDigest():
            return "digest"
        case SetAlerts():
            return "alerts"
        case SetQuiet():
            return "quiet"
        case _:
            return "main"


def _panel(talk: Talk, chat: Chat, followed: Collection[str], page: PageName) -> Message:
    now, voice = talk.now(), talk.voice(chat.language)
    return talk.formatter.reply(
        "settings",
        language=chat.language,
        keyboard=keyboards.settings(
            voice,
            chat,
            page,
            categories=talk.settings.categories,
            followed=followed,
            places=talk.places(chat),
            now=now,
        ),
        page=page,
        chat=chat,
        followed=[category for category in talk.settings.categories if category.slug in followed],
        zone=zone_of(chat.zone),
        now=now,
    )
