"""Bytes to entries: the door behind which the parsers stand. Synchronous and pure: run it off the event loop."""

import re
from dataclasses import replace

from digests.errors import FeedError
from digests.feeds import reference
from digests.feeds.addresses import shown
from digests.feeds.charset import decode
from digests.feeds.document import Document, Parsed
from digests.feeds.entries import entries_of
from digests.feeds.plain import excerpt, plain
from digests.model import Entry

__all__ = ["Document", "Parsed", "parse", "titled"]

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


def parse(document: Document) -> Parsed:
    """Read a feed of any kind. No entries is fine; no feed is a FeedError, and nothing else is ever raised."""
    url = shown(document.url)
    if len(document.body) > _MOST_BYTES:
        raise FeedError(f"The document is larger than {_MOST_BYTES // 1_000_000} MB.", url=url)
    text = decode(document.body, document.charset)
    opening = _opening(text)
    if refusal := _no_feed(opening, text):
        raise FeedError(refusal, url=url, hint="Is this the address of the feed itself?")
    found = reference.ask(text, document.url)
    if found is None and not _ROOT.match(opening):
        raise FeedError("The document is no feed.", url=url, hint="Is this the address of the feed itself?")
    return entries_of(found, document.url) if found is not None else Parsed("", "", ())


def titled(entry: Entry) -> Entry:
    """Give an entry without a title the beginning of its text as one, for those who show titles."""
    return entry if entry.title else replace(entry, title=excerpt(entry.summary, 90))


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
    if opening[0] in "{[":
        return "The document is JSON, which is not read yet."
    if "<" not in opening:
        return "The document is plain text, not a feed."
    return ""
