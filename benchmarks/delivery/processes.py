"""The processes of a measurement: Telegram's side, and the side that sends; what they are asked and answer."""

import json
import subprocess
import sys
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from benchmarks.measuring import ROOT
from benchmarks.running import used

PATIENCE = 900.0  # seconds that anything is waited for


class Telegram:
    """Telegram's side, as seen from here."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.pid = process.pid
        self.url = f"http://127.0.0.1:{int(process.stdout.readline())}"  # type: ignore[union-attr]

    def begin(self, **how: float) -> None:
        """Count anew; see `emulation.Telegram.begin`."""
        self._get("begin", **how)

    def say(self, chat: int, text: str) -> None:
        self._get("say", chat=chat, text=text)

    def counts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._get("counts"))
        return found

    def stamps(self) -> Sequence[float]:
        """Give when each message was taken, monotonic."""
        return array("d", self._get("stamps"))

    def chats(self) -> Sequence[int]:
        """Give to whom each message went."""
        return array("q", self._get("chats"))

    def until(self, messages: int, *, still: Callable[[], bool] = lambda: True) -> None:
        """Wait until so many messages have come. Ends this process if they do not."""
        end = time.monotonic() + PATIENCE
        while (seen := self.counts()["messages"]) < messages:
            if time.monotonic() > end or not still():
                sys.exit(f"{seen} messages of {messages} arrived, and no more.")
            time.sleep(0.1)

    def _get(self, what: str, **query: object) -> bytes:
        with urlopen(f"{self.url}/control/{what}?{urlencode(query)}") as told:
            body: bytes = told.read()
        return body


@contextmanager
def emulated() -> Iterator[Telegram]:
    """Start Telegram's side; it ends with the block."""
    command = [sys.executable, "-m", "benchmarks.delivery.emulation"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        try:
            yield Telegram(process)
        finally:
            process.stdin.close()  # type: ignore[union-attr]


@dataclass(frozen=True)
class Announced:
    """When a broadcast was owed."""

    at: float  # monotonic, as the commit ended


class Sending:
    """The side that sends (`benchmarks.delivery.sending`): one question a line, one answer a line."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.pid = process.pid

    def ask(self, what: str, **how: object) -> dict[str, Any]:
        """Ask for one thing, and wait for the answer."""
        self._process.stdin.write(json.dumps({"do": what} | how).encode() + b"\n")  # type: ignore[union-attr]
        self._process.stdin.flush()  # type: ignore[union-attr]
        line = self._process.stdout.readline()  # type: ignore[union-attr]
        if not line:
            sys.exit("The sending process ended; what it said stands above.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def runs(self) -> bool:
        return self._process.poll() is None

    def cpu(self) -> float:
        """Tell the CPU seconds used so far."""
        return used(self.pid)


@contextmanager
def sending(database: str, telegram: Telegram, rate: float, *more: str) -> Iterator[Sending]:
    """Start a sender; it ends with the block."""
    command = [sys.executable, "-m", "benchmarks.delivery.sending", database, telegram.url, str(rate), *more]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        try:
            yield Sending(process)
        finally:
            process.stdin.close()  # type: ignore[union-attr]


def busiest(stamps: Sequence[float], window: float = 1.0) -> int:
    """Tell the most messages in any window of that many seconds."""
    return max((bisect_left(stamps, at + window) - number for number, at in enumerate(stamps)), default=0)


def percentile(values: Sequence[float], part: float) -> float:
    """Give the value below which `part` of all are; 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
