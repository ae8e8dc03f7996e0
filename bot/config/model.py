"""The configuration as it is written, section by section, and the part of it that the newsroom is told."""

import re
from collections.abc import Callable, Sequence
from datetime import time, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.config.cautions import of_address, of_rate
from bot.config.values import (
    DatabaseUrl,
    Duration,
    Host,
    Interval,
    Line,
    Listen,
    LocalTime,
    Names,
    Number,
    Proxy,
    PublicUrl,
    QuietHours,
    Slug,
    Token,
    Url,
    UserId,
    WholeNumber,
    Zone,
)
from digests.feeds.addresses import shown
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

START = timedelta(minutes=5)  # what "auto" begins with


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class TelegramConfig(_Section):
    """The bot, as Telegram knows it."""

    token: Token = SecretStr("")
    base_url: Url = "https://api.telegram.org/bot"
    admins: tuple[UserId, ...] = ()
    proxy: Proxy = ""


class DatabaseConfig(_Section):
    """Where everything is kept."""

    url: DatabaseUrl = "sqlite:///sosik.db"


class PollingConfig(_Section):
    """How feeds are polled."""

    interval: Interval = START
    auto_min: Duration = timedelta(minutes=2)
    auto_max: Duration = timedelta(hours=6)
    concurrency: WholeNumber = Field(32, ge=1, le=1000)
    timeout: Duration = timedelta(seconds=15)
    contact: Line = Field("", max_length=200)
    host_requests: WholeNumber = Field(2, ge=1, le=100)
    host_gap: Duration = timedelta(seconds=1)
    private_manners: bool = False
    shared_hosts: tuple[Host, ...] = ()
    allow_private_hosts: bool = False
    proxy: Proxy = ""

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        if self.auto_min > self.auto_max:
            raise ValueError("auto_min must not be longer than auto_max")
        return self


class DigestConfig(_Section):
    """What a digest is by default."""

    default_times: tuple[LocalTime, ...] = (time(8, 0),)
    default_timezone: Zone = "Asia/Seoul"
    max_stories: WholeNumber = Field(12, ge=1, le=50)
    when_empty: Literal["skip", "say"] = "skip"


class BreakingConfig(_Section):
    """What rings, and how often."""

    threshold: Number = Field(5, gt=0, le=100)
    thresholds: dict[str, Annotated[Number, Field(gt=0, le=100)]] = {}
    max_age: Duration = timedelta(hours=6)
    worth: Duration = timedelta(hours=6)
    quiet_hours: QuietHours = Quiet(time(23, 0), time(7, 0))
    max_per_hour: WholeNumber = Field(3, ge=1, le=1000)
    max_per_day: WholeNumber = Field(8, ge=1, le=1000)


class SendingConfig(_Section):
    """How fast messages leave."""

    messages_per_second: Number = Field(30, gt=0)
    paid_broadcast: bool = False
    paid_stars_per_day: WholeNumber = Field(1_000, ge=1, le=10_000_000)


class WebConfig(_Section):
    """The server of our own, which hubs call."""

    public_url: PublicUrl = ""
    listen: Listen = "127.0.0.1:8085"

    @property
    def place(self) -> tuple[str, int]:
        """Where to listen: host and port."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


class NamesConfig(_Section):
    """Names of the field that an operator adds to ours."""

    file: Line = Field("", max_length=400)
    words: Line = Field("", max_length=400)

    @property
    def folder(self) -> Path | None:
        """Where the operator's lists of words are; None: there are none."""
        return Path(self.words) if self.words else None

    @property
    def path(self) -> Path | None:
        """Where the operator's list is; None: there is none."""
        return Path(self.file) if self.file else None


class LoggingConfig(_Section):
    """What the log looks like."""

    form: Literal["text", "json"] = "text"
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class CategoryConfig(_Section):
    """A category that readers subscribe to."""

    slug: Slug
    name: Names
    aliases: tuple[Line, ...] = ()
    emoji: Line = Field("", max_length=16)


class FeedConfig(_Section):
    """A feed that is polled."""

    url: Url
    categories: tuple[str, ...] = Field(min_length=1)
    name: Line = Field("", max_length=80)
    language: Literal["", "en", "ko"] = ""
    category_map: dict[str, str] = {}
    breaking: bool = False
    interval: Interval | None = None
    show: Literal["excerpt", "title"] = "excerpt"
    weight: Number = Field(1, gt=0, le=100)
    kind: Literal["", "wire", "press", "blog", "release"] = ""
    legacy_tls: bool = False

    @property
    def shown_name(self) -> str:
        """The name it goes by: where none is written, its address without what is secret or says nothing."""
        return self.name or name_for(self.url)


class Config(BaseSettings):
    """All of it, as written."""

    model_config = SettingsConfigDict(
        env_prefix="SOSIK_",
        env_nested_delimiter="__",
        env_file=".env",
        env_file_encoding="utf-8",
        dotenv_filtering="only_existing",  # other programs' variables may stand there too
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
    )

    telegram: TelegramConfig = TelegramConfig()
    database: DatabaseConfig = DatabaseConfig()
    polling: PollingConfig = PollingConfig()
    digest: DigestConfig = DigestConfig()
    breaking: BreakingConfig = BreakingConfig()
    sending: SendingConfig = SendingConfig()
    web: WebConfig = WebConfig()
    names: NamesConfig = NamesConfig()
    logging: LoggingConfig = LoggingConfig()
    categories: tuple[CategoryConfig, ...] = Field(min_length=1)
    feeds: tuple[FeedConfig, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        slugs = [category.slug for category in self.categories]
        _unique(slugs, "categories: the slug {} stands there twice.")
        _unique([feed.url for feed in self.feeds], "feeds: the url {} stands there twice.", shown)
        _unique(
            [feed.shown_name for feed in self.feeds],
            "feeds: two are called {}. Give one of them another `name`.",
        )
        for slug in self.breaking.thresholds:
            if slug not in slugs:
                raise ValueError(
                    f"breaking: thresholds names the category {slug!r}, which there is not. There are: {', '.join(slugs)}."
                )
        for feed in self.feeds:
            for slug in (*feed.categories, *feed.category_map.values()):
                if slug not in slugs:
                    raise ValueError(
                        f"feeds: {feed.shown_name!r} names the category {slug!r}, which there is not. "
                        f"There are: {', '.join(slugs)}."
                    )
        return self

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed and yet should be known, as sentences."""
        sending = self.sending
        paid = sending.paid_stars_per_day if sending.paid_broadcast else None
        return (*of_rate(sending.messages_per_second, paid), *of_address(self.web.public_url))

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must stand in no log and in no message."""
        password = re.match(r"[\w+]+://[^:/@]*:(.*)@", self.database.url)
        asked = re.findall(r"[?&](?:ssl)?password=([^&]+)", self.database.url)
        named = (
            re.match(r"\w+://[^:/@]*:(.*)@", proxy) for proxy in (self.polling.proxy, self.telegram.proxy)
        )
        proxies = [one[1] for one in named if one]
        found = (
            self.telegram.token.get_secret_value(),
            password[1] if password else "",
            *proxies,
            *asked,
        )
        return tuple({one: None for secret in found if secret for one in (secret, unquote(secret))})

    def newsroom(self) -> Settings:
        """Give the part that the newsroom is told."""
        contact = f"; {self.polling.contact}" if self.polling.contact else ""
        return Settings(
            categories=tuple(
                Category(one.slug, dict(one.name), one.aliases, one.emoji) for one in self.categories
            ),
            feeds=tuple(self._feed(feed) for feed in self.feeds),
            polling=PollingSettings(
                interval=START if self.polling.interval == "auto" else self.polling.interval,
                auto=self.polling.interval == "auto",
                concurrency=self.polling.concurrency,
                timeout=self.polling.timeout,
                auto_min=self.polling.auto_min,
                auto_max=self.polling.auto_max,
                host_requests=self.polling.host_requests,
                host_gap=self.polling.host_gap,
                private_manners=self.polling.private_manners,
                shared_hosts=frozenset(self.polling.shared_hosts),
                proxy=self.polling.proxy,
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
                threshold=self.breaking.threshold,
                thresholds=dict(self.breaking.thresholds),
                max_age=self.breaking.max_age,
                worth=self.breaking.worth,
                quiet=self.breaking.quiet_hours,
                max_per_hour=self.breaking.max_per_hour,
                max_per_day=self.breaking.max_per_day,
            ),
            retention=RetentionSettings(),
        )

    def _feed(self, feed: FeedConfig) -> FeedSettings:
        interval = feed.interval or self.polling.interval
        plain = START if self.polling.interval == "auto" else self.polling.interval
        return FeedSettings(
            url=feed.url,
            name=feed.shown_name,
            categories=feed.categories,
            category_map=dict(feed.category_map),
            language=feed.language,
            breaking=feed.breaking,
            interval=plain if interval == "auto" else interval,
            auto=interval == "auto",
            legacy_tls=feed.legacy_tls,
            show=feed.show,
            weight=feed.weight,
            kind=feed.kind,
        )


def name_for(url: str) -> str:
    """Give the name of a feed that was given none."""
    return re.sub(r"^https?://(www\.)?", "", shown(url)).rstrip("/")


def _unique(values: Sequence[str], sentence: str, show: Callable[[str], str] = str) -> None:
    """Raise ValueError where two are the same but for their case."""
    known: set[str] = set()
    for value in values:
        if value.casefold() in known:
            raise ValueError(sentence.format(repr(show(value))))
        known.add(value.casefold())
