"""From a claimed delivery to its messages: editions are read once, and rendered once for all who read alike."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.formatter.message import Message
from bot.formatter.render import Formatter
from bot.texts.cities import Gazetteer
from digests.editions.digest import pick
from digests.editions.timetable import zone_of
from digests.model import (
    AlertContent,
    ChatKind,
    Delivery,
    DigestContent,
    Edition,
    EditionId,
    NoticeContent,
    Ranking,
)
from digests.store import editions
from digests.store.engine import Store

KEPT = 512  # editions, and rendered forms, that are remembered


class Renderer:
    """Renders deliveries. What it remembers is bounded."""

    def __init__(self, store: Store, formatter: Formatter, gazetteer: Gazetteer) -> None:
        self._store = store
        self._formatter = formatter
        self._gazetteer = gazetteer
        self._reading = asyncio.Lock()
        self._editions: OrderedDict[EditionId, Edition] = OrderedDict()
        self._rendered: OrderedDict[tuple[object, ...], tuple[Message, ...]] = OrderedDict()

    async def messages(self, delivery: Delivery, now: datetime) -> tuple[Message, ...]:
        """Give a delivery's messages, one or, for a long digest, several."""
        read = await self._read([delivery.edition])
        if not read:
            raise LookupError(f"edition {delivery.edition} is not there")
        (edition,) = read
        chat, silent = delivery.chat, delivery.silent
        content = edition.content
        if isinstance(content, Ranking | DigestContent) and (delivery.share.also or delivery.share.ask_zone):
            return await self._digest(content, delivery, now)
        without = delivery.share.without
        key = (edition.id, without, chat.language, chat.zone, chat.kind is ChatKind.PRIVATE, silent)
        if key in self._rendered:
            self._rendered.move_to_end(key)
            return self._rendered[key]
        if isinstance(content, AlertContent):
            made: tuple[Message, ...] = (self._alert(content, delivery),)
        elif isinstance(content, NoticeContent):
            made = (self._formatter.notice(content, language=chat.language),)
        else:
            made = await self._digest(content, delivery, now)
        self._rendered[key] = made
        if len(self._rendered) > KEPT:
            self._rendered.popitem(last=False)
        return made

    def _alert(self, content: AlertContent, delivery: Delivery) -> Message:
        chat = delivery.chat
        return self._formatter.alert(
            content,
            language=chat.language,
            zone=zone_of(chat.zone),
            group=chat.kind is not ChatKind.PRIVATE,
            silent=delivery.silent,
        )

    async def _digest(
        self, content: Ranking | DigestContent, delivery: Delivery, now: datetime
    ) -> tuple[Message, ...]:
        if isinstance(content, Ranking):  # a digest that was owed before there were rankings is none
            content = pick(content, delivery.share.without)
        chat = delivery.chat
        zone = zone_of(chat.zone)
        also = [
            edition.content
            for edition in await self._read(delivery.share.also)
            if isinstance(edition.content, AlertContent)
        ]
        places = (
            [(one.name(chat.language), one.zone) for one in self._gazetteer.likely(chat.language, now)]
            if delivery.share.ask_zone
            else []
        )
        messages = self._formatter.digest(
            content, language=chat.language, zone=zone, now=now, also=also, ask_zone=places
        )
        return tuple(replace(message, silent=True) for message in messages) if delivery.silent else messages

    async def _read(self, ids: Sequence[EditionId]) -> list[Edition]:
        async with self._reading:  # a block's first deliveries all want the same edition
            missing = [id_ for id_ in ids if id_ not in self._editions]
            if missing:
                async with self._store.reading() as tx:
                    self._editions |= await editions.by_ids(tx, missing)
        read = [self._editions[id_] for id_ in ids if id_ in self._editions]
        for edition in read:
            self._editions.move_to_end(edition.id)
        while len(self._editions) > KEPT:
            self._editions.popitem(last=False)
        return read
