"""A digest's edition is a ranking: each chat is sent what it has not had, and is told only of what it was sent."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from bot.formatter.message import Message
from bot.formatter.render import Formatter
from bot.sending.rendering import Renderer
from bot.texts import Texts
from bot.texts.cities import Gazetteer
from digests.editions.digest import rank
from digests.model import AlertContent, EditionId, Share, StoryId
from digests.store import editions, outbox, revisions, tables
from tests.sending.outgoing import SETTINGS, Office, card


class Counting(Formatter):
    """The formatter, which counts the digests that it is asked for."""

    def __init__(self) -> None:
        super().__init__(Texts.load(), SETTINGS.categories)
        self.calls = 0

    def digest(self, *args: Any, **more: Any) -> tuple[Message, ...]:
        self.calls += 1
        return super().digest(*args, **more)


async def ranking(office: Office, *titles: str, most: int) -> tuple[EditionId, list[StoryId]]:
    """Stories, ranked as they are given, for digests of `most` of them."""
    now = office.clock()
    async with office.store.writing() as tx:
        made = insert(tables.stories).values(at=now, created_at=now).returning(tables.stories.c.id)
        ids = [StoryId(await tx.value(made)) for _ in titles]
        cards = [
            card(title, story, now - timedelta(hours=number))
            for number, (title, story) in enumerate(zip(titles, ids, strict=True))
        ]
        content = rank(cards, categories=["kpop"], wanted=["kpop"], since=now, upto=now, max_stories=most)
        return await editions.add(tx, content, now), ids


async def test_each_chat_is_sent_the_first_stories_that_it_has_not_had(office: Office) -> None:
    edition, (first, *_) = await ranking(
        office, "Nova Lane tours", "Blue Harbour rests", "Tidemark sings", most=1
    )
    had, other = await office.reader(), await office.reader()
    await office.owe(had, edition, share=Share(without=(first,)))
    await office.owe(other, edition)
    await office.send()
    (of_had,), (of_other,) = office.got(had), office.got(other)
    assert "Blue Harbour rests" in of_had.plain
    assert "Nova Lane tours" in of_other.plain
    assert "Nova Lane" not in of_had.plain
    assert "Blue Harbour" not in of_other.plain


async def test_a_digest_is_rendered_once_for_all_that_had_the_same(office: Office) -> None:
    formatter = Counting()
    renderer = Renderer(office.store, formatter, Gazetteer.load())
    edition, (first, second, _) = await ranking(
        office, "Nova Lane tours", "Blue Harbour rests", "Tidemark sings", most=1
    )
    shares = [Share(), Share(without=(first,)), Share(without=(first, second))] * 3
    ids = [await office.owe(await office.reader(), edition, share=share) for share in shares]
    async with office.store.reading() as tx:
        deliveries = await outbox.taken(tx, ids)
    made = {(await renderer.messages(delivery, office.clock()))[0] for delivery in deliveries}
    assert (len(made), formatter.calls) == (3, 3)


async def test_a_denial_goes_to_whom_the_digest_told_the_rumour_and_to_nobody_else(office: Office) -> None:
    edition, (first, rumour, *_) = await ranking(
        office, "Nova Lane tours", "Are they dating?", "Tidemark sings", most=1
    )
    told, other = await office.reader(), await office.reader()
    await office.owe(told, edition, share=Share(without=(first,)))
    await office.owe(other, edition)
    await office.send()
    now = office.clock()
    content = AlertContent(card("Agency: they are friends", rumour, now), denial=True)
    async with office.store.writing() as tx:
        assert await revisions.deny(tx, rumour, content, decided_at=now, expires_at=now + timedelta(hours=6))
    await office.send()
    assert [len(office.got(reader)) for reader in (told, other)] == [2, 1]
