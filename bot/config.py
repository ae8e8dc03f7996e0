"""The configuration: one TOML file, overridden by the environment (`SOSIK_TELEGRAM__TOKEN`), checked as a whole."""

import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError
from rapidfuzz import process

from bot.errors import ConfigError
from bot.logs import scrub
from digests.editions.timetable import zone_of
from digests.model import Quiet
from digests.settings import (
    BreakingSettings,
    Category,
    DigestSettings,
    FeedSettings,
    PollingSettings,
    RetentionSettings,
    Settings,
)

EXAMPLE = "config.example.toml"
_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


def _duration(value: object) -> object:
    """Read "500ms", "10s", "5m", "2h" or "1d"."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(\d+)\s*(ms|s|m|h|d)", value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError('a duration such as "500ms", "10s", "5m", "2h" or "1d" is wanted')
    result = int(found[1]) * _UNITS[found[2]]
    if not result:
        raise ValueError("a duration above zero is wanted")
    return result


def _local_time(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value.strip()):
        hour, minute = value.strip().split(":")
        return time(int(hour), int(minute))
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    raise ValueError('a local time such as "07:30" is wanted')


def _quiet(value: object) -> object:
    """Read "23:00-07:00" or "off"."""
    if value is None or isinstance(value, Quiet):
        return value
    if isinstance(value, str):
        if value.strip().lower() == "off":
            return None
        start, dash, end = value.partition("-")
        if dash:
            return Quiet(cast("time", _local_time(start)), cast("time", _local_time(end)))
    raise ValueError('quiet hours such as "23:00-07:00", or "off", are wanted')


def _zone(value: str) -> str:
    try:
        zone_of(value)
    except ValueError:
        raise ValueError('an IANA time zone such as "Asia/Seoul" is wanted') from None
    return value


def _http(value: str) -> str:
    if not re.match(r"https?://[^\s/]+", value):
        raise ValueError("an address that begins with http:// or https:// is wanted")
    return value


def _names(value: object) -> object:
    return {"en": value} if isinstance(value, str) else value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
LocalTime = Annotated[time, BeforeValidator(_local_time)]
QuietHours = Annotated[Quiet | None, BeforeValidator(_quiet)]
Url = Annotated[str, AfterValidator(_http)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class TelegramConfig(_Section):
    """The bot, as Telegram knows it."""

    token: SecretStr = SecretStr("")
    base_url: Url = "https://api.telegram.org/bot"
    admins: tuple[int, ...] = ()


class DatabaseConfig(_Section):
    """Where everything is kept."""

    url: str = "sqlite:///sosik.db"


class PollingConfig(_Section):
    """How feeds are polled."""

    interval: Duration = timedelta(minutes=5)
    concurrency: int = Field(32, ge=1, le=1000)
    timeout: Duration = timedelta(seconds=15)
    contact: str = ""
    allow_private_hosts: bool = False


class DigestConfig(_Section):
    """What a digest is by default."""

    default_times: tuple[LocalTime, ...] = (time(8, 0),)
    default_timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Seoul"
    max_stories: int = Field(12, ge=1, le=50)
    when_empty: Literal["skip", "say"] = "skip"
    max_times: int = Field(6, ge=1, le=24)


class BreakingConfig(_Section):
    """What rings, and how often."""

    max_age: Duration = timedelta(hours=6)
    quiet_hours: QuietHours = Quiet(time(23, 0), time(7, 0))
    max_per_hour: int = Field(3, ge=1)
    max_per_day: int = Field(8, ge=1)


class SendingConfig(_Section):
    """How fast messages leave."""

    messages_per_second: float = Field(30, gt=0)


class LoggingConfig(_Section):
    """What the log looks like."""

    form: Literal["text", "json"] = "text"
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class CategoryConfig(_Section):
    """A category that readers subscribe to."""

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")
    name: Annotated[dict[str, str], BeforeValidator(_names)]
    aliases: tuple[str, ...] = ()
    emoji: str = ""


class FeedConfig(_Section):
    """A feed that is polled."""

    url: Url
    categories: tuple[str, ...] = Field(min_length=1)
    name: str = Field("", max_length=80)
    language: Literal["", "en", "ko"] = ""
    category_map: dict[str, str] = {}
    breaking: bool = False
    interval: Duration | None = None


class Config(BaseSettings):
    """All of it, as written."""

    model_config = SettingsConfigDict(
        env_prefix="SOSIK_",
        env_nested_delimiter="__",
        env_file=".env",
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        nested_model_default_partial_update=True,
    )

    telegram: TelegramConfig = TelegramConfig()
    database: DatabaseConfig = DatabaseConfig()
    polling: PollingConfig = PollingConfig()
    digest: DigestConfig = DigestConfig()
    breaking: BreakingConfig = BreakingConfig()
    sending: SendingConfig = SendingConfig()
    logging: LoggingConfig = LoggingConfig()
    categories: tuple[CategoryConfig, ...] = Field(min_length=1)
    feeds: tuple[FeedConfig, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        slugs = [category.slug for category in self.categories]
        _unique(slugs, "categories.slug")
        _unique([feed.url for feed in self.feeds], "feeds.url")
        _unique([feed.name for feed in self.feeds if feed.name], "feeds.name")
        for feed in self.feeds:
            for slug in (*feed.categories, *feed.category_map.values()):
                if slug not in slugs:
                    raise ValueError(
                        f"feeds: {feed.name or feed.url} names the category {slug!r}, which there is not. "
                        f"There are: {', '.join(slugs)}."
                    )
        return self

    def newsroom(self) -> Settings:
        """Give the part that the newsroom is told."""
        contact = f"; {self.polling.contact}" if self.polling.contact else ""
        return Settings(
            categories=tuple(
                Category(one.slug, dict(one.name), one.aliases, one.emoji) for one in self.categories
            ),
            feeds=tuple(self._feed(feed) for feed in self.feeds),
            polling=PollingSettings(
                concurrency=self.polling.concurrency,
                timeout=self.polling.timeout,
                user_agent=f"Sosik/{version('sosik')} (news digest bot{contact})",
                allow_private_hosts=self.polling.allow_private_hosts,
            ),
            digest=DigestSettings(
                times=tuple(sorted(set(self.digest.default_times))),
                zone=self.digest.default_timezone,
                max_stories=self.digest.max_stories,
                say_when_empty=self.digest.when_empty == "say",
            ),
            breaking=BreakingSettings(
                max_age=self.breaking.max_age,
                quiet=self.breaking.quiet_hours,
                max_per_hour=self.breaking.max_per_hour,
                max_per_day=self.breaking.max_per_day,
            ),
            retention=RetentionSettings(),
        )

    def _feed(self, feed: FeedConfig) -> FeedSettings:
        return FeedSettings(
            url=feed.url,
            name=feed.name or re.sub(r"^https?://(www\.)?", "", feed.url).rstrip("/"),
            categories=feed.categories,
            category_map=dict(feed.category_map),
            language=feed.language,
            breaking=feed.breaking,
            interval=feed.interval or self.polling.interval,
        )


def _unique(values: Sequence[str], key: str) -> None:
    twice = {value for value in values if values.count(value) > 1}
    if twice:
        raise ValueError(f"{key}: {min(twice)!r} stands there twice.")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration and where it was found."""

    config: Config
    path: Path
    is_example: bool  # nobody wrote a file: the shipped example serves


def example() -> Path | None:
    """Find the shipped example: beside the sources, or where the package was installed."""
    beside = (Path(__file__).parent.parent / EXAMPLE, Path(sys.prefix) / "share" / "sosik" / EXAMPLE)
    return next((candidate for candidate in beside if candidate.is_file()), None)


def read(path: Path) -> dict[str, Any]:
    """Read a TOML file. Raises ConfigError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None


def find(path: Path | None) -> tuple[Path, bool]:
    """Find the file: the one named, else sosik.toml here, else the shipped example."""
    if path is not None:
        if not path.is_file():
            raise ConfigError(f"There is no configuration file {path}.", hint="See config.example.toml.")
        return path, False
    here = Path("sosik.toml")
    if here.is_file():
        return here, False
    shipped = example()
    if shipped is None:
        raise ConfigError("There is no sosik.toml in this folder.", hint="Name a file with --config FILE.")
    return shipped, True


def load(path: Path | None = None) -> Loaded:
    """Read and check the configuration. Raises ConfigError, which names every key that is wrong."""
    found, is_example = find(path)
    return Loaded(build(read(found), str(found)), found, is_example)


def build(written: Mapping[str, Any], where: str, *, environment: bool = True) -> Config:
    """Check what was written, under what the environment says. Raises ConfigError."""

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
            del settings_cls, file_secret_settings
            said = (env_settings, dotenv_settings) if environment else ()
            return (*said, init_settings)  # the first wins

    try:
        return _Sourced(**dict(written))
    except SettingsError:
        raise ConfigError(
            "A SOSIK_ variable of the environment cannot be read.", hint="Lists are written there as JSON."
        ) from None
    except ValidationError as error:
        lines = [_sentence(detail) for detail in error.errors()]
        raise ConfigError(f"{where} cannot be used:\n" + "\n".join(f"  {line}" for line in lines)) from None


_SECRET = ("telegram.token", "database.url")


def _sentence(detail: ErrorDetails) -> str:
    """Say which key, which value, and what is allowed."""
    key = ""
    for part in detail["loc"]:
        key += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if key else str(part)
    if detail["type"] == "extra_forbidden":
        return f"{key}: there is no such key.{_meant(detail['loc'])}"
    if detail["type"] == "missing":
        return f"{key}: is missing."
    message = detail["msg"].removeprefix("Value error, ")
    if not key:
        return message
    if key in _SECRET or detail["type"] == "model_attributes_type":
        return f"{key}: {message}."
    return f"{key} = {scrub(repr(detail['input']))}: {message}."


def _meant(loc: tuple[int | str, ...]) -> str:
    """Suggest the key that was probably meant."""
    model: Any = Config
    for part in loc[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            annotation = model.model_fields[part].annotation
            model = next(
                (arg for arg in getattr(annotation, "__args__", ()) if isinstance(arg, type)), annotation
            )
            if not hasattr(model, "model_fields"):
                return ""
    allowed = sorted(model.model_fields)
    best = process.extractOne(str(loc[-1]), allowed, score_cutoff=60)
    return f" Did you mean {best[0]}?" if best else f" Allowed here: {', '.join(allowed)}."
