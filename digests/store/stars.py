"""What was set aside today for messages that are paid for.

It is counted before anything is sent, so that a kill may waste some of a day's budget and never spends more than it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from digests.store.engine import Reading, Writing
from digests.store.inserting import insert
from digests.store.tables import memos

LEDGER = "stars.ledger"


@dataclass(frozen=True, slots=True)
class Ledger:
    """A day, in UTC, and how many messages were set aside for it."""

    day: date
    messages: int = 0
    told: bool = False  # that the budget is used up


@dataclass(frozen=True, slots=True)
class Reserved:
    """How many messages may be paid for, on the account of `day`."""

    day: date
    messages: int
    ended: bool  # the budget has just been used up: the first time that day


async def reserve(tx: Writing, wanted: int, budget: int, now: datetime) -> Reserved:
    """Set aside `wanted` messages, as far as the day's `budget` allows.

    A clock that goes back over midnight finds the later day's account, and gets no second budget.
    """
    ledger = await ledger_of(tx, now)
    messages = max(0, min(wanted, budget - ledger.messages))
    ended = not messages and not ledger.told
    await _write(tx, Ledger(ledger.day, ledger.messages + messages, ledger.told or ended), now)
    return Reserved(ledger.day, messages, ended)


async def give_back(tx: Writing, day: date, messages: int, now: datetime) -> None:
    """Put back what was set aside and not used; what is of another day is over."""
    ledger = await ledger_of(tx, now)
    if ledger.day == day:
        await _write(tx, Ledger(day, max(0, ledger.messages - messages), ledger.told), now)


async def ledger_of(tx: Reading, now: datetime) -> Ledger:
    """Give the account of today."""
    kept = await tx.value(select(memos.c.value).where(memos.c.name == LEDGER))
    if kept is not None and date.fromisoformat(kept["day"]) >= now.date():
        return Ledger(date.fromisoformat(kept["day"]), kept["messages"], kept["told"])
    return Ledger(now.date())


async def _write(tx: Writing, ledger: Ledger, now: datetime) -> None:
    value = {"day": ledger.day.isoformat(), "messages": ledger.messages, "told": ledger.told}
    await tx.execute(
        insert(tx, memos)
        .values(name=LEDGER, value=value, at=now)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value, "at": now})
    )
