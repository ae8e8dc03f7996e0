"""Documents are read here: the fast ways at once, feedparser in processes of its own that are stopped in time.

The processes start when first needed, are kept, and end with this one. One that was stopped is replaced when next
needed. Nobody waits for feedparser but those whose document needs it.
"""

import asyncio
import subprocess
import sys
import weakref
from pathlib import Path
from queue import LifoQueue
from threading import Timer
from typing import IO

from digests.errors import FeedError
from digests.feeds.addresses import shown
from digests.feeds.document import Document, Parsed
from digests.feeds.hazards import refuse
from digests.feeds.parse import glance, parse, settle
from digests.feeds.raw import RawFeed
from digests.feeds.speech import READY, receive, send

_AT_ONCE = 100_000  # bytes; what is larger is read off the event loop
_START_SECONDS = 20.0


class Workshop:
    """Reads documents. `seconds`: how long feedparser may work on one; `places`: on how many at a time."""

    def __init__(self, *, places: int = 2, seconds: float = 1.6) -> None:
        self._seconds = seconds
        self._free = asyncio.Semaphore(places)
        self._benches: LifoQueue[_Bench] = LifoQueue()
        self._all = [_Bench() for _ in range(places)]
        for bench in self._all:
            self._benches.put(bench)
        weakref.finalize(self, _end, self._all)  # for whoever forgets to close

    @property
    def processes(self) -> tuple[int, ...]:
        """The ids of the processes that are there."""
        return tuple(bench.pid for bench in self._all if bench.pid)

    async def read(self, document: Document) -> Parsed:
        """Read a document without holding up the event loop. Its title and keys are made already. Raises FeedError."""
        if len(document.body) > _AT_ONCE:
            first = await asyncio.to_thread(glance, document)
        else:
            first = glance(document)
        if not isinstance(first, Parsed):
            async with self._free:
                found = await asyncio.to_thread(self._asked, first.text, document.url)
            first = settle(first, found)
        if len(document.body) > _AT_ONCE:
            await asyncio.to_thread(_prepared, first)
        return _prepared(first)

    def parse(self, document: Document) -> Parsed:
        """Read a document here and now. Raises FeedError."""
        return parse(document, self.ask)

    def ask(self, text: str, url: str) -> RawFeed | None:
        """Ask feedparser; None if it sees no feed. Raises FeedError, also when it has taken too long."""
        refuse(text, url)
        bench = self._benches.get()
        try:
            return bench.ask(text, url, self._seconds)
        finally:
            self._benches.put(bench)

    def close(self) -> None:
        """End the processes, whatever they are at."""
        _end(self._all)

    def _asked(self, text: str, url: str) -> RawFeed | FeedError | None:
        try:
            return self.ask(text, url)
        except FeedError as error:
            return error


def _prepared(parsed: Parsed) -> Parsed:
    _ = parsed.title, parsed.keys  # made on first use
    return parsed


def _end(benches: "list[_Bench]") -> None:
    for bench in benches:
        bench.stop()


class _Bench:
    """A place for one process, which is there or not. Used by one thread at a time; only `stop` may come from others."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def ask(self, text: str, url: str, seconds: float) -> RawFeed | None:
        try:
            source, sink = self._started()
            watch = Timer(seconds, self.stop)
            watch.start()
            try:
                send(source, (text, url, seconds))
                answer = receive(sink)
            finally:
                watch.cancel()
        except (EOFError, OSError, ValueError) as error:
            self.stop()
            what = f"The document kept feedparser busy for more than {seconds:g} seconds, and was given up."
            raise FeedError(what, url=shown(url)) from error
        if isinstance(answer, tuple):
            what, hint = answer
            raise FeedError(what, url=shown(url), hint=hint)
        return answer if isinstance(answer, RawFeed) else None

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()

    def _started(self) -> tuple[IO[bytes], IO[bytes]]:
        process = self._process
        if process is None or process.poll() is not None:
            command = [sys.executable, "-m", "digests.feeds.aside"]
            place = Path(__file__).parents[2]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=place)  # noqa: S603 - our own interpreter
            self._process = process
            watch = Timer(_START_SECONDS, process.kill)
            watch.start()
            try:
                ready = process.stdout.readline() if process.stdout else b""
            finally:
                watch.cancel()
            if ready != READY:
                raise EOFError
        if process.stdin is None or process.stdout is None:
            raise EOFError
        return process.stdin, process.stdout
