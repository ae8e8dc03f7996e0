"""What a parser found, as entries of ours: plain text, our own reading of dates, keys, one link, one picture."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from urllib.parse import urljoin, urlsplit

from digests.feeds import identity, newspaper
from digests.feeds.dates import read_date
from digests.feeds.pictures import lead_picture
from digests.feeds.plain import Picture, excerpt, plain, read_markup, tidy
from digests.feeds.raw import RawEntry, RawFeed, RawLink, RawText
from digests.model import Entry

_TITLE, _SUMMARY, _NAME, _TAG, _TAGS = 500, 2_000, 200, 100, 40
_CONTENT = 50_000  # characters of an article
_LOOKED_AT = 2_000_000  # characters of markup in one document, shared by its entries
_OF_A_KEY = 500  # characters of markup, where an entry has neither id nor link
_TEASER = 600  # characters; what is shorter is no article
_KOREAN_PACE, _PACE = 500, 230  # syllables, words a minute
_PAGES = frozenset({"", "text/html", "application/xhtml+xml", "html", "xhtml"})
_LETTER = re.compile(r"[^\W\d_]")
_HANGUL = re.compile("[가-힣]")
_MAIL = re.compile(r"[(<\[]?\s*[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}\s*[)>\]]?")
_LANGUAGES = {"kr": "ko", "kor": "ko", "korean": "ko", "한국어": "ko", "eng": "en", "english": "en"}
_USUAL = re.compile(r"https?://[^/\s\[\]?#][^\s\[\]?#]*(?:\?[^\s#]+)?(?:#\S+)?")
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]*://)/+")
_C1 = re.compile("[\x80-\x9f]")


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for all entries of a feed."""

    source: str
    language: str
    korean: bool  # a time without a zone is Korean time
    url: str
    most: int  # characters of markup that are looked at in each text


def frame_of(raw: RawFeed, *, source: str, language: str, url: str) -> Frame:
    """Say what holds for all entries. Many sites in Korean say "en": their software does unless told otherwise."""
    titles = source + " ".join(entry.title.value for entry in raw.entries[:20] if entry.title)
    korean = in_korean(said(titles)) or language == "ko"
    most = min(_CONTENT, max(200, _LOOKED_AT // max(1, len(raw.entries))))
    return Frame(source, language, korean, url, most)


def name_of(raw: RawFeed) -> str:
    """Give the feed's title in plain text."""
    return _text(raw.title, _NAME) if raw.title else ""


def keys_of(raw: RawFeed) -> tuple[str, ...]:
    """Give each entry its key. Titles are only cleaned where something else does not tell the entries apart."""
    ids = [_id(entry) for entry in raw.entries]
    times = Counter(ids)
    marks = [
        identity.Marks(known, "", "") if known and times[known] == 1 else _marks(known, entry)
        for known, entry in zip(ids, raw.entries, strict=True)
    ]
    return tuple(identity.keys(marks))


def _marks(known: str, raw: RawEntry) -> identity.Marks:
    link = _link(raw)
    text = ""
    if not known and not link:
        found, _ = _read(raw.summary or next(iter(raw.contents), None), _SUMMARY, _OF_A_KEY)
        text = newspaper.clean(found)
    return identity.Marks(known, link, title(raw), text)


def entry_of(raw: RawEntry, key: str, frame: Frame) -> Entry:
    """Clean one entry."""
    named, link = title(raw), _link(raw)
    summary, content, whole, pictures = _texts(raw, frame.most)
    published, updated = times_of(raw, frame)
    own = two_letters(raw.language) or frame.language
    comments = re.match(r"\s*(\d{1,9})\s*$", raw.comments, re.ASCII)
    return Entry(
        key=key,
        title=named,
        link=link,
        summary=summary,
        author=_authors(raw.authors),
        published=published,
        updated=updated,
        tags=_tags(raw.tags),
        language="ko" if in_korean(named) else own,
        image=lead_picture(raw.pictures, pictures, frame.url),
        source=plain(said(raw.source or raw.publisher), _NAME) or frame.source,
        id=_id(raw) or link,
        content=content,
        minutes=_minutes(content) if whole else None,
        comments=int(comments[1]) if comments else None,
    )


def noted(raw: RawEntry, key: str, frame: Frame) -> Entry:
    """Read of an entry what it can be recognised by, and when it was published: what nobody will read is not cleaned."""
    published, updated = times_of(raw, frame)
    return Entry(key=key, title=title(raw), link=_link(raw), published=published, updated=updated)


def times_of(raw: RawEntry, frame: Frame) -> tuple[datetime | None, datetime | None]:
    """Read when an entry was published, and when it was updated."""
    updated = _date(raw, "updated", korean=frame.korean)
    created = _date(raw, "created", korean=frame.korean)
    return _date(raw, "published", korean=frame.korean) or created or updated, updated


def title(raw: RawEntry) -> str:
    """Give an entry's title in plain text."""
    return _text(raw.title, _TITLE) if raw.title else ""


def _text(text: RawText, limit: int) -> str:
    value = said(text.value)
    if text.plain and "</" not in value:  # RFC 4287, 3.1.1.1: text, in which "<b>" is three characters
        return tidy(value)[:limit]
    return plain(value, limit)


def _read(text: RawText | None, limit: int, most: int) -> tuple[str, Iterator[Picture]]:
    if text is None:
        return "", iter(())
    value = said(text.value)
    if text.plain and "</" not in value:
        return excerpt(tidy(value[:most]), limit), iter(())
    found, pictures = read_markup(value, limit, most)
    return found, (Picture(resolved(one.src, text.base), one.width, one.height) for one in pictures)


def _texts(raw: RawEntry, most: int) -> tuple[str, str, bool, Iterable[Picture]]:
    """Give the summary, the content, whether that is an article, and the pictures in both.

    A feed's content makes no summary: summaries are shown to readers, and content is not theirs to read here.
    """
    longest = max(raw.contents, key=lambda text: len(text.value), default=None)
    if raw.summary is None or (longest is not None and longest.value == raw.summary.value):
        full, pictures = _read(longest, _CONTENT, most)
        content = newspaper.clean(full)
        return excerpt(content, _SUMMARY) if raw.summary else "", content, bool(full), pictures
    full, pictures = _read(raw.summary, _CONTENT, most)
    summary = newspaper.clean(full)
    if longest is None:
        return excerpt(summary, _SUMMARY), summary, len(summary) >= _TEASER, pictures
    content, more = _read(longest, _CONTENT, most)
    return excerpt(summary, _SUMMARY), newspaper.clean(content), bool(content), chain(pictures, more)


def _minutes(content: str) -> int | None:
    """Say how many minutes the text takes to read; None for no text."""
    syllables = len(_HANGUL.findall(content))
    words = len(_HANGUL.sub("", content).split()) if syllables * 3 < len(content) else 0
    return max(1, round(syllables / _KOREAN_PACE + words / _PACE)) if content else None


def _id(raw: RawEntry) -> str:
    known = said(raw.id)
    return resolved(known, raw.id_base) if raw.id_base is not None and known else known


def _link(raw: RawEntry) -> str:
    """Choose the first link to a page, else an id that may serve as one; "" if no browser opens it."""
    if found := page_of(raw.links):
        return found
    has = any(link.rel == "alternate" and link.type in _PAGES for link in raw.links)
    return _openable(_id(raw)) if raw.guid_is_link and not has else ""


def page_of(links: Iterable[RawLink]) -> str:
    """Choose the first link to a page: feedparser has the last, which in Atom may be the one for telephones."""
    pages = (
        _openable(resolved(said(link.href), link.base))
        for link in links
        if link.rel == "alternate" and link.type in _PAGES and link.href
    )
    return next(pages, "")


def _openable(link: str) -> str:
    if link.startswith(("http://", "https://")):
        return link
    try:
        scheme = urlsplit(link).scheme
    except ValueError:
        return ""
    return link if scheme in ("http", "https", "") else ""


def resolved(href: str, base: str) -> str:
    """Give the address that a link leads to, without the white space that publishers leave in; "" for none."""
    if _USUAL.fullmatch(href):
        return href
    try:
        return urljoin(base, _SLASHES.sub(r"\1", "".join(href.split())))
    except ValueError:
        return ""


def _authors(authors: Iterable[str]) -> str:
    names = (_MAIL.sub("", plain(said(author), _NAME)).strip(" ,;/|()<>") for author in authors)
    return ", ".join(dict.fromkeys(filter(None, names)))[:_NAME]


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Give the publisher's categories: the terms, and the names that Atom gives them for people."""
    return tuple(dict.fromkeys(filter(None, (plain(said(tag), _TAG) for tag in tags))))[:_TAGS]


def _date(raw: RawEntry, name: str, *, korean: bool) -> datetime | None:
    """Read a date ourselves; where we cannot, as the parser does (ISO weeks, Greek and Hungarian months)."""
    text: str = getattr(raw, name)
    if not text:
        return None
    if ours := read_date(text, korean=korean):
        return ours
    theirs = raw.understood.get(name)
    try:
        return None if theirs is None else datetime.fromtimestamp(theirs, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def said(text: str) -> str:
    """Undo what publishers do to letters: UTF-8 taken for Latin-1 and encoded again, and Windows' own characters."""
    if text.isascii():
        return text
    with suppress(ValueError):
        text = text.encode("latin-1").decode("utf-8")
    return _C1.sub(lambda found: bytes([ord(found[0])]).decode("cp1252", "replace"), text)


def two_letters(text: str) -> str:
    """Give a language as its code of two letters; "" for none that is known."""
    low = text.strip().lower()
    if low in _LANGUAGES:
        return _LANGUAGES[low]
    found = re.match(r"([a-z]{2,3})(?:[-_]|$)", low)
    name = found.group(1) if found else ""
    return _LANGUAGES.get(name, name if len(name) == 2 else "")


def in_korean(text: str) -> bool:
    """Whether most letters are Hangul. A syllable is as much as two Latin letters."""
    return not text.isascii() and len(_HANGUL.findall(text)) * 3 > len(_LETTER.findall(text))
