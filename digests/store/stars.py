"""What was set aside today for messages that are paid for.

It is counted before anything is sent, so that a kill may waste some of a day's budget and never spends more than it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from digests.model import Shortage
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
    empty: bool = False  # Telegram took no Stars: the bot has none
    noticed: tuple[Shortage, ...] = ()  # what administrators were told of


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
    changed = replace(ledger, messages=ledger.messages + messages, told=ledger.told or ended)
    await _write(tx, changed, now)
    return Reserved(ledger.day, messages, ended)


async def give_back(tx: Writing, day: date, messages: int, now: datetime) -> None:
    """Put back what was set aside and not used; what is of another day is over."""
    ledger = await ledger_of(tx, now)
    if ledger.day == day:
        await _write(tx, replace(ledger, messages=max(0, ledger.messages - messages)), now)


async def ran_out(tx: Writing, now: datetime) -> None:
    """Note that the bot's balance is empty."""
    await _write(tx, replace(await ledger_of(tx, now), empty=True), now)


async def short(tx: Reading) -> tuple[Shortage, ...]:
    """Tell what administrators should hear of: of each day once."""
    ledger = await _kept(tx)
    if ledger is None:
        return ()
    found = {Shortage.BUDGET: ledger.told, Shortage.BALANCE: ledger.empty}
    return tuple(one for one, is_so in found.items() if is_so and one not in ledger.noticed)


async def noticed(tx: Writing, told: tuple[Shortage, ...], now: datetime) -> None:
    """Remember what administrators were told of."""
    ledger = await _kept(tx)
    if ledger is not None:
        await _write(tx, replace(ledger, noticed=(*ledger.noticed, *told)), now)


async def ledger_of(tx: Reading, now: datetime) -> Ledger:
    """Give the account of today."""
    kept = await _kept(tx)
    return kept if kept is not None and kept.day >= now.date() else Ledger(now.date())


async def _kept(tx: Reading) -> Ledger | None:
    """Give the account of the last day that has one."""
    kept = await tx.value(select(memos.c.value).where(memos.c.name == LEDGER))
    if kept is None:
        return None
    told = tuple(Shortage(one) for one in kept.get("noticed", ()))
    return Ledger(
        date.fromisoformat(kept["day"]), kept["messages"], kept["told"], kept.get("empty", False), told
    )


async def _write(tx: Writing, ledger: Ledger, now: datetime) -> None:
    value = {
        "day": ledger.day.isoformat(),
        "messages": ledger.messages,
        "told": ledger.told,
        "empty": ledger.empty,
        "noticed": list(ledger.noticed),
    }
    await tx.execute(
        insert(tx, memos)
        .values(name=LEDGER, value=value, at=now)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value, "at": now})
    )
