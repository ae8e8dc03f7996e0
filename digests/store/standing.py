"""Which stories stand in which editions, and so in whose digests."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, select

from digests.model import AlertContent, ChatId, DigestContent, EditionId, Kind, NoticeContent, State, StoryId
from digests.store.engine import Reading, Writing
from digests.store.inserting import CHUNK, insert
from digests.store.tables import deliveries, editions, shown, stories

REMEMBERED = timedelta(days=4)  # of digests: a story that is older is in none again


async def write(
    tx: Writing, edition: EditionId, content: AlertContent | DigestContent | NoticeContent
) -> None:
    """Remember the stories of an edition, in one statement; one that is gone meanwhile is left out."""
    told: set[StoryId] = set()
    if isinstance(content, AlertContent):
        told = {content.card.story}
    elif isinstance(content, DigestContent):
        told = {card.story for card in content.cards}
    if told:
        of = bindparam("edition", int(edition), type_=shown.c.edition_id.type)
        there = select(stories.c.id, of).where(stories.c.id.in_(sorted(told)))
        columns = [shown.c.story_id, shown.c.edition_id]
        await tx.execute(insert(tx, shown).from_select(columns, there).on_conflict_do_nothing())


async def in_digests(
    tx: Reading, chats: Collection[ChatId], of: Collection[StoryId], now: datetime
) -> dict[ChatId, frozenset[StoryId]]:
    """Tell which of the stories stood in each chat's digests of the last days; chats without any are left out.

    What was merged into a story since stands for it.
    """
    # Keys of digests begin with the local date, so the chat's own index finds the last few.
    least = f"digest:{now - REMEMBERED:%Y-%m-%d}"
    truly = func.coalesce(stories.c.merged_into, stories.c.id)
    wanted = sorted(set(of))
    found: dict[ChatId, set[StoryId]] = defaultdict(set)
    for start in range(0, len(wanted), CHUNK):
        rows = await tx.rows(
            select(deliveries.c.chat_id, truly.label("story_id"))
            .distinct()
            .join(shown, shown.c.edition_id == deliveries.c.edition_id)
            .join(stories, stories.c.id == shown.c.story_id)
            .where(
                deliveries.c.chat_id.in_(chats),
                and_(deliveries.c.key >= least, deliveries.c.key < "digest;"),
                deliveries.c.state.in_([State.OWED, State.SENT, State.UNHEARD]),
                truly.in_(wanted[start : start + CHUNK]),
            )
        )
        for row in rows:
            found[ChatId(row.chat_id)].add(StoryId(row.story_id))
    return {chat: frozenset(stood) for chat, stood in found.items()}


async def rang_since(tx: Reading, since: datetime, limit: int) -> dict[StoryId, datetime]:
    """Give the stories of the last `limit` alerts since, and when each last rang; the last first.

    What asks for restraint, and what was only denied, is nothing to offer to who did not ask for it: it is left out.
    """
    rows = await tx.rows(
        select(editions.c.story_id, editions.c.created_at, editions.c.content)
        .where(editions.c.created_at > since, editions.c.kind == Kind.ALERT, editions.c.story_id.is_not(None))
        .order_by(editions.c.created_at.desc(), editions.c.id.desc())
        .limit(limit)
    )
    delicate = {row.story_id for row in rows if row.content.get("sensitive") or row.content.get("denial")}
    found: dict[StoryId, datetime] = {}
    for row in rows:
        if row.story_id not in delicate:
            found.setdefault(StoryId(row.story_id), row.created_at)
    return found
