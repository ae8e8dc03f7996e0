"""All that is kept of a story, for an operator's eyes: its entries with every decision, and what became of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from digests.model import BroadcastId, EntryId, Reason, Sends, State, StoryId, Subject, What
from digests.store import codec
from digests.store.engine import Reading
from digests.store.subject_tables import namings
from digests.store.tables import (
    broadcasts,
    decisions,
    deliveries,
    editions,
    entries,
    feeds,
    filings,
    shown,
    stories,
)


@dataclass(frozen=True, slots=True)
class Judgment:
    """One entry, and what judge made of it."""

    entry: EntryId
    story: StoryId
    feed: str
    title: str
    link: str
    language: str
    published: datetime | None
    seen_at: datetime
    history: bool
    decided_at: datetime
    placed: str  # "begins", or what it was joined by
    fit: float | None  # of "words": by how much it is above what joins
    rings: bool
    turn: int
    score: float
    reasons: tuple[Reason, ...]
    filed: tuple[Reason, ...]  # why its categories


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One broadcast, and what became of it."""

    broadcast: BroadcastId
    sends: Sends
    turn: int
    revision: int
    why: str
    languages: tuple[str, ...]
    categories: tuple[str, ...]
    silent: bool
    decided_at: datetime
    done: bool  # every chat of its audience was decided
    chats: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A story with all of that."""

    story: StoryId
    at: datetime
    alerted_at: datetime | None
    turn: int
    merged_into: StoryId | None
    linked_to: StoryId | None
    absorbed: tuple[StoryId, ...]
    categories: tuple[str, ...]
    subjects: tuple[Subject, ...]  # what it may be followed for
    judgments: tuple[Judgment, ...]
    dispatches: tuple[Dispatch, ...]
    digests: int  # in which it stands


async def with_link(tx: Reading, key: str) -> StoryId | None:
    """Find the story that was last told at a normalised link."""
    found = await tx.value(
        select(entries.c.story_id)
        .where(entries.c.link_key == key, entries.c.story_id.is_not(None), entries.c.link_key != "")
        .order_by(entries.c.id.desc())
        .limit(1)
    )
    return None if found is None else StoryId(int(found))


async def dossier(tx: Reading, story: StoryId) -> Dossier | None:
    """Give all that is kept of a story; None where there is none. One that was merged away is given as it is."""
    head = await tx.row(select(stories).where(stories.c.id == story))
    if head is None:
        return None
    absorbed = await tx.rows(
        select(stories.c.id).where(stories.c.merged_into == story).order_by(stories.c.id)
    )
    under = await tx.rows(
        select(filings.c.category).where(filings.c.story_id == story).order_by(filings.c.seq)
    )
    named = await tx.rows(
        select(namings.c.what, namings.c.value).where(namings.c.story_id == story).order_by(namings.c.seq)
    )
    told = await tx.rows(_JUDGMENTS.where(entries.c.story_id == story).order_by(entries.c.id))
    digests = await tx.value(
        select(func.count())
        .select_from(shown.join(editions, editions.c.id == shown.c.edition_id))
        .where(shown.c.story_id == story, editions.c.kind == "digest")
    )
    return Dossier(
        story=story,
        at=head.at,
        alerted_at=head.alerted_at,
        turn=head.turn,
        merged_into=_story(head.merged_into),
        linked_to=_story(head.linked_to),
        absorbed=tuple(StoryId(row.id) for row in absorbed),
        categories=tuple(row.category for row in under),
        subjects=tuple(Subject(What(row.what), row.value) for row in named),
        judgments=tuple(map(_judgment, told)),
        dispatches=await _dispatches(tx, story),
        digests=int(digests or 0),
    )


async def last(tx: Reading, limit: int) -> tuple[Judgment, ...]:
    """Give what was judged last, the newest first."""
    rows = await tx.rows(_JUDGMENTS.order_by(decisions.c.entry_id.desc()).limit(limit))
    return tuple(map(_judgment, rows))


_JUDGMENTS = (
    select(
        decisions,
        entries.c.title,
        entries.c.link,
        entries.c.language,
        entries.c.published_at,
        entries.c.seen_at,
        entries.c.history,
        feeds.c.name.label("feed"),
    )
    .join(entries, entries.c.id == decisions.c.entry_id)
    .join(feeds, feeds.c.id == entries.c.feed_id)
)


def _judgment(row: Any) -> Judgment:
    return Judgment(
        entry=EntryId(row.entry_id),
        story=StoryId(row.story_id),
        feed=row.feed,
        title=row.title,
        link=row.link,
        language=row.language,
        published=row.published_at,
        seen_at=row.seen_at,
        history=row.history,
        decided_at=row.decided_at,
        placed=row.placed,
        fit=row.fit,
        rings=row.rings,
        turn=row.turn,
        score=row.score,
        reasons=codec.reasons(row.reasons),
        filed=codec.reasons(row.filed),
    )


async def _dispatches(tx: Reading, story: StoryId) -> tuple[Dispatch, ...]:
    rows = await tx.rows(select(broadcasts).where(broadcasts.c.story_id == story).order_by(broadcasts.c.id))
    became: dict[int, Counter[State]] = {row.edition_id: Counter() for row in rows}
    for row in await tx.rows(
        select(deliveries.c.edition_id, deliveries.c.state, func.count().label("n"))
        .where(deliveries.c.edition_id.in_(list(became)))
        .group_by(deliveries.c.edition_id, deliveries.c.state)
    ):
        became[row.edition_id][State(row.state)] = int(row.n)
    return tuple(
        Dispatch(
            broadcast=BroadcastId(row.id),
            sends=Sends(row.sends),
            turn=row.turn,
            revision=row.revision,
            why=row.why,
            languages=tuple(row.languages or ()),
            categories=tuple(row.categories),
            silent=row.silent,
            decided_at=row.decided_at,
            done=row.done_at is not None,
            chats=became[row.edition_id],
        )
        for row in rows
    )


def _story(number: int | None) -> StoryId | None:
    return None if number is None else StoryId(number)
