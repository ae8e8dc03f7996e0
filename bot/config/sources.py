"""Putting a configuration together: what the environment says, then the file `.env`, then what was written."""

import os
from collections.abc import Mapping
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsError

from bot.config.model import Config
from bot.config.sentences import PREFIX, sentence, stray
from bot.errors import ConfigError

_DOTENV = Path(".env")


def build(written: Mapping[str, Any], where: str, *, environment: bool = True) -> Config:
    """Check what was written, under what the environment says. Raises ConfigError, which names every wrong key."""

    class _Sourced(Config):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            del init_settings, file_secret_settings
            # Not as arguments: a key such as `_env_file` would be one of pydantic's own.
            said = InitSettingsSource(settings_cls, init_kwargs=dict(written))
            return (env_settings, dotenv_settings, said) if environment else (said,)  # the first wins

    variables = _variables() if environment else {}
    if strays := [said for said in map(stray, variables) if said]:
        raise ConfigError("The environment cannot be used:\n" + _indented(strays))
    try:
        return _Sourced()
    except SettingsError as error:
        raise ConfigError(
            _not_json(error, variables), hint='Lists are written there as JSON: ["08:00"].'
        ) from None
    except ValidationError as error:
        lines = [sentence(detail, variables) for detail in error.errors()]
        raise ConfigError(f"{where} cannot be used:\n{_indented(lines)}") from None


def _variables() -> dict[str, str]:
    """Give what is set for us, by name in capitals. Raises ConfigError for a `.env` that cannot be read."""
    try:
        written = dotenv_values(_DOTENV, encoding="utf-8") if _DOTENV.is_file() else {}
    except UnicodeDecodeError:
        raise ConfigError(f"{_DOTENV} cannot be read: it is not UTF-8.") from None
    except OSError as error:
        raise ConfigError(f"{_DOTENV} cannot be read: {error.strerror}.") from None
    both = {**written, **os.environ}
    return {name.upper(): value or "" for name, value in both.items() if name.upper().startswith(PREFIX)}


def _not_json(error: SettingsError, variables: Mapping[str, str]) -> str:
    """Say which variable cannot be read, by its value: pydantic-settings only tells the section."""
    value = error.__cause__.doc if isinstance(error.__cause__, JSONDecodeError) else None
    names = [name for name, said in variables.items() if said == value]
    return f"{names[0] if names else 'A SOSIK_ variable of the environment'} cannot be read."


def _indented(lines: list[str]) -> str:
    return "\n".join(f"  {line}" for line in lines)
