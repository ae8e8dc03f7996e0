"""What feedparser found, as entries of ours: plain text, our own reading of dates, keys, one link, one picture."""

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from digests.feeds import identity, newspaper
from digests.feeds.dates import read_date
from digests.feeds.document import Parsed
from digests.feeds.pictures import lead_picture
from digests.feeds.plain import Picture, plain, read_markup, tidy
from digests.model import Entry

_TITLE, _SUMMARY, _NAME, _TAG, _TAGS = 500, 2_000, 200, 100, 40
_PAGES = frozenset({"text/html", "application/xhtml+xml", "html", "xhtml"})
_LETTER = re.compile(r"[^\W\d_]")
_HANGUL = re.compile("[가-힣]")
_MAIL = re.compile(r"[(<\[]?\s*[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}\s*[)>\]]?")
_LANGUAGES = {"kr": "ko", "kor": "ko", "korean": "ko", "한국어": "ko", "eng": "en", "english": "en"}


@dataclass(frozen=True, slots=True)
class _Read:
    """An item with its texts, before its key is known."""

    item: dict[str, Any]
    title: str
    link: str
    summary: str
    pictures: tuple[Picture, ...]


def entries_of(found: Any, url: str) -> Parsed:
    """Turn feedparser's result into ours. `url`: where the document came from."""
    feed = found.feed
    title = plain(_string(feed, "title"), _NAME)
    reads = [_read(item, atom=str(found.version).startswith("atom")) for item in found.entries]
    keys = identity.keys(
        [identity.Marks(_string(one.item, "id"), one.link, one.title, one.summary) for one in reads]
    )
    language = _two_letters(_string(feed, "language"))
    # Many sites in Korean say "en": it is what their software says unless told otherwise.
    korean = _in_korean(title + " ".join(one.title for one in reads[:20])) or language == "ko"
    entries = tuple(
        _entry(key, one, source=title, language=language, korean=korean, url=url)
        for key, one in zip(keys, reads, strict=True)
    )
    return Parsed(title, language, entries, _link(feed), _minutes(_string(feed, "ttl")))


def _read(item: dict[str, Any], *, atom: bool) -> _Read:
    markup = _string(item, "summary") or next(_contents(item), "")
    summary, pictures = read_markup(markup, _SUMMARY)
    return _Read(item, _title(item, atom=atom), _link(item), newspaper.clean(summary), pictures)


def _entry(key: str, one: _Read, *, source: str, language: str, korean: bool, url: str) -> Entry:
    item = one.item
    updated = _date(item, "updated", korean=korean)
    published = _date(item, "published", korean=korean) or _date(item, "created", korean=korean) or updated
    own = _two_letters(_string(_map(item, "title_detail"), "language")) or language
    return Entry(
        key=key,
        title=one.title,
        link=one.link,
        summary=one.summary,
        author=_author(item),
        published=published,
        updated=updated,
        tags=_tags(item),
        language="ko" if _in_korean(one.title) else own,
        image=_image(one, url),
        source=plain(_string(_map(item, "source"), "title"), _NAME) or source,
    )


def _image(one: _Read, url: str) -> str:
    base = _string(_map(one.item, "summary_detail"), "base") or url
    if image := lead_picture(one.item, one.pictures, base):
        return image
    for content in _list(one.item, "content"):
        pictures = read_markup(_string(content, "value"))[1]
        if image := lead_picture({}, pictures, _string(content, "base") or url):
            return image
    return ""


def _title(item: dict[str, Any], *, atom: bool) -> str:
    title = _string(item, "title")
    kind = _string(_map(item, "title_detail"), "type")
    if atom and kind == "text/plain" and "</" not in title:
        return tidy(title)[:_TITLE]  # RFC 4287, 3.1.1.1: text, in which "<b>" is three characters
    return plain(title, _TITLE)


def _link(item: dict[str, Any]) -> str:
    """Choose the first link to a page (feedparser has the last), without white space; "" if no browser opens it."""
    pages = (
        _string(link, "href")
        for link in _list(item, "links")
        if _string(link, "rel") == "alternate" and _string(link, "type") in _PAGES
    )
    link = "".join((next(filter(None, pages), "") or _string(item, "link")).split())
    try:
        scheme = urlsplit(link).scheme
    except ValueError:
        return ""
    return link if scheme in ("http", "https", "") else ""


def _author(item: dict[str, Any]) -> str:
    # Not `author_detail`: feedparser knows addresses that end in two to four letters only, and cuts the others.
    author = _string(item, "author") or _string(_map(item, "author_detail"), "name")
    return _MAIL.sub("", plain(author, _NAME)).strip(" ,;/|()<>")


def _tags(item: dict[str, Any]) -> tuple[str, ...]:
    """Give the publisher's categories: the terms, and the names that Atom gives them for people."""
    said = (
        plain(text, _TAG)
        for tag in _list(item, "tags")
        for text in (_string(tag, "term"), _string(tag, "label"))
    )
    return tuple(dict.fromkeys(filter(None, said)))[:_TAGS]


def _date(item: dict[str, Any], name: str, *, korean: bool) -> datetime | None:
    """Read a date ourselves; where we cannot, as feedparser does (ISO weeks, Greek and Hungarian months)."""
    text = _string(item, name)
    if not text:
        return None
    if ours := read_date(text, korean=korean):
        return ours
    theirs = dict.get(item, f"{name}_parsed")
    try:
        return datetime.fromtimestamp(calendar.timegm(theirs), UTC) if theirs else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _minutes(text: str) -> timedelta | None:
    return timedelta(minutes=int(text)) if re.fullmatch(r"[0-9]{1,6}", text) else None


def _two_letters(text: str) -> str:
    low = text.strip().lower()
    if low in _LANGUAGES:
        return _LANGUAGES[low]
    found = re.match(r"([a-z]{2,3})(?:[-_]|$)", low)
    name = found.group(1) if found else ""
    return _LANGUAGES.get(name, name if len(name) == 2 else "")


def _in_korean(text: str) -> bool:
    """Whether most letters are Hangul. A syllable is as much as two Latin letters."""
    return len(_HANGUL.findall(text)) * 3 > len(_LETTER.findall(text))


# feedparser's dictionaries answer with other fields than were asked for, and warn; the plain ones do not.


def _string(item: dict[str, Any], name: str) -> str:
    value = dict.get(item, name)
    return value if isinstance(value, str) else ""


def _map(item: dict[str, Any], name: str) -> dict[str, Any]:
    value = dict.get(item, name)
    return value if isinstance(value, dict) else {}


def _list(item: dict[str, Any], name: str) -> Iterable[dict[str, Any]]:
    value = dict.get(item, name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _contents(item: dict[str, Any]) -> Iterator[str]:
    return (_string(content, "value") for content in _list(item, "content"))
