"""Chats: who reads, what they chose, and whether they can be reached."""

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Any, TypedDict, Unpack

from sqlalchemy import case, delete, func, null, select, update

from digests.model import Address, Alerts, Chat, ChatId, ChatKind, Language, NewChat, Quiet, State
from digests.store import codec, interests, moves
from digests.store.engine import Reading, Writing
from digests.store.inserting import insert
from digests.store.tables import IS_PAUSED, chats, deliveries, inbox, subscriptions

_REACHED = (State.SENT, State.TOLD, State.UNHEARD)
STOPPED = "stopped"  # why a chat is paused that its reader stopped: only the reader's own word wakes it


class Choices(TypedDict, total=False):
    """What of a chat can be changed."""

    language: Language
    zone: str
    zone_known: bool
    zone_asks: int
    alerts: Alerts
    quiet: Quiet | None
    digest_times: tuple[time, ...]
    next_digest_at: datetime | None
    digested_seq: int | None
    digested_at: datetime | None
    named_seq: int | None


def chat_of(row: Any) -> Chat:
    """Read a chat's columns (those of `chats`, under their own names)."""
    return Chat(
        id=ChatId(row.id),
        address=Address(row.telegram_id, row.thread_id),
        kind=ChatKind(row.kind),
        language="ko" if row.language == "ko" else "en",
        zone=row.zone,
        zone_known=row.zone_known,
        zone_asks=row.zone_asks,
        alerts=Alerts(row.alerts),
        quiet=codec.quiet(row.quiet),
        digest_times=codec.times(row.digest_times),
        next_digest_at=row.next_digest_at,
        digested_seq=row.digested_seq,
        digested_at=row.digested_at,
        paused_at=row.paused_at,
        paused_why=row.paused_why,
        named_seq=row.named_seq,
    )


async def at(tx: Reading, address: Address) -> Chat | None:
    """Find the chat at an address."""
    row = await tx.row(
        select(chats).where(
            chats.c.telegram_id == address.telegram_id, chats.c.thread_id == address.thread_id
        )
    )
    return chat_of(row) if row else None


async def by_ids(tx: Reading, ids: Sequence[ChatId]) -> dict[ChatId, Chat]:
    """Find chats by our ids."""
    rows = await tx.rows(select(chats).where(chats.c.id.in_(ids)))
    return {ChatId(row.id): chat_of(row) for row in rows}


async def ensure(tx: Writing, address: Address, new: NewChat, now: datetime) -> Chat:
    """Find the chat at an address, or begin it with the operator's defaults."""
    await tx.execute(
        insert(tx, chats)
        .values(
            telegram_id=address.telegram_id,
            thread_id=address.thread_id,
            kind=new.kind,
            language=new.language,
            zone=new.zone,
            zone_known=False,
            alerts=Alerts.ON,
            quiet=codec.quiet_to_json(new.quiet),
            digest_times=codec.times_to_json(new.digest_times),
            next_digest_at=new.next_digest_at,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    found = await at(tx, address)
    if found is None:  # only if it was deleted in the same moment, which one writer at a time rules out
        raise LookupError(f"the chat at {address} vanished")
    return found


async def change(tx: Writing, chat: ChatId, **choices: Unpack[Choices]) -> Chat:
    """Write what a chat chose, and give it as it is now. Raises LookupError if it is not there any more."""
    values: dict[str, Any] = dict(choices)
    if "quiet" in choices:
        values["quiet"] = codec.quiet_to_json(choices["quiet"])
    if "digest_times" in choices:
        values["digest_times"] = codec.times_to_json(choices["digest_times"])
    chosen = update(chats).where(chats.c.id == chat).values(values).returning(chats)
    row = await tx.row(chosen if values else select(chats).where(chats.c.id == chat))
    if row is None:
        raise LookupError(f"there is no chat {chat}")
    return chat_of(row)


async def pause(
    tx: Writing, telegram_id: int, why: str, now: datetime, *, thread_id: int | None = None
) -> tuple[ChatId, ...]:
    """Stop writing to a chat and all its topics (with `thread_id`: to one of them); what it chose is kept.

    Gives those that were awake.
    """
    paused = (
        update(chats)
        .where(chats.c.telegram_id == telegram_id, chats.c.paused_at.is_(None))
        .values(paused_at=now, paused_why=why[:200])
    )
    if thread_id is not None:
        paused = paused.where(chats.c.thread_id == thread_id)
    rows = await tx.rows(paused.returning(chats.c.id))
    return tuple(ChatId(row.id) for row in rows)


async def wake(tx: Writing, telegram_id: int) -> tuple[Chat, ...]:
    """Write to a chat and its topics again. Gives those that were paused; their next digest is the caller's."""
    rows = await tx.rows(
        update(chats)
        .where(chats.c.telegram_id == telegram_id, chats.c.paused_at.is_not(None))
        .values(paused_at=None, paused_why="")
        .returning(chats)
    )
    return tuple(chat_of(row) for row in rows)


async def move(tx: Writing, old: int, new: int, now: datetime) -> tuple[ChatId, ...]:
    """Move a group to the id it has as a supergroup, with all it has and is owed. Safe to say twice.

    Where the new id is known already (somebody spoke there before we heard of the move), the two are merged:
    the one known longer keeps its choices, subscriptions and debts of both are joined, and what one of them
    was sent the other is not owed any more. Gives the chats (topics) that moved.
    """
    if old == new:
        return ()
    known = {row.thread_id: row.id for row in await tx.rows(_ids(new))}
    moving = await tx.rows(_ids(old))
    stopped = chats.c.paused_why == STOPPED
    awake = {
        "paused_at": case((stopped, chats.c.paused_at), else_=null()),
        "paused_why": case((stopped, STOPPED), else_=""),
    }
    moved = []
    for row in moving:
        keeps = row.id
        if row.thread_id in known:
            keeps, goes = sorted((row.id, known[row.thread_id]))
            await _merge(tx, goes, keeps)
        await tx.execute(
            update(chats)
            .where(chats.c.id == keeps)
            .values(telegram_id=new, kind=ChatKind.SUPERGROUP, **awake)
        )
        moved.append(ChatId(keeps))
    await tx.execute(update(inbox).where(inbox.c.telegram_id == old).values(telegram_id=new))
    await moves.note(tx, old, new, now)
    return tuple(moved)


def _ids(telegram_id: int) -> Any:
    return (
        select(chats.c.id, chats.c.thread_id).where(chats.c.telegram_id == telegram_id).order_by(chats.c.id)
    )


async def _merge(tx: Writing, goes: int, keeps: int) -> None:
    """Give one chat what another has, and delete the other."""
    followed = select(subscriptions.c.category).where(subscriptions.c.chat_id == keeps)
    await tx.execute(
        update(subscriptions)
        .where(subscriptions.c.chat_id == goes, subscriptions.c.category.not_in(followed))
        .values(chat_id=keeps)
    )
    await interests.merge(tx, goes, keeps)
    # Where both have a key, a message that was sent counts more than one that is still owed.
    sent = select(deliveries.c.key).where(deliveries.c.chat_id == goes, deliveries.c.state.in_(_REACHED))
    await tx.execute(
        delete(deliveries).where(
            deliveries.c.chat_id == keeps, deliveries.c.state.not_in(_REACHED), deliveries.c.key.in_(sent)
        )
    )
    has = select(deliveries.c.key).where(deliveries.c.chat_id == keeps)
    await tx.execute(
        update(deliveries)
        .where(deliveries.c.chat_id == goes, deliveries.c.key.not_in(has))
        .values(chat_id=keeps)
    )
    await tx.execute(delete(chats).where(chats.c.id == goes))


async def forget(tx: Writing, telegram_id: int, thread_id: int | None = None) -> int:
    """Delete all that is kept of a chat (with `thread_id`: of one topic). Tells how many rows of chats went."""
    await moves.forget(tx, telegram_id)
    gone = delete(chats).where(chats.c.telegram_id == telegram_id)
    if thread_id is not None:
        gone = gone.where(chats.c.thread_id == thread_id)
    return len(await tx.rows(gone.returning(chats.c.id)))


async def paused_long(tx: Reading, before: datetime, limit: int) -> tuple[ChatId, ...]:
    """Find chats that have been paused since before a moment."""
    rows = await tx.rows(select(chats.c.id).where(IS_PAUSED, chats.c.paused_at < before).limit(limit))
    return tuple(ChatId(row.id) for row in rows)


async def purge_paused(tx: Writing, ids: Collection[ChatId], before: datetime) -> int:
    """Delete chats with all they have, but those that woke meanwhile."""
    gone = delete(chats).where(chats.c.id.in_(ids), chats.c.paused_at < before).returning(chats.c.id)
    return len(await tx.rows(gone))


async def last_id(tx: Reading) -> ChatId:
    """Tell the highest id there is, 0 for none."""
    return ChatId(int(await tx.value(select(func.max(chats.c.id))) or 0))
