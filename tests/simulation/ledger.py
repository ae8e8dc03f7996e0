"""A seed as its promises see it: what Telegram took, and what the database says when all is quiet again."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from digests.store import tables
from digests.store.engine import Store
from tests.simulation.game import World
from tests.simulation.marks import Mark
from tests.simulation.readers import Reader
from tests.simulation.wire import Asked


@dataclass
class Kept:
    """The database at the end, table by table."""

    rows: dict[str, list[Any]] = field(default_factory=dict)

    def __getattr__(self, name: str) -> list[Any]:
        try:
            return self.rows[name]
        except KeyError:
            raise AttributeError(name) from None


async def read(store: Store) -> Kept:
    """Read everything that promises are about."""
    names = (
        "chats",
        "subscriptions",
        "entries",
        "stories",
        "filings",
        "decisions",
        "editions",
        "shown",
        "broadcasts",
        "deliveries",
        "inbox",
    )
    async with store.reading() as tx:
        return Kept({name: list(await tx.rows(select(getattr(tables, name)))) for name in names})


@dataclass
class Ledger:
    """The seed as its promises see it."""

    world: World
    kept: Kept

    def __post_init__(self) -> None:
        air = self.world.airwaves
        self.asked = [one for one in air.asked if one.method == "sendMessage"]
        self.paid: dict[Mark, list[Asked]] = defaultdict(list)  # what Telegram took for a debt
        for one in self.asked:
            if one.mark and one.taken:
                self.paid[one.mark].append(one)
        self.first: dict[int, Asked] = {}  # time that a delivery was asked for
        for one in self.asked:
            if one.mark:
                self.first.setdefault(one.mark.delivery, one)
        self.deliveries = {row.id: row for row in self.kept.deliveries}
        self.chats = {row.id: row for row in self.kept.chats}
        self.killed = len(self.world.killed)

    def of(self, reader: Reader) -> Any:
        """The chat's row, by any id it ever had."""
        return next((row for row in self.kept.chats if row.telegram_id in reader.ids), None)

    def reader_of(self, chat: int) -> Reader | None:
        row = self.chats.get(chat)
        return next((one for one in self.world.stage.readers if row and row.telegram_id in one.ids), None)
