"""Finding and reading the file."""

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.config.model import Config
from bot.config.sources import build
from bot.errors import ConfigError

EXAMPLE = "config.example.toml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration and where it was found."""

    config: Config
    path: Path
    is_example: bool  # nobody wrote a file: the shipped example serves


def example() -> Path | None:
    """Find the shipped example: beside the sources, or where the package was installed."""
    beside = (Path(__file__).parents[2] / EXAMPLE, Path(sys.prefix) / "share" / "sosik" / EXAMPLE)
    return next((candidate for candidate in beside if candidate.is_file()), None)


def read(path: Path) -> dict[str, Any]:
    """Read a TOML file. Raises ConfigError."""
    try:
        return tomllib.loads(
            path.read_text(encoding="utf-8-sig")
        )  # some editors begin a file with a mark (BOM)
    except FileNotFoundError:
        raise ConfigError(f"There is no configuration file {path}.", hint=f"See {EXAMPLE}.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(
            f"{path} cannot be read: line {line} is not UTF-8.", hint="Save it in that encoding."
        ) from None
    except RecursionError:
        raise ConfigError(f"{path} is not valid TOML: it is nested too deeply.") from None
    except ValueError as error:  # TOMLDecodeError, and numbers of thousands of digits
        raise ConfigError(f"{path} is not valid TOML: {error}.") from None


def find(path: Path | None) -> tuple[Path, bool]:
    """Find the file: the one named, else sosik.toml here, else (True) the shipped example."""
    if path is not None:
        return path, False
    here = Path("sosik.toml")
    if here.exists():
        return here, False
    shipped = example()
    if shipped is None:
        raise ConfigError("There is no sosik.toml in this folder.", hint="Name a file with --config FILE.")
    return shipped, True


def load(path: Path | None = None) -> Loaded:
    """Read and check the configuration. Raises ConfigError, which names every key that is wrong."""
    found, is_example = find(path)
    return Loaded(build(read(found), str(found)), found, is_example)
