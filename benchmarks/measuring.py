"""Whole processes: how long they took, what they used, how large they grew. Imports little, on purpose:
a child's peak memory is never told as less than its parent's was at the fork."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Run:
    """One process from its start to its end."""

    seconds: float
    cpu: float  # seconds, children included
    memory: float  # MB at its peak
    said: str = ""  # its last line


def run(command: Sequence[str], folder: Path) -> Run:
    """Run a process to its end. Ends this one, with what that one said, if it fails.

    It finds its own bytecode, as whoever is installed does: compiling itself anew would be a twentieth of what a poll costs.
    """
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, cwd=folder, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{(folder / 'err').read_text()[-3_000:]}")
    lines = (folder / "out").read_text().splitlines()
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1_000, lines[-1] if lines else "")


def middle(runs: Sequence[Run]) -> Run:
    """Give the medians of several runs, each figure by itself."""
    return Run(
        median(one.seconds for one in runs),
        median(one.cpu for one in runs),
        median(one.memory for one in runs),
        runs[-1].said,
    )


class Server:
    """The publisher, as seen from here."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"

    def mode(self, mode: str) -> None:
        urlopen(Request(f"{self.base}/mode/{mode}", method="POST")).close()

    def answers(self) -> str:
        with urlopen(f"{self.base}/answers") as told:
            return str(told.read().decode())


@contextmanager
def publisher(entries: int) -> Iterator[Server]:
    """Start the server; it ends with the block."""
    command = [sys.executable, "-m", "benchmarks.publisher", "--entries", str(entries)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        try:
            yield Server(int(process.stdout.readline()))
        finally:
            process.stdin.close()


def poll_once(folder: Path) -> list[str]:
    """Give the command under test."""
    return [sys.executable, "-m", "bot", "poll", "--once", "--config", str(folder / "sosik.toml")]


def configure(folder: Path, urls: Sequence[str], more: str = "", *, base: str = "http://127.0.0.1:9") -> None:
    """Write a configuration that polls `urls`, with every other key at its default."""
    folder.mkdir(parents=True, exist_ok=True)
    feeds = "".join(
        f'[[feeds]]\nname = "paper-{number}"\nurl = "{url}"\ncategories = ["korea"]\n'
        for number, url in enumerate(urls)
    )
    (folder / "sosik.toml").write_text(
        f'[telegram]\ntoken = "1:{"x" * 35}"\nbase_url = "{base}/bot"\n'
        f'[database]\nurl = "sqlite:///{folder / "sosik.db"}"\n'
        f"[polling]\nallow_private_hosts = true\n{more}\n"
        f'[[categories]]\nslug = "korea"\nname = {{ en = "Korea" }}\n{feeds}'
    )
