"""What a chat follows beyond categories, and what it mutes: /follow, /unfollow, /mute, /unmute, and their buttons."""

from dataclasses import dataclass, field

from telegram import Update

from bot.formatter import keyboards, kinds, wording
from bot.formatter.message import Message
from bot.formatter.wishes import Drop, Leaf, Ring, Want, Wished
from bot.handlers import subscribing
from bot.handlers.context import Talk
from bot.handlers.grammar import categories_in
from bot.handlers.grammar.following import LONGEST, SHORTEST, Asked, Piece, asked_in, kind_in
from bot.handlers.naming import with_group
from bot.handlers.said import said
from digests.model import Chat, Interest, Language, Subject, What, Wish
from digests.store import interests
from digests.store.engine import Reading
from digests.stories.kinds import KINDS, kind_subject
from digests.stories.names import Name
from digests.stories.wanted import name_subject, source_subject, words_subject

NEAR = 4  # names that a reader may have meant, as buttons


@dataclass(frozen=True, slots=True)
class Meant:
    """What one piece stands for."""

    subject: Subject
    label: str
    name: Name | None = None


@dataclass(slots=True)
class _Done:
    """What became of what was asked, in the order in which it was."""

    new: list[Meant] = field(default_factory=list)
    there: list[Meant] = field(default_factory=list)
    full: list[Meant] = field(default_factory=list)
    wrong: list[Piece] = field(default_factory=list)
    near: list[Name] = field(default_factory=list)  # what may have been meant besides
    more: int = 0


async def follow(update: Update, talk: Talk) -> None:
    """Follow what is named; without anything, show what is followed. Categories are subscribed to."""
    text = said(update)
    found = categories_in(text, talk.settings.categories)
    if found.known and not found.unknown:
        await subscribing.subscribe(update, talk)
        return
    await _want(talk, Wish.FOLLOW, asked_in(text))


async def mute(update: Update, talk: Talk) -> None:
    """Mute what is named; without anything, show what is muted."""
    await _want(talk, Wish.MUTE, asked_in(said(update)))


async def unfollow(update: Update, talk: Talk) -> None:
    """Follow what is named no longer; without anything, show what is followed."""
    text = said(update)
    found = categories_in(text, talk.settings.categories)
    if found.known and not found.unknown and not found.everything:
        await subscribing.unsubscribe(update, talk)
        return
    await _leave(talk, Wish.FOLLOW, asked_in(text))


async def unmute(update: Update, talk: Talk) -> None:
    """Mute what is named no longer; without anything, show what is muted."""
    await _leave(talk, Wish.MUTE, asked_in(said(update)))


async def press(talk: Talk, wish: Wished) -> None:
    """Do what a button says: on a list it is shown anew, under an offer it is confirmed."""
    match wish:
        case Want():
            await _press_want(talk, wish)
        case Leaf(which, page):
            await talk.answer()
            await talk.edit(await _list(talk, await _chat(talk), which, page))
        case Ring(interest, on, page):
            async with talk.writing() as tx:
                chat = await talk.ensure(tx)
                await interests.ring(tx, chat.id, interest, on=on, now=talk.now())
            await talk.answer()
            await talk.edit(await _list(talk, chat, Wish.FOLLOW, page))
        case Drop(interest, page):
            async with talk.writing() as tx:
                chat = await talk.ensure(tx)
                gone = await interests.drop(tx, chat.id, interest)
            await talk.answer()
            if gone is not None:
                await talk.edit(await _list(talk, chat, gone.wish, page))


async def _want(talk: Talk, wish: Wish, asked: Asked) -> None:
    async with talk.writing() as tx:
        chat = await talk.ensure(tx)
        if not asked.pieces:
            done = None
        else:
            done = _Done(more=asked.more)
            for piece in asked.pieces:
                meant = _kind(talk, piece, chat.language) if wish is Wish.MUTE else None
                meant = meant or await _meant(tx, talk, piece, chat.language, done.near)
                if meant is None:
                    done.wrong.append(piece)
                    continue
                alerts = asked.alerts if wish is Wish.FOLLOW else None
                added = await interests.add(
                    tx, chat.id, wish, meant.subject, label=meant.label, now=talk.now(), alerts=alerts
                )
                {"new": done.new, "changed": done.new, "there": done.there, "full": done.full}[added].append(
                    meant
                )
    if done is None:
        await talk.send(await _list(talk, chat, wish))
    else:
        await talk.send(_confirmation(talk, chat, wish, done, alerts=asked.alerts))


async def _press_want(talk: Talk, wish: Want) -> None:
    name = talk.parts.names.get(wish.name)
    if name is None:
        voice = talk.voice(await talk.language())
        await talk.answer(voice.gettext("I don’t know this name any more."))
        return
    async with talk.writing() as tx:
        chat = await talk.ensure(tx)
        meant = Meant(name_subject(name.id), name.called(chat.language), name)
        added = await interests.add(
            tx, chat.id, wish.wish, meant.subject, label=meant.label, now=talk.now(), alerts=wish.alerts
        )
    await talk.answer()
    done = _Done()
    {"new": done.new, "changed": done.new, "there": done.there, "full": done.full}[added].append(meant)
    await talk.send(_confirmation(talk, chat, wish.wish, done, alerts=wish.alerts))


async def _leave(talk: Talk, wish: Wish, asked: Asked) -> None:
    if not asked.pieces and not asked.everything:
        await talk.send(await _list(talk, await _chat(talk), wish))
        return
    gone: list[str] = []
    never: list[str] = []
    async with talk.writing() as tx:
        chat = await talk.ensure(tx)
        if asked.everything:
            gone = [_label(talk, one, chat.language) for one in await interests.remove(tx, chat.id, wish)]
        for piece in asked.pieces:
            meant = _readings(talk, piece)
            removed = await interests.remove(tx, chat.id, wish, subjects=meant) if meant else ()
            labels = [_label(talk, one, chat.language) for one in removed]
            gone += labels
            if not labels:
                never.append(piece.text)
        left = await interests.of(tx, chat.id, wish)
    listed = [(one, _label(talk, one, chat.language)) for one in left]
    await talk.reply(
        "wish_left",
        language=chat.language,
        keyboard=keyboards.what_is_followed(talk.voice(chat.language), listed, wish, 0) if never else (),
        wish=wish,
        gone=gone,
        never=never,
        left=len(left),
    )


async def _meant(tx: Reading, talk: Talk, piece: Piece, language: Language, near: list[Name]) -> Meant | None:
    """Read a piece as a name, as a source, else as plain words; None for what is none of them.

    Adds to `near` the other names that may have been meant, and the group of a member.
    """
    if piece.only == "":
        candidates = talk.parts.names.search(piece.text)
        sure = [one.name for one in candidates if one.sure]
        if sure:
            near += [one for one in (talk.parts.names.group_of(sure[0].id), *sure[1:]) if one is not None]
            return Meant(name_subject(sure[0].id), sure[0].called(language), sure[0])
        near += [one.name for one in candidates]
    if piece.only != "words" and (source := await _source(tx, piece)):
        return source
    if piece.only == "source" or piece.wrong:
        return None
    words = words_subject(piece.text)
    return Meant(words, wording.line(piece.text, LONGEST)) if words else None


def _kind(talk: Talk, piece: Piece, language: Language) -> Meant | None:
    """Read a piece as a kind of hard news; in quotes, or after words:, it is none."""
    kind = kind_in(piece.text) if piece.only == "" else None
    return Meant(kind_subject(kind), kinds.called(talk.voice(language), kind)) if kind else None


async def _source(tx: Reading, piece: Piece) -> Meant | None:
    """Find a feed by what it, or its publisher, is called."""
    wanted = source_subject(piece.text)
    if wanted is None:
        return None
    for called in await interests.sources(tx):
        if source_subject(called) == wanted:
            return Meant(wanted, called)
    return None


def _readings(talk: Talk, piece: Piece) -> list[Subject]:
    """Give all that a piece may stand for where something is to be left."""
    names = [name_subject(one.name.id) for one in talk.parts.names.search(piece.text) if one.sure]
    if piece.only == "" and (kind := kind_in(piece.text)):
        names.append(kind_subject(kind))
    others = (words_subject(piece.text), source_subject(piece.text))
    return [*names, *(one for one in others if one)]


async def _chat(talk: Talk) -> Chat:
    async with talk.writing() as tx:
        return await talk.ensure(tx)


async def _list(talk: Talk, chat: Chat, wish: Wish, page: int = 0) -> Message:
    async with talk.reading() as tx:
        every = await interests.of(tx, chat.id, wish)
    listed = [(one, _label(talk, one, chat.language)) for one in every]
    return talk.formatter.reply(
        "wish_list",
        language=chat.language,
        keyboard=keyboards.what_is_followed(talk.voice(chat.language), listed, wish, page),
        wish=wish,
        names=[label for one, label in listed if one.subject.what is What.NAME],
        sources=[label for one, label in listed if one.subject.what is What.SOURCE],
        words=[label for one, label in listed if one.subject.what is What.WORDS],
        kinds=[label for one, label in listed if one.subject.what is What.KIND],
        more=[kinds.called(talk.voice(chat.language), kind) for kind in KINDS],
    )


def _label(talk: Talk, interest: Interest, language: Language) -> str:
    if interest.subject.what is What.KIND:
        return kinds.called(talk.voice(language), interest.subject.value)
    name = talk.parts.names.get(interest.subject.value) if interest.subject.what is What.NAME else None
    return name.called(language) if name else interest.label


def _confirmation(talk: Talk, chat: Chat, wish: Wish, done: _Done, *, alerts: bool | None) -> Message:
    voice = talk.voice(chat.language)
    taken = {one.name.id for one in (*done.new, *done.there) if one.name}
    near = [name for name in dict.fromkeys(done.near) if name.id not in taken][:NEAR]
    offered: list[tuple[str, Want]] = []
    if wish is Wish.FOLLOW and not alerts:
        offered += [
            (
                voice.gettext("🔔 Alerts of %(name)s too", name=one.label),
                Want(Wish.FOLLOW, one.name.id, alerts=True),
            )
            for one in done.new
            if one.name
        ][:1]
    offered += [
        (f"+ {with_group(talk.parts.names, name, chat.language)}", Want(wish, name.id)) for name in near
    ]
    return talk.formatter.reply(
        "wish_done",
        language=chat.language,
        keyboard=keyboards.wants(offered),
        wish=wish,
        new=[one.label for one in done.new],
        there=[one.label for one in done.there],
        full=[one.label for one in done.full],
        wrong=[one.text for one in done.wrong],
        words=[one.label for one in done.new if one.subject.what is What.WORDS],
        alerts=alerts,
        near=bool(near),
        more=done.more,
        most=interests.MOST,
        shortest=SHORTEST,
        longest=LONGEST,
    )
