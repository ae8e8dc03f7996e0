"""Some seeds of `make simulate`, and that a seed is one story and no other."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.seeds import Theatre

SEEDS = int(
    os.environ.get("SOSIK_SIMULATED", "24")
)  # of each run of the tests; `make simulate` plays thousands
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as opened:
        yield opened


@pytest.mark.parametrize("first", range(1, SEEDS + 1, 6))
def test_whatever_happens_every_promise_is_kept(theatre: Theatre, first: int) -> None:
    broken = {}
    for seed in range(first, min(first + 6, SEEDS + 1)):
        verdict = theatre.play(seed)
        if verdict.broken:
            broken[f"python -m tests.simulation --seed {seed}"] = verdict.broken
    assert not broken


def test_crashes_do_strike_and_messages_come_again(theatre: Theatre) -> None:
    verdicts = [theatre.play(seed) for seed in range(1, 13)]
    assert sum(verdict.kills for verdict in verdicts) >= 10
    assert sum(verdict.messages for verdict in verdicts) >= 80
    assert sum(verdict.again for verdict in verdicts) >= 1, "none was in flight: nothing was put to the test"


def test_a_seed_is_played_again_event_for_event(theatre: Theatre) -> None:
    first, second = theatre.play(7, keeps=True), theatre.play(7, keeps=True)
    assert first.lines == second.lines
    assert first == second
    assert theatre.play(8).hash != first.hash


def test_another_process_tells_the_same_story_of_a_seed(theatre: Theatre) -> None:
    here = theatre.play(3)
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seed", "3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONHASHSEED": "12345"},
    )
    assert f"trace {here.hash}:" in done.stdout, done.stderr
