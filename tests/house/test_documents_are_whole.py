"""What the program can do stands in its documents, and what they point to is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer
from pydantic import BaseModel

from bot.cli import program
from bot.config.model import CategoryConfig, Config, FeedConfig
from bot.formatter.render import Formatter
from bot.handlers.grammar.commands import WORDS
from bot.handlers.menu import group_commands, private_commands
from bot.handlers.permissions import Permissions
from bot.handlers.registering import _commands
from bot.texts import Texts
from digests.model import LANGUAGES
from digests.settings import Category
from tests.house.files import ROOT, kept, named, text

COMMANDS = sorted(_commands(Permissions()))
DOCUMENTS = [path for path in kept() if path.suffix == ".md"]
CODE = [
    path for path in kept() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in {"bot", "digests"}
]


# -- commands of readers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_row_with_an_example_in_the_tour(command: str) -> None:
    assert re.search(rf"^\| `/{command}`.* \| .*`/{command}\b", text("docs/tour.md"), re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", sorted({*COMMANDS} - {"start", "help"}))
def test_every_command_stands_in_the_help(command: str, language: str) -> None:
    formatter = Formatter(Texts.load(), [Category("kpop", {"en": "K-pop", "ko": "케이팝"})])
    page = formatter.reply("help", language=language, examples=["kpop", "drama"])
    assert re.search(rf"/{command}\b", str(page.html))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menus_offer_what_is_registered_and_the_private_one_all_of_it(language: str) -> None:
    voice = Texts.load().voices[language]
    private = {one.command for one in private_commands(voice)}
    assert private == {*COMMANDS} - {"start"}
    assert {one.command for one in group_commands(voice)} <= private


def test_every_command_has_words_of_its_own_and_no_other_has() -> None:
    assert set(WORDS) == {*COMMANDS}


def test_the_tour_knows_no_command_that_is_not() -> None:
    told = set(re.findall(r"^\| `/(\w+)`", text("docs/tour.md"), re.MULTILINE))
    assert told == {*COMMANDS}


# -- the command line -----------------------------------------------------------------------------------------


def commands(group: object, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command with its name, those of a group among them: "feeds add"."""
    for name, command in getattr(group, "commands", {}).items():
        inner = list(commands(command, f"{before}{name} "))
        yield from inner or [(before + name, command)]


def options() -> Iterator[tuple[str, str]]:
    for name, command in commands(typer.main.get_command(program)):
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("--") and option != "--help":
                    yield name, option


OPTIONS = list(options())


def test_the_options_of_the_command_line_are_found() -> None:
    assert ("poll", "--once") in OPTIONS
    assert len(OPTIONS) > 8


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_every_option_stands_in_the_row_of_its_command(command: str, option: str) -> None:
    row = re.search(rf"^\| `sosik {command}` \|.*$", text("docs/operating.md"), re.MULTILINE)
    assert row, f"sosik {command} has no row"
    assert f"`{option}" in row[0]


@pytest.mark.parametrize("command", sorted({command for command, _ in OPTIONS}))
def test_every_command_of_the_command_line_is_in_the_readme(command: str) -> None:
    assert f"`sosik {command}" in text("README.md")


# -- configuration --------------------------------------------------------------------------------------------


def keys() -> Iterator[tuple[str, str]]:
    models: dict[str, type[BaseModel]] = {"[[categories]]": CategoryConfig, "[[feeds]]": FeedConfig}
    for section, field in Config.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            models[f"[{section}]"] = field.annotation
    for header, model in models.items():
        for key in model.model_fields:
            yield header, key


def told_of(header: str) -> set[str]:
    """The keys in the table under a header of docs/configuration.md."""
    page = text("docs/configuration.md")
    _, found, rest = page.partition(f"## `{header}`\n")
    assert found, f"{header} has no part of its own"
    cells = re.findall(r"^\| (`[^|]+`) \|", rest.partition("\n## ")[0], re.MULTILINE)
    return {key for cell in cells for key in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize(("header", "key"), list(keys()))
def test_every_configuration_key_has_a_row(header: str, key: str) -> None:
    assert key in told_of(header)


@pytest.mark.parametrize("header", sorted({header for header, _ in keys()}))
def test_no_row_tells_of_a_key_that_is_not(header: str) -> None:
    assert told_of(header) <= {key for section, key in keys() if section == header}


# -- the log --------------------------------------------------------------------------------------------------

LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


def events() -> Iterator[tuple[str, str, str]]:
    """Every (event, field, file) that the code logs; a call without fields has the field ""."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not _logs(node.func):
                continue
            names = [one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)]
            assert names, f"{named(path)}:{node.lineno}: an event has a fixed name"
            fields = [one.arg for one in node.keywords if one.arg not in {"exc_info", "stack_info"}]
            for event in names:
                for field in fields or [""]:
                    yield str(event), field or "", named(path)


def _logs(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id == "tell"  # a level chosen by what happened
    if not isinstance(function, ast.Attribute) or function.attr not in LEVELS:
        return False
    return ast.unparse(function.value) in {"log", "structlog.get_logger()"}


EVENTS = sorted(set(events()))


def test_the_events_of_the_log_are_found() -> None:
    found = {event for event, _, _ in EVENTS}
    assert {"polled", "settled", "started", "failed", "loop failed"} <= found


@pytest.mark.parametrize(("event", "field", "file"), EVENTS)
def test_every_event_of_the_log_is_explained_with_its_fields(event: str, field: str, file: str) -> None:
    del file
    rows = [
        line for line in text("docs/operating.md").splitlines() if f"`{event}`" in line.partition(" |")[0]
    ]
    assert rows, f"{event} has no row"
    assert not field or any(f"`{field}`" in row for row in rows)


# -- links ----------------------------------------------------------------------------------------------------


def links(path: Path) -> Iterator[str]:
    written = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"", written):
        link = target[0] or target[1]
        if not re.match(r"[a-z]+:", link):
            yield link


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    for link in links(path):
        file, _, anchor = unquote(link).partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{link}: there is no such heading"


def test_every_picture_of_the_tour_is_there_and_small() -> None:
    for link in links(ROOT / "docs/tour.md"):
        if link.endswith(".png"):
            assert (ROOT / "docs" / link).stat().st_size < 300_000


def test_paths_that_documents_name_are_there() -> None:
    for path in DOCUMENTS:
        for name in re.findall(r"`((?:bot|digests|tests|docs)/[\w/.-]+)`", path.read_text(encoding="utf-8")):
            assert (ROOT / name).exists(), f"{named(path)} names {name}"


def test_the_changelog_has_a_part_for_what_comes_next() -> None:
    page = text("CHANGELOG.md")
    parts = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert parts[0] == "Unreleased"
    heads = set(re.findall(r"^### (.+)$", page, re.MULTILINE))
    assert heads <= {"Added", "Changed", "Fixed", "Removed", "Security"}


def test_every_decision_has_its_number_and_its_three_parts() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    for number, page in enumerate(pages, start=1):
        said = page.read_text(encoding="utf-8")
        assert page.name.startswith(f"{number:04}-")
        assert said.startswith(f"# {number}. ")
        assert all(f"**{part}.**" in said for part in ("Context", "Decision", "Consequences"))
