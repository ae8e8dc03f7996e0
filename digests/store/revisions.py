"""Edits of what was sent, and denials of what was shown: written as broadcasts to those who have the message."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all, update

from digests.model import (
    Addressee,
    AlertContent,
    Announced,
    Broadcast,
    ChatId,
    EditionId,
    Language,
    Revision,
    Sends,
    State,
    StoryId,
    alert_key,
)
from digests.store import codec, editions
from digests.store.engine import Reading, Writing
from digests.store.inserting import insert
from digests.store.tables import IS_OWED, IS_UNDONE, broadcasts, chats, deliveries, shown
from digests.store.tables import editions as contents


async def announced(tx: Reading, story: StoryId) -> tuple[Announced, ...]:
    """Give all that a story's readers were told by alerts, turns and edits, the oldest first."""
    rows = await tx.rows(
        select(broadcasts, contents.c.id.label("of"), contents.c.kind, contents.c.content)
        .join(contents, contents.c.id == broadcasts.c.edition_id)
        .where(broadcasts.c.story_id == story, broadcasts.c.sends != Sends.DENIAL)
        .order_by(broadcasts.c.id)
    )
    return tuple(
        Announced(row.turn, content, row.decided_at, row.revision, row.why)
        for row in rows
        if isinstance(content := codec.content(row.kind, row.content), AlertContent)
    )


async def heard(tx: Reading, chat: ChatId, story: StoryId, turn: int) -> AlertContent | None:
    """Give what a chat was told by an alert or turn, as it is now; None where it was not, or it is forgotten."""
    row = await tx.row(
        select(deliveries.c.edition_id, contents.c.revised_by)
        .join(contents, contents.c.id == deliveries.c.edition_id)
        .where(deliveries.c.chat_id == chat, deliveries.c.key == alert_key(story, turn))
    )
    if row is None:
        return None
    found = await editions.by_ids(
        tx, [EditionId(row.edition_id), EditionId(row.revised_by or row.edition_id)]
    )
    newest = found.get(EditionId(row.revised_by or 0)) or found.get(EditionId(row.edition_id))
    return newest.content if newest and isinstance(newest.content, AlertContent) else None


async def revise(
    tx: Writing, story: StoryId, revision: Revision, *, decided_at: datetime, expires_at: datetime
) -> EditionId:
    """Owe an edit to all who were sent the turn; what was to be said before it, and is not yet, is said no more."""
    edition = await editions.add(tx, revision.content, decided_at, story=story)
    before = await tx.rows(
        select(broadcasts.c.id, broadcasts.c.edition_id, broadcasts.c.sends).where(
            broadcasts.c.story_id == story,
            broadcasts.c.turn == revision.turn,
            broadcasts.c.sends != Sends.DENIAL,
        )
    )
    said = {row.edition_id for row in before}
    edits = [row for row in before if row.sends == Sends.EDIT]
    if edits:
        await tx.execute(
            update(deliveries)
            .where(deliveries.c.edition_id.in_({row.edition_id for row in edits}), IS_OWED)
            .values(
                state=State.CANCELLED, settled_at=decided_at, note="overtaken", run_id=None, lease_until=None
            )
        )
        await tx.execute(
            update(broadcasts)
            .where(broadcasts.c.id.in_([row.id for row in edits]), IS_UNDONE)
            .values(done_at=decided_at)
        )
    await tx.execute(update(contents).where(contents.c.id.in_(said)).values(revised_by=edition))
    await _announce(
        tx,
        edition_id=edition,
        story_id=story,
        sends=Sends.EDIT,
        turn=revision.turn,
        revision=revision.number,
        why=revision.why,
        languages=sorted(revision.languages) or None,
        decided_at=decided_at,
        expires_at=expires_at,
    )
    return edition


async def deny(
    tx: Writing, story: StoryId, content: AlertContent, *, decided_at: datetime, expires_at: datetime
) -> EditionId | None:
    """Owe a denial to all who were sent a digest with the story. None: nobody was, or it was denied before."""
    was_shown = await tx.value(select(shown.c.edition_id).where(shown.c.story_id == story).limit(1))
    was_denied = await tx.value(
        select(broadcasts.c.id).where(broadcasts.c.story_id == story, broadcasts.c.sends == Sends.DENIAL)
    )
    if was_shown is None or was_denied is not None:
        return None
    edition = await editions.add(tx, content, decided_at, story=story)
    await _announce(
        tx,
        edition_id=edition,
        story_id=story,
        sends=Sends.DENIAL,
        turn=content.turn,
        silent=True,
        decided_at=decided_at,
        expires_at=expires_at,
    )
    return edition


async def _announce(tx: Writing, **values: Any) -> None:
    last = await tx.value(select(func.max(chats.c.id)))
    await tx.execute(insert(tx, broadcasts).values(categories=[], last_chat=int(last or 0), **values))


async def addressees(tx: Reading, broadcast: Broadcast, limit: int) -> tuple[Addressee, ...]:
    """Give the next chats, by id, that have or will have the message which an edit or a denial is about."""
    editions_ = await about(tx, broadcast)
    if not editions_:
        return ()
    # As for alerts: a UNION of limited selects walks each edition's index in order.
    each = union_all(
        *(_sent(edition, broadcast, limit).subquery().select() for edition in editions_)
    ).subquery()
    rows = await tx.rows(
        select(each, chats.c.language, chats.c.paused_at)
        .join(chats, chats.c.id == each.c.chat_id)
        .order_by(each.c.chat_id)
        .limit(limit)
    )
    return tuple(
        Addressee(
            chat=ChatId(row.chat_id),
            key=row.key,
            language=_language(row.language),
            paused=row.paused_at is not None,
            state=State(row.state),
            has_message=row.message_id is not None,
            in_hand=row.run_id is not None,
            edition=EditionId(row.edition_id),
            without=codec.share(row.share).without,
        )
        for row in rows
    )


def _sent(edition: EditionId, broadcast: Broadcast, limit: int) -> Select[Any]:
    return (
        select(
            deliveries.c.chat_id,
            deliveries.c.key,
            deliveries.c.state,
            deliveries.c.message_id,
            deliveries.c.run_id,
            deliveries.c.edition_id,
            deliveries.c.share,
        )
        .where(
            deliveries.c.edition_id == edition,
            deliveries.c.chat_id > broadcast.position,
            deliveries.c.chat_id <= broadcast.last_chat,
        )
        .order_by(deliveries.c.chat_id)
        .limit(limit)
    )


async def about(tx: Reading, broadcast: Broadcast) -> Sequence[EditionId]:
    """Give the editions that brought the message: a turn's alerts, or digests that showed the story."""
    wanted: Select[Any]
    if broadcast.sends is Sends.EDIT:
        alert: tuple[ColumnElement[bool], ...] = (
            broadcasts.c.story_id == broadcast.story,
            broadcasts.c.turn == broadcast.turn,
            broadcasts.c.sends == Sends.ALERT,
        )
        wanted = select(broadcasts.c.edition_id).where(*alert).order_by(broadcasts.c.edition_id)
    else:
        wanted = (
            select(shown.c.edition_id).where(shown.c.story_id == broadcast.story).order_by(shown.c.edition_id)
        )
    return [EditionId(row.edition_id) for row in await tx.rows(wanted)]


def _language(said: str) -> Language:
    return "ko" if said == "ko" else "en"
