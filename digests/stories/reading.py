"""Reads one entry for the rules of breaking news: once, into a value that is kept."""

import re
from collections.abc import Iterator
from datetime import datetime

from digests.model import Entry, Language, Reason
from digests.settings import FeedSettings
from digests.stories import labels
from digests.stories.figures import figures
from digests.stories.happenings import Text, happenings, text_of
from digests.stories.newswords import NewsWords, Piece
from digests.stories.prints import print_of
from digests.stories.told import FeedKind, Told
from digests.stories.wording import fold

_RELEASE = re.compile(
    r"^[A-Z][\w .,]{2,40}, (?:[A-Z][\w]+, )?[A-Z][a-z]{2,8}\.? \d{1,2}, 20\d\d ?(?:/\w+/)? ?(?:--|—) "
)
_WIRE = re.compile(
    r"^\[[가-힣·]{1,8}=[^\]]{2,20}\]|^[A-Z][A-Z .'-]{2,30}, [A-Z][a-z]+\.? \d{1,2} \([^)]{2,30}\) [-–—]"
)
_WIRE_HEAD = re.compile(
    r"^(?:UPDATE \d|FLASH|ALERT|WRAPUP|RPT|CORRECTED|WITHDRAWN|FACTBOX)\b|^\[[1-9]보\]|^\[종합\d?보?\]"
)
_PRESS = re.compile(r"[가-힣]{2,4} (?:인턴)?기자|^\[[^\]]{2,20} 기자\]|\b(?:staff reporter|correspondent)\b")
_QUOTES = re.compile(r'"[^"]{0,200}"')
_BLOG = re.compile(
    r"\b(?:i'm|i've|i am|i was|i have|we're opening|lol|omg|psa|y'all|dms|in the comments|my (?:bias|heart|dms|feed|timeline|"
    r"childhood|house|mum|mom|grandmother|regrets))\b|[?!]{2,}|[\U0001F300-\U0001FAFF]|[ㅋㅎㅠㅜ]{2,}"
)
_OF_THE_TITLE = {"rumour", "denial", "roundup", "live", "exclusive", "officially", "renowned"}
_TEASER = 300  # characters
_AUTHORITY_FAR = 30  # characters from the title's start: who acts stands first


def read(
    entry: Entry,
    feed: FeedSettings,
    words: NewsWords,
    *,
    seen_at: datetime,
    language: Language,
    history: bool = False,
) -> Told:
    """Read an entry. Pure: the same arguments always give the same value."""
    bare = labels.bare(entry.title)
    text = text_of(bare, entry.summary)
    whole = fold(f"{entry.title} ‖ {entry.summary[:300]}")
    found = happenings(text, words)
    return Told(
        feed=feed.name,
        kind=feed.kind or _kind(entry),
        language=language,
        published=entry.published or entry.updated,
        seen_at=seen_at,
        history=history,
        marks=tuple(_marks(entry, feed)),
        labelled=(labelled := tuple(_labelled(entry))),
        pieces=(*labelled, *_worded(entry, bare, text, words)),
        happenings=found,
        figures=figures(
            text.title,
            text.below,
            korean=text.korean if text.title else text.korean_below,
            dead=any(one.code == "death" and one.title and not one.doubt for one in found),
            breach=any(one.code == "breach" for one in found),
        ),
        bearings=frozenset(_bearings(fold(entry.title), whole, text, words)),
        brief=len(entry.summary) <= _TEASER,
        print=print_of(entry.summary or entry.title),
    )


def _marks(entry: Entry, feed: FeedSettings) -> Iterator[Reason]:
    if feed.breaking:
        yield Reason("feed", feed.name)
    yield from (Reason("tag", tag) for tag in entry.tags if labels.is_breaking_tag(tag))
    yield from (Reason("marker", label.written) for label in labels.heads(entry.title) if label.breaking)


def _labelled(entry: Entry) -> Iterator[Reason]:
    """Say what kind of piece the publisher calls it, by its categories and by the labels of its title."""
    for tag in entry.tags:
        if kind := labels.kind_of_tag(tag):
            yield Reason(kind, tag, "against")
    for label in (*labels.heads(entry.title), *labels.tails(entry.title)):
        if label.kind:
            yield Reason(label.kind, label.written, "against")


def _worded(entry: Entry, bare: str, text: Text, words: NewsWords) -> Iterator[Reason]:
    """Say what kind of piece it is by how it is worded."""
    title, below = fold(bare), _QUOTES.sub('""', fold(entry.summary[:600]))  # who is quoted did not write it
    tags = {tag.casefold().strip() for tag in entry.tags}
    headed = frozenset(words.worth_titles.of(text.korean).worth(title))
    told = frozenset(words.worth_below.of(text.korean_below).worth(below))
    for number, piece in enumerate(words.pieces.values()):
        found = next(iter(sorted(tags & piece.tags)), "") if tags else ""
        if not found and number in headed:
            found = _found(piece, piece.title.of(text.korean), title)
        if not found and number in told:
            found = _found(piece, piece.below.of(text.korean_below), below)
        if found:
            yield Reason(piece.code, found[:60], "against")


def _found(piece: Piece, pattern: re.Pattern[str] | None, where: str) -> str:
    match = pattern.search(where) if pattern else None
    return (match[0].strip() or piece.code) if match else ""


def _bearings(title: str, whole: str, text: Text, words: NewsWords) -> Iterator[str]:
    found: set[int] = set()
    bearings = tuple(words.bearings.items())
    for korean in {text.korean, text.korean_below}:
        for number in words.worth_bearings.of(korean).worth(whole):
            name, pair = bearings[number]
            pattern = pair.of(korean)
            if pattern and pattern.search(title if name in _OF_THE_TITLE else whole):
                found.add(number)
    yield from (bearings[number][0] for number in found)
    if re.search(r"\?\s*(?:$|[^\w\"'\s])|\?\?", re.sub(r'"[^"]*"', "", title)):
        yield "question"
    authority = words.authority.of(text.korean)
    if authority and authority.search(text.title[:_AUTHORITY_FAR]):
        yield "authority"


def _kind(entry: Entry) -> FeedKind:
    """Judge by how it writes who writes it: "" where nothing tells."""
    summary, title = fold(entry.summary[:300]), fold(entry.title)
    if _RELEASE.search(summary):
        return "release"
    if _WIRE.search(summary) or _WIRE_HEAD.search(title):
        return "wire"
    if _PRESS.search(f"{summary[:80]} {entry.author}"):
        return "press"
    letters = [letter for letter in title if letter.isalpha()]
    if (
        title
        and letters
        and (
            (title == title.lower() and title.isascii())
            or _BLOG.search(_QUOTES.sub("", f"{title} {summary}").lower())
        )
    ):
        return "blog"
    return ""
