"""Files that are not there, not readable, not TOML; and hostile ones: always a sentence, never a secret."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import Config, build, find, load
from bot.config.model import BreakingConfig, CategoryConfig, DigestConfig, FeedConfig, PollingConfig
from bot.errors import ConfigError
from tests.config.conftest import SMALL
from tests.config.saying import said_of

Load = Callable[[str], Config]
TOKEN = "600000001:AAhush-hush-hush-hush-hush-hush-hush"


def test_a_missing_file_is_named() -> None:
    assert "There is no configuration file nowhere.toml." in said_of(lambda: load(Path("nowhere.toml")))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert f"{tmp_path} cannot be read: Is a directory." in said_of(lambda: load(tmp_path))


def test_a_file_that_may_not_be_read_is_named(write: Callable[[str], Path]) -> None:
    path = write(SMALL)
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read everything: a file below a file cannot be read by anybody
        path = path / "below"
    assert f"{path} cannot be read: " in said_of(lambda: load(path))


@pytest.mark.parametrize("text", ["a =", "[telegram", 'x = "', "= 1", "a = 1\na = 2", "a = 1 b = 2"])
def test_what_is_no_toml_says_where(write: Callable[[str], Path], text: str) -> None:
    said = said_of(lambda: load(write(text)))
    assert "mine.toml is not valid TOML: " in said
    assert "line " in said or "end of document" in said


@pytest.mark.parametrize("text", ["a = " + "[" * 20_000, "a = " + "9" * 5_000, "a = 2026-99-99"])
def test_hostile_toml_is_a_sentence(write: Callable[[str], Path], text: str) -> None:
    said = said_of(lambda: load(write(text)))
    assert "mine.toml is not valid TOML: " in said
    assert len(said) < 400


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load(path).config.categories[0].slug == "kpop"


def test_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(b"# one\n# two\nx = 'caf\xe9'\n")
    assert "line 3 is not UTF-8." in said_of(lambda: load(path))


def test_without_a_name_the_file_of_the_folder_is_taken_else_the_example(tmp_path: Path) -> None:
    path, is_example = find(None)
    assert (path.name, is_example) == ("config.example.toml", True)
    (tmp_path / "sosik.toml").write_text(SMALL, encoding="utf-8")
    assert find(None) == (Path("sosik.toml"), False)
    assert not load().is_example


@pytest.mark.parametrize(
    "text",
    [
        f'[telegram]\ntoken = ["{TOKEN}"]',
        f'[telegram]\ntoken = "{TOKEN} {TOKEN}"',
        f'[telegram]\ntoken = "{TOKEN}/x"',
        f'telegram = "{TOKEN}"',
        f'[telegram]\ntokn = "{TOKEN}"',
        f'[telegram]\nbase_url = "bot{TOKEN}"',
        f'[telegram]\nadmins = ["{TOKEN}"]',
        f'"{TOKEN}" = 1',
        'database = "postgresql://sosik:AAhush-hush@db/sosik"',
        '[database]\nurl = "postgres://sosik:AAhush-hush@db/sosik"',
        '[database]\nurl = "postgresql://sosik:AAhush-hush@db:port/sosik"',
        '[database]\nurl = ["postgresql://sosik:AAhush/-hush@db/sosik"]',
        '[database]\nurll = "postgresql://sosik:AAhush-hush@db/sosik"',
        '[telegram]\nbase_url = "postgresql://sosik:AAhush-hush@db/sosik"',
        'feeds = [{ url = "ftp://ann:AAhush-hush@example.org/", categories = ["kpop"] }]\n[digest]',
    ],
)
def test_no_secret_is_ever_in_a_message(write: Callable[[str], Path], text: str) -> None:
    said = said_of(
        lambda: load(
            write(text + SMALL.replace("[[feeds]]", "[[more]]") if "feeds" in text else text + SMALL)
        )
    )
    assert "AAhush" not in said
    assert said


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("postgresql://sosik:pa55word@db/sosik", {"pa55word"}),
        ("postgresql://sosik:p%40ss%2Fword@db/sosik", {"p%40ss%2Fword", "p@ss/word"}),
        ("postgresql+psycopg://sosik:pa/ss:word@db/sosik", {"pa/ss:word"}),
        ("postgresql://db/sosik?user=sosik&password=pa55word", {"pa55word"}),
        ("postgresql://sosik@db/sosik", set()),
        ("sqlite:///sosik.db", set()),
    ],
)
def test_the_configuration_knows_its_secrets(loaded: Load, url: str, secrets: set[str]) -> None:
    config = loaded(f'[telegram]\ntoken = "{TOKEN}"\n[database]\nurl = "{url}"')
    assert set(config.secrets) == {TOKEN, *secrets}
    assert TOKEN not in repr(config)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.binary(max_size=5)
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.sampled_from(
        ["5m", "999999999d", "07:30", "99:99", "off", "23:00-07:00", "-", "https://[", "http://a:b"]
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def tables(model: type[Any]) -> st.SearchStrategy[dict[str, Any]]:
    keys = st.sampled_from(sorted(model.model_fields)) | st.text(max_size=8)
    return st.dictionaries(keys, VALUES, max_size=4)


WRITTEN = st.fixed_dictionaries(
    {},
    optional={
        "telegram": tables(Config.model_fields["telegram"].annotation) | VALUES,  # type: ignore[arg-type]
        "database": VALUES | st.fixed_dictionaries({"url": SCALARS}),
        "polling": tables(PollingConfig) | VALUES,
        "digest": tables(DigestConfig) | VALUES,
        "breaking": tables(BreakingConfig) | VALUES,
        "sending": VALUES | st.fixed_dictionaries({"messages_per_second": SCALARS}),
        "logging": VALUES | st.fixed_dictionaries({"level": SCALARS}),
        "categories": st.lists(tables(CategoryConfig) | VALUES, max_size=2) | VALUES,
        "feeds": st.lists(tables(FeedConfig) | VALUES, max_size=2) | VALUES,
    },
)


def refused(written: dict[str, Any]) -> str | None:
    """What is said of it; None: it is a configuration."""
    try:
        build(written, "it", environment=False).newsroom()
    except ConfigError as error:
        said = str(error)
        assert said.replace("\n", "").isprintable()
        return said
    return None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=WRITTEN, more=st.dictionaries(st.text(max_size=10), VALUES, max_size=2))
def test_whatever_is_written_is_a_configuration_or_a_sentence(
    written: dict[str, Any], more: dict[str, Any]
) -> None:
    said = refused({**more, **written})
    assert said is None or said.startswith("it cannot be used:\n  ")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from(
        [
            (s, k)
            for s in ("polling", "digest", "breaking", "sending", "telegram", "database")
            for k in Config.model_fields[s].annotation.model_fields
        ]
    ),
    value=VALUES,
)
def test_a_hostile_value_is_named_with_its_key(key: tuple[str, str], value: object) -> None:
    section, name = key
    right = {
        "categories": [{"slug": "kpop", "name": "K-pop"}],
        "feeds": [{"url": "https://example.org/feed/", "categories": ["kpop"]}],
    }
    said = refused({**right, section: {name: value}})
    assert said is None or f"{section}.{name}" in said
