"""Outcomes are written, each of them, whenever they come."""

import asyncio

from bot.sending.settling import Settled, Settler
from digests.model import DeliveryId, State
from digests.store.outbox import Settlement
from tests.sending.outgoing import Office


async def test_an_outcome_that_comes_just_as_others_have_been_written_is_written_too(office: Office) -> None:
    reader = await office.reader()
    edition = await office.edition("Morning")
    ids = [await office.owe(reader, edition) for _ in range(12)]
    chat = await office.kept(reader)
    settler = Settler(office.store, office.settings.breaking, office.clock)

    async def one_after_the_other(some: list[DeliveryId]) -> None:
        for id_ in some:
            await settler.settle(Settled(Settlement(id_, State.SENT, attempt=1), chat))

    await asyncio.gather(*(one_after_the_other(ids[first::3]) for first in range(3)))
    assert await office.states() == [State.SENT] * 12
