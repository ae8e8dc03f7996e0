"""How fast feeds are polled: `python -m benchmarks.polling`, a table.

`sosik poll --once` against `reader` (of the Python package index), both as whole processes, on SQLite, on one local
server, in turns. `--cycle` measures a running bot with 10,000 feeds; `--cycle --day` runs the 288 cycles of a day as
fast as they go and looks at its memory, with 1,000 feeds unless told otherwise. `--hostile` measures what bad feeds do to good ones,
`--stages` where the time goes. Needs Linux (memory and time of processes), and nothing else in their way.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.hostile import hostile
from benchmarks.measuring import ROOT, Run, Server, configure, middle, poll_once, publisher, run
from benchmarks.running import A_DAY, cycle, day

MODES = {"new": "all new", "unchanged": "all 304", "same": "all 200, unchanged"}
WANTED = {"new": 5, "unchanged": 4, "same": 10}  # times reader's feeds a second
MISSING = (
    "reader is not installed, so Sosik is measured alone. To compare, in a virtual environment of its own or in this "
    "one: pip install reader sgmllib3k; then --reader-python PATH/bin/python if it is another."
)


def compare(server: Server, feeds: int, rounds: int, python: str, folder: Path) -> None:
    probe = subprocess.run([python, "-c", "import reader"], capture_output=True, check=False)
    with_reader = not probe.returncode
    if not with_reader:
        print(MISSING)
    urls = [f"{server.base}/feed/{number}.xml" for number in range(feeds)]
    script = str(ROOT / "benchmarks" / "with_reader.py")
    runs: dict[tuple[str, str], list[Run]] = {}
    for turn in range(rounds):
        for mode, words in MODES.items():  # the first fills the databases that the others find
            server.mode(mode)
            for who in ("sosik", "reader") if with_reader else ("sosik",):
                place = folder / f"{who}-{turn}"
                if who == "sosik":
                    configure(place, urls)
                    command = poll_once(place)
                else:
                    place.mkdir(exist_ok=True)
                    command = [python, script, str(place / "reader.db"), server.base, str(feeds)]
                one = run(command, place)
                runs.setdefault((who, mode), []).append(one)
                print(
                    f"  {turn + 1}/{rounds} {who:6} {words:18} {one.seconds:7.1f} s   {one.said}",
                    file=sys.stderr,
                )
    table(runs, feeds, compared=with_reader)


def table(runs: dict[tuple[str, str], list[Run]], feeds: int, *, compared: bool) -> None:
    print(
        "|  | ratio | wanted | Sosik feeds/s | reader feeds/s | CPU s | CPU s | peak MB | peak MB | memory |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for mode, name in MODES.items():
        ours = middle(runs["sosik", mode])
        if compared:
            theirs = middle(runs["reader", mode])
            print(
                f"| {name} | {theirs.seconds / ours.seconds:.1f} × | {WANTED[mode]} × | {feeds / ours.seconds:.0f} "
                f"| {feeds / theirs.seconds:.0f} | {ours.cpu:.1f} | {theirs.cpu:.1f} | {ours.memory:.0f} "
                f"| {theirs.memory:.0f} | {ours.memory / theirs.memory:.1f} × |"
            )
        else:
            print(
                f"| {name} | | {WANTED[mode]} × | {feeds / ours.seconds:.0f} | | {ours.cpu:.1f} | | {ours.memory:.0f} | | |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--feeds", type=int, help="2000; with --cycle 10000; with --day 1000; with --hostile 200"
    )
    parser.add_argument("--entries", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--reader-python", default=sys.executable, help="the Python that reader is installed in"
    )
    parser.add_argument("--cycle", action="store_true", help="a running bot, 95 %% of its answers 304")
    parser.add_argument("--day", action="store_true", help="with --cycle: as many cycles as a day has")
    parser.add_argument("--cycles", type=int, default=A_DAY, help="how many --day runs")
    parser.add_argument("--seconds", type=int, default=60, help="how long --cycle looks")
    parser.add_argument("--hostile", action="store_true", help="what bad feeds do to good ones")
    parser.add_argument("--stages", action="store_true", help="where the time of one poll goes")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sosik-") as name, publisher(asked.entries) as server:
        folder = Path(name)
        if asked.cycle and asked.day:
            day(server, asked.feeds or 1_000, asked.cycles, folder)
        elif asked.cycle:
            cycle(server, asked.feeds or 10_000, asked.seconds, folder)
        elif asked.hostile:
            hostile(server, asked.feeds or 200, folder)
        elif asked.stages:
            urls = [f"{server.base}/feed/{number}.xml" for number in range(asked.feeds or 2_000)]
            configure(folder, urls)
            for mode, words in MODES.items():
                server.mode(mode)
                print(words)
                subprocess.run([sys.executable, "-m", "benchmarks.stages", str(folder)], cwd=ROOT, check=True)
        else:
            compare(server, asked.feeds or 2_000, asked.rounds, asked.reader_python, folder)


if __name__ == "__main__":
    main()
