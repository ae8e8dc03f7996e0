"""Feeds that were offered with a button: its data has room for a number, not for an address."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import delete, select

from digests.store.engine import Reading, Writing
from digests.store.inserting import insert
from digests.store.tables import memos

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Offer:
    """A feed that an administrator may add by a tap."""

    url: str
    categories: tuple[str, ...]

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits, the same for the same offer."""
        said = "\n".join((self.url, *self.categories)).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(said, digest_size=8).hexdigest()


_OFFER: TypeAdapter[Offer] = TypeAdapter(Offer)
_PREFIX = "offer:"


async def make(tx: Writing, offer: Offer, now: datetime) -> str:
    """Keep an offer for a day; gives its id. Older ones are forgotten."""
    old = memos.c.name.like(f"{_PREFIX}%") & (memos.c.at < now - KEPT)
    await tx.execute(delete(memos).where(old))
    values = {"value": _OFFER.dump_python(offer, mode="json"), "at": now}
    statement = insert(tx, memos).values(name=_PREFIX + offer.id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=[memos.c.name], set_=values))
    return offer.id


async def find(tx: Reading, offer: str, now: datetime) -> Offer | None:
    """Find an offer that is not a day old."""
    kept = select(memos.c.value).where(memos.c.name == _PREFIX + offer, memos.c.at > now - KEPT)
    value = await tx.value(kept)
    return _OFFER.validate_python(value) if value else None
