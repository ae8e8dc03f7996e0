"""Stories: what the judge wrote of them, and what readers may be shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import desc, exists, func, or_, select, union_all, update

from digests.model import Begins, Filed, Joins, Language, StoryFacts, StoryId, Telling
from digests.store import codec
from digests.store.engine import Reading, Writing
from digests.store.entries import entry_of
from digests.store.inserting import insert, insert_new
from digests.store.tables import decisions, entries, feeds, filings, stories


@dataclass(frozen=True, slots=True)
class Written:
    """The story an entry was filed in, whether it was alerted before, and where it is new."""

    story: StoryId
    alerted: bool
    new: frozenset[str] = frozenset()  # categories that it was not filed under before


async def file(tx: Writing, filed: Filed, now: datetime) -> Written:
    """Write what judge made of one entry: its story, its categories, the decision and its reasons."""
    match filed.placement:
        case Joins(story=story):
            alerted_at = await tx.value(select(stories.c.alerted_at).where(stories.c.id == story))
            written = Written(story, alerted_at is not None)
        case Begins():
            row = await tx.value(
                insert(tx, stories).values(at=filed.at, created_at=now).returning(stories.c.id)
            )
            written = Written(StoryId(int(row)), alerted=False)
    await tx.execute(
        update(entries)
        .where(entries.c.id == filed.unjudged.id)
        .values(story_id=written.story, judged_at=now, language=filed.language)
    )
    # A feed's history became news when it happened; all else when we saw it, however long its feed was away.
    became_news = filed.at if filed.unjudged.history else filed.unjudged.seen_at
    new = await insert_new(
        tx,
        filings,
        [
            {"category": category, "story_id": written.story, "at": became_news}
            for category in sorted(filed.categories)
        ],
        filings.c.category,
    )
    await tx.execute(
        insert(tx, decisions).values(
            entry_id=filed.unjudged.id,
            story_id=written.story,
            placed=filed.placement.why if isinstance(filed.placement, Joins) else "begins",
            rings=filed.decision.rings,
            reasons=codec.reasons_to_json(filed.decision.reasons),
            decided_at=now,
        )
    )
    return replace(written, new=frozenset(row.category for row in new))


async def alerted(tx: Writing, story: StoryId, now: datetime) -> None:
    """Remember when the story first rang."""
    await tx.execute(
        update(stories).where(stories.c.id == story, stories.c.alerted_at.is_(None)).values(alerted_at=now)
    )


async def last_filing(tx: Reading) -> int:
    """Tell the highest filing there is: how far a digest made now reaches."""
    return int(await tx.value(select(func.max(filings.c.seq))) or 0)


async def filed_since(
    tx: Reading, categories: Collection[str], *, after: int, upto: int, since: datetime, limit: int
) -> tuple[StoryId, ...]:
    """Give the stories first filed under one of `categories` after filing `after`, the newest first.

    `since` keeps a new feed's history out. A story filed under one of them earlier is not new.
    """
    earlier = filings.alias("earlier")
    before = exists().where(
        earlier.c.story_id == filings.c.story_id,
        earlier.c.category.in_(categories),
        earlier.c.seq <= after,
    )
    rows = await tx.rows(
        select(filings.c.story_id)
        .where(
            filings.c.category.in_(categories),
            # `+ 0` keeps the planner from the range of numbers: with `after` 0 it is every filing there ever was,
            # while `since` is never much more than a day ago.
            filings.c.seq + 0 > after,
            filings.c.seq + 0 <= upto,
            filings.c.at > since,
            ~before,
        )
        .order_by(desc(filings.c.at), desc(filings.c.seq))
        .limit(limit * max(1, len(categories)))  # a story stands once under each
    )
    # Made one here: GROUP BY would have the database walk all stories in their order.
    return tuple(dict.fromkeys(StoryId(row.story_id) for row in rows))[:limit]


async def latest(
    tx: Reading, categories: Collection[str], *, limit: int, alerted_only: bool = False
) -> tuple[StoryId, ...]:
    """Give the newest stories of the categories; with `alerted_only` those that rang."""
    if not categories:
        return ()
    # The newest of each category by its index, then the newest of those: what is older is never looked at.
    each = union_all(
        *(_newest(category, limit, alerted_only=alerted_only) for category in sorted(categories))
    ).subquery()
    rows = await tx.rows(
        select(each.c.story_id)
        .group_by(each.c.story_id)
        .order_by(desc(func.max(each.c.at)), desc(each.c.story_id))
        .limit(limit)
    )
    return tuple(StoryId(row.story_id) for row in rows)


def _newest(category: str, limit: int, *, alerted_only: bool) -> Any:
    newest = (
        select(filings.c.story_id, filings.c.at)
        .where(filings.c.category == category)
        .order_by(desc(filings.c.at), desc(filings.c.story_id))
        .limit(limit)
    )
    if alerted_only:
        newest = newest.join(stories, stories.c.id == filings.c.story_id).where(
            stories.c.alerted_at.is_not(None)
        )
    return newest.subquery().select()


async def facts(tx: Reading, ids: Sequence[StoryId]) -> tuple[StoryFacts, ...]:
    """Give the stories with their entries, in the order asked for. What is pruned is left out."""
    if not ids:
        return ()
    heads = {row.id: row for row in await tx.rows(select(stories).where(stories.c.id.in_(ids)))}
    told = await _tellings(tx, ids)
    under: dict[StoryId, set[str]] = defaultdict(set)
    for row in await tx.rows(
        select(filings.c.story_id, filings.c.category).where(filings.c.story_id.in_(ids))
    ):
        under[StoryId(row.story_id)].add(row.category)
    return tuple(
        StoryFacts(
            id=story,
            at=heads[story].at,
            categories=frozenset(under[story]),
            tellings=tuple(told[story]),
            alerted=heads[story].alerted_at is not None,
        )
        for story in ids
        if story in heads and told[story]
    )


async def _tellings(tx: Reading, ids: Iterable[StoryId]) -> dict[StoryId, list[Telling]]:
    told: dict[StoryId, list[Telling]] = defaultdict(list)
    rows = await tx.rows(
        select(
            entries,
            feeds.c.name.label("feed_name"),
            feeds.c.title.label("feed_title"),
            or_(feeds.c.show == "title", feeds.c.forbids).label("title_only"),
        )
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(entries.c.story_id.in_(list(ids)))
        .order_by(entries.c.id)
    )
    for row in rows:
        told[StoryId(row.story_id)].append(
            Telling(
                feed=row.feed_name,
                source=row.source or row.feed_title or row.feed_name,
                entry=entry_of(row),
                language=_language(row),
                seen_at=row.seen_at,
                title_only=bool(row.title_only),
            )
        )
    return told


def _language(row: Any) -> Language:
    return "ko" if row.language == "ko" else "en"
