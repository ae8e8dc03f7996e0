"""How long writing transactions last, from BEGIN to COMMIT: so long all other writers of SQLite wait."""

import time
from typing import Any

from sqlalchemy import event

from digests.store.engine import Store

TOO_LONG = 0.05  # seconds


class Transactions:
    """Watches a store's writing connections."""

    def __init__(self, store: Store) -> None:
        self.longest = 0.0  # seconds
        self.over = 0  # how many lasted longer than TOO_LONG
        self._began: dict[int, float] = {}
        engine = store.writer.sync_engine
        event.listen(engine, "begin", self._begun)
        event.listen(engine, "commit", self._ended)

    def _begun(self, connection: Any) -> None:
        self._began[id(connection)] = time.perf_counter()

    def _ended(self, connection: Any) -> None:
        took = time.perf_counter() - self._began.pop(id(connection))
        self.longest = max(self.longest, took)
        self.over += took > TOO_LONG
