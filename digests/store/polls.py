"""What polls came to, with the entries they brought: written many at a time. And polls of a time that is yet to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select, update

from digests.model import Offer
from digests.store import entries, feeds, tables, told, unchanged, websub
from digests.store.engine import Reading, Writing
from digests.store.entries import Batch, Renamed
from digests.store.feeds import Poll
from digests.store.unchanged import AsBefore


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that one poll came to."""

    poll: Poll | AsBefore
    at: datetime
    entries: tuple[Batch, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    also_wait: tuple[str, ...] = ()  # urls of the same host, which waits as a whole ...
    wait_until: datetime | None = None  # ... until then
    wait_why: str = ""
    hub: Offer | None = None  # where the feed names another hub than it did
    missed: bool = False  # its hub should have told us of this


async def keep(tx: Writing, kept: Sequence[Kept]) -> tuple[int, ...]:
    """Write what polls came to; tells of each how many entries wait to be judged."""
    await entries.rename(tx, [one for poll in kept for one in poll.renamed])
    added = await entries.add_all(tx, [batch for poll in kept for batch in poll.entries])
    await unchanged.polled(tx, [(one.poll, one.at) for one in kept if isinstance(one.poll, AsBefore)])
    await feeds.polled_all(tx, [(one.poll, one.at) for one in kept if isinstance(one.poll, Poll)])
    for one in kept:
        if one.also_wait and one.wait_until:
            await feeds.postpone(tx, one.also_wait, one.wait_until, one.wait_why)
    if named := [(one.poll.feed, one.hub) for one in kept if one.hub is not None]:
        await websub.offered(tx, named)
    if missed := [one.poll.feed for one in kept if one.missed]:
        await told.missed(tx, missed)
    return tuple(added.get(one.poll.feed, 0) for one in kept)


async def bring_back(tx: Writing, now: datetime) -> None:
    """Let feeds be due that were polled later than it is now: the clock was set back, and they would wait for long."""
    await tx.execute(
        update(tables.feeds)
        .where(tables.feeds.c.polled_at > now, tables.feeds.c.next_poll_at > now)
        .values(next_poll_at=now, next_poll_why="the clock was set back")
    )


async def outstanding(tx: Reading, since: datetime) -> bool:
    """Tell whether a feed that was due by `since` was not asked yet, or what came is not judged."""
    to_ask = exists().where(tables.feeds.c.next_poll_at <= since)
    to_judge = exists().where(tables.IS_UNJUDGED)
    return bool(await tx.value(select(or_(to_ask, to_judge))))
