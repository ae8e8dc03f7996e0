"""What polls came to, with the entries they brought: written many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digests.store import entries, feeds
from digests.store.engine import Writing
from digests.store.entries import Batch, Renamed
from digests.store.feeds import Poll


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that one poll came to."""

    poll: Poll
    at: datetime
    entries: tuple[Batch, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    also_wait: tuple[str, ...] = ()  # urls of the same host, which waits as a whole ...
    wait_until: datetime | None = None  # ... until then
    wait_why: str = ""


async def keep(tx: Writing, kept: Sequence[Kept]) -> tuple[int, ...]:
    """Write what polls came to; tells of each how many entries wait to be judged."""
    await entries.rename(tx, [one for poll in kept for one in poll.renamed])
    added = await entries.add_all(tx, [batch for poll in kept for batch in poll.entries])
    await feeds.polled_all(tx, [(one.poll, one.at) for one in kept])
    for one in kept:
        if one.also_wait and one.wait_until:
            await feeds.postpone(tx, one.also_wait, one.wait_until, one.wait_why)
    return tuple(added.get(one.poll.feed, 0) for one in kept)
