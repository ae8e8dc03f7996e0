"""A list of stories as an RSS 2.0 or an Atom document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from bot.playground.sample_news import Paper

NAMESPACES = {
    "xmlns:media": "http://search.yahoo.com/mrss/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
}
PICTURE_SIZE = {"width": "1200", "height": "630"}

# What XML 1.0 cannot hold, not even escaped (section 2.2, production Char).
UNSPEAKABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Published:
    """A story as it stands in a feed. `link` and `picture` are whole addresses, `at` is in UTC."""

    id: str
    feed: str
    title: str
    link: str
    at: datetime
    summary: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    picture: str | None = None

    @property
    def guid(self) -> str:
        """The id that the feed gives the entry: a tag URI (RFC 4151), so it does not change with the address."""
        return f"tag:{self.feed}.example,2026:{self.id}"


def document(paper: Paper, stories: Sequence[Published], address: str, changed: datetime) -> bytes:
    """The feed of a paper, newest story first, in its own format. The same arguments give the same bytes."""
    latest_first = sorted(stories, key=lambda story: story.at, reverse=True)
    build = _atom if paper.format == "atom" else _rss
    root = build(paper, latest_first, address, changed)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode").encode()


def _rss(paper: Paper, stories: Sequence[Published], address: str, changed: datetime) -> ET.Element:
    root = ET.Element("rss", {"version": "2.0", **NAMESPACES})
    channel = ET.SubElement(root, "channel")
    _put(channel, "title", paper.title)
    _put(channel, "link", paper.site)
    _put(channel, "description", paper.tagline)
    _put(channel, "language", paper.language)
    _put(channel, "lastBuildDate", _rfc822(changed))
    ET.SubElement(channel, "atom:link", {"rel": "self", "type": "application/rss+xml", "href": address})
    for story in stories:
        item = ET.SubElement(channel, "item")
        _put(item, "title", story.title)
        _put(item, "link", story.link)
        _put(item, "guid", story.guid, isPermaLink="false")
        _put(item, "pubDate", _rfc822(story.at))
        if story.author:
            _put(item, "dc:creator", story.author)
        for tag in story.tags:
            _put(item, "category", tag)
        _put(item, "description", story.summary)
        _picture(item, story)
    return root


def _atom(paper: Paper, stories: Sequence[Published], address: str, changed: datetime) -> ET.Element:
    root = ET.Element(
        "feed",
        {
            "xmlns": NAMESPACES["xmlns:atom"],
            "xmlns:media": NAMESPACES["xmlns:media"],
            "xml:lang": paper.language,
        },
    )
    _put(root, "id", f"tag:{paper.name}.example,2026:feed")
    _put(root, "title", paper.title)
    _put(root, "subtitle", paper.tagline)
    _put(root, "updated", _rfc3339(changed))
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": paper.site})
    ET.SubElement(root, "link", {"rel": "self", "href": address})
    for story in stories:
        entry = ET.SubElement(root, "entry")
        _put(entry, "id", story.guid)
        _put(entry, "title", story.title, type="text")
        ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": story.link})
        _put(entry, "published", _rfc3339(story.at))
        _put(entry, "updated", _rfc3339(story.at))
        _put(ET.SubElement(entry, "author"), "name", story.author or paper.title)
        for tag in story.tags:
            ET.SubElement(entry, "category", {"term": tag})
        _put(entry, "summary", story.summary, type="text")
        _picture(entry, story)
    return root


def _put(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text


def _picture(parent: ET.Element, story: Published) -> None:
    if story.picture:
        ET.SubElement(parent, "media:thumbnail", {"url": story.picture, **PICTURE_SIZE})


def speakable(text: str) -> str:
    """The text with what no XML document can hold replaced, lone surrogates included."""
    return UNSPEAKABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
