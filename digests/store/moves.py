"""Groups that became supergroups, by their old ids: what was said there may be handled, or arrive, after the move."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from digests.store.engine import Reading, Writing
from digests.store.inserting import insert
from digests.store.tables import chats, memos

KEPT = timedelta(days=7)  # Telegram keeps updates for a day; a button of before the move may be pressed later
_PREFIX = "moved:"  # then the old id, a colon, the new one


async def note(tx: Writing, old: int, new: int, now: datetime) -> None:
    """Remember where a group lives now. What is old is forgotten."""
    await tx.execute(delete(memos).where(memos.c.name.like(f"{_PREFIX}%"), memos.c.at < now - KEPT))
    made = insert(tx, memos).values(name=f"{_PREFIX}{old}:{new}", value=new, at=now)
    await tx.execute(made.on_conflict_do_nothing())


async def lives_at(tx: Reading, old: int) -> int | None:
    """Tell which id a group has as a supergroup; None: it has not moved, as far as we know.

    In a writing transaction it does not move before that ends.
    """
    if isinstance(tx, Writing):
        await tx.rows(select(chats.c.id).where(chats.c.telegram_id == old).with_for_update())
    found = await tx.value(select(memos.c.value).where(memos.c.name.like(f"{_PREFIX}{old}:%")))
    return None if found is None else int(found)


async def forget(tx: Writing, new: int) -> None:
    """Forget where a supergroup lived before."""
    await tx.execute(delete(memos).where(memos.c.name.like(f"{_PREFIX}%:{new}")))
