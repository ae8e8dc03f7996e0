"""Which stories stand in which editions, and which chats were told of them.

An edition of a digest is a ranking: what of it a chat was told is picked by that chat's share of it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import and_, bindparam, func, or_, select

from digests.model import (
    MOST_TURNS,
    AlertContent,
    ChatId,
    Content,
    DigestContent,
    EditionId,
    Kind,
    Ranking,
    Sends,
    State,
    StoryId,
    alert_key,
)
from digests.store import codec
from digests.store.among import among
from digests.store.engine import Reading, Writing
from digests.store.inserting import CHUNK, insert
from digests.store.tables import broadcasts, deliveries, editions, shown, stories

REMEMBERED = timedelta(days=4)  # of digests: a story that is older is in none again


class Had(NamedTuple):
    """A digest that a chat had, or will have: its edition, and what of its ranking the chat was not told."""

    chat: ChatId
    edition: EditionId
    without: tuple[StoryId, ...]


async def write(tx: Writing, edition: EditionId, content: Content) -> None:
    """Remember the stories of an edition, in one statement; one that is gone meanwhile is left out."""
    told: set[StoryId] = set()
    if isinstance(content, AlertContent):
        told = {content.card.story}
    elif isinstance(content, DigestContent | Ranking):
        told = {card.story for card in content.cards}
    if told:
        of = bindparam("edition", int(edition), type_=shown.c.edition_id.type)
        there = select(stories.c.id, of).where(stories.c.id.in_(sorted(told)))
        columns = [shown.c.story_id, shown.c.edition_id]
        await tx.execute(insert(tx, shown).from_select(columns, there).on_conflict_do_nothing())


async def digests_with(
    tx: Reading, of: Collection[StoryId], now: datetime
) -> dict[EditionId, dict[StoryId, StoryId]]:
    """Give the digests of the last days in whose rankings any of the stories stand, and as which: it may have been merged.

    Of each story as it is called there what it is now.
    """
    wanted = sorted(set(of))
    truly = func.coalesce(stories.c.merged_into, stories.c.id)
    found: dict[EditionId, dict[StoryId, StoryId]] = defaultdict(dict)
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        rows = await tx.rows(
            select(shown.c.edition_id, shown.c.story_id, truly.label("truly"))
            .join(stories, stories.c.id == shown.c.story_id)
            .join(editions, editions.c.id == shown.c.edition_id)
            .where(
                or_(among(tx, stories.c.id, some), among(tx, stories.c.merged_into, some)),
                editions.c.kind == Kind.DIGEST,
                editions.c.created_at > now - REMEMBERED,
            )
        )
        for row in rows:
            found[EditionId(row.edition_id)][StoryId(row.story_id)] = StoryId(row.truly)
    return dict(found)


async def digests_had(
    tx: Reading, chats: Sequence[ChatId], of: Collection[EditionId], now: datetime
) -> list[Had]:
    """Tell which chats had, or will have, which of some editions of digests in the last days."""
    # Keys of digests begin with the local date, so the chat's own index finds the last few.
    least = f"digest:{now - REMEMBERED:%Y-%m-%d}"
    rows = await tx.rows(
        select(deliveries.c.chat_id, deliveries.c.edition_id, deliveries.c.share).where(
            among(tx, deliveries.c.chat_id, chats),
            and_(deliveries.c.key >= least, deliveries.c.key < "digest;"),
            deliveries.c.state.in_([State.OWED, State.SENT, State.UNHEARD]),
        )
    )
    return [
        Had(ChatId(chat), EditionId(edition), codec.share(share).without)
        for chat, edition, share in cast("Sequence[tuple[int, int, Any]]", rows)
        if edition in of
    ]


async def alerted(
    tx: Reading, chats: Sequence[ChatId], keys: Mapping[str, StoryId]
) -> dict[int, frozenset[StoryId]]:
    """Tell which stories many chats have, or will have, as an alert or in "also broke"; who has none is left out.

    `keys` are those of the stories' alerts, see `alert_keys`.
    """
    if not keys:
        return {}
    found: dict[int, set[StoryId]] = defaultdict(set)
    rows = await tx.rows(
        select(deliveries.c.chat_id, deliveries.c.key).where(
            among(tx, deliveries.c.chat_id, chats),
            # One range of the index for each chat, where each key would be looked up.
            and_(deliveries.c.key >= min(keys), deliveries.c.key <= max(keys)),
            deliveries.c.state.in_([State.OWED, State.HELD, State.SENT, State.TOLD, State.UNHEARD]),
        )
    )
    for chat, key in cast("Sequence[tuple[int, str]]", rows):
        if key in keys:
            found[chat].add(keys[key])
    return {chat: frozenset(told) for chat, told in found.items()}


def alert_keys(of: Collection[StoryId]) -> dict[str, StoryId]:
    """Give the keys under which chats have stories as alerts or turns."""
    return {alert_key(story, turn): story for story in of for turn in range(1, MOST_TURNS + 1)}


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


async def last_broadcast(tx: Reading) -> int:
    """Tell the highest broadcast there is."""
    return int(await tx.value(select(func.max(broadcasts.c.id))) or 0)


async def rung_after(tx: Reading, broadcast: int) -> tuple[int, frozenset[StoryId]]:
    """Give the stories that rang after a broadcast, and the last broadcast there is now."""
    rows = await tx.rows(
        select(broadcasts.c.id, broadcasts.c.story_id).where(
            broadcasts.c.id > broadcast, broadcasts.c.sends == Sends.ALERT
        )
    )
    last = max((row.id for row in rows), default=broadcast)
    return last, frozenset(StoryId(row.story_id) for row in rows)
