"""Editions, and broadcasts on their way to an audience."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    case,
    cast,
    exists,
    func,
    null,
    or_,
    select,
    union,
    union_all,
    update,
)

from digests.model import (
    AlertContent,
    Broadcast,
    BroadcastId,
    Candidate,
    Chat,
    ChatId,
    DigestContent,
    Edition,
    EditionId,
    NoticeContent,
    Priority,
    Sends,
    State,
    StoryId,
    Subject,
    Wish,
)
from digests.store import codec, standing
from digests.store import interests as interests_of
from digests.store.chats import chat_of
from digests.store.engine import Reading, Writing
from digests.store.inserting import insert
from digests.store.subject_tables import interests, namings
from digests.store.tables import (
    broadcasts,
    chats,
    deliveries,
    editions,
    filings,
    subscriptions,
)

MOST_FOLLOWED = 60  # subjects of one broadcast: who names more is a list, and each is a part of a statement


async def add(
    tx: Writing,
    content: AlertContent | DigestContent | NoticeContent,
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
    if row is None:
        return None
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
    muted = await interests_of.mutes(tx, [ChatId(one) for one in ids])
    counts = _alerts_had(ids, now).subquery()
    block_of_chats = (
        select(
            chats,
            since.c.since,
            since.c.filed_seq,
            since.c.first_naming,
            _filed_before(broadcast).label("had_chance"),
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
    return tuple(_candidate(row, muted) for row in await tx.rows(block_of_chats))


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


def _alerts_had(ids: Sequence[int], now: datetime) -> Any:
    """Count the alerts of the last hour and day, and since when the oldest of each counts."""
    hour = now - timedelta(hours=1)
    counted = and_(
        deliveries.c.chat_id.in_(ids),
        deliveries.c.priority == Priority.ALERT,
        deliveries.c.state.in_([State.OWED, State.SENT, State.UNHEARD]),
        deliveries.c.due_at > now - timedelta(days=1),
    )
    recent = deliveries.c.due_at > hour
    return (
        select(
            deliveries.c.chat_id,
            func.sum(case((recent, 1), else_=0)).label("hour"),
            func.count().label("day"),
            func.min(case((recent, deliveries.c.due_at))).label("hour_from"),
            func.min(deliveries.c.due_at).label("day_from"),
        )
        .where(counted)
        .group_by(deliveries.c.chat_id)
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


def _filed_before(broadcast: Broadcast) -> ColumnElement[bool]:
    """Whether a chat follows a category under which the story stood before those of this broadcast."""
    new, old = filings.alias(), filings.alias()
    follows = subscriptions.alias()
    first = (
        select(func.min(new.c.seq))
        .where(new.c.story_id == broadcast.story, new.c.category.in_(broadcast.categories))
        .scalar_subquery()
    )
    return (
        exists()
        .where(
            old.c.story_id == broadcast.story,
            old.c.category.not_in(broadcast.categories),
            old.c.seq < first,
            follows.c.category == old.c.category,
            follows.c.chat_id == chats.c.id,
        )
        .correlate(chats)
    )


async def candidate(tx: Reading, chat: Chat, now: datetime) -> Candidate:
    """Give one chat with the alerts it had: when its cap frees is to be known where no broadcast is at hand."""
    had = await tx.row(_alerts_had([chat.id], now))
    if had is None:
        return Candidate(chat, subscribed_at=now, alerts_last_hour=0, alerts_last_day=0)
    return Candidate(
        chat=chat,
        subscribed_at=now,
        alerts_last_hour=int(had.hour),
        alerts_last_day=int(had.day),
        hour_frees_at=had.hour_from + timedelta(hours=1) if had.hour_from else None,
        day_frees_at=had.day_from + timedelta(days=1) if had.day_from else None,
    )


async def advance(tx: Writing, broadcast: Broadcast, position: ChatId | None, now: datetime) -> None:
    """Move a broadcast past a decided block; None: nobody is left."""
    values: dict[str, Any] = {"done_at": now} if position is None else {"position": position}
    await tx.execute(update(broadcasts).where(broadcasts.c.id == broadcast.id).values(values))
