"""Rules about the files themselves."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.house.files import ROOT, kept, named

LONGEST = 350
# Each with its reason.
LONGER = {
    "digests/store/migrations/versions/0001_the_first_tables.py": "made by a program, and never changed again",
}
FORBIDDEN = {"util", "utils", "helper", "helpers", "manager", "common", "misc", "base"}
BINARY = {".png", ".jpg", ".ico", ".db"}
# Put together here, so that this file does not hold them itself.
OURS = re.compile(
    "|".join(
        (
            r"(?<![\w.])/wo" + r"rk/",
            r"/tm" + r"p/plan",
            r"/home/\w+/",
            r"/Us" + r"ers/\w+/",
            r"https?://[^\s\"'/]*\b(?:artifactory|nexus|jfrog|devpi)\b",
            r"--(?:extra-)?index-url[ =]http",
        )
    )
)


def code() -> list[Path]:
    return [
        path
        for path in kept()
        if path.suffix in {".py", ".js", ".css", ".j2"}
        and path.relative_to(ROOT).parts[0] in {"bot", "digests"}
    ]


def test_the_files_are_found() -> None:
    assert len(code()) > 100


@pytest.mark.parametrize("path", code(), ids=named)
def test_no_file_has_found_a_second_subject(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST or named(path) in LONGER


def test_every_exception_is_one_still() -> None:
    for name in LONGER:
        assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) > LONGEST


def test_no_file_is_called_by_a_word_that_says_nothing() -> None:
    for path in kept():
        parts = {word for part in path.relative_to(ROOT).parts for word in re.split(r"[_.\-]", part.lower())}
        assert not parts & FORBIDDEN, named(path)


def test_no_two_files_of_tests_have_one_name() -> None:
    names = Counter(path.name for path in kept() if path.name.startswith("test_"))
    assert [name for name, many in names.items() if many > 1] == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    for path in kept():
        if path.suffix in BINARY:
            continue
        found = OURS.search(path.read_text(encoding="utf-8"))
        assert not found, f"{named(path)}: {found[0] if found else ''}"


def test_the_pins_name_no_registry() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        pins = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://", pins)
        assert "--hash=sha256:" in pins
