"""How fast, how evenly and at what cost messages leave: `python -m benchmarks.delivery [WHICH …]`, tables.

drain    messages a second without a limit, through the whole path
pace     how evenly a limit is reached: 30 and 1,000 a second
fanout   an alert to a million: its first message, memory, disk, and who waits for it
digests  a million digests at one minute
rush     an alert while the digests of the morning drain, and readers who write meanwhile
compare  side by side with a plain loop of python-telegram-bot
growth   what settled deliveries take on disk, and how they are forgotten

On SQLite in a temporary folder, and on PostgreSQL where --database names a server that may create databases. Telegram's
side is a process of its own that takes every message. Needs Linux (memory and time of processes).
"""

import argparse
import sys
from collections.abc import Callable

from benchmarks.delivery.compared import compare
from benchmarks.delivery.composing import digests
from benchmarks.delivery.draining import paced, rates
from benchmarks.delivery.fanning_out import fan_out
from benchmarks.delivery.growth import grow
from benchmarks.delivery.rush import rush


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.delivery",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("which", nargs="*", help="all of them unless told")
    parser.add_argument("--database", default="", help="postgresql://…: measure there as well")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one of the two alone")
    parser.add_argument("--chats", type=int, help="other than the usual number of each")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long pace and fanout look")
    parser.add_argument("--delay", type=float, default=0.0, help="of pace: seconds until Telegram answers")
    parser.add_argument("--profile", help="of drain: a file for cProfile's figures")
    parser.add_argument("--python", default=sys.executable, help="of compare: where the plain loop runs")
    asked = parser.parse_args()
    databases = [("SQLite", ""), *([("PostgreSQL", asked.database)] if asked.database else [])]
    databases = [one for one in databases if asked.only in {None, one[0].lower()}]
    more = ["--profile", asked.profile] if asked.profile else []
    every: dict[str, Callable[[], None]] = {
        "drain": lambda: rates(databases, asked.chats or 50_000, more),
        "pace": lambda: paced(databases, asked.seconds, asked.delay),
        "fanout": lambda: fan_out(databases, asked.chats or 1_000_000, asked.seconds),
        "digests": lambda: digests(databases, asked.chats or 1_000_000),
        "rush": lambda: rush(databases, asked.chats or 20_000),
        "compare": lambda: compare(asked.chats or 10_000, asked.python),
        "growth": lambda: grow(databases, asked.chats or 1_000_000),
    }
    unknown = [one for one in asked.which if one not in every]
    if unknown:
        parser.error(f"there is no {unknown[0]!r}; there are: {', '.join(every)}")
    for one in asked.which or every:
        every[one]()
        print(flush=True)


if __name__ == "__main__":
    main()
