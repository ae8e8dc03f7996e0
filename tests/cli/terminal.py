"""The program as somebody at a terminal meets it: what it was told, what it printed, how it ended."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

LONGEST = 60.0  # seconds that any command here may take on a busy machine


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


def surroundings(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a command: nothing of ours but what is said here; wide lines, no colours."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("SOSIK_")}
    return {**kept, "COLUMNS": "200", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", **(more or {})}


async def sosik(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, before: str | None = None
) -> Ended:
    """Run a command to its end. `before`: a line of shell before it, such as a limit."""
    command = [sys.executable, "-m", "bot", *arguments]
    if before:
        command = ["sh", "-c", f'{before}; exec "$@"', "sh", *command]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        env=surroundings({"PYTHONPATH": str(Path(__file__).parents[2]), **(env or {})}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), LONGEST)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode or 0, out.decode(), err.decode())


class Running:
    """A command that has not ended."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    async def says(self, words: str, times: int = 1) -> None:
        """Wait until it has said something."""
        await self.until(lambda: self.said.count(words) >= times, words)

    async def until(self, so: Callable[[], bool], what: str = "it") -> None:
        end = time.monotonic() + LONGEST
        while not so():
            assert self.process.returncode is None, f"it ended:\n{self.said}"
            assert time.monotonic() < end, f"not within {LONGEST} s: {what}\n{self.said}"
            await asyncio.sleep(0.02)

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; gives the exit code and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = await asyncio.wait_for(self.process.wait(), LONGEST)
        return code, time.monotonic() - began


@asynccontextmanager
async def started(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> AsyncIterator[Running]:
    """Start a command and leave it running; it is killed at the end."""
    path = cwd / f"said-{time.monotonic_ns()}.log"
    with path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            cwd=cwd,
            env=surroundings({"PYTHONPATH": str(Path(__file__).parents[2]), **(env or {})}),
            stdout=log,
            stderr=log,
        )
    try:
        yield Running(process, path)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
