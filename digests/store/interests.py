"""What chats follow beyond categories, and what they mute: names, sources, plain words."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update

from digests.model import ChatId, Interest, Subject, What, Wish
from digests.store.engine import Reading, Writing
from digests.store.inserting import insert_new
from digests.store.subject_tables import interests
from digests.store.tables import feeds

MOST = 100  # of each wish, in one chat

Added = Literal["new", "changed", "there", "full"]


async def of(tx: Reading, chat: ChatId, wish: Wish | None = None) -> tuple[Interest, ...]:
    """Give what a chat follows and mutes, or one of them, the oldest first."""
    chosen = select(interests).where(interests.c.chat_id == chat).order_by(interests.c.id)
    if wish is not None:
        chosen = chosen.where(interests.c.wish == wish)
    return tuple(map(_interest, await tx.rows(chosen)))


async def mutes(tx: Reading, chats: Collection[ChatId]) -> dict[ChatId, frozenset[Subject]]:
    """Give what many chats mute; those that mute nothing are left out."""
    found: dict[ChatId, set[Subject]] = defaultdict(set)
    for row in await tx.rows(
        select(interests.c.chat_id, interests.c.what, interests.c.value).where(
            interests.c.chat_id.in_(chats), interests.c.wish == Wish.MUTE
        )
    ):
        found[ChatId(row.chat_id)].add(_subject(row))
    return {chat: frozenset(muted) for chat, muted in found.items()}


async def followers(tx: Reading, chats: Collection[ChatId]) -> frozenset[ChatId]:
    """Tell which of the chats follow anything beyond categories."""
    rows = await tx.rows(
        select(interests.c.chat_id)
        .distinct()
        .where(interests.c.chat_id.in_(chats), interests.c.wish == Wish.FOLLOW)
    )
    return frozenset(ChatId(row.chat_id) for row in rows)


async def wanted(tx: Reading) -> frozenset[Subject]:
    """Give the sources and words that anybody follows, each once: what a story is looked through for.

    Names are not among them: a story's names are written whoever follows them.
    """
    rows = await tx.rows(
        select(interests.c.what, interests.c.value)
        .distinct()
        .where(interests.c.what.in_([What.SOURCE, What.WORDS]), interests.c.wish == Wish.FOLLOW)
    )
    return frozenset(map(_subject, rows))


async def stand(tx: Reading) -> tuple[int, int]:
    """Tell how many interests there are, and the newest: another answer than before says that something new is followed."""
    row = await tx.row(
        select(func.count().label("many"), func.coalesce(func.max(interests.c.id), 0).label("newest"))
    )
    return (int(row.many), int(row.newest)) if row else (0, 0)


async def sources(tx: Reading) -> tuple[str, ...]:
    """Give what the feeds in force are called: their names here, and their own titles."""
    rows = await tx.rows(
        select(feeds.c.name, feeds.c.title).where(feeds.c.next_poll_at.is_not(None)).order_by(feeds.c.id)
    )
    return tuple(called for row in rows for called in (row.title, row.name) if called)


async def add(
    tx: Writing,
    chat: ChatId,
    wish: Wish,
    subject: Subject,
    *,
    label: str,
    now: datetime,
    alerts: bool | None = None,
) -> Added:
    """Follow or mute something; what was muted is followed then, and the other way round.

    `alerts` None leaves them as they are, off where it is new. Over MOST nothing changes, and the answer is "full".
    """
    here = _is(chat, subject)
    row = await tx.row(select(interests).where(here, interests.c.wish == wish))
    if row is not None:
        if alerts is None or row.alerts == alerts:
            return "there"
        await tx.execute(
            update(interests).where(interests.c.id == row.id).values(alerts=alerts, label=label, since=now)
        )
        return "changed"
    many = await tx.value(select(func.count()).where(interests.c.chat_id == chat, interests.c.wish == wish))
    if int(many or 0) >= MOST:
        return "full"
    await tx.execute(delete(interests).where(here, interests.c.wish != wish))
    values = {
        "chat_id": chat,
        "wish": wish,
        "what": subject.what,
        "value": subject.value,
        "label": label,
        "alerts": bool(alerts),
        "since": now,
    }
    await insert_new(tx, interests, [values], interests.c.id)
    return "new"


async def remove(
    tx: Writing,
    chat: ChatId,
    wish: Wish,
    *,
    ids: Sequence[int] | None = None,
    subjects: Collection[Subject] | None = None,
) -> tuple[Interest, ...]:
    """Follow or mute no longer: those named by id, or by subject; with neither, all. Gives what is gone."""
    gone = delete(interests).where(interests.c.chat_id == chat, interests.c.wish == wish)
    if ids is not None:
        gone = gone.where(interests.c.id.in_(ids))
    if subjects is not None:
        gone = gone.where(
            tuple_(interests.c.what, interests.c.value).in_([(one.what, one.value) for one in subjects])
        )
    rows = await tx.rows(gone.returning(interests))
    return tuple(sorted(map(_interest, rows), key=lambda one: one.id))


async def ring(tx: Writing, chat: ChatId, interest: int, *, on: bool, now: datetime) -> None:
    """Let something that a chat follows ring, or not. What was decided before is no matter of it any more."""
    await tx.execute(
        update(interests)
        .where(
            interests.c.id == interest,
            interests.c.chat_id == chat,
            interests.c.wish == Wish.FOLLOW,
            interests.c.alerts != on,
        )
        .values(alerts=on, since=now)
    )


async def drop(tx: Writing, chat: ChatId, interest: int) -> Interest | None:
    """Follow or mute one thing no longer, by its id; gives what is gone. Another chat's is none of its business."""
    row = await tx.row(
        delete(interests).where(interests.c.id == interest, interests.c.chat_id == chat).returning(interests)
    )
    return _interest(row) if row else None


async def merge(tx: Writing, goes: int, keeps: int) -> None:
    """Give one chat what another follows and mutes, but what it has itself; it may come to more than MOST."""
    has = {
        (row.what, row.value)
        for row in await tx.rows(
            select(interests.c.what, interests.c.value).where(interests.c.chat_id == keeps)
        )
    }
    rows = await tx.rows(select(interests).where(interests.c.chat_id == goes))
    new = [row.id for row in rows if (row.what, row.value) not in has]
    await tx.execute(update(interests).where(interests.c.id.in_(new)).values(chat_id=keeps))


def _is(chat: ChatId, subject: Subject) -> ColumnElement[bool]:
    return (
        (interests.c.chat_id == chat)
        & (interests.c.what == subject.what)
        & (interests.c.value == subject.value)
    )


def _subject(row: Any) -> Subject:
    return Subject(What(row.what), row.value)


def _interest(row: Any) -> Interest:
    return Interest(
        id=int(row.id),
        wish=Wish(row.wish),
        subject=_subject(row),
        label=row.label,
        alerts=row.alerts,
        since=row.since,
    )
