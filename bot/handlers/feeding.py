"""/feeds and /addfeed, for the bot's administrators in their private chats. Nobody else knows of them."""

from collections.abc import Sequence
from dataclasses import replace

from telegram import Update

from bot.config import name_for
from bot.config.adding import new_feed
from bot.errors import ConfigError
from bot.formatter import keyboards
from bot.formatter.buttons import AddFeed
from bot.handlers.context import Act, Talk
from bot.handlers.grammar import categories_in
from digests.editions.timetable import zone_of
from digests.errors import FeedError
from digests.feeds.discover import Discovered, Discoverer, PageError, with_scheme
from digests.store import added, offers
from digests.store.added import NewFeed
from digests.store.health import health


def for_admins(act: Act, otherwise: Act) -> Act:
    """Let the bot's administrators act in private; for everybody else it is a command that nobody knows."""

    async def guarding(update: Update, talk: Talk) -> None:
        await (act if is_admin(talk) else otherwise)(update, talk)

    return guarding


def is_admin(talk: Talk) -> bool:
    """Whether an administrator of the bot speaks."""
    user = talk.incoming.effective_user if talk.incoming else None
    return user is not None and user.id in talk.parts.admins


async def feeds(update: Update, talk: Talk) -> None:
    """Show how every feed fares."""
    del update
    async with talk.writing() as tx:
        chat = await talk.ensure(tx)
    async with talk.reading() as tx:
        every = [one for one in await health(tx, talk.now()) if one.standing != "retired"]
    zone = zone_of(chat.zone)
    await talk.send(*talk.formatter.feeds(every, language=chat.language, zone=zone, now=talk.now()))


async def add_feed(update: Update, talk: Talk) -> None:
    """Add a feed by its address or its site's; where a site has several, offer them."""
    del update
    language = await talk.language()
    address, *rest = talk.args or [""]
    found = categories_in(" ".join(rest), talk.settings.categories)
    if not address or not found.known or found.unknown:
        await talk.reply("addfeed_usage", language=language, categories=talk.settings.categories)
        return
    under = [one.slug for one in found.known]
    try:
        wanted = new_feed(with_scheme(address), under)
        if await _refused(talk, wanted.url):
            return
        named = await _look(talk.parts.discoverer, wanted.url)
    except (ConfigError, FeedError) as error:
        await talk.reply("addfeed_refused", language=language, why=error.what)
        return
    if len(named) == 1:
        await _add(talk, new_feed(named[0].url, under))
    else:
        await _offer(talk, named, under)


async def press(talk: Talk, wish: AddFeed) -> None:
    """Add the feed that was offered."""
    voice = talk.voice(await talk.language())
    async with talk.reading() as tx:
        offer = await offers.find(tx, wish.offer, talk.now())
    if offer is None or not is_admin(talk):
        await talk.answer(voice.gettext("This button is too old. Send /settings for new ones."))
        return
    await talk.answer()
    if not await _refused(talk, offer.url):
        await _add(talk, new_feed(offer.url, offer.categories))


async def _look(discoverer: Discoverer | None, url: str) -> Sequence[Discovered]:
    """Look into an address: one feed, or several of a site. Raises FeedError where there is none."""
    if discoverer is None:
        return (Discovered(url, "", 0, None),)
    try:
        return (await discoverer.feed(url),)
    except PageError as error:
        if found := (await discoverer.discover(url)).found:
            return found
        raise FeedError(error.what, url=url) from error


async def _refused(talk: Talk, url: str) -> bool:
    """Say so where the address is a feed already."""
    language = await talk.language()
    of_file = next((feed for feed in talk.settings.feeds if feed.url == url), None)
    if of_file:
        await talk.reply("addfeed_of_file", language=language, feed=of_file.name)
        return True
    async with talk.reading() as tx:
        known = await added.at(tx, url)
    if known and known.standing != "retired":
        await talk.reply("addfeed_there", language=language, feed=known.name)
        return True
    return False


async def _add(talk: Talk, wanted: NewFeed) -> None:
    if await _refused(talk, wanted.url):
        return
    user = talk.incoming.effective_user if talk.incoming else None
    async with talk.writing() as tx:
        chat = await talk.ensure(tx)
        if wanted.name.lower() in await added.taken(tx) | {one.name.lower() for one in talk.settings.feeds}:
            wanted = replace(wanted, name=wanted.url)
        await added.add(tx, [wanted], f"chat:{user.id if user else 0}", talk.now())
    talk.parts.wake()
    under = [one for one in talk.settings.categories if one.slug in wanted.categories]
    await talk.reply("addfeed_done", language=chat.language, feed=wanted.name, categories=under)


async def _offer(talk: Talk, named: Sequence[Discovered], under: Sequence[str]) -> None:
    async with talk.writing() as tx:
        chat = await talk.ensure(tx)
        made = [
            (
                one.title or name_for(one.url),
                await offers.make(tx, offers.Offer(one.url, tuple(under)), talk.now()),
            )
            for one in named
        ]
    keyboard = keyboards.feeds_offered(made)
    await talk.reply("addfeed_offer", language=chat.language, keyboard=keyboard, offers=named)
