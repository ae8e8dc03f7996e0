"""Bytes to entries: the door behind which the parsers stand. Synchronous and pure: run it off the event loop."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from digests.errors import FeedError
from digests.feeds import fast, jsonfeed, trust
from digests.feeds.addresses import shown
from digests.feeds.charset import decode
from digests.feeds.document import Document, Parsed
from digests.feeds.hazards import MOST_CHARACTERS
from digests.feeds.mending import mended
from digests.feeds.plain import excerpt, plain
from digests.feeds.raw import RawFeed
from digests.model import Entry

__all__ = ["Document", "Doubtful", "Parsed", "glance", "parse", "settle", "titled"]

Ask = Callable[[str, str], RawFeed | None]  # a decoded document and its address; raises FeedError

_MOST_BYTES = 10_000_000
_PROLOGUE = re.compile(
    r"(?:\s+|<\?[^>]*>|<!--.*?-->|<!DOCTYPE\s+(?!html)[^>\[]*(?:\[[^\]]*\]\s*)?>)*", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?(rss|feed|rdf|channel|item|entry)\b", re.IGNORECASE)
_PAGE = re.compile(r"<(?:!DOCTYPE\s+html|html|head|body|script)\b", re.IGNORECASE)
_HEADING = re.compile(r"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_CHALLENGE = re.compile(
    r"cf-chl|cf_chl|challenge-platform|just a moment\.\.\.|attention required!|_incapsula_|ddos-guard|captcha"
    r"|enable javascript and cookies|access denied|request unsuccessful|are you a robot",
    re.IGNORECASE,
)


def parse(document: Document, ask: Ask | None = None) -> Parsed:
    """Read a feed of any kind. No entries is fine; no feed is a FeedError, and nothing else is ever raised.

    `ask` asks feedparser; the default does it here and now, which may take seconds for a hostile document.
    """
    first = glance(document)
    if isinstance(first, Parsed):
        return first
    if ask is None:
        from digests.feeds import reference  # noqa: PLC0415 - most documents need no feedparser

        ask = reference.ask
    try:
        found = ask(first.text, document.url)
    except FeedError as error:
        return settle(first, error)
    return settle(first, found)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A document that the fast reader is not trusted with."""

    text: str
    url: str
    reading: fast.Reading
    why: tuple[str, ...]


def glance(document: Document) -> Parsed | Doubtful:
    """Read a document by the fast ways. Raises FeedError where it is plainly no feed, or too large."""
    url = shown(document.url)
    if len(document.body) > _MOST_BYTES:
        raise FeedError(f"The document is larger than {_MOST_BYTES // 1_000_000} MB.", url=url)
    text = decode(document.body, document.charset)
    opening = _opening(text)
    if refusal := _no_feed(opening, text):
        raise FeedError(refusal, url=url, hint="Is this the address of the feed itself?")
    if opening[0] in "{[":
        return Parsed(
            jsonfeed.read(opening if len(text) <= len(opening) else text.strip(), url),
            document.url,
            "jsonfeed",
        )
    reading = fast.read(text, document.url)
    why = trust.reasons(text, reading)
    if not why:
        return Parsed(reading.raw, document.url)
    if trust.may_be_mended(reading) and len(text) <= MOST_CHARACTERS:
        whole = mended(text)
        again = fast.read(whole, document.url)
        if not trust.reasons(whole, again):
            return Parsed(again.raw, document.url, "fast", tuple(f"mended: {one}" for one in why))
    return Doubtful(text, document.url, reading, why)


def settle(doubtful: Doubtful, found: RawFeed | FeedError | None) -> Parsed:
    """Give what feedparser found; where it could not, what the fast reader has, if that is anything."""
    if isinstance(found, RawFeed):
        return Parsed(found, doubtful.url, "feedparser", doubtful.why)
    raw = doubtful.reading.raw
    if isinstance(found, FeedError):
        if not raw.entries:
            raise found
        return Parsed(raw, doubtful.url, "fast", (*doubtful.why, f"feedparser refused: {found.what}"))
    if not _ROOT.match(_opening(doubtful.text)):
        hint = "Is this the address of the feed itself?"
        raise FeedError("The document is no feed.", url=shown(doubtful.url), hint=hint)
    return Parsed(RawFeed(), doubtful.url, "feedparser", doubtful.why)


def titled(entry: Entry) -> Entry:
    """Give an entry without a title one, for those who show titles: the beginning of its description, else its link."""
    return entry if entry.title else replace(entry, title=excerpt(entry.summary, 90) or entry.link)


def _opening(text: str) -> str:
    """Give the document from its first element on, or from what stands in its place."""
    head = text[:100_000]
    prologue = _PROLOGUE.match(head)
    return head[prologue.end() if prologue else 0 :]


def _no_feed(opening: str, text: str) -> str:
    """Say what the document is where it is plainly no feed; "" where it may be one."""
    if not opening.strip():
        return "The server sent an empty document."
    if _PAGE.match(opening) and not re.search(r"<(?:rss|feed|rdf:rdf)\b", text[:200_000], re.IGNORECASE):
        if _CHALLENGE.search(opening):
            return "The server answers with a challenge page for browsers, not with the feed."
        heading = _HEADING.search(opening)
        name = plain(heading.group(1), 80) if heading else ""
        return f"There is a web page at this address, not a feed{f' (“{name}”)' if name else ''}."
    if opening[0] not in "{[" and "<" not in opening:
        return "The document is plain text, not a feed."
    return ""
