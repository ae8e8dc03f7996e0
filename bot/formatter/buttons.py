"""What a button says when it is pressed: values, packed into Telegram's 64 bytes of callback data.

`1:follow:settings:kpop=on`: a version, the kind, the panel it stands on, the wished state. A button never says
"toggle": pressed twice, or from a message of last week, it does the same.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Literal, cast, get_args

from bot.formatter.wishes import WISH_READERS, Drop, Leaf, Ring, Want, written
from digests.model import LANGUAGES, Alerts, Language, Quiet

VERSION = "1"
MAX_BYTES = 64  # Bot API, InlineKeyboardButton.callback_data

Panel = Literal["onboarding", "settings", "suggestion", "question", "alert"]
PageName = Literal["main", "categories", "digest", "alerts", "quiet", "zone", "language"]
PANELS: tuple[Panel, ...] = get_args(Panel)
PAGES: tuple[PageName, ...] = get_args(PageName)


@dataclass(frozen=True, slots=True)
class Follow:
    """Follow a category, or no longer."""

    category: str
    on: bool
    panel: Panel


@dataclass(frozen=True, slots=True)
class Done:
    """The onboarding is done: the digest, please."""


@dataclass(frozen=True, slots=True)
class SetZone:
    """Live by the clocks of `zone`, an IANA name or UTC+09:00."""

    zone: str
    panel: Panel = "question"


@dataclass(frozen=True, slots=True)
class SetAlerts:
    """Have alerts on, off or silent."""

    alerts: Alerts
    panel: Panel = "settings"


@dataclass(frozen=True, slots=True)
class FewerAlerts:
    """Have fewer alerts than now; it stands under every alert."""


@dataclass(frozen=True, slots=True)
class SetQuiet:
    """Have these quiet hours, or none."""

    quiet: Quiet | None


@dataclass(frozen=True, slots=True)
class SetDigest:
    """Have a digest at this local time, or not."""

    at: time
    on: bool


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Read in this language."""

    language: Language
    panel: Panel = "question"


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete all that is kept of the chat, or leave it."""

    sure: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Show this page of the settings panel."""

    name: PageName


@dataclass(frozen=True, slots=True)
class Refresh:
    """Show the panel as things are now."""


@dataclass(frozen=True, slots=True)
class AddFeed:
    """Add the feed that was offered under this number; administrators alone may."""

    offer: str  # sixteen hexadecimal digits


@dataclass(frozen=True, slots=True)
class Related:
    """Show the stories that are most like this one. Changes nothing."""

    story: int


@dataclass(frozen=True, slots=True)
class Why:
    """Say why this alert came. Changes nothing, so that anybody may ask."""

    story: int
    turn: int


Press = (
    Follow
    | Want
    | Ring
    | Drop
    | Leaf
    | AddFeed
    | Done
    | SetZone
    | SetAlerts
    | FewerAlerts
    | SetQuiet
    | SetDigest
    | SetLanguage
    | Forget
    | Page
    | Refresh
    | Related
    | Why
)


def pack(press: Press) -> str:
    """Write a press as callback data.

    Raises ValueError for what would not come back the same: too long, or a category that is no slug.
    """
    data = f"{VERSION}:{_body(press)}"
    if parse(data) != press:
        raise ValueError(f"{press} does not fit into callback data: {data!r}")
    return data


def parse(data: str | None) -> Press | None:
    """Read callback data; None for anything that we did not write, or that an older version wrote."""
    if not data or len(data.encode("utf-8", "replace")) > MAX_BYTES:
        return None
    version, kind, panel, value = [*data.split(":", 3), "", "", ""][:4]
    if version != VERSION or kind not in _READERS or (panel and panel not in PANELS):
        return None
    return _READERS[kind](cast("Panel", panel), value)


def _body(press: Press) -> str:  # noqa: C901, PLR0911, PLR0912 — a table: one line a kind
    match press:
        case Follow(category, on, panel):
            return f"follow:{panel}:{category}={_word(on)}"
        case Done():
            return "done:onboarding:"
        case SetZone(zone, panel):
            return f"zone:{panel}:{zone}"
        case SetAlerts(alerts, panel):
            return f"alerts:{panel}:{alerts}"
        case FewerAlerts():
            return "fewer:alert:"
        case SetQuiet(quiet):
            return f"quiet:settings:{_hours(quiet)}"
        case SetDigest(at, on):
            return f"digest:settings:{at:%H:%M}={_word(on)}"
        case SetLanguage(language, panel):
            return f"language:{panel}:{language}"
        case Forget(sure):
            return f"forget:question:{'yes' if sure else 'no'}"
        case Page(name):
            return f"page:settings:{name}"
        case Refresh():
            return "refresh:settings:"
        case AddFeed(offer):
            return f"feed:question:{offer}"
        case Want() | Ring() | Drop() | Leaf():
            return written(press)
        case Related(story):
            return f"related:alert:{story}"
        case Why(story, turn):
            return f"why:alert:{story}={turn}"


_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+\-/:]*")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_OFFER = re.compile(r"[0-9a-f]{16}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_STORY = re.compile(r"(0|[1-9][0-9]{0,17})=([1-9][0-9]?)", re.ASCII)
_QUIET = re.compile(r"([0-9:]{5})-([0-9:]{5})(/hold)?")


def _follow(panel: Panel, value: str) -> Press | None:
    slug, _, word = value.rpartition("=")
    on = _ON.get(word)
    return Follow(slug, on, panel) if panel and on is not None and _SLUG.fullmatch(slug) else None


def _zone(panel: Panel, value: str) -> Press | None:
    return SetZone(value, panel) if panel and _ZONE.fullmatch(value) else None


def _alerts(panel: Panel, value: str) -> Press | None:
    return SetAlerts(Alerts(value), panel) if panel and value in set(Alerts) else None


def _quiet(panel: Panel, value: str) -> Press | None:
    if panel != "settings":
        return None
    if value == "off":
        return SetQuiet(None)
    found = _QUIET.fullmatch(value)
    if found is None:
        return None
    start, end = _clock(found[1]), _clock(found[2])
    return SetQuiet(Quiet(start, end, hold=bool(found[3]))) if start is not None and end is not None else None


def _digest(panel: Panel, value: str) -> Press | None:
    clock, _, word = value.rpartition("=")
    at, on = _clock(clock), _ON.get(word)
    return SetDigest(at, on) if panel == "settings" and at is not None and on is not None else None


def _language(panel: Panel, value: str) -> Press | None:
    language = next((language for language in LANGUAGES if language == value), None)
    return SetLanguage(language, panel) if panel and language else None


def _forget(panel: Panel, value: str) -> Press | None:
    return Forget(value == "yes") if panel == "question" and value in {"yes", "no"} else None


def _page(panel: Panel, value: str) -> Press | None:
    name = next((name for name in PAGES if name == value), None)
    return Page(name) if panel == "settings" and name else None


def _feed(panel: Panel, value: str) -> Press | None:
    return AddFeed(value) if panel == "question" and _OFFER.fullmatch(value) else None


def _related(panel: Panel, value: str) -> Press | None:
    return Related(int(value)) if panel == "alert" and _NUMBER.fullmatch(value) else None


def _why(panel: Panel, value: str) -> Press | None:
    found = _STORY.fullmatch(value)
    return Why(int(found[1]), int(found[2])) if panel == "alert" and found else None


def _bare(press: Press, at: Panel) -> Callable[[Panel, str], Press | None]:
    return lambda panel, value: press if panel == at and not value else None


_READERS: dict[str, Callable[[Panel, str], Press | None]] = {
    "follow": _follow,
    "done": _bare(Done(), "onboarding"),
    "zone": _zone,
    "alerts": _alerts,
    "fewer": _bare(FewerAlerts(), "alert"),
    "quiet": _quiet,
    "digest": _digest,
    "language": _language,
    "forget": _forget,
    "page": _page,
    "feed": _feed,
    **WISH_READERS,
    "related": _related,
    "why": _why,
    "refresh": _bare(Refresh(), "settings"),
}

_ON = {"on": True, "off": False}


def _word(on: bool) -> str:  # noqa: FBT001 — the state itself
    return "on" if on else "off"


def _clock(text: str) -> time | None:
    found = _CLOCK.fullmatch(text)
    return time(int(found[1]), int(found[2])) if found else None


def _hours(quiet: Quiet | None) -> str:
    if quiet is None:
        return "off"
    return f"{quiet.start:%H:%M}-{quiet.end:%H:%M}{'/hold' if quiet.hold else ''}"
