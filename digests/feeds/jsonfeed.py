"""JSON Feed 1.0 and 1.1 (jsonfeed.org), by the standard library's json."""

import json
from typing import Any

from digests.errors import FeedError
from digests.feeds.elements import MOST_ENTRIES
from digests.feeds.raw import RawEntry, RawFeed, RawLink, RawPicture, RawText

_MOST_VALUES = 500_000  # objects and lists; each costs a hundred bytes of memory and more


def read(text: str, url: str) -> RawFeed:
    """Read a decoded document that is JSON. Raises FeedError where it is no JSON Feed."""
    if text.count("{") + text.count("[") > _MOST_VALUES:
        raise FeedError(
            "The document is built to keep a parser busy (hundreds of thousands of values).", url=url
        )
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise FeedError("The document is damaged JSON.", url=url) from error
    if not isinstance(found, dict) or "jsonfeed.org/version/" not in _string(found, "version"):
        raise FeedError(
            "The document is JSON, but no JSON Feed.", url=url, hint="Is this the address of the feed itself?"
        )
    home = _string(found, "home_page_url")
    hubs = [RawLink(_string(hub, "url"), url, "hub") for hub in _list(found, "hubs")]
    return RawFeed(
        title=_plain(_string(found, "title")),
        language=_string(found, "language"),
        links=[RawLink(home, url), RawLink(_string(found, "feed_url"), url, "self"), *hubs],
        entries=[_entry(item, found, url) for item in _list(found, "items")[:MOST_ENTRIES]],
    )


def _entry(item: dict[str, Any], feed: dict[str, Any], base: str) -> RawEntry:
    html = _string(item, "content_html")
    content = RawText(html, base=base) if html else _plain(_string(item, "content_text"))
    links = [RawLink(link, base) for key in ("url", "external_url") if (link := _string(item, key))]
    # 1.1 has a list of authors, 1.0 one author; both have them for the whole feed.
    authors = next(filter(None, (_authors(place) for place in (item, feed))), [])
    return RawEntry(
        id=_string(item, "id"),
        id_base=None,
        guid_is_link=True,
        title=_plain(_string(item, "title")),
        links=links,
        summary=_plain(_string(item, "summary")),
        contents=[content] if content else [],
        authors=authors,
        published=_string(item, "date_published"),
        updated=_string(item, "date_modified"),
        tags=[tag for tag in _values(item, "tags") if isinstance(tag, str)],
        language=_string(item, "language") or _string(feed, "language"),
        pictures=[*_pictures(item, base)],
    )


def _authors(place: dict[str, Any]) -> list[str]:
    author = place.get("author")
    several = [*_list(place, "authors"), *([author] if isinstance(author, dict) else [])]
    return [name for one in several if (name := _string(one, "name"))]


def _pictures(item: dict[str, Any], base: str) -> list[RawPicture]:
    named = [
        RawPicture("image", src, base) for key in ("image", "banner_image") if (src := _string(item, key))
    ]
    attached = [
        RawPicture("enclosure", _string(one, "url"), base, _string(one, "mime_type"))
        for one in _list(item, "attachments")
    ]
    return [*named, *attached]


def _plain(text: str) -> RawText | None:
    return RawText(text, plain=True) if text else None


def _string(item: dict[str, Any], name: str) -> str:
    """Give a text; ids may be numbers ("a number or other type" is to be made a string, version 1.1)."""
    value = item.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _values(item: dict[str, Any], name: str) -> list[Any]:
    value = item.get(name)
    return value if isinstance(value, list) else []


def _list(item: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [one for one in _values(item, name) if isinstance(one, dict)]
