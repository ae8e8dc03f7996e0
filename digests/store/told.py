"""What hubs told, and how feeds stand with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from digests.model import FeedId, HubState, HubSubscription
from digests.store import entries
from digests.store.engine import Reading, Writing
from digests.store.entries import Batch, Renamed
from digests.store.tables import feeds, websub
from digests.store.websub import IS_LEFT, MATCHES, rely


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that a notification came to."""

    entries: tuple[Batch, ...]
    renamed: tuple[Renamed, ...]
    reissued_at: datetime | None
    forbids: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a feed stands with its hub, for an operator's eyes."""

    feed: FeedId
    name: str  # of the feed
    hub: str
    state: HubState
    error: str
    lease_until: datetime | None
    told_at: datetime | None
    next_try_at: datetime
    ignored: int


async def told(tx: Writing, by: HubSubscription, told: Told, now: datetime) -> int:
    """Write what a notification brought; gives how many entries wait to be judged. The feed's next poll stays."""
    await entries.rename(tx, told.renamed)
    added = await entries.add_all(tx, told.entries)
    values = {"reissued_at": told.reissued_at, "forbids": told.forbids}
    await tx.execute(update(feeds).where(feeds.c.id == by.feed).values(**values))
    await heard(tx, by, now)
    return added.get(by.feed, 0)


async def heard(tx: Writing, subscription: HubSubscription, now: datetime) -> None:
    """Note that the hub tells us, as it promised: it is relied on (again)."""
    await tx.execute(update(websub).where(websub.c.id == subscription.id).values(told_at=now))
    if subscription.lease_until is not None:
        await rely(tx, subscription.feed, subscription.lease_until)


async def poll_at(tx: Writing, feed: FeedId, at: datetime) -> None:
    """Have a feed polled at `at`, if it was to be later: its hub says that there is something."""
    await tx.execute(
        update(feeds)
        .where(feeds.c.id == feed, feeds.c.next_poll_at > at)
        .values(next_poll_at=at, next_poll_why="its hub says that there is something")
    )


async def ignored(tx: Writing, subscription: HubSubscription) -> None:
    """Count what came in a hub's name and was not believed."""
    await tx.execute(
        update(websub).where(websub.c.id == subscription.id).values(ignored=websub.c.ignored + 1)
    )


async def missed(tx: Writing, told: Sequence[FeedId]) -> None:
    """Rely no more on hubs that did not tell what a poll found, until they tell something again."""
    await tx.execute(update(feeds).where(feeds.c.id.in_(list(told))).values(hub_until=None))


async def standings(tx: Reading) -> tuple[Standing, ...]:
    """Tell how feeds stand with the hubs that they name."""
    rows = await tx.rows(
        select(websub, feeds.c.name)
        .join(feeds, feeds.c.id == websub.c.feed_id)
        .where(MATCHES, ~IS_LEFT)
        .order_by(websub.c.id)
    )
    return tuple(
        Standing(
            FeedId(row.feed_id),
            row.name,
            row.hub,
            HubState(row.state),
            row.error,
            row.lease_until,
            row.told_at,
            row.next_try_at,
            row.ignored,
        )
        for row in rows
    )
