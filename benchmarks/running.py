"""A running bot with many feeds: what share of a core it takes, and whether it grows."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measuring import ROOT, Server, configure, poll_once, run

WARMING = 20  # seconds until it is connected and has caught up
A_DAY = 288  # cycles of five minutes
FIRST = 10  # cycles after which everything has been done once


def cycle(server: Server, feeds: int, seconds: int, folder: Path) -> None:
    """Run `feeds` feeds on a cycle of five minutes, 95 % of the answers 304, and look for `seconds`."""
    fill(server, feeds, folder)
    with running(server, folder) as bot:
        time.sleep(WARMING)
        cpu, memory, began = used(bot.pid), resident(bot.pid), time.perf_counter()
        server.mode("mixed")  # counts anew
        steps = 10
        grown = [memory]
        for _ in range(steps):
            time.sleep(seconds / steps)
            grown.append(resident(bot.pid))
        took = time.perf_counter() - began
        share = (used(bot.pid) - cpu) / took
    print(f"{feeds} feeds every 5 minutes, looked at for {took:.0f} s; answers: {server.answers()}")
    print(f"  {share:.1%} of one core (wanted: under 25 %)")
    print(
        f"  memory {grown[0]:.0f} MB at the beginning, {grown[-1]:.0f} MB at the end, {max(grown):.0f} MB at most"
    )


def day(server: Server, feeds: int, cycles: int, folder: Path) -> None:
    """Run as many cycles as a day has, one after the other as fast as they go, and look at the memory."""
    fill(server, feeds, folder, 'interval = "1s"')
    with running(server, folder) as bot:
        cpu, began = used(bot.pid), time.perf_counter()
        seen: dict[int, float] = {}
        while (done := polls(server) // feeds) < cycles and bot.poll() is None:
            if done >= FIRST:
                seen.setdefault(done, resident(bot.pid))
            time.sleep(0.5)
        took = time.perf_counter() - began
        cpu, memory = used(bot.pid) - cpu, resident(bot.pid)
        done = polls(server)
    if not seen:
        sys.exit(f"The bot ended early; its log: {folder / 'log'}")
    begun, *_ = seen
    print(f"{feeds} feeds, {done / feeds:.0f} cycles in {took:.0f} s; answers: {server.answers()}")
    print(f"  {done / took:.0f} polls/s, {cpu / done * 1e3:.2f} ms of CPU each")
    print(
        f"  memory {seen[begun]:.0f} MB after {begun} cycles, {memory:.0f} MB at the end, {max(seen.values()):.0f} MB at most"
    )
    for at in sorted(seen)[:: max(1, len(seen) // 8)]:
        print(f"    {at:4} cycles {seen[at]:6.1f} MB")


def fill(server: Server, feeds: int, folder: Path, more: str = "") -> None:
    """Read every feed once, as a first start does."""
    urls = [f"{server.base}/feed/{number}.xml" for number in range(feeds)]
    configure(folder, urls, more, base=server.base)
    server.mode("new")
    print(f"filling the database: {feeds} feeds …", file=sys.stderr)
    filled = run(poll_once(folder), folder)
    print(f"{filled.said} ({filled.seconds:.0f} s, at most {filled.memory:.0f} MB)", file=sys.stderr)


@contextmanager
def running(server: Server, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the bot; it ends with the block."""
    command = [sys.executable, "-m", "bot", "run", "--config", str(folder / "sosik.toml")]
    server.mode("mixed")
    with (folder / "log").open("wb") as log:
        bot = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}
        )
        try:
            yield bot
        finally:
            bot.terminate()
            bot.wait(30)


def polls(server: Server) -> int:
    return sum(json.loads(server.answers()).values())


def used(pid: int) -> float:
    """Tell the CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Tell the memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1_000
    return 0.0
