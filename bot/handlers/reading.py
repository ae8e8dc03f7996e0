"""What there is to read now: the last day's digest, the latest stories, those that broke or grow. Moves nothing."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

from telegram import Update

from bot.formatter import keyboards
from bot.formatter.buttons import Related
from bot.formatter.wording import line
from bot.handlers import membership
from bot.handlers.context import Talk
from bot.handlers.grammar import categories_in, suggestions
from bot.handlers.said import said
from bot.texts import Voice
from digests import compose
from digests.editions.cards import card
from digests.editions.likeness import nearest
from digests.editions.tastes import FIRST
from digests.editions.timetable import zone_of
from digests.editions.trending import LEAST, WINDOW, trending
from digests.model import Card, Chat, StoryId
from digests.store import lists, stories, subscriptions
from digests.store.engine import Reading

LATEST = 8  # stories: two to three screens of a phone
RELATED = 3
BESIDE = 60  # stories among which what is related is looked for
DEPTH = 100  # stories that are weighed for /trending
_LONGEST = 40  # UTF-16 units of a word that is shown back


async def digest_now(update: Update, talk: Talk) -> None:
    """Bring the digest of the last 24 hours; the next one comes as it would have."""
    del update
    chat = await present(talk)
    now = talk.now()
    async with talk.reading() as tx:
        followed = await subscriptions.of(tx, chat.id)
        content = await compose.for_chat(tx, chat, talk.settings, now)
    if not followed:
        keyboard = keyboards.onboarding(talk.voice(chat.language), talk.settings.categories, followed)
        await talk.reply("nothing_followed", language=chat.language, keyboard=keyboard)
        return
    zone = zone_of(chat.zone)
    if content is None:
        since = now - FIRST
        await talk.send(talk.formatter.empty_digest(language=chat.language, zone=zone, now=now, since=since))
        return
    await talk.send(*talk.formatter.digest(content, language=chat.language, zone=zone, now=now))


async def latest(update: Update, talk: Talk) -> None:
    """Show the latest stories of the categories named, else of those followed, else of all."""
    await _stories(update, talk, "latest")


async def breaking(update: Update, talk: Talk) -> None:
    """Show the latest stories that rang, of the same categories."""
    await _stories(update, talk, "breaking")


async def trending_now(update: Update, talk: Talk) -> None:
    """Show the stories that grow, of the same categories."""
    await _stories(update, talk, "trending")


async def related(talk: Talk, wish: Related) -> None:
    """Show the stories that are most like the one that a button names."""
    now = talk.now()
    async with talk.reading() as tx:
        chat = await talk.known(tx)
        found = await stories.facts(tx, [StoryId(wish.story)])
        near = await _near(tx, card(found[0], breaking=found[0].alerted)) if found else ()
    await talk.answer()
    language, zone = (chat.language, chat.zone) if chat else (talk.spoken, talk.settings.digest.zone)
    await talk.send(
        *talk.formatter.stories(near, language=language, zone=zone_of(zone), now=now, kind="related")
    )


async def present(talk: Talk) -> Chat:
    """Find the chat without ending a /stop: who left may still read. One that is new is begun."""
    async with talk.reading() as tx:
        chat = await talk.known(tx)
    if chat is not None and (chat.paused_at is None or chat.paused_why == membership.STOPPED):
        return chat
    async with talk.writing() as tx:
        return await talk.ensure(tx)


async def newest(
    tx: Reading, categories: Collection[str], limit: int, *, breaking: bool = False
) -> tuple[Card, ...]:
    """Give the newest stories of some categories as they are shown."""
    ids = await stories.latest(tx, categories, limit=limit, alerted_only=breaking)
    return tuple(card(facts, breaking=facts.alerted) for facts in await stories.facts(tx, ids))


def quoted(voice: Voice, words: Sequence[str]) -> str:
    """Give words of a reader as they may stand in a sentence."""
    return voice.join([f"“{line(word, _LONGEST)}”" for word in words])


async def _near(tx: Reading, about: Card) -> tuple[Card, ...]:
    """Give the nearest of the last stories of the same categories, and of those that tell of the same people."""
    ids = await stories.latest(tx, about.categories, limit=BESIDE)
    if about.names:
        ids += await lists.naming(tx, about.names, limit=BESIDE)
    beside = await stories.facts(tx, list(dict.fromkeys(ids)))
    return nearest(about, [card(facts, breaking=facts.alerted) for facts in beside], RELATED)


async def _growing(tx: Reading, categories: Collection[str], now: datetime) -> tuple[Card, ...]:
    ids = await lists.growing(tx, categories, now - WINDOW, least=LEAST, limit=DEPTH)
    grown = trending(await stories.facts(tx, ids), now, LATEST)
    return tuple(card(facts, breaking=facts.alerted) for facts in grown)


async def _stories(update: Update, talk: Talk, kind: Literal["latest", "breaking", "trending"]) -> None:
    chat = await present(talk)
    every = talk.settings.categories
    found = categories_in(said(update), every)
    if found.unknown and not found.known:
        meant = [one for word in found.unknown[:5] for one in suggestions(word, every)] or every
        await talk.reply(
            "unknown_here",
            language=chat.language,
            words=quoted(talk.voice(chat.language), found.unknown[:1]),
            command=kind,
            meant=list(dict.fromkeys(one.slug for one in meant))[:3],
        )
        return
    async with talk.reading() as tx:
        followed = await subscriptions.of(tx, chat.id)
        wanted = {one.slug for one in found.known} or followed or {one.slug for one in every}
        here = wanted & {one.slug for one in every}
        if kind == "trending":
            cards = await _growing(tx, here, talk.now())
        else:
            cards = await newest(tx, here, LATEST, breaking=kind == "breaking")
    await talk.send(
        *talk.formatter.stories(
            cards,
            language=chat.language,
            zone=zone_of(chat.zone),
            now=talk.now(),
            category=found.known[0] if len(found.known) == 1 else None,
            kind=kind,
        )
    )
