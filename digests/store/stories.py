"""Stories: what the judge wrote of them, and what readers may be shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, desc, exists, false, func, or_, select, true, union_all, update

from digests.model import Begins, Filed, Joins, Language, StoryFacts, StoryId, Telling, What
from digests.store import codec
from digests.store.engine import Reading, Writing
from digests.store.entries import entry_of
from digests.store.inserting import CHUNK, insert, insert_new
from digests.store.subject_tables import namings
from digests.store.tables import decisions, entries, feeds, filings, stories

VOUCHES = frozenset({"official", "confirmed", "turn_confirmed"})  # codes of reasons


@dataclass(frozen=True, slots=True)
class Written:
    """The story an entry was filed in, whether it was alerted before, and where it is new."""

    story: StoryId
    alerted: bool
    new: frozenset[str] = frozenset()  # categories that it was not filed under before


class Placed(NamedTuple):
    """What judge made of an entry, when, and the story it is filed in: one that is there, or one that begins with it.

    One that begins has a number from `next_number` on, of the judge's choice: he alone makes stories.
    """

    filed: Filed
    story: StoryId
    at: datetime


async def file(tx: Writing, filed: Filed, now: datetime) -> Written:
    """Write what judge made of one entry: its story, its categories, the decision and its reasons."""
    story = filed.placement.story if isinstance(filed.placement, Joins) else await next_number(tx)
    (written,) = await file_all(tx, [Placed(filed, story, now)])
    return written


async def file_all(tx: Writing, placed: Sequence[Placed]) -> tuple[Written, ...]:
    """Write what judge made of entries, one after the other, in as many statements as for one."""
    begin = [one for one in placed if isinstance(one.filed.placement, Begins)]
    if begin:
        await tx.execute(
            insert(tx, stories),
            [{"id": one.story, "at": one.filed.at, "created_at": one.at} for one in begin],
        )
    rows = [(one.filed, one.story, one.at) for one in placed]
    if not rows:
        return ()
    rang = await _rang(tx, [story for filed, story, _ in rows if isinstance(filed.placement, Joins)])
    await tx.execute(
        _JUDGED,
        [
            {"entry": filed.unjudged.id, "to": story, "at": at, "said": filed.language}
            for filed, story, at in rows
        ],
    )
    new = await _file_under(tx, rows)
    await tx.execute(
        insert(tx, decisions),
        [
            {
                "entry_id": filed.unjudged.id,
                "story_id": story,
                **_placing(filed.placement),
                "rings": filed.decision.rings,
                "turn": filed.decision.turn,
                "score": filed.decision.score,
                "reasons": codec.reasons_to_json(filed.decision.reasons),
                "filed": codec.reasons_to_json(filed.why_categories),
                "sensitive": ",".join(filed.decision.sensitive),
                "rumour": filed.decision.rumour,
                "decided_at": at,
            }
            for filed, story, at in rows
        ],
    )
    # What two entries bring to one story is new with the first of them.
    return tuple(
        Written(
            story,
            story in rang,
            frozenset(category for category in filed.categories if new.pop((story, category), False)),
        )
        for filed, story, _ in rows
    )


def _placing(placement: Joins | Begins) -> dict[str, Any]:
    if isinstance(placement, Begins):
        return {"placed": "begins", "fit": None}
    return {"placed": placement.why, "fit": placement.score if placement.why == "words" else None}


_JUDGED = (
    update(entries)
    .where(entries.c.id == bindparam("entry"))
    .values(
        story_id=bindparam("to"),
        judged_at=bindparam("at", type_=entries.c.judged_at.type),
        language=bindparam("said"),
    )
)


async def _rang(tx: Reading, joined: Collection[StoryId]) -> frozenset[StoryId]:
    found: set[StoryId] = set()
    wanted = sorted(set(joined))
    for start in range(0, len(wanted), CHUNK):
        rows = await tx.rows(
            select(stories.c.id).where(
                stories.c.id.in_(wanted[start : start + CHUNK]), stories.c.alerted_at.is_not(None)
            )
        )
        found |= {StoryId(row.id) for row in rows}
    return frozenset(found)


async def _file_under(
    tx: Writing, rows: Sequence[tuple[Filed, StoryId, datetime]]
) -> dict[tuple[StoryId, str], bool]:
    """File stories under their categories; tells what is new."""
    wanted: dict[tuple[StoryId, str], dict[str, Any]] = {}
    for filed, story, _ in rows:
        # A feed's history became news when it happened; all else when we saw it, however long its feed was away.
        became_news = filed.at if filed.unjudged.history else filed.unjudged.seen_at
        for category in sorted(filed.categories):
            wanted.setdefault((story, category), {"category": category, "story_id": story, "at": became_news})
    new = await insert_new(tx, filings, list(wanted.values()), filings.c.story_id, filings.c.category)
    return {(StoryId(row.story_id), row.category): True for row in new}


async def next_number(tx: Reading) -> StoryId:
    """Give the first number that no story has."""
    return StoryId(int(await tx.value(select(func.max(stories.c.id))) or 0) + 1)


async def alerted(tx: Writing, story: StoryId, now: datetime, turn: int = 1) -> None:
    """Remember when the story first rang, and its last turn that did."""
    first = func.coalesce(stories.c.alerted_at, bindparam("now", now, type_=stories.c.alerted_at.type))
    await tx.execute(update(stories).where(stories.c.id == story).values(alerted_at=first, turn=turn))


async def merge(tx: Writing, winner: StoryId, loser: StoryId) -> None:
    """Make one story of two that tell of one event. What the loser was filed under keeps its place in the order.

    The loser has not rung: of two that both rang neither takes the other in, see `link`.
    """
    for table in (entries, decisions):
        await tx.execute(update(table).where(table.c.story_id == loser).values(story_id=winner))
    theirs = filings.alias("theirs")
    there = select(theirs.c.category).where(theirs.c.story_id == winner)
    await tx.execute(
        update(filings)
        .where(filings.c.story_id == loser, filings.c.category.not_in(there))
        .values(story_id=winner)
    )
    await tx.execute(delete(filings).where(filings.c.story_id == loser))
    await tx.execute(
        update(stories)
        .where(or_(stories.c.id == loser, stories.c.merged_into == loser))
        .values(merged_into=winner)
    )


async def link(tx: Writing, one: StoryId, other: StoryId) -> None:
    """Remember of two stories that both rang that they tell of one event."""
    await tx.execute(update(stories).where(stories.c.id == other).values(linked_to=one))


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
    named: dict[StoryId, set[str]] = defaultdict(set)
    for row in await tx.rows(
        union_all(
            select(filings.c.story_id, filings.c.category.label("value"), false().label("is_name")).where(
                filings.c.story_id.in_(ids)
            ),
            select(namings.c.story_id, namings.c.value, true()).where(
                namings.c.story_id.in_(ids), namings.c.what == What.NAME
            ),
        )
    ):
        (named if row.is_name else under)[StoryId(row.story_id)].add(row.value)
    return tuple(
        StoryFacts(
            id=story,
            at=heads[story].at,
            categories=frozenset(under[story]),
            tellings=tuple(told[story]),
            alerted=heads[story].alerted_at is not None,
            names=tuple(sorted(named[story])),
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
            *(decisions.c[name] for name in ("rings", "reasons", "sensitive", "rumour")),
        )
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .outerjoin(decisions, decisions.c.entry_id == entries.c.id)
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
                sensitive=tuple(row.sensitive.split(",")) if row.sensitive else (),
                rumour=bool(row.rumour),
                vouched=bool(row.rings) or _is_vouched(row.reasons),
                happened=frozenset(one["code"] for one in row.reasons or () if one["speaks"] == "for"),
            )
        )
    return told


def _is_vouched(reasons: Any) -> bool:
    """Whether somebody who must know stands for what is told; who denies it does not."""
    codes = {reason["code"] for reason in reasons or ()}
    return not codes.isdisjoint(VOUCHES) and "denial" not in codes


def _language(row: Any) -> Language:
    return "ko" if row.language == "ko" else "en"
