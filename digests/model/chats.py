"""Who reads."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from digests.model.ids import ChatId, Language


class ChatKind(StrEnum):
    """Where messages go, as Telegram names it."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class Alerts(StrEnum):
    """How a chat wants to be alerted."""

    ON = "on"
    FEW = "few"  # the first of each hour, a few a day; the rest waits for the digest
    SILENT = "silent"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet hours in local time; they may cross midnight. Inside them alerts come silently, or are held."""

    start: time
    end: time
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """Where Telegram delivers: a chat, and the forum topic in it (0: none)."""

    telegram_id: int
    thread_id: int = 0


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat and what it chose."""

    id: ChatId
    address: Address
    kind: ChatKind
    language: Language
    zone: str  # an IANA name, or "UTC+09:00"
    zone_known: bool  # the reader told it; until then it is the operator's default
    zone_asks: int  # how often we asked for it
    alerts: Alerts
    quiet: Quiet | None
    digest_times: tuple[time, ...]  # local, ascending; empty: no digest
    next_digest_at: datetime | None
    digested_seq: int | None  # the last filing a digest has covered; None: had no digest yet
    digested_at: datetime | None
    paused_at: datetime | None
    paused_why: str
    named_seq: int | None = None  # the last naming a digest has covered; None: no digest knew of names yet


@dataclass(frozen=True, slots=True)
class NewChat:
    """What a chat begins with, by the operator's defaults and the reader's Telegram language."""

    kind: ChatKind
    language: Language
    zone: str
    quiet: Quiet | None
    digest_times: tuple[time, ...]
    next_digest_at: datetime | None
