"""What makes two chats share a digest, so that it is ranked and stored once for all of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.model import StoryId

FIRST = timedelta(hours=24)  # what a chat's first digest covers, and `/digest` said now


@dataclass(frozen=True, slots=True)
class Pool:
    """The stories that some chats may be told: new in these categories since this point."""

    wanted: frozenset[str]
    after: int | None  # the last filing their digests have covered; None: this is their first
    named_after: int | None  # the last naming, likewise
    since: datetime  # what was filed before is not brought up any more

    @property
    def last(self) -> datetime:
        """From when on what rang for others is news to them: their last digest, or a day ago."""
        return self.since + FIRST if self.after else self.since


@dataclass(frozen=True, slots=True)
class Taste:
    """What decides a digest's ranking. The language is no part of it: content speaks both.

    Nor is what a chat was told already, or mutes: it is told the first stories of the ranking that are left. Only
    where that is so much that the ranking does not suffice, the chat has a taste of its own, `without` it.
    """

    pool: Pool
    followed: frozenset[StoryId] = frozenset()  # of these a chat follows something, whatever their category
    without: frozenset[StoryId] = frozenset()


def pool_of(
    wanted: frozenset[str],
    *,
    after: int | None,
    named_after: int | None,
    last_at: datetime | None,
    due_at: datetime,
) -> Pool:
    """Give the pool of a chat by what its last digest covered, when that was made (None: never), and when this is due.

    History of a feed that is new since the last digest reaches back a day, no further. A first digest that comes late,
    the bot having been down, loses nothing of its day.
    """
    return Pool(wanted, after, named_after, (_on_the_hour(last_at) if last_at else due_at) - FIRST)


def _on_the_hour(moment: datetime) -> datetime:
    """Round down, so that chats whose digests left seconds apart still share the next one."""
    return moment.replace(minute=0, second=0, microsecond=0)
