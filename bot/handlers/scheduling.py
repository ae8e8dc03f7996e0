"""When and how it comes: /digest, /timezone, /alerts, /quiet, /language, and the buttons under an alert."""

from datetime import time

from telegram import Update

from bot.formatter import keyboards
from bot.formatter.buttons import FewerAlerts, SetAlerts, SetLanguage
from bot.formatter.message import Message
from bot.handlers import reading, schedule, settings_panel
from bot.handlers.context import Talk
from bot.handlers.grammar import (
    Hours,
    Inside,
    NoLength,
    Switch,
    Times,
    TooMany,
    Unclear,
    alerts_in,
    digest_in,
    language_in,
    quiet_in,
)
from bot.handlers.said import said
from digests.editions.timetable import zone_of
from digests.model import Alerts, Chat, Language, Quiet
from digests.store import chats

# Where the operator gives none, "on" means these.
_TIMES = (time(8, 0),)
_QUIET = Quiet(time(23, 0), time(7, 0))
_ASKS = 3  # questions where the reader lives, those of the digests counted; then it is left alone


async def digest(update: Update, talk: Talk) -> None:
    """Set the daily times, or have no digest; without a word, the digest of the last 24 hours now."""
    match digest_in(said(update)):
        case None:
            await reading.digest_now(update, talk)
        case Unclear(words):
            await talk.reply("digest_unclear", language=await talk.language(), said=words)
        case TooMany(most):
            await talk.reply("digest_too_many", language=await talk.language(), most=most)
        case Switch.OFF:
            await _have_digests(talk, ())
        case Switch.ON:
            await _have_digests(talk, None)
        case Times(at):
            await _have_digests(talk, at)


async def timezone(update: Update, talk: Talk) -> None:
    """Live by the clock of the place named; where it may be several, ask; without a word, show likely ones."""
    words = said(update)
    if not words:
        await settings_panel.show(talk, "zone")
        return
    found = talk.parts.gazetteer.find(words)
    async with talk.writing() as tx:
        chat = await talk.ensure(tx)
        if found.sure:
            chat = await schedule.live_in(tx, talk, chat, found.places[0].zone)
    now = talk.now()
    if found.sure:
        talk.parts.wake()
        next_at = chat.next_digest_at
        await talk.reply(
            "zone_set", language=chat.language, next_at=next_at, zone=zone_of(chat.zone), now=now
        )
        return
    places = [(place.name(chat.language), place.zone) for place in found.places] or talk.places(chat)
    await talk.reply(
        "zone_unclear",
        language=chat.language,
        keyboard=keyboards.zones(places, now),
        said=words,
        found=bool(found.places),
    )


async def alerts(update: Update, talk: Talk) -> None:
    """Have alerts on, off or silent; without a word, show how they come."""
    match alerts_in(said(update)):
        case None:
            await settings_panel.show(talk, "alerts")
        case Unclear(words):
            await talk.reply("alerts_unclear", language=await talk.language(), said=words)
        case Alerts() as how:
            before, chat = await _have_alerts(talk, how)
            await talk.send(_alerts(talk, chat, already=before.alerts is how))


async def quiet(update: Update, talk: Talk) -> None:
    """Have quiet hours, or none, and what happens inside them; without a word, show them."""
    wish = quiet_in(said(update))
    match wish:
        case None:
            await settings_panel.show(talk, "quiet")
        case Unclear(words):
            await talk.reply("quiet_unclear", language=await talk.language(), said=words)
        case NoLength(at):
            await talk.reply("quiet_no_length", language=await talk.language(), at=at)
        case Hours() | Inside() | Switch():
            async with talk.writing() as tx:
                before = await talk.ensure(tx)
                hours = _hours(wish, before.quiet or talk.settings.breaking.quiet or _QUIET)
                chat = await chats.change(tx, before.id, quiet=hours)
            already = before.quiet == chat.quiet
            digests = bool(chat.digest_times)
            await talk.reply(
                "quiet_set", language=chat.language, quiet=chat.quiet, already=already, digests=digests
            )


async def language(update: Update, talk: Talk) -> None:
    """Read in a language; without a word, offer both."""
    match language_in(said(update)):
        case None:
            await settings_panel.show(talk, "language")
        case Unclear(words):
            spoken = await talk.language()
            keyboard = keyboards.languages(spoken)
            await talk.reply("language_unclear", language=spoken, keyboard=keyboard, said=words)
        case chosen:
            before = await _speak(talk, chosen)
            await talk.reply("language_set", language=chosen, already=before == chosen)


async def press(talk: Talk, wish: SetAlerts | FewerAlerts | SetLanguage) -> None:
    """Do what a button under an alert, or under the question of languages, says."""
    match wish:
        case SetLanguage(chosen):
            before = await _speak(talk, chosen)
            await talk.answer()
            keyboard = keyboards.languages(chosen)
            await talk.edit(
                talk.formatter.reply(
                    "language_set", language=chosen, keyboard=keyboard, already=before == chosen
                )
            )
        case SetAlerts(how):
            await _press_alerts(talk, how)
        case FewerAlerts():
            await _press_alerts(talk, Alerts.FEW, fewer=True)


async def _press_alerts(talk: Talk, how: Alerts, *, fewer: bool = False) -> None:
    """Change how alerts come: a message says how to have it back; pressed again, a pop-up says that it is so."""
    before, chat = await _have_alerts(talk, how, fewer=fewer)
    if before.alerts is not chat.alerts:
        await talk.answer()
        await talk.send(_alerts(talk, chat, already=False))
        return
    voice = talk.voice(chat.language)
    match chat.alerts:
        case Alerts.OFF:
            sentence = voice.gettext("Alerts are off already.")
        case Alerts.SILENT:
            sentence = voice.gettext("Alerts come silently already.")
        case Alerts.FEW:
            sentence = voice.gettext("You get only a few alerts already.")
        case Alerts.ON:
            sentence = voice.gettext("Alerts come with sound already.")
    await talk.answer(sentence)


async def _have_alerts(talk: Talk, how: Alerts, *, fewer: bool = False) -> tuple[Chat, Chat]:
    """Keep how alerts come; give the chat before and after. Where `fewer` are wished, silent and off stay as they are."""
    async with talk.writing() as tx:
        before = await talk.ensure(tx)
        if fewer and before.alerts is not Alerts.ON:
            return before, before
        chat = await schedule.have_alerts(tx, talk, before, how)
    talk.parts.wake()
    return before, chat


async def _have_digests(talk: Talk, times: tuple[time, ...] | None) -> None:
    """Keep the digest times (None: those there are, else the operator's), and say when the next comes."""
    async with talk.writing() as tx:
        before = await talk.ensure(tx)
        if times is None:
            times = before.digest_times or talk.settings.digest.times or _TIMES
        chat = await schedule.have_digests(tx, talk, before, times)
        asks = bool(times) and not chat.zone_known and chat.zone_asks < _ASKS
        if asks:
            chat = await chats.change(tx, chat.id, zone_asks=chat.zone_asks + 1)
    talk.parts.wake()
    already = before.digest_times == chat.digest_times
    if not chat.digest_times:
        await talk.reply(
            "digest_off", language=chat.language, already=already, alerts=chat.alerts is not Alerts.OFF
        )
        return
    now = talk.now()
    await talk.reply(
        "digest_set",
        language=chat.language,
        keyboard=keyboards.zones(talk.places(chat), now) if asks else (),
        times=chat.digest_times,
        already=already,
        next_at=chat.next_digest_at,
        zone=zone_of(chat.zone),
        now=now,
        ask_zone=asks,
    )


def _hours(wish: Hours | Inside | Switch, now: Quiet) -> Quiet | None:
    """Give the quiet hours wished, from those there are or would be."""
    match wish:
        case Hours(start, end, hold):
            return Quiet(start, end, hold=hold)
        case Inside(hold):
            return Quiet(now.start, now.end, hold=hold)
        case Switch.ON:
            return now
        case Switch.OFF:
            return None


async def _speak(talk: Talk, chosen: Language) -> Language:
    """Keep the language; give the one before."""
    async with talk.writing() as tx:
        chat = await talk.ensure(tx)
        await chats.change(tx, chat.id, language=chosen)
    return chat.language


def _alerts(talk: Talk, chat: Chat, *, already: bool) -> Message:
    return talk.formatter.reply(
        "alerts_set",
        language=chat.language,
        alerts=chat.alerts,
        quiet=chat.quiet,
        digests=bool(chat.digest_times),
        already=already,
    )
