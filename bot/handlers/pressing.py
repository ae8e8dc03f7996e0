"""Pressed buttons: callback data back into a press, and the press to whoever knows what to do."""

from telegram import Update

from bot.formatter.buttons import (
    AddFeed,
    Done,
    FewerAlerts,
    Follow,
    Forget,
    Page,
    Press,
    Refresh,
    Related,
    SetAlerts,
    SetDigest,
    SetLanguage,
    SetQuiet,
    SetZone,
    parse,
)
from bot.formatter.wishes import Drop, Leaf, Ring, Want
from bot.handlers import (
    feeding,
    following,
    membership,
    onboarding,
    privacy,
    reading,
    scheduling,
    settings_panel,
    subscribing,
)
from bot.handlers.context import Talk
from digests.editions.timetable import zone_of


async def press(update: Update, talk: Talk) -> None:
    """Do what a button says. Each of the functions below answers the query once it knows what to say."""
    query = update.callback_query
    if query is None:
        return
    wish = parse(query.data)
    async with talk.reading() as tx:
        chat = await talk.known(tx)
    voice = talk.voice(chat.language if chat else talk.spoken)
    if wish is None or query.message is None or not _possible(wish):
        await talk.answer(voice.gettext("This button is too old. Send /settings for new ones."))
    elif chat and chat.paused_why == membership.STOPPED and not isinstance(wish, Forget | Related):
        # A tap on an old message is no word of the reader's that would end a /stop.
        await talk.answer(voice.gettext("I am silent here. /start brings me back."), alert=True)
    else:
        await _do(talk, wish)


async def _do(talk: Talk, wish: Press) -> None:  # noqa: C901 — a table: one line a kind
    match wish:
        case (
            Follow(panel="settings")
            | SetZone(panel="settings")
            | SetAlerts(panel="settings")
            | SetLanguage(panel="settings")
            | SetQuiet()
            | SetDigest()
            | Page()
            | Refresh()
        ):
            await settings_panel.press(talk, wish)
        case Follow(panel="onboarding"):
            await onboarding.follow(talk, wish)
        case Done():
            await onboarding.done(talk)
        case SetZone():
            await onboarding.set_zone(talk, wish)
        case Forget():
            await privacy.press(talk, wish)
        case Related():
            await reading.related(talk, wish)
        case Want() | Ring() | Drop() | Leaf():
            await following.press(talk, wish)
        case AddFeed():
            await feeding.press(talk, wish)
        case Follow():
            await subscribing.press(talk, wish)
        case SetAlerts() | FewerAlerts() | SetLanguage():
            await scheduling.press(talk, wish)


def _possible(wish: Press) -> bool:
    """Whether there is what the press names; callback data may be forged."""
    if not isinstance(wish, SetZone):
        return True
    try:
        zone_of(wish.zone)
    except ValueError:
        return False
    return True
