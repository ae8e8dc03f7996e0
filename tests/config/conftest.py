"""A folder of its own for each test, an environment that says nothing, and a file that is right."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config import Config, load

Write = Callable[[str], Path]

SMALL = """
[[categories]]
slug = "kpop"
name = "K-pop"

[[feeds]]
url = "https://example.org/feed/"
categories = ["kpop"]
"""


@pytest.fixture(autouse=True)
def _quiet_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable and no `.env` of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.upper().startswith("SOSIK_"):
            monkeypatch.delenv(name)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a configuration file; gives its path."""

    def writing(text: str) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return writing


@pytest.fixture
def loaded(write: Write) -> Callable[[str], Config]:
    """Load a file with these lines before the smallest one that is right."""
    return lambda text="": load(write(text + SMALL)).config
