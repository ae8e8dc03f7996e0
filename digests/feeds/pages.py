"""A web page's own word about its feeds: `<link rel="alternate">` (RFC 4287's autodiscovery, HTML's link types)."""

from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

MOST_CHARACTERS = 300_000  # the links stand in the head
_MOST_LINKS = 50
_TYPES = frozenset(
    {
        "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json",
        "application/json", "application/xml", "text/xml",
    }
)  # fmt: skip
_ASIDE = ("comment", "oembed", "wp-json", "댓글")  # feeds of comments, and what is JSON but no feed


@dataclass(frozen=True, slots=True)
class PageLink:
    """A feed that a page names."""

    url: str
    title: str = ""


@dataclass
class _Reader(HTMLParser):
    base: str
    links: list[PageLink] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        href = "".join(said.get("href", "").split())
        if tag == "base" and href and not self.links:
            self.base = _joined(self.base, href)
        if tag != "link" or not href or len(self.links) >= _MOST_LINKS:
            return
        kinds = said.get("rel", "").lower().split()
        kind = said.get("type", "").partition(";")[0].strip().lower()
        if "feed" in kinds or ("alternate" in kinds and kind in _TYPES):
            self.links.append(PageLink(_joined(self.base, href), " ".join(said.get("title", "").split())))


def feeds_named(html: str, url: str) -> tuple[PageLink, ...]:
    """Give the feeds that a page names, each once, those of comments last. Never raises."""
    reader = _Reader(url)
    with suppress(AssertionError, ValueError):  # html.parser on markup that is none; what was found counts
        reader.feed(html[:MOST_CHARACTERS])
    found = {link.url: link for link in reader.links if link.url.startswith(("http://", "https://"))}
    return tuple(sorted(found.values(), key=_is_aside))


def _is_aside(link: PageLink) -> bool:
    return any(word in f"{link.url} {link.title}".lower() for word in _ASIDE)


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return ""
