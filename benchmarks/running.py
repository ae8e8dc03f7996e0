"""A running bot with many feeds: what share of a core it takes, and whether it grows."""

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measuring import ROOT, Server, configure, poll_once, run

WARMING = 20  # seconds until it is connected and has caught up


def cycle(server: Server, feeds: int, seconds: int, folder: Path) -> None:
    """Run `feeds` feeds on a cycle of five minutes, 95 % of the answers 304, and look for `seconds`."""
    urls = [f"{server.base}/feed/{number}.xml" for number in range(feeds)]
    configure(folder, urls, base=server.base)
    server.mode("new")
    print(f"filling the database: {feeds} feeds …", file=sys.stderr)
    filled = run(poll_once(folder), folder)
    print(f"{filled.said} ({filled.seconds:.0f} s, at most {filled.memory:.0f} MB)", file=sys.stderr)
    command = [sys.executable, "-m", "bot", "run", "--config", str(folder / "sosik.toml")]
    with (folder / "log").open("wb") as log:
        bot = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}
        )
        try:
            server.mode("mixed")
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
        finally:
            bot.terminate()
            bot.wait(30)
    print(f"{feeds} feeds every 5 minutes, looked at for {took:.0f} s; answers: {server.answers()}")
    print(f"  {share:.1%} of one core (wanted: under 25 %)")
    print(
        f"  memory {grown[0]:.0f} MB at the beginning, {grown[-1]:.0f} MB at the end, {max(grown):.0f} MB at most"
    )


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
