"""What each story may be followed for: the names it tells of, and of sources and words those that anybody follows."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, delete, func, select, update

from digests.model import ChatId, StoryId, Subject, What, Wish
from digests.store.engine import Reading, Writing
from digests.store.inserting import CHUNK, insert_new
from digests.store.subject_tables import interests, namings


class Naming(NamedTuple):
    """A story and one thing that it may be followed for."""

    story: StoryId
    subject: Subject
    at: datetime  # when it became news, as its filings say


class FollowedStory(NamedTuple):
    """A story that a chat follows something of, by the first naming that says so."""

    story: StoryId
    seq: int
    at: datetime


async def write_all(tx: Writing, rows: Sequence[Naming]) -> frozenset[tuple[StoryId, Subject]]:
    """Write what stories tell of, in one statement; gives what is new. What was written before keeps its place."""
    wanted = {(row.story, row.subject): row for row in rows}
    new = await insert_new(
        tx,
        namings,
        [
            {"story_id": one.story, "what": one.subject.what, "value": one.subject.value, "at": one.at}
            for one in wanted.values()
        ],
        namings.c.story_id,
        namings.c.what,
        namings.c.value,
    )
    return frozenset((StoryId(row.story_id), Subject(What(row.what), row.value)) for row in new)


async def of(tx: Reading, stories: Collection[StoryId]) -> dict[StoryId, frozenset[Subject]]:
    """Give what stories may be followed for; each of them is there."""
    found: dict[StoryId, set[Subject]] = defaultdict(set)
    ids = sorted(set(stories))
    for start in range(0, len(ids), CHUNK):
        for row in await tx.rows(
            select(namings.c.story_id, namings.c.what, namings.c.value).where(
                namings.c.story_id.in_(ids[start : start + CHUNK])
            )
        ):
            found[StoryId(row.story_id)].add(Subject(What(row.what), row.value))
    return {story: frozenset(found[story]) for story in stories}


async def last(tx: Reading) -> int:
    """Tell the highest naming there is: how far a digest made now reaches."""
    return int(await tx.value(select(func.max(namings.c.seq))) or 0)


async def followed(
    tx: Reading, chats: Collection[ChatId], *, upto: int, since: datetime
) -> dict[ChatId, tuple[FollowedStory, ...]]:
    """Give the stories in which something was found that each chat follows, the last found first.

    `since` should be well before what is wanted: of a story that is named twice the first naming counts.
    """
    rows = await tx.rows(
        select(
            interests.c.chat_id,
            namings.c.story_id,
            func.min(namings.c.seq).label("seq"),
            func.min(namings.c.at, type_=namings.c.at.type).label("at"),
        )
        .join(
            namings,
            and_(namings.c.what == interests.c.what, namings.c.value == interests.c.value),
        )
        .where(
            interests.c.chat_id.in_(chats),
            interests.c.wish == Wish.FOLLOW,
            namings.c.at > since,
            namings.c.seq <= upto,
        )
        .group_by(interests.c.chat_id, namings.c.story_id)
    )
    found: dict[ChatId, list[FollowedStory]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: -row.seq):
        found[ChatId(row.chat_id)].append(FollowedStory(StoryId(row.story_id), int(row.seq), row.at))
    return {chat: tuple(stories) for chat, stories in found.items()}


async def merge(tx: Writing, goes: StoryId, keeps: StoryId) -> None:
    """Give one story what another tells of: they tell of one event."""
    has = {
        (row.what, row.value)
        for row in await tx.rows(select(namings.c.what, namings.c.value).where(namings.c.story_id == keeps))
    }
    rows = await tx.rows(select(namings).where(namings.c.story_id == goes))
    new = [row.seq for row in rows if (row.what, row.value) not in has]
    await tx.execute(update(namings).where(namings.c.seq.in_(new)).values(story_id=keeps))
    await tx.execute(delete(namings).where(namings.c.story_id == goes))
