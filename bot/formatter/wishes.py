"""Buttons about what is followed and muted beside categories; `buttons` packs them with the others."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from digests.model import Wish


@dataclass(frozen=True, slots=True)
class Want:
    """Follow a name of the field, with alerts or without (None: as they are), or mute it."""

    wish: Wish
    name: str  # its id
    alerts: bool | None = None


@dataclass(frozen=True, slots=True)
class Ring:
    """Have alerts of something that is followed, or none; `page` of the list it stands on."""

    interest: int
    on: bool
    page: int = 0


@dataclass(frozen=True, slots=True)
class Drop:
    """Follow or mute something no longer."""

    interest: int
    page: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """Show a page of what is followed, or muted."""

    wish: Wish
    page: int = 0


Wished = Want | Ring | Drop | Leaf

_NAME = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_INTEREST = re.compile(r"([1-9][0-9]{0,15})/(0|[1-9][0-9]?)")
_RING = re.compile(r"([1-9][0-9]{0,15})/(0|[1-9][0-9]?)=(on|off)")
_LEAF = re.compile(r"(follow|mute)/(0|[1-9][0-9]?)")
_WANTS = {
    (Wish.FOLLOW, None): "f",
    (Wish.FOLLOW, True): "a",
    (Wish.FOLLOW, False): "q",
    (Wish.MUTE, None): "m",
}


def written(press: Wished) -> str:
    """Write what a button carries: its kind, no panel, its value."""
    match press:
        case Want(wish, name, alerts):
            return f"want::{_WANTS[wish, alerts]}={name}"
        case Ring(interest, on, page):
            return f"ring::{interest}/{page}={'on' if on else 'off'}"
        case Drop(interest, page):
            return f"drop::{interest}/{page}"
        case Leaf(wish, page):
            return f"leaf::{wish}/{page}"


def _want(panel: str, value: str) -> Want | None:
    letter, _, name = value.partition("=")
    wish = next((wish for wish, written in _WANTS.items() if written == letter), None)
    return Want(wish[0], name, wish[1]) if not panel and wish and _NAME.fullmatch(name) else None


def _ring(panel: str, value: str) -> Ring | None:
    found = _RING.fullmatch(value)
    return Ring(int(found[1]), found[3] == "on", int(found[2])) if not panel and found else None


def _drop(panel: str, value: str) -> Drop | None:
    found = _INTEREST.fullmatch(value)
    return Drop(int(found[1]), int(found[2])) if not panel and found else None


def _leaf(panel: str, value: str) -> Leaf | None:
    found = _LEAF.fullmatch(value)
    return Leaf(Wish(found[1]), int(found[2])) if not panel and found else None


WISH_READERS: Mapping[str, Callable[[str, str], Wished | None]] = {
    "want": _want,
    "ring": _ring,
    "drop": _drop,
    "leaf": _leaf,
}
