"""Deleting a feed with all that came from it, in one transaction that needs the database for itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import delete, select, update

from digests.model import AlertContent, Card, DigestContent, FeedId, Ranking
from digests.store import codec
from digests.store.engine import Writing
from digests.store.inserting import CHUNK
from digests.store.tables import deliveries, editions, entries, feeds, stories

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Purged:
    """What was deleted."""

    entries: int
    stories: int  # those that nothing else told of
    editions: int  # alerts and digests that held nothing else


async def purge(tx: Writing, feed: FeedId) -> Purged:
    """Delete a feed, its entries, the stories that it alone told of, and its words in alerts and digests.

    A debt whose edition goes is owed no more. What was sent stays where it is: it is the readers' by now.
    """
    rows = await tx.rows(select(entries.c.link, entries.c.story_id).where(entries.c.feed_id == feed))
    links = frozenset(row.link for row in rows if row.link)
    told = sorted({row.story_id for row in rows if row.story_id is not None})
    alone = await _alone(tx, feed, told)
    gone = await _editions(tx, links, frozenset(told), frozenset(alone))
    for some in _chunks(gone):
        await tx.execute(delete(deliveries).where(deliveries.c.edition_id.in_(some)))
        await tx.execute(delete(editions).where(editions.c.id.in_(some)))
    await tx.execute(delete(feeds).where(feeds.c.id == feed))  # its entries and their decisions go with it
    for some in _chunks(alone):
        await tx.execute(update(editions).where(editions.c.story_id.in_(some)).values(story_id=None))
        await tx.execute(delete(stories).where(stories.c.id.in_(some)))
    return Purged(len(rows), len(alone), len(gone))


async def _alone(tx: Writing, feed: FeedId, told: Sequence[int]) -> list[int]:
    """Give those stories that no other feed tells of."""
    shared: set[int] = set()
    for some in _chunks(told):
        others = select(entries.c.story_id).where(entries.c.story_id.in_(some), entries.c.feed_id != feed)
        shared |= {row.story_id for row in await tx.rows(others)}
    return [story for story in told if story not in shared]


async def _editions(
    tx: Writing, links: frozenset[str], told: frozenset[int], alone: frozenset[int]
) -> list[int]:
    """Take the feed's words out of every edition; gives those that hold nothing then."""
    empty: list[int] = []
    last = 0
    while some := await tx.rows(
        select(editions).where(editions.c.id > last).order_by(editions.c.id).limit(CHUNK)
    ):
        for row in some:
            last = row.id
            content = codec.edition(row).content
            left = _without(content, links, told, alone)
            if left is None:
                empty.append(row.id)
            elif left != content:
                written = codec.content_to_json(left)
                await tx.execute(update(editions).where(editions.c.id == row.id).values(content=written))
    return empty


def _without(content: Any, links: frozenset[str], told: frozenset[int], alone: frozenset[int]) -> Any:
    """Give the content without the feed's cards and versions; None if that is nothing."""

    def card(one: Card) -> Card | None:
        if one.story in alone:
            return None
        if one.story not in told:
            return one
        versions = {key: said for key, said in one.versions.items() if said.link not in links}
        return replace(one, versions=versions) if versions else None

    if isinstance(content, AlertContent):
        left = card(content.card)
        return replace(content, card=left) if left else None
    if isinstance(content, Ranking):
        ranked = tuple(
            replace(one, card=kept) for one in content.ranked if (kept := card(one.card)) is not None
        )
        missed = tuple(kept for one in content.missed if (kept := card(one)))
        left_out = len(content.ranked) - len(ranked)
        ranking = replace(content, ranked=ranked, missed=missed, stories=content.stories - left_out)
        return ranking if ranking.cards or not content.cards else None
    if not isinstance(content, DigestContent):
        return content
    sections = tuple(
        replace(section, cards=cards)
        for section in content.sections
        if (cards := tuple(kept for one in section.cards if (kept := card(one))))
    )
    missed = tuple(kept for one in content.missed if (kept := card(one)))
    lead = card(content.lead) if content.lead else None
    digest = replace(content, sections=sections, missed=missed, lead=lead)
    return digest if digest.cards or not content.cards else None


def _chunks(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
