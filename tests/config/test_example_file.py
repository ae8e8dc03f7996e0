"""The shipped example documents every key, and says the truth about it."""

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot.config import Config, build, example, load, read
from bot.config.model import CategoryConfig, FeedConfig

TEXT = (Path(__file__).parents[2] / "config.example.toml").read_text(encoding="utf-8")
SECTIONS = {
    name: field.annotation
    for name, field in Config.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}
KEYS = [(section, key) for section, model in SECTIONS.items() for key in model.model_fields]


def part(header: str) -> str:
    """The lines from a header to the next one, those that are commented out without their mark."""
    lines = [re.sub(r"^#\s{1,5}", "", line) for line in TEXT.splitlines()]
    start = lines.index(header)
    end = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("[")), len(lines))
    return "\n".join(lines[start:end])


def line_of(key: str, text: str) -> str:
    found = re.search(rf"^{key} = .*$", text, re.MULTILINE)
    assert found, f"{key} does not stand in the example"
    return found[0]


def test_every_section_is_walked() -> None:
    assert set(SECTIONS) == {
        "telegram",
        "database",
        "polling",
        "digest",
        "breaking",
        "sending",
        "web",
        "names",
        "logging",
    }
    assert set(Config.model_fields) - set(SECTIONS) == {"categories", "feeds"}


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_every_key_of_a_section_stands_there_with_a_comment(section: str, key: str) -> None:
    assert re.search(r"  # \S+", line_of(key, part(f"[{section}]")))


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_what_the_example_says_is_the_default(section: str, key: str) -> None:
    model = SECTIONS[section]
    said = tomllib.loads(line_of(key, part(f"[{section}]")))
    assert getattr(model.model_validate(said), key) == getattr(model(), key)


def test_the_sections_of_the_example_are_those_of_the_program() -> None:
    written = tomllib.loads(TEXT)
    for section, model in SECTIONS.items():
        assert set(written[section]) == set(model.model_fields)


@pytest.mark.parametrize("key", FeedConfig.model_fields)
def test_every_key_of_a_feed_is_explained(key: str) -> None:
    assert "#" in line_of(key, part("[[feeds]]"))


@pytest.mark.parametrize("key", CategoryConfig.model_fields)
def test_every_key_of_a_category_is_shown(key: str) -> None:
    line_of(key, part("[[categories]]"))


def test_the_feed_that_explains_the_keys_is_valid() -> None:
    said: dict[str, Any] = tomllib.loads(part("[[feeds]]").partition("\n#\n")[0])
    feed = FeedConfig.model_validate(said["feeds"][0])
    assert set(feed.model_fields_set) == set(FeedConfig.model_fields)
    assert feed.breaking is FeedConfig.model_fields["breaking"].default


def test_the_example_is_valid_and_needs_no_environment() -> None:
    found = example()
    assert found is not None
    config = build(read(found), str(found), environment=False)
    assert {category.slug for category in config.categories} == {"kpop", "drama", "beauty", "food", "korea"}
    assert config.newsroom().feeds
    assert config.telegram.token.get_secret_value() == ""
    assert config.warnings == ()


def test_every_category_of_the_example_is_named_in_both_languages() -> None:
    for category in load(example()).config.categories:
        assert set(category.name) == {"en", "ko"}
        assert category.emoji
        assert get_args(FeedConfig.model_fields["language"].annotation) == ("", "en", "ko")


def test_no_feed_of_the_example_rings_whatever_it_brings() -> None:
    feeds = load(example()).config.feeds
    assert [feed.name for feed in feeds if feed.breaking] == []
    assert all(feed.name and feed.language for feed in feeds)
