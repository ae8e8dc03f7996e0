"""The door of the command line: whatever is raised becomes a sentence and an exit code."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog
import typer

from bot import logs
from bot.cli.doors import door
from bot.errors import ConfigError, TelegramRefusedError
from digests.errors import InUseError, StoreError
from tests.cli.terminal import surroundings

TOKEN = "600000001:AAhush-hush-hush-hush-hush-hush-hush"
NEVER_ENDS = """
import asyncio, os, signal
from bot.cli import doors

doors.STOP_SECONDS = 0.3

async def main(on_stop):
    on_stop(lambda: None)
    os.kill(os.getpid(), signal.{name})
    await asyncio.sleep(100)

doors.until_told(main)
"""
CANCELLED = """
import asyncio
from bot.cli import doors

async def main(on_stop):
    raise asyncio.CancelledError

doors.until_told(main)
"""


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (
            ConfigError("polling.interval = 1: no.", hint="Write 5m."),
            2,
            "polling.interval = 1: no. Write 5m.",
        ),
        (StoreError("The database is away."), 1, "The database is away."),
        (InUseError("Another process."), 1, "Another process."),
        (TelegramRefusedError(f"Telegram refuses {TOKEN}."), 1, "Telegram refuses <token>."),
        (RuntimeError(TOKEN), 1, "Something unexpected went wrong (RuntimeError)"),
        (KeyboardInterrupt(), 130, ""),
        (typer.Exit(3), 3, ""),
    ],
)
def test_what_is_raised_becomes_a_sentence_and_a_code(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    words: str,
) -> None:
    monkeypatch.setattr("logging.root.handlers", [])
    logs.set_up()

    @door
    def command() -> None:
        raise error

    with pytest.raises(typer.Exit) as ended:
        command()
    structlog.reset_defaults()
    said = capsys.readouterr()
    assert ended.value.exit_code == code
    assert words in said.err
    assert TOKEN not in said.err + said.out
    assert said.out == ""


def test_an_option_that_is_wrong_is_left_to_the_command_line_library() -> None:
    @door
    def command() -> None:
        raise typer.BadParameter("say --once")

    with pytest.raises(typer.BadParameter):
        command()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_what_does_not_stop_by_itself_is_cancelled_and_has_stopped_well(
    name: str, run_code: Callable[[str], int]
) -> None:
    began = time.monotonic()
    assert run_code(NEVER_ENDS.format(name=name)) == 0
    assert time.monotonic() - began < 30


def test_what_was_cancelled_by_nobody_has_not_ended_well(run_code: Callable[[str], int]) -> None:
    assert run_code(CANCELLED) != 0


@pytest.fixture
def run_code() -> Callable[[str], int]:
    """Run some Python in a process of its own; gives its exit code."""

    def running(code: str) -> int:
        return subprocess.run(
            [sys.executable, "-c", code],
            check=False,
            capture_output=True,
            env=surroundings({"PYTHONPATH": str(Path(__file__).parents[2])}),
        ).returncode

    return running
