"""What a story may be followed or muted for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class What(StrEnum):
    """What can be followed or muted beside categories."""

    NAME = "name"
    SOURCE = "source"
    WORDS = "words"
    KIND = "kind"  # of hard news: deaths, accidents; it can only be muted


class Wish(StrEnum):
    """What a chat wants with it."""

    FOLLOW = "follow"
    MUTE = "mute"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """Something that can be followed or muted: a name by its id; a source, or words, folded; a kind of news by its word."""

    what: What
    value: str


@dataclass(frozen=True, slots=True)
class Interest:
    """What one chat follows or mutes."""

    id: int
    wish: Wish
    subject: Subject
    label: str  # as the reader typed it
    alerts: bool  # a follow that may ring
    since: datetime
