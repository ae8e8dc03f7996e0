"""Talk: the typed context a handler is given. It replaces python-telegram-bot's bot_data and user_data."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self, cast

import structlog
import telegram
from telegram import Update
from telegram.error import BadRequest, ChatMigrated
from telegram.ext import Application, CallbackContext, ContextTypes, ExtBot

from bot.formatter.message import Keyboard, Message
from bot.formatter.render import Formatter
from bot.formatter.request import as_plain, to_edit, to_send
from bot.texts import Voice
from bot.texts.cities import Gazetteer
from digests import holding
from digests.editions.timetable import next_due, zone_of
from digests.feeds.discover import Discoverer
from digests.model import Address, Chat, ChatKind, Language, NewChat
from digests.settings import Settings
from digests.store import chats, inbox, moves
from digests.store.engine import Reading, Store, Writing
from digests.stories.names import Names

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parts:
    """What handlers work with; put together by the composition root."""

    store: Store
    settings: Settings
    formatter: Formatter
    gazetteer: Gazetteer
    now: Callable[[], datetime]
    wake: Callable[[], None]  # something may be owed or due now
    admins: frozenset[int] = frozenset()  # user ids of the operators
    discoverer: Discoverer | None = None  # looks into the feeds that they add
    names: Names = field(default_factory=Names.none)  # that can be followed and muted


class Talk(CallbackContext[ExtBot[int], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """One update in hand: who speaks, where, in which language, and how to answer."""

    def __init__(
        self,
        application: "Application[Any, Any, Any, Any, Any, Any]",
        chat_id: int | None = None,
        user_id: int | None = None,
    ) -> None:
        super().__init__(application, chat_id=chat_id, user_id=user_id)
        self.parts = cast("Desk", application).parts
        self.incoming: Update | None = None
        self.beneath: Callable[[Voice], Keyboard] | None = None  # what stands under every answer
        self._lives_at: int | None = None  # a group that became a supergroup after the update: its new id
        self._closed = False

    @classmethod
    def from_update(cls, update: object, application: "Application[Any, Any, Any, Any, Any, Any]") -> Self:
        """Build the context of an update, as python-telegram-bot asks."""
        talk = super().from_update(update, application)
        talk.incoming = update if isinstance(update, Update) else None
        return talk

    @property
    def store(self) -> Store:
        """The store."""
        return self.parts.store

    @property
    def settings(self) -> Settings:
        """What the newsroom is told."""
        return self.parts.settings

    @property
    def formatter(self) -> Formatter:
        """The formatter."""
        return self.parts.formatter

    def now(self) -> datetime:
        """Tell the time."""
        return self.parts.now()

    @property
    def address(self) -> Address:
        """Where the update came from: a chat, and the forum topic in it. A group that has moved since: where it lives now."""
        update = self.incoming
        chat = update.effective_chat if update else None
        if update is None or chat is None:
            raise LookupError("this update belongs to no chat")
        message = update.effective_message
        in_topic = isinstance(message, telegram.Message) and message.is_topic_message
        thread = message.message_thread_id if in_topic and isinstance(message, telegram.Message) else None
        return Address(self._lives_at or chat.id, thread or 0)

    @property
    def kind(self) -> ChatKind:
        """What kind of chat it is."""
        if self._lives_at is not None:
            return ChatKind.SUPERGROUP
        chat = self.incoming.effective_chat if self.incoming else None
        return ChatKind(chat.type) if chat else ChatKind.PRIVATE

    @property
    def spoken(self) -> Language:
        """The language of the person's Telegram, of those that we speak."""
        user = self.incoming.effective_user if self.incoming else None
        return "ko" if user and (user.language_code or "").lower().startswith("ko") else "en"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reading]:
        """Open a reading transaction."""
        async with self.store.reading() as tx:
            await self._look_where_it_lives(tx)
            yield tx

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Writing]:
        """Open a writing transaction. The update leaves the inbox with it: the effect happens once, or not yet."""
        async with self.store.writing() as tx:
            await self._look_where_it_lives(tx)
            yield tx
            await self._close(tx)

    async def _close(self, tx: Writing) -> None:
        if self.incoming is not None and not self._closed:
            await inbox.done(tx, self.incoming.update_id)
            self._closed = True

    async def _look_where_it_lives(self, tx: Reading) -> None:
        """See whether a group has moved since the update. That the bot was let out of the old one says nothing of the new."""
        update = self.incoming
        if update is None or update.effective_chat is None or update.my_chat_member is not None:
            return
        if self._lives_at is None and update.effective_chat.type == ChatKind.GROUP:
            self._lives_at = await moves.lives_at(tx, update.effective_chat.id)

    async def moved(self, old: int, new: int) -> None:
        """Write that a group has a new id, with all it has and is owed; twice is harmless."""
        async with self.writing() as tx:
            moved = await chats.move(tx, old, new, self.now())
            await holding.heed(tx, moved, self.settings.breaking, self.now())
        log.info("moved", old=old, new=new, chats=len(moved))
        self.parts.wake()

    async def known(self, tx: Reading) -> Chat | None:
        """Find the chat, if it ever wrote to us."""
        return await chats.at(tx, self.address)

    async def ensure(self, tx: Writing) -> Chat:
        """Find the chat, or begin it: it has just written to us. A chat that was paused is awake again."""
        digest = self.settings.digest
        chat = await chats.ensure(
            tx,
            self.address,
            NewChat(
                kind=self.kind,
                language=self.spoken,
                zone=digest.zone,
                quiet=self.settings.breaking.quiet,
                digest_times=digest.times,
                next_digest_at=next_due(digest.times, zone_of(digest.zone), self.now()),
            ),
            self.now(),
        )
        return await self.awaken(tx, chat) if chat.paused_at else chat

    async def awaken(self, tx: Writing, chat: Chat) -> Chat:
        """Write to a paused chat and its topics again, from their next digest on."""
        for one in await chats.wake(tx, chat.address.telegram_id):
            due = next_due(one.digest_times, zone_of(one.zone), self.now())
            awake = await chats.change(tx, one.id, next_digest_at=due)
            chat = awake if awake.id == chat.id else chat
        return chat

    async def language(self) -> Language:
        """Tell the language to answer in: the chat's own, else the person's."""
        async with self.reading() as tx:
            chat = await self.known(tx)
        return chat.language if chat else self.spoken

    def voice(self, language: Language) -> Voice:
        """The words of a language."""
        return self.formatter.voice(language)

    async def reply(self, name: str, *, language: Language, **values: Any) -> None:
        """Answer with a template of `formatter/templates/replies`."""
        await self.send(self.formatter.reply(name, language=language, **values))

    async def send(self, *messages: Message) -> None:
        """Answer in the chat, and in the topic, that the update came from."""
        if self.beneath and messages:
            more = self.beneath(self.voice(await self.language()))
            messages = (*messages[:-1], replace(messages[-1], keyboard=(*messages[-1].keyboard, *more)))
        for message in messages:
            try:
                await self._say(message)
            except ChatMigrated as error:
                await self._follow(error.new_chat_id)
                await self._say(message)

    async def _say(self, message: Message) -> None:
        request = to_send(message, self.address)
        try:
            await self._ask("sendMessage", request)
        except BadRequest as error:
            if "entit" not in str(error).lower():
                raise
            log.error("markup refused", answer=str(error))  # noqa: TRY400 - the answer says all
            await self._ask("sendMessage", as_plain(request, message))

    async def _follow(self, new: int) -> None:
        """Answer where the group lives now: it moved while we thought."""
        await self.moved(self.address.telegram_id, new)
        self._lives_at = new

    async def edit(self, message: Message) -> None:
        """Edit the message whose button was pressed, in place; where that cannot be, answer anew."""
        query = self.incoming.callback_query if self.incoming else None
        if query is None or query.message is None or self._lives_at is not None:
            await self.send(message)  # in a supergroup the number is another message's
            return
        try:
            await self._ask("editMessageText", to_edit(message, self.address, query.message.message_id))
        except ChatMigrated as error:
            await self._follow(error.new_chat_id)
            await self.send(message)
        except BadRequest as error:
            said = str(error).lower()
            if "message is not modified" in said:  # pressed twice: it shows what was wished already
                return
            if "can't be edited" not in said and "message to edit not found" not in said:
                raise
            await self.send(message)

    async def answer(self, text: str = "", *, alert: bool = False) -> None:
        """Answer a pressed button, at once; nobody minds if it is too late for that."""
        query = self.incoming.callback_query if self.incoming else None
        if query is None:
            return
        try:
            await query.answer(text or None, show_alert=alert)
        except BadRequest as error:
            if "query is too old" not in str(error).lower():
                raise

    async def _ask(self, endpoint: str, request: dict[str, Any]) -> None:
        await self.bot.do_api_request(endpoint, api_kwargs=request)

    def places(self, chat: Chat) -> list[tuple[str, str]]:
        """Give likely cities for the question where the reader lives: names in the chat's language, and zones."""
        return [
            (place.name(chat.language), place.zone)
            for place in self.parts.gazetteer.likely(chat.language, self.now())
        ]


Act = Callable[[Update, Talk], Coroutine[Any, Any, None]]  # what is done with an update


class Desk(Application[ExtBot[int], Talk, dict[Any, Any], dict[Any, Any], dict[Any, Any], None]):
    """python-telegram-bot's application, with our parts at hand."""

    def __init__(self, *, parts: Parts, **settings: Any) -> None:
        super().__init__(**settings)
        self.parts = parts


def desk(bot: ExtBot[int], parts: Parts) -> Desk:
    """Make the application: no updater (updates come through our inbox), no job queue (APScheduler is the clock)."""
    built = (
        Application.builder()
        .application_class(Desk, kwargs={"parts": parts})
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=Talk))
        .build()
    )
    return cast("Desk", built)  # the builder's types do not follow application_class
