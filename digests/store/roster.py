"""The feeds in force: those of the operator's file, and those that were added while the bot runs."""

from dataclasses import replace

from digests.settings import Settings
from digests.store import added
from digests.store.engine import Store


class Roster:
    """Gives the settings as they are now. The table is read anew only when its version says that it changed."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._of_file = settings
        self._now = settings
        self._version = 0  # nobody has added anything yet

    def take(self, settings: Settings) -> None:
        """Know that the operator's file names other feeds now."""
        self._of_file = self._now = settings
        self._version = 0

    async def settings(self) -> Settings:
        """Give the settings with every feed in force. Costs one read by key where nothing changed."""
        async with self._store.reading() as tx:
            version = await added.version(tx)
            if version != self._version:
                more = await added.in_force(tx, self._of_file.polling)
                self._now = replace(self._of_file, feeds=(*self._of_file.feeds, *more))
                self._version = version
        return self._now
