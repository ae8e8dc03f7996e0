# ruff: noqa: T201 - a command's output
"""`make simulate`: thousands of seeds; `python -m tests.simulation --seed N` plays one again, event for event."""

import argparse
import os
import sys
import time

from tests.simulation.seeds import Theatre, Verdict, play_all

MANY = 2_000


def main() -> int:
    arguments = _arguments()
    return _one(arguments.seed) if arguments.seed is not None else _many(arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument(
        "--seeds", type=int, default=int(os.environ.get("SOSIK_SEEDS", MANY)), help="how many"
    )
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, help="play this one alone, and tell everything that happens")
    return parser.parse_args()


def _one(seed: int) -> int:
    with Theatre() as theatre:
        verdict = theatre.play(seed, keeps=True)
    print(*verdict.lines, sep="\n")
    print(
        f"\nseed {seed}, trace {verdict.hash}: {verdict.runs} runs, {verdict.kills} killed, {verdict.steps} steps"
    )
    _tell(verdict)
    return bool(verdict.broken)


def _many(arguments: argparse.Namespace) -> int:
    began = time.monotonic()
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    kills = messages = again = steps = 0
    failed: list[int] = []
    for verdict in play_all(seeds, arguments.processes):
        kills, messages = kills + verdict.kills, messages + verdict.messages
        again, steps = again + verdict.again, steps + verdict.steps
        if verdict.broken:
            failed.append(verdict.seed)
            _tell(verdict)
        if sys.stderr.isatty():
            print(f"\r{verdict.seed - arguments.first + 1} of {arguments.seeds}", end="", file=sys.stderr)
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    print(f"{arguments.seeds} seeds in {minutes} min {seconds} s: {steps:,} steps, {kills:,} kills,")
    print(f"{messages:,} messages, {again} came again that were in flight; {len(failed)} seeds failed.")
    if failed:
        print("Again, event for event: python -m tests.simulation --seed", failed[0])
    return bool(failed)


def _tell(verdict: Verdict) -> None:
    for broken in verdict.broken:
        print(f"seed {verdict.seed}: {broken}")


if __name__ == "__main__":
    sys.exit(main())
