"""Alerts that are held, or wait, where the chat does not wish what it wished when they were decided.

An alert is held for a digest. Where no digest comes any more it is sent as the caps allow, or, with alerts off, not at all.
Where digests come again they tell what waits.
"""

from collections.abc import Collection
from datetime import datetime

from digests.editions.alerts import HELD_WORTH, free_ats
from digests.editions.timetable import zone_of
from digests.model import Alerts, Chat, ChatId
from digests.settings import BreakingSettings
from digests.store import chats, editions, held_alerts, outbox
from digests.store.engine import Writing


async def heed(tx: Writing, ids: Collection[ChatId], rules: BreakingSettings, now: datetime) -> None:
    """Let the unsent alerts of some chats follow what these wish now."""
    if not ids:
        return
    for chat in (await chats.by_ids(tx, list(ids))).values():
        if chat.alerts is Alerts.OFF:
            await outbox.cancel_alerts(tx, chat.id, now, held=not chat.digest_times)
        elif chat.next_digest_at is not None:
            at = chat.next_digest_at
            await held_alerts.hold_waiting(tx, chat.id, at, at + HELD_WORTH, now)
        else:
            await _free(tx, chat, rules, now)


async def _free(tx: Writing, chat: Chat, rules: BreakingSettings, now: datetime) -> None:
    """Owe the held alerts, the oldest first."""
    held = (await held_alerts.of(tx, [chat.id])).get(chat.id, ())
    if not held:
        return
    had = await editions.candidate(tx, chat, now)
    ats = free_ats(had, rules, zone_of(chat.zone), now, len(held))
    for alert, at in zip(held, ats, strict=True):
        await held_alerts.unhold(tx, alert.delivery, at)
