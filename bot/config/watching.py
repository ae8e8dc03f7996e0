"""Noticing that the file was edited: its feeds are taken up by a running bot."""

from pathlib import Path

from bot.config.files import read
from bot.config.model import Config
from bot.config.sources import build


class Watch:
    """Looks at one file, by its time and size; reads it only when they change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._stamp()

    def changed(self) -> Config | None:
        """Give the configuration if the file changed since it was last looked at.

        Raises ConfigError, once, for a change that cannot be used.
        """
        stamp = self._stamp()
        if stamp == self._seen:
            return None
        self._seen = stamp
        return build(read(self._path), str(self._path))

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            told = self._path.stat()
        except OSError:
            return None
        return told.st_mtime_ns, told.st_size, told.st_ino
