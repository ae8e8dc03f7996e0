"""Digests that never arrived: what they were to tell is owed again, in the chat's next digest."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, literal, select, update

from digests.model import Alerts, ChatId, DeliveryId, EditionId, Ranking, State
from digests.store import codec
from digests.store.among import among
from digests.store.engine import Reading, Writing
from digests.store.tables import chats, deliveries, editions

LOST = frozenset({State.EXPIRED, State.REFUSED})
_DAY = timedelta(hours=24)  # that a first digest covers


@dataclass(frozen=True, slots=True)
class _Lost:
    chat: ChatId
    edition: EditionId
    told_at: datetime  # when it was owed, and the alerts that were held for it settled
    also: bool  # whether there were any
    expired: bool


async def give_back(tx: Writing, ids: Collection[DeliveryId], now: datetime) -> None:
    """Owe again what those of the deliveries were to tell that are digests and were settled unsent, at `now`.

    The alerts that were held for them are held again, or owed where the chat has no digests any more. The chat's next
    digest covers the stories once more; what it was told of them meanwhile is known by its deliveries. Of a digest that
    Telegram refused they are owed for a day only: a story that it will never take must not stop digests for ever.
    """
    lost = await _lost(tx, ids, now)
    if not lost:
        return
    for one in lost:
        if one.also:
            await _hold_again(tx, one, now)
    alike: dict[tuple[EditionId, bool], list[ChatId]] = defaultdict(list)
    for one in lost:
        alike[one.edition, one.expired].append(one.chat)
    rankings = await _rankings(tx, {one.edition for one in lost})
    for (edition, expired), some in alike.items():
        if edition in rankings:
            await _uncover(tx, some, rankings[edition], since_too=expired)


async def _lost(tx: Reading, ids: Collection[DeliveryId], now: datetime) -> list[_Lost]:
    rows = await tx.rows(
        select(
            deliveries.c.chat_id,
            deliveries.c.edition_id,
            deliveries.c.owed_at,
            deliveries.c.share,
            deliveries.c.state,
        ).where(
            among(tx, deliveries.c.id, ids),
            deliveries.c.state.in_(LOST),
            deliveries.c.settled_at == now,  # what was settled before was given back then
            and_(deliveries.c.key >= "digest:", deliveries.c.key < "digest;"),
        )
    )
    return [
        _Lost(
            ChatId(row.chat_id),
            EditionId(row.edition_id),
            row.owed_at,
            bool(codec.share(row.share).also),
            row.state == State.EXPIRED,
        )
        for row in rows
    ]


async def _hold_again(tx: Writing, lost: _Lost, now: datetime) -> None:
    """Hold the alerts that were settled when the digest was owed, in the same transaction and so at the same time."""
    chat = await tx.row(select(chats.c.next_digest_at, chats.c.alerts).where(chats.c.id == lost.chat))
    if chat is None or chat.alerts == Alerts.OFF:  # it said since that it wants none
        return
    goes_on = chat.next_digest_at is not None
    again: dict[str, Any] = {"state": State.HELD} if goes_on else {"state": State.OWED, "due_at": now}
    await tx.execute(
        update(deliveries)
        .where(
            deliveries.c.chat_id == lost.chat,
            deliveries.c.state == State.TOLD,
            deliveries.c.settled_at == lost.told_at,
        )
        .values(settled_at=None, **again)
    )


async def _rankings(tx: Reading, ids: Collection[EditionId]) -> dict[EditionId, Ranking]:
    rows = await tx.rows(select(editions).where(among(tx, editions.c.id, ids)))
    read = [codec.edition(row) for row in rows]
    return {one.id: one.content for one in read if isinstance(one.content, Ranking)}


async def _uncover(tx: Writing, some: Collection[ChatId], ranking: Ranking, *, since_too: bool) -> None:
    """Set back what chats' digests have covered to where it was before this one."""
    values: dict[str, Any] = {
        "digested_seq": _at_most(chats.c.digested_seq, ranking.after or 0),
        "named_seq": _at_most(chats.c.named_seq, ranking.named_after or 0),
    }
    if since_too:
        before = ranking.since if ranking.after is not None else ranking.since + _DAY
        earlier = literal(before, chats.c.digested_at.type)
        values["digested_at"] = case((chats.c.digested_at < earlier, chats.c.digested_at), else_=earlier)
    await tx.execute(update(chats).where(among(tx, chats.c.id, some)).values(values))


def _at_most(column: ColumnElement[int], covered: int) -> ColumnElement[int]:
    return case((column < covered, column), else_=literal(covered, column.type))
