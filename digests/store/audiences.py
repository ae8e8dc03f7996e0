"""How many chats there are to write to: of each category for an alert, of all for one, at one minute for a digest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from digests.model import Alerts
from digests.store.engine import Reading
from digests.store.tables import chats, subscriptions


@dataclass(frozen=True, slots=True)
class Rush:
    """The chats whose next digest is due at the same moment."""

    at: datetime
    chats: int


@dataclass(frozen=True, slots=True)
class Audiences:
    """How many chats an alert would go to, by its category and in all, and the moment at which most digests are due.

    Chats that are paused or want no alerts are in none of it; a cap, quiet hours or a mute may keep more of them out.
    """

    categories: Mapping[str, int]  # by slug; those that nobody follows are not in it
    everybody: int  # chats that follow anything: an alert in all categories
    rush: Rush | None  # None: no digest is due

    @property
    def largest(self) -> tuple[str, int]:
        """The category with the largest audience; ("", 0) where nobody follows any."""
        return max(self.categories.items(), key=lambda one: (one[1], one[0]), default=("", 0))

    def reach(self, categories: frozenset[str]) -> int:
        """Estimate how many chats follow any of some categories, as if each were followed whatever else is.

        Never fewer than the largest of them has, and never more than all of them together.
        """
        counts = [self.categories.get(slug, 0) for slug in categories]
        if not counts or not self.everybody:
            return 0
        none_of_them = 1.0
        for count in counts:
            none_of_them *= 1 - min(1.0, count / self.everybody)
        return min(max(round(self.everybody * (1 - none_of_them)), *counts), sum(counts))


async def audiences(tx: Reading) -> Audiences:
    """Count audiences. Looks at every chat that is awake and all that is followed: for a command, not for a step."""
    rows = await tx.rows(
        select(subscriptions.c.category, func.count().label("n"))
        .join(chats, chats.c.id == subscriptions.c.chat_id)
        .where(*_wants_alerts())
        .group_by(subscriptions.c.category)
        .order_by(subscriptions.c.category)
    )
    follows = select(subscriptions.c.chat_id).where(subscriptions.c.chat_id == chats.c.id).exists()
    everybody = await tx.value(select(func.count()).select_from(chats).where(*_wants_alerts(), follows))
    return Audiences({row.category: int(row.n) for row in rows}, int(everybody or 0), await rush(tx))


async def rush(tx: Reading) -> Rush | None:
    """Find the moment at which the most digests are due, of each chat's next one; the earliest of several."""
    many = func.count().label("n")
    row = await tx.row(
        select(chats.c.next_digest_at, many)
        .where(chats.c.paused_at.is_(None), chats.c.next_digest_at.is_not(None))
        .group_by(chats.c.next_digest_at)
        .order_by(many.desc(), chats.c.next_digest_at)
        .limit(1)
    )
    return Rush(row.next_digest_at, int(row.n)) if row else None


def _wants_alerts() -> tuple[ColumnElement[bool], ...]:
    return chats.c.paused_at.is_(None), chats.c.alerts != Alerts.OFF
