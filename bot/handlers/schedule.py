"""When a chat is written to: with its times, its zone and its alerts changes what it is owed, and when."""

from datetime import time

from bot.handlers.context import Talk
from digests import holding
from digests.editions.timetable import next_due, zone_of
from digests.model import Alerts, Chat
from digests.store import chats
from digests.store.engine import Writing


async def live_in(tx: Writing, talk: Talk, chat: Chat, zone: str) -> Chat:
    """Keep by whose clock a chat lives. A local time that is seconds ahead still comes today.

    Raises ValueError for what is no zone.
    """
    due = next_due(chat.digest_times, zone_of(zone), talk.now())
    return await chats.change(tx, chat.id, zone=zone, zone_known=True, next_digest_at=due)


async def have_digests(tx: Writing, talk: Talk, chat: Chat, times: tuple[time, ...]) -> Chat:
    """Keep the local times of a chat's digests, ascending; alerts that are held, or wait, follow."""
    due = next_due(times, zone_of(chat.zone), talk.now())
    chat = await chats.change(tx, chat.id, digest_times=times, next_digest_at=due)
    await holding.heed(tx, [chat.id], talk.settings.breaking, talk.now())
    return chat


async def have_alerts(tx: Writing, talk: Talk, chat: Chat, alerts: Alerts) -> Chat:
    """Keep how a chat is alerted. With alerts off none comes any more, also none that waited to be sent."""
    chat = await chats.change(tx, chat.id, alerts=alerts)
    await holding.heed(tx, [chat.id], talk.settings.breaking, talk.now())
    return chat
