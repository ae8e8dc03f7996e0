"""What feedparser found, as what any parser gives. Its dictionaries answer with other fields than were asked for."""

import calendar
from collections.abc import Iterable
from typing import Any

from digests.feeds.raw import RawEntry, RawFeed, RawLink, RawPicture, RawText


def raw_of(found: Any) -> RawFeed:
    """Turn feedparser's result into ours. Links in it are resolved already."""
    feed = found.feed
    atom = str(found.version).startswith("atom")
    return RawFeed(
        title=_text(feed, "title", atom=atom),
        language=_string(feed, "language"),
        links=_links(feed),
        ttl=_string(feed, "ttl"),
        update_period=_string(feed, "sy_updateperiod"),
        update_frequency=_string(feed, "sy_updatefrequency"),
        entries=[_entry(item, atom=atom) for item in found.entries],
    )


def _entry(item: dict[str, Any], *, atom: bool) -> RawEntry:
    return RawEntry(
        id=_string(item, "id"),
        id_base=None,
        title=_text(item, "title", atom=atom),
        links=_links(item),
        summary=_text(item, "summary", atom=False),
        contents=[
            RawText(value, base=_string(one, "base"))
            for one in _list(item, "content")
            if (value := _string(one, "value"))
        ],
        authors=_authors(item),
        published=_string(item, "published"),
        updated=_string(item, "updated"),
        created=_string(item, "created"),
        understood={
            name: when
            for name in ("published", "updated", "created")
            if (when := _time(item, name)) is not None
        },
        tags=[
            text
            for tag in _list(item, "tags")
            for text in (_string(tag, "term"), _string(tag, "label"))
            if text
        ],
        language=_string(_map(item, "title_detail"), "language"),
        pictures=[*_pictures(item)],
        source=_string(_map(item, "source"), "title"),
        publisher=_string(item, "publisher"),
        comments=_string(item, "slash_comments") or _string(item, "thr_total"),
    )


def _text(item: dict[str, Any], name: str, *, atom: bool) -> RawText | None:
    value = _string(item, name)
    detail = _map(item, f"{name}_detail")
    plain = atom and _string(detail, "type") == "text/plain"
    return RawText(value, plain, _string(detail, "base")) if value else None


def _links(item: dict[str, Any]) -> list[RawLink]:
    links = [
        RawLink(_string(link, "href"), "", _string(link, "rel"), _string(link, "type"))
        for link in _list(item, "links")
    ]
    # Where there is no link, an id may stand in for it.
    return [*links, RawLink(link)] if (link := _string(item, "link")) else links


def _authors(item: dict[str, Any]) -> list[str]:
    # Not `author_detail`: feedparser knows addresses that end in two to four letters only, and cuts the others.
    several = [name for one in _list(item, "authors") if (name := _string(one, "name"))]
    return (
        several
        if len(several) > 1
        else [_string(item, "author") or _string(_map(item, "author_detail"), "name")]
    )


def _pictures(item: dict[str, Any]) -> Iterable[RawPicture]:
    base = _string(_map(item, "summary_detail"), "base")
    for of, name in (("content", "media_content"), ("thumbnail", "media_thumbnail")):
        for one in _list(item, name):
            said = (_string(one, key) for key in ("type", "medium", "width", "height"))
            yield RawPicture(of, _string(one, "url"), base, *said)
    for link in _list(item, "links"):
        if _string(link, "rel") == "enclosure":
            yield RawPicture("enclosure", _string(link, "href"), base, _string(link, "type"))
    if image := _string(_map(item, "image"), "href"):
        yield RawPicture("image", image, base)


def _time(item: dict[str, Any], name: str) -> float | None:
    theirs = dict.get(item, f"{name}_parsed")
    try:
        return calendar.timegm(theirs) if theirs else None
    except (ValueError, TypeError, OverflowError):
        return None


def _string(item: dict[str, Any], name: str) -> str:
    value = dict.get(item, name)
    return value if isinstance(value, str) else ""


def _map(item: dict[str, Any], name: str) -> dict[str, Any]:
    value = dict.get(item, name)
    return value if isinstance(value, dict) else {}


def _list(item: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = dict.get(item, name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
