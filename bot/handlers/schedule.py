"""A chat's clock: whenever its times or its zone change, so does the instant of its next digest."""

from datetime import time

from bot.handlers.context import Talk
from digests.editions.timetable import next_due, quiet_ends, zone_of
from digests.model import Chat
from digests.store import chats, outbox
from digests.store.engine import Writing


async def live_in(tx: Writing, talk: Talk, chat: Chat, zone: str) -> Chat:
    """Keep by whose clock a chat lives. A local time that is seconds ahead still comes today.

    Raises ValueError for what is no zone.
    """
    due = next_due(chat.digest_times, zone_of(zone), talk.now())
    return await chats.change(tx, chat.id, zone=zone, zone_known=True, next_digest_at=due)


async def have_digests(tx: Writing, talk: Talk, chat: Chat, times: tuple[time, ...]) -> Chat:
    """Keep the local times of a chat's digests, ascending. Without any, held alerts come when quiet hours end."""
    zone = zone_of(chat.zone)
    due = next_due(times, zone, talk.now())
    if not times:
        await outbox.unhold(tx, chat.id, quiet_ends(chat.quiet, zone, talk.now()))
    return await chats.change(tx, chat.id, digest_times=times, next_digest_at=due)
