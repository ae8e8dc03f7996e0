"""The configuration: one TOML file, overridden by the environment (`SOSIK_TELEGRAM__TOKEN`), checked as a whole."""

from bot.config.files import EXAMPLE, Loaded, example, find, load, read
from bot.config.lines import where
from bot.config.model import Config, name_for
from bot.config.sources import build
from bot.config.watching import Watch

__all__ = [
    "EXAMPLE",
    "Config",
    "Loaded",
    "Watch",
    "build",
    "example",
    "find",
    "load",
    "name_for",
    "read",
    "where",
]
