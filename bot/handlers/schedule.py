"""When a chat is written to: with its times, its zone and its alerts changes what it is owed, and when."""

from datetime import time

from bot.handlers.context import Talk
from digests.editions.alerts import free_at
from digests.editions.timetable import next_due, quiet_ends, zone_of
from digests.model import Alerts, Chat
from digests.store import chats, editions, outbox
from digests.store.engine import Writing


async def live_in(tx: Writing, talk: Talk, chat: Chat, zone: str) -> Chat:
    """Keep by whose clock a chat lives. A local time that is seconds ahead still comes today.

    Raises ValueError for what is no zone.
    """
    due = next_due(chat.digest_times, zone_of(zone), talk.now())
    return await chats.change(tx, chat.id, zone=zone, zone_known=True, next_digest_at=due)


async def have_digests(tx: Writing, talk: Talk, chat: Chat, times: tuple[time, ...]) -> Chat:
    """Keep the local times of a chat's digests, ascending. Where none is left, held alerts have to be sent."""
    due = next_due(times, zone_of(chat.zone), talk.now())
    chat = await chats.change(tx, chat.id, digest_times=times, next_digest_at=due)
    await _send_held(tx, talk, chat)
    return chat


async def have_alerts(tx: Writing, talk: Talk, chat: Chat, alerts: Alerts) -> Chat:
    """Keep how a chat is alerted. With alerts off none comes any more, also none that waited to be sent."""
    chat = await chats.change(tx, chat.id, alerts=alerts)
    if alerts is Alerts.OFF:
        await outbox.cancel_alerts(tx, chat.id, talk.now())
    else:
        await _send_held(tx, talk, chat)
    return chat


async def _send_held(tx: Writing, talk: Talk, chat: Chat) -> None:
    """Owe alerts that were held where no digest will tell them, unless the chat wants none.

    They are due when the cap frees and quiet hours are over, since what was held keeps no word of whether it rings.
    """
    if chat.digest_times or chat.alerts is Alerts.OFF:
        return
    zone, now = zone_of(chat.zone), talk.now()
    for alert in (await outbox.held(tx, [chat.id])).get(chat.id, ()):
        # One after the other: each that is owed again counts for those after it.
        had = await editions.candidate(tx, chat, now)
        free = free_at(had, talk.settings.breaking, zone, now)
        await outbox.unhold(tx, alert.delivery, quiet_ends(chat.quiet, zone, free))
