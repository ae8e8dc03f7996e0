"""Help is quick and everywhere."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import program
from tests.cli.terminal import sosik, sosik_anew, surroundings

COMMANDS = ("run", "check", "poll", "migrate", "preview", "playground")
# pydantic itself is loaded by typer as soon as there are options.
HEAVY = (
    "sqlalchemy",
    "telegram",
    "aiohttp",
    "pydantic_settings",
    "alembic",
    "apscheduler",
    "jinja2",
    "starlette",
    "feedparser",
    "structlog",
)
# What one poll does without: Telegram, the web's side, migrations where none is due, parsers and the judge where nothing
# is new, and what only a mistake in the configuration needs.
NOT_TO_POLL = (
    "telegram",
    "httpx",
    "apscheduler",
    "starlette",
    "uvicorn",
    "alembic",
    "jinja2",
    "babel",
    "psycopg",
    "feedparser",
    "rapidfuzz",
    "digests.feeds.workshop",
    "digests.judge",
)
LOOK = """
import sys
sys.argv = ["sosik", *{arguments}]
from bot.__main__ import main
try:
    main()
except SystemExit as ended:
    print("ended", ended.code)
print("heavy", [name for name in {heavy} if name in sys.modules])
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(program, [command, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert result.exit_code == 0
    assert f"{command} [OPTIONS]" in result.output
    assert ("--config" in result.output) == (command != "playground")
    assert len(result.output.splitlines()) > 5


def test_all_commands_are_listed_with_what_they_do() -> None:
    result = CliRunner().invoke(program, ["--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    for command in COMMANDS:
        (line,) = [line for line in result.output.splitlines() if line.strip("│ ").startswith(f"{command} ")]
        assert len(line.split()) > 5


@pytest.mark.parametrize(
    "arguments", [["--help"], ["run", "--help"], ["poll", "-h"], ["playground", "--help"]]
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(arguments=arguments, heavy=HEAVY)],
        capture_output=True,
        text=True,
        check=True,
        env=surroundings({"PYTHONPATH": str(Path(__file__).parents[2])}),
    )
    assert "ended 0" in done.stdout
    assert "heavy []" in done.stdout


def test_a_poll_that_finds_nothing_new_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    (tmp_path / "sosik.toml").write_text(
        '[[categories]]\nslug = "korea"\nname = "Korea"\n'
        '[[feeds]]\nurl = "http://127.0.0.1:9/feed"\ncategories = ["korea"]\n'
    )
    environment = surroundings({"PYTHONPATH": str(Path(__file__).parents[2])})
    poll = [sys.executable, "-c", LOOK.format(arguments=["poll", "--once"], heavy=NOT_TO_POLL)]
    for _ in range(2):  # the first makes the tables
        done = subprocess.run(poll, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment)
    assert "1 of 1 feeds failed" in done.stdout
    assert "heavy []" in done.stdout


async def test_help_is_there_at_once(tmp_path: Path) -> None:
    took = []
    for _ in range(3):
        began = time.monotonic()
        assert (await sosik_anew("--help", cwd=tmp_path)).code == 0
        took.append(time.monotonic() - began)
    assert min(took) < 3  # measured: a quarter of a second; the machine may be busy


async def test_without_a_command_help_is_shown(tmp_path: Path) -> None:
    ended = await sosik(cwd=tmp_path)
    assert "Commands" in ended.said
    assert ended.code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["run", "--confg", "x"], "No such option: --confg"),
        (["poll"], "--once"),
        (["preview"], "--category"),
        (["playground", "--port", "99999"], "--port"),
    ],
)
async def test_a_command_misused_is_a_sentence_and_exits_2(
    tmp_path: Path, arguments: list[str], words: str
) -> None:
    ended = await sosik(*arguments, cwd=tmp_path)
    assert ended.code == 2
    assert words in ended.said
    assert "Traceback" not in ended.said
