"""The environment wins over `.env`, which wins over the file; what belongs to others is let be."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config import Config, load
from tests.config.saying import said_of

Load = Callable[[str], Config]
TOKEN = "600000001:AAenvironment-environment-environment"


def test_a_variable_overrides_the_file(loaded: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOSIK_TELEGRAM__TOKEN", TOKEN)
    monkeypatch.setenv("SOSIK_SENDING__MESSAGES_PER_SECOND", "12.5")
    monkeypatch.setenv("SOSIK_POLLING__INTERVAL", "10s")
    monkeypatch.setenv("SOSIK_POLLING__ALLOW_PRIVATE_HOSTS", "true")
    monkeypatch.setenv("SOSIK_BREAKING__QUIET_HOURS", "off")
    config = loaded('[telegram]\ntoken = "1:of-the-file"\nadmins = [7]\n[sending]\nmessages_per_second = 30')
    assert config.telegram.token.get_secret_value() == TOKEN
    assert config.telegram.admins == (7,)  # what the variables do not say stays
    assert config.sending.messages_per_second == 12.5
    assert config.polling.interval.total_seconds() == 10
    assert config.polling.allow_private_hosts is True
    assert config.breaking.quiet_hours is None


def test_lists_are_written_as_json(loaded: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOSIK_TELEGRAM__ADMINS", "[1, 2]")
    monkeypatch.setenv("SOSIK_DIGEST__DEFAULT_TIMES", '["07:30", "19:00"]')
    monkeypatch.setenv("SOSIK_FEEDS", '[{"url": "https://other.example/", "categories": ["kpop"]}]')
    config = loaded("")
    assert config.telegram.admins == (1, 2)
    assert [f"{at:%H:%M}" for at in config.digest.default_times] == ["07:30", "19:00"]
    assert [feed.url for feed in config.feeds] == ["https://other.example/"]


@pytest.mark.parametrize("said", ["08:00", '["08:00"', "["])
def test_a_list_that_is_no_json_is_named(loaded: Load, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("SOSIK_DIGEST__DEFAULT_TIMES", said)
    assert "SOSIK_DIGEST__DEFAULT_TIMES cannot be read. Lists are written there as JSON" in said_of(
        lambda: loaded("")
    )


def test_a_wrong_variable_is_named_as_such(loaded: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOSIK_SENDING__MESSAGES_PER_SECOND", "fast")
    said = said_of(lambda: loaded(""))
    assert (
        "sending.messages_per_second (SOSIK_SENDING__MESSAGES_PER_SECOND) = 'fast': a number is wanted"
        in said
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SOSIK_TELEGRAM__TOKN", "Did you mean token?"),
        ("SOSIK_TELEGRM__TOKEN", "Did you mean SOSIK_TELEGRAM__TOKEN?"),
        ("SOSIK_TELEGRAM_TOKEN", "Did you mean SOSIK_TELEGRAM__TOKEN?"),
        ("SOSIK_SENDING_MESSAGES_PER_SECOND", "Did you mean SOSIK_SENDING__MESSAGES_PER_SECOND?"),
        ("sosik_sending_messages_per_second", "Did you mean SOSIK_SENDING__MESSAGES_PER_SECOND?"),
    ],
)
@pytest.mark.parametrize("dotenv", [False, True])
def test_a_misspelt_variable_is_an_error_with_a_suggestion(
    loaded: Load, monkeypatch: pytest.MonkeyPatch, name: str, meant: str, *, dotenv: bool
) -> None:
    if dotenv:
        Path(".env").write_text(f"{name}=hush-hush\n", encoding="utf-8")
    else:
        monkeypatch.setenv(name, "hush-hush")
    said = said_of(lambda: loaded(""))
    assert name.upper() in said
    assert meant in said
    assert "hush-hush" not in said


def test_variables_of_others_are_let_be(loaded: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "SOSIK_TEST_DATA",
        "SOSIK_REQUIRE",
        "SOSIK_SCREENSHOTS",
        "SOSIK_TEST_POSTGRES_URL",
        "TELEGRAM__TOKEN",
    ):
        monkeypatch.setenv(name, "postgres,chromium")
    Path(".env").write_text(
        "SOSIK_TEST_DATA=x\nPOSTGRES_PASSWORD=y\nexport EDITOR=ed\n# note\n", encoding="utf-8"
    )
    assert loaded("").telegram.token.get_secret_value() == ""


def test_a_dotenv_file_is_honoured_below_the_environment(
    loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(".env").write_text(
        f"SOSIK_TELEGRAM__TOKEN={TOKEN}\nSOSIK_SENDING__MESSAGES_PER_SECOND=5\nOTHER=1\n", encoding="utf-8"
    )
    monkeypatch.setenv("SOSIK_SENDING__MESSAGES_PER_SECOND", "9")
    config = loaded('[telegram]\ntoken = "1:of-the-file"')
    assert config.telegram.token.get_secret_value() == TOKEN
    assert config.sending.messages_per_second == 9


def test_a_dotenv_file_that_is_no_text_is_named(loaded: Load) -> None:
    Path(".env").write_bytes("SOSIK_TELEGRAM__TOKEN=é".encode("latin-1"))
    assert ".env cannot be read: it is not UTF-8." in said_of(lambda: loaded(""))


def test_a_folder_called_dotenv_is_none_of_ours(loaded: Load) -> None:
    Path(".env").mkdir()
    assert loaded("").telegram.token.get_secret_value() == ""


def test_a_token_may_come_with_the_space_that_was_copied_along(
    loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOSIK_TELEGRAM__TOKEN", f" {TOKEN}\n")
    assert loaded("").telegram.token.get_secret_value() == TOKEN


def test_the_shipped_example_and_a_token_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOSIK_TELEGRAM__TOKEN", TOKEN)
    found = load()
    assert found.is_example
    assert found.config.telegram.token.get_secret_value() == TOKEN
