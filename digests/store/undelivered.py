"""Digests that never arrived: what they were to tell is owed again, in the chat's next digest."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, literal, select, update

from digests.model import ChatId, DeliveryId, EditionId, Ranking, State
from digests.store import codec
from digests.store.among import among
from digests.store.engine import Reading, Writing
from digests.store.tables import IS_HELD, chats, deliveries, editions

LOST = frozenset({State.EXPIRED, State.REFUSED})
_DAY = timedelta(hours=24)  # that a first digest covers


@dataclass(frozen=True, slots=True)
class _Lost:
    chat: ChatId
    edition: EditionId
    told_at: datetime  # when it was owed, and the alerts that were held for it settled
    also: bool  # whether there were any
    expired: bool


async def hold_chats(tx: Writing, ids: Collection[DeliveryId]) -> None:
    """Keep all others from changing the chats of some deliveries, which are about to be settled, before these are touched."""
    of = select(deliveries.c.chat_id).where(among(tx, deliveries.c.id, ids))
    await tx.rows(
        select(chats.c.id).where(chats.c.id.in_(of)).order_by(chats.c.id).with_for_update(read=True)
    )


async def without_digests(tx: Reading, ids: Collection[DeliveryId]) -> tuple[ChatId, ...]:
    """Tell which of the deliveries' chats have no digests, although an alert is held for one."""
    of = select(deliveries.c.chat_id).where(among(tx, deliveries.c.id, ids))
    held = exists().where(deliveries.c.chat_id == chats.c.id, IS_HELD)
    rows = await tx.rows(select(chats.c.id).where(chats.c.id.in_(of), chats.c.next_digest_at.is_(None), held))
    return tuple(ChatId(row.id) for row in rows)


async def give_back(tx: Writing, ids: Collection[DeliveryId], now: datetime) -> None:
    """Owe again what those of the deliveries were to tell that are digests and were settled unsent, at `now`.

    The alerts that were held for them are held again. The chat's next digest covers the stories once more; what it was told of them meanwhile is known by its deliveries. Of a digest that
    Telegram refused they are owed for a day only: a story that it will never take must not stop digests for ever.
    """
    lost = await _lost(tx, ids, now)
    if not lost:
        return
    for one in lost:
        if one.also:
            await _hold_again(tx, one)
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


async def _hold_again(tx: Writing, lost: _Lost) -> None:
    """Hold the alerts that were settled when the digest was owed, in the same transaction and so at the same time."""
    await tx.execute(
        update(deliveries)
        .where(
            deliveries.c.chat_id == lost.chat,
            deliveries.c.state == State.TOLD,
            deliveries.c.settled_at == lost.told_at,
        )
        .values(state=State.HELD, settled_at=None)
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
