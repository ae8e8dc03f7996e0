"""What a parser finds in a document, as it stands there: markup, written dates, links with what they rest on.

Whichever parser read the document, this is what it gives; making plain text of it is left to whoever wants it.
Values of plain types only, so that they pass cheaply between processes.
"""

from dataclasses import dataclass, field
from typing import NamedTuple


class RawText(NamedTuple):
    """A text with how it is meant."""

    value: str
    plain: bool = False  # "<b>" is three characters (Atom's type="text"), not a tag
    base: str = ""  # what relative addresses in it rest on


class RawLink(NamedTuple):
    """A link as written."""

    href: str
    base: str = ""
    rel: str = "alternate"
    type: str = ""


class RawPicture(NamedTuple):
    """A picture that the feed names. `of`: content, enclosure, thumbnail or image; "" sizes are not said."""

    of: str
    src: str
    base: str = ""
    type: str = ""
    medium: str = ""
    width: str = ""
    height: str = ""


@dataclass(slots=True)
class RawEntry:
    """One item, as written. Parsers fill it while they read; nobody changes it after."""

    id: str = ""
    id_base: str | None = ""  # None: the id is no address and stays as it is
    title: RawText | None = None
    links: list[RawLink] = field(default_factory=list)
    guid_is_link: bool = False  # where there is no other link
    summary: RawText | None = None
    contents: list[RawText] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    published: str = ""
    updated: str = ""
    created: str = ""
    understood: dict[str, float] = field(
        default_factory=dict
    )  # these dates, in unix seconds, as feedparser reads them
    tags: list[str] = field(default_factory=list)
    language: str = ""
    pictures: list[RawPicture] = field(default_factory=list)
    source: str = ""
    publisher: str = ""
    comments: str = ""


@dataclass(slots=True)
class RawFeed:
    """A feed, as written."""

    title: RawText | None = None
    language: str = ""
    links: list[RawLink] = field(default_factory=list)
    ttl: str = ""  # minutes
    update_period: str = ""  # hourly, daily, weekly, monthly or yearly (RSS 1.0, module Syndication)
    update_frequency: str = ""  # how often in such a period
    skip_hours: list[str] = field(default_factory=list)
    skip_days: list[str] = field(default_factory=list)
    entries: list[RawEntry] = field(default_factory=list)
