"""Debts for tests about what becomes of them."""

from datetime import timedelta

from digests.model import AlertContent, Card, ChatId, Owed, Priority, State, StoryId, Version
from digests.store import editions, outbox
from tests.handlers.talking import Talking


async def owe(talking: Talking, chat: ChatId, state: State = State.OWED) -> None:
    """Owe the chat an alert, due now; or hold it."""
    now = talking.clock()
    card = Card(StoryId(1), now, ("kpop",), {"en": Version("en", "News", "https://a.example", "A")})
    async with talking.store.writing() as tx:
        edition = await editions.add(tx, AlertContent(card), now)
        owed = Owed(chat, "alert:1:1", edition, Priority.ALERT, state, now, now + timedelta(hours=6))
        await outbox.owe(tx, [owed], now)


async def debts(talking: Talking) -> dict[State, int]:
    """Count the deliveries there are, by state."""
    async with talking.store.reading() as tx:
        return {state: count for (_, state), count in (await outbox.counts(tx)).items()}
