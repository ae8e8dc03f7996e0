"""Editions, and broadcasts on their way to an audience."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    null,
    or_,
    select,
    union,
    union_all,
    update,
)

from digests.model import (
    Broadcast,
    BroadcastId,
    Candidate,
    Chat,
    ChatId,
    Content,
    Edition,
    EditionId,
    Sends,
    StoryId,
    Subject,
    Wish,
)
from digests.store import caps, codec, standing
from digests.store import interests as interests_of
from digests.store.chats import chat_of
from digests.store.engine import Reading, Writing
from digests.store.inserting import insert
from digests.store.subject_tables import interests, namings
from digests.store.tables import (
    broadcasts,
    chats,
    editions,
    filings,
    subscriptions,
)

MOST_FOLLOWED = 60  # subjects of one broadcast: who names more is a list, and each is a part of a statement


async def add(
    tx: Writing,
    content: Content,
    now: datetime,
    *,
    story: StoryId | None = None,
) -> EditionId:
    """Store the content of an alert, a digest or a notice."""
    kind = codec.kind_of(content)
    made = await tx.value(
        insert(tx, editions)
        .values(kind=kind, story_id=story, content=codec.content_to_json(content), created_at=now)
        .returning(editions.c.id)
    )
    edition = EditionId(int(made))
    await standing.write(tx, edition, content)
    return edition


async def by_ids(tx: Reading, ids: Collection[EditionId]) -> dict[EditionId, Edition]:
    """Read editions."""
    rows = await tx.rows(select(editions).where(editions.c.id.in_(ids)))
    return {EditionId(row.id): codec.edition(row) for row in rows}


async def announce(
    tx: Writing,
    edition: EditionId,
    story: StoryId,
    categories: Collection[str],
    *,
    decided_at: datetime,
    expires_at: datetime,
    turn: int = 1,
    silent: bool = False,
    follows: Collection[Subject] = (),
    score: float | None = None,
) -> None:
    """Owe an alert, or a turn, to an audience: as data, to be unfolded in blocks by the sender."""
    # `follows`: those who follow one of these with alerts belong to it as well.
    last = await tx.value(select(func.max(chats.c.id)))
    await tx.execute(
        insert(tx, broadcasts).values(
            edition_id=edition,
            story_id=story,
            categories=sorted(categories),
            follows=codec.subjects_to_json(sorted(follows)[:MOST_FOLLOWED]),
            turn=turn,
            silent=silent,
            score=score,
            decided_at=decided_at,
            expires_at=expires_at,
            last_chat=int(last or 0),
        )
    )


async def undone(tx: Reading, after: int = 0) -> Broadcast | None:
    """Give the oldest broadcast that has chats left: alerts before all else, of those the ones `after` one first.

    So all alerts have turns; an edit, which rings nobody, waits for them.
    """
    row = await tx.row(
        select(broadcasts)
        .where(broadcasts.c.done_at.is_(None))
        .order_by(
            case((broadcasts.c.sends == Sends.ALERT, 0), else_=1),
            case((broadcasts.c.id > after, 0), else_=1),
            broadcasts.c.id,
        )
        .limit(1)
    )
    return broadcast_of(row) if row else None


def broadcast_of(row: Any) -> Broadcast:
    """Read a broadcast's columns (those of `broadcasts`, under their own names)."""
    return Broadcast(
        id=BroadcastId(row.id),
        edition=EditionId(row.edition_id),
        story=StoryId(row.story_id),
        categories=frozenset(row.categories),
        decided_at=row.decided_at,
        expires_at=row.expires_at,
        position=ChatId(row.position),
        last_chat=ChatId(row.last_chat),
        turn=row.turn,
        silent=row.silent,
        score=row.score,
        follows=codec.subjects(row.follows),
        sends=Sends(row.sends),
        revision=row.revision,
        languages=frozenset(row.languages or ()),
    )


async def candidates(tx: Reading, broadcast: Broadcast, now: datetime, limit: int) -> tuple[Candidate, ...]:
    """Give the next chats of the audience by id, at most `limit`, with what the decision about each needs."""
    if not (broadcast.categories or broadcast.follows):
        return ()
    # A UNION of limited selects walks each category's key in order; IN (…) would sort them all each time.
    each = [
        select(subscriptions.c.chat_id)
        .where(
            subscriptions.c.category == category,
            subscriptions.c.chat_id > broadcast.position,
            subscriptions.c.chat_id <= broadcast.last_chat,
        )
        .order_by(subscriptions.c.chat_id)
        .limit(limit)
        .subquery()
        .select()
        for category in sorted(broadcast.categories)
    ]
    each += [
        select(interests.c.chat_id)
        .where(
            *_follows(subject),
            interests.c.chat_id > broadcast.position,
            interests.c.chat_id <= broadcast.last_chat,
        )
        .order_by(interests.c.chat_id)
        .limit(limit)
        .subquery()
        .select()
        for subject in sorted(broadcast.follows)
    ]
    block = union(*each).subquery()
    ids = [row.chat_id for row in await tx.rows(select(block).order_by(block.c.chat_id).limit(limit))]
    if not ids:
        return ()
    since = _wanted_since(broadcast, ids)
    before = await _filed_before(tx, broadcast)
    muted = await interests_of.mutes(tx, [ChatId(one) for one in ids])
    counts = caps.alerts_had(ids, now).subquery()
    block_of_chats = (
        select(
            chats,
            since.c.since,
            since.c.filed_seq,
            since.c.first_naming,
            _follows_any(before).label("had_chance"),
            func.coalesce(counts.c.hour, 0).label("hour"),
            func.coalesce(counts.c.day, 0).label("day"),
            counts.c.hour_from,
            counts.c.day_from,
        )
        .join(since, since.c.chat_id == chats.c.id)
        .outerjoin(counts, counts.c.chat_id == chats.c.id)
        .order_by(chats.c.id)
    )
    if isinstance(tx, Writing):  # a digest that is composed meanwhile waits, and then sees the alert
        block_of_chats = block_of_chats.with_for_update(read=True, of=chats)
    rows = await tx.rows(block_of_chats)
    dues = await caps.dues(tx, [row.id for row in rows if row.day and not row.digest_times], now)
    return tuple(replace(_candidate(row, muted), dues=dues.get(row.id, ())) for row in rows)


def _follows(subject: Subject) -> tuple[ColumnElement[bool], ...]:
    """Follow it so that it may ring."""
    return (
        interests.c.what == subject.what,
        interests.c.value == subject.value,
        interests.c.wish == Wish.FOLLOW,
        interests.c.alerts,
    )


def _wanted_since(broadcast: Broadcast, ids: Sequence[int]) -> Any:
    """Tell since when chats want to hear of the story, and by which of its filings and namings."""
    # PostgreSQL wants one type for a column of a UNION, and NULL alone has none.
    no_seq = cast(null(), BigInteger)
    wanted: Any = (
        select(
            subscriptions.c.chat_id,
            subscriptions.c.since,
            filings.c.seq.label("filed_seq"),
            no_seq.label("first_naming"),
        )
        .outerjoin(
            filings,
            and_(filings.c.story_id == broadcast.story, filings.c.category == subscriptions.c.category),
        )
        .where(subscriptions.c.chat_id.in_(ids), subscriptions.c.category.in_(broadcast.categories))
    )
    if broadcast.follows:
        wanted = union_all(wanted, _follows_since(broadcast, ids, no_seq))
    every = wanted.subquery()
    return (
        select(
            every.c.chat_id,
            func.min(every.c.since, type_=subscriptions.c.since.type).label("since"),
            func.min(every.c.filed_seq).label("filed_seq"),
            func.min(every.c.first_naming).label("first_naming"),
        )
        .group_by(every.c.chat_id)
        .subquery()
    )


def _follows_since(broadcast: Broadcast, ids: Sequence[int], no_seq: ColumnElement[Any]) -> Any:
    said = and_(
        namings.c.story_id == broadcast.story,
        namings.c.what == interests.c.what,
        namings.c.value == interests.c.value,
    )
    return (
        select(interests.c.chat_id, interests.c.since, no_seq, namings.c.seq)
        .outerjoin(namings, said)
        .where(interests.c.chat_id.in_(ids), or_(*(and_(*_follows(one)) for one in broadcast.follows)))
    )


def _candidate(row: Any, muted: Mapping[ChatId, frozenset[Subject]]) -> Candidate:
    return Candidate(
        chat=chat_of(row),
        subscribed_at=row.since,
        alerts_last_hour=int(row.hour),
        alerts_last_day=int(row.day),
        hour_frees_at=row.hour_from + timedelta(hours=1) if row.hour_from else None,
        day_frees_at=row.day_from + timedelta(days=1) if row.day_from else None,
        filed_seq=row.filed_seq,
        named_seq=row.first_naming,
        mutes=muted.get(ChatId(row.id), frozenset()),
        had_chance=bool(row.had_chance),
    )


async def _filed_before(tx: Reading, broadcast: Broadcast) -> Sequence[str]:
    """Give the categories under which the story stood before those of this broadcast: mostly none."""
    first = select(func.min(filings.c.seq)).where(
        filings.c.story_id == broadcast.story, filings.c.category.in_(broadcast.categories)
    )
    rows = await tx.rows(
        select(filings.c.category).where(
            filings.c.story_id == broadcast.story,
            filings.c.category.not_in(broadcast.categories),
            filings.c.seq < first.scalar_subquery(),
        )
    )
    return [row.category for row in rows]


def _follows_any(categories: Sequence[str]) -> ColumnElement[bool]:
    """Whether a chat follows one of these categories; asked of each chat only where there are any."""
    if not categories:
        return false()
    follows = subscriptions.c
    return exists().where(follows.category.in_(categories), follows.chat_id == chats.c.id).correlate(chats)


async def candidate(tx: Reading, chat: Chat, now: datetime) -> Candidate:
    """Give one chat with the alerts it had: when its cap frees is to be known where no broadcast is at hand."""
    had = await tx.row(caps.alerts_had([chat.id], now))
    if had is None:
        return Candidate(chat, subscribed_at=now, alerts_last_hour=0, alerts_last_day=0)
    return Candidate(
        chat=chat,
        subscribed_at=now,
        alerts_last_hour=int(had.hour),
        alerts_last_day=int(had.day),
        hour_frees_at=had.hour_from + timedelta(hours=1) if had.hour_from else None,
        day_frees_at=had.day_from + timedelta(days=1) if had.day_from else None,
        dues=(await caps.dues(tx, [chat.id], now))[chat.id],
    )


async def advance(tx: Writing, broadcast: Broadcast, position: ChatId | None, now: datetime) -> None:
    """Move a broadcast past a decided block; None: nobody is left."""
    values: dict[str, Any] = {"done_at": now} if position is None else {"position": position}
    await tx.execute(update(broadcasts).where(broadcasts.c.id == broadcast.id).values(values))
