"""An edition is read once and rendered once for all who read alike; nothing of one chat stands in another's."""

from collections import Counter
from typing import Any

import pytest

from bot.formatter.message import Message
from bot.formatter.render import Formatter
from bot.sending import rendering
from bot.sending.rendering import Renderer
from bot.texts import Texts
from bot.texts.cities import Gazetteer
from digests.model import Delivery, EditionId, Share
from digests.store import outbox
from tests.sending.outgoing import SETTINGS, Office, Reader


class Counting(Formatter):
    """The formatter, which counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__(Texts.load(), SETTINGS.categories)
        self.calls: Counter[str] = Counter()

    def alert(self, *args: Any, **more: Any) -> Message:
        self.calls["alert"] += 1
        return super().alert(*args, **more)

    def digest(self, *args: Any, **more: Any) -> tuple[Message, ...]:
        self.calls["digest"] += 1
        return super().digest(*args, **more)


@pytest.fixture
def formatter() -> Counting:
    return Counting()


@pytest.fixture
def renderer(office: Office, formatter: Counting) -> Renderer:
    return Renderer(office.store, formatter, Gazetteer.load())


async def owed(office: Office, edition: EditionId, *readers: Reader, **more: Any) -> list[Delivery]:
    ids = [await office.owe(reader, edition, **more) for reader in readers]
    async with office.store.reading() as tx:
        return list(await outbox.taken(tx, ids))


async def test_an_alert_is_read_and_rendered_once_for_all_who_read_alike(
    office: Office, renderer: Renderer, formatter: Counting, statements: Any
) -> None:
    deliveries = await owed(
        office, await office.edition("Nova Lane", alert=True), *[await office.reader() for _ in range(9)]
    )
    statements.clear()
    made = {(await renderer.messages(delivery, office.clock()))[0] for delivery in deliveries}
    assert (len(made), formatter.calls["alert"], len(statements)) == (1, 1, 1)


async def test_each_language_zone_and_form_of_an_alert_is_rendered_by_itself(
    office: Office, renderer: Renderer, formatter: Counting
) -> None:
    edition = await office.edition("Nova Lane", alert=True)
    readers = [
        await office.reader(),
        await office.reader(language="ko"),
        await office.reader(zone="Europe/London"),
        *(await office.group()),
    ]
    deliveries = await owed(office, edition, *readers) + await owed(office, edition, readers[0], silent=True)
    made = [(await renderer.messages(delivery, office.clock()))[0] for delivery in deliveries * 2]
    assert formatter.calls["alert"] == 5
    assert made[:5] == made[5:]
    assert len(set(made)) == 5


async def test_a_digest_is_rendered_once_for_all_who_read_alike(
    office: Office, renderer: Renderer, formatter: Counting
) -> None:
    edition = await office.edition("One", "Two")
    deliveries = await owed(office, edition, *[await office.reader() for _ in range(5)])
    made = {await renderer.messages(delivery, office.clock()) for delivery in deliveries}
    assert (len(made), formatter.calls["digest"]) == (1, 1)


async def test_what_one_chat_was_held_and_is_asked_stands_in_no_other_digest(
    office: Office, renderer: Renderer
) -> None:
    edition, alert = await office.edition("One"), await office.edition("Broke at night", alert=True)
    readers = [await office.reader() for _ in range(3)]
    shares = [Share(also=(alert,)), Share(ask_zone=True), Share()]
    made = []
    for reader, share in zip(readers, shares, strict=True):
        (delivery,) = await owed(office, edition, reader, share=share)
        made.append((await renderer.messages(delivery, office.clock()))[-1])
    assert ["Broke at night" in message.html for message in made] == [True, False, False]
    assert [bool(message.keyboard) for message in made] == [False, True, False]


async def test_a_digest_with_nothing_new_may_still_ask_for_the_zone(
    office: Office, renderer: Renderer
) -> None:
    (delivery,) = await owed(
        office, await office.edition(), await office.reader(), share=Share(ask_zone=True)
    )
    (message,) = await renderer.messages(delivery, office.clock())
    assert message.keyboard


async def test_a_silent_digest_is_silent(office: Office, renderer: Renderer) -> None:
    edition = await office.edition("One")
    loud, silent = await office.reader(), await office.reader()
    deliveries = await owed(office, edition, loud) + await owed(office, edition, silent, silent=True)
    assert [(await renderer.messages(one, office.clock()))[0].silent for one in deliveries] == [False, True]


async def test_what_is_remembered_is_bounded_and_what_is_used_stays(
    office: Office, renderer: Renderer, formatter: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "KEPT", 8)
    reader = await office.reader()
    (popular,) = await owed(office, await office.edition("Popular", alert=True), reader)
    await renderer.messages(popular, office.clock())
    for number in range(30):
        (delivery,) = await owed(office, await office.edition(f"Story {number}", alert=True), reader)
        await renderer.messages(delivery, office.clock())
        await renderer.messages(popular, office.clock())
    assert formatter.calls["alert"] == 31
    assert (len(renderer._editions), len(renderer._rendered)) == (8, 8)


async def test_an_edition_that_is_not_there_is_said_by_its_number(office: Office, renderer: Renderer) -> None:
    (delivery,) = await owed(office, edition := await office.edition("One"), await office.reader())
    async with office.store.writing() as tx:
        from sqlalchemy import text

        await tx.execute(text("DELETE FROM deliveries"))
        await tx.execute(text("DELETE FROM editions"))
    with pytest.raises(LookupError, match=str(edition)):
        await renderer.messages(delivery, office.clock())
