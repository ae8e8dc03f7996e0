"""The program as somebody at a terminal meets it: what it was told, what it printed, how it ended."""

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LONGEST = 60.0  # seconds that any command here may take on a busy machine
HOUSE = Path(__file__).parents[2]


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


@cache
def nursery() -> tuple[str, subprocess.Popen[bytes]]:
    """The process that commands are forked off, see tests/cli/nursery.py; it ends with this one."""
    path = f"{tempfile.mkdtemp(prefix='sosik-')}/nursery"
    process = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("nursery.py"), path],
        env=surroundings(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return path, process


class Command:
    """A command that was forked off the nursery."""

    def __init__(self, pid: int, told: asyncio.StreamReader, line: asyncio.StreamWriter) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._line = line
        self._ended = asyncio.create_task(self._end(told))

    @classmethod
    async def start(
        cls,
        *arguments: str,
        cwd: Path,
        out: Path,
        err: Path,
        env: Mapping[str, str] | None,
        more: Mapping[str, str] | None = None,
    ) -> "Command":
        """Fork it off. `more`: what else the order says, see nursery.follow."""
        path, _ = await asyncio.to_thread(nursery)
        told, line = await asyncio.open_unix_connection(path)
        order = {"arguments": arguments, "cwd": str(cwd), "out": str(out), "err": str(err), **(more or {})}
        line.write(
            json.dumps({**order, "env": surroundings({"PYTHONPATH": str(HOUSE), **(env or {})})}).encode()
            + b"\n"
        )
        return cls(int(await told.readline()), told, line)

    async def _end(self, told: asyncio.StreamReader) -> int:
        self.returncode = int(await told.readline())
        self._line.close()
        return self.returncode

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    def send_signal(self, number: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def sosik(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Ended:
    """Run a command to its end."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        command = await Command.start(*arguments, cwd=cwd, out=out, err=err, env=env)
        try:
            code = await asyncio.wait_for(command.wait(), LONGEST)
        finally:
            if command.returncode is None:
                command.kill()
                await command.wait()
        return Ended(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


async def sosik_anew(*arguments: str, cwd: Path, before: str = "") -> Ended:
    """Run a command to its end in a Python of its own. `before`: a line of shell before it, such as a limit."""
    command = [sys.executable, "-m", "bot", *arguments]
    if before:
        command = ["sh", "-c", f'{before}; exec "$@"', "sh", *command]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        env=surroundings({"PYTHONPATH": str(HOUSE)}),
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

    def __init__(self, process: Command, log: Path) -> None:
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
    path.touch()
    process = await Command.start(*arguments, cwd=cwd, out=path, err=path, env=env)
    try:
        yield Running(process, path)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class Watched:
    """A command that runs on a terminal, and what it has written there."""

    def __init__(self, process: asyncio.subprocess.Process, terminal: int) -> None:
        self.process = process
        self.said = ""
        self._terminal = terminal

    async def says(self, words: str) -> None:
        """Wait until it has said something."""
        async with asyncio.timeout(LONGEST):
            while words not in self.said:
                self.said += (await asyncio.to_thread(os.read, self._terminal, 65_536)).decode()

    async def ended(self) -> int:
        """Wait for its end; gives the exit code."""
        return await asyncio.wait_for(self.process.wait(), LONGEST)


@asynccontextmanager
async def on_a_terminal(*arguments: str, cwd: Path) -> AsyncIterator[Watched]:
    """Start a command on a terminal of its own; it is killed at the end."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (50, 200))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=cwd,
        env=surroundings({"PYTHONPATH": str(HOUSE), "TERM": "xterm"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        yield Watched(process, ours)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(ours)
