"""backtest: what the newsroom would make of past entries, without a database, a network or a clock."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from digests.errors import SosikError
from digests.feeds import newspaper
from digests.feeds.dates import read_date
from digests.feeds.identity import link_key, title_key
from digests.feeds.plain import plain
from digests.model import Decision, Entry, EntryId, Filed, Joins, StoryId, Unjudged
from digests.settings import FeedSettings, Settings
from digests.stories.judgement import Newsroom
from digests.stories.vocabulary import Vocabulary

_MOST_TAGS = 40


class LineError(SosikError):
    """A line of a history that cannot be read."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided about one line, then; `story` may have been taken in by another since, see `Backtest.final`."""

    id: str
    title: str
    story: StoryId
    categories: tuple[str, ...]
    decision: Decision


class Backtest:
    """Judges entries one after the other, as the judge step does."""

    def __init__(self, settings: Settings, vocabulary: Vocabulary) -> None:
        self._settings = settings
        self._newsroom = Newsroom(settings, vocabulary)
        self._feeds = {feed.url: feed for feed in settings.feeds} | {
            feed.name: feed for feed in settings.feeds
        }
        self._merged: dict[StoryId, StoryId] = {}
        self._stories = 0
        self._entries = 0

    def judge(self, line: str) -> Judged:
        """Judge one line of JSON; `seen` is the time of the decision. Raises LineError."""
        given, unjudged = self._read(line)
        judgement = self._newsroom.judge(unjudged, unjudged.seen_at)
        filed = judgement.filed
        if isinstance(filed.placement, Joins):
            story = filed.placement.story
        else:
            self._stories += 1
            story = StoryId(self._stories)
        for merge in self._newsroom.keep(judgement, story):
            if not merge.link:
                self._merged[merge.loser] = merge.winner
        return Judged(given, unjudged.entry.title, story, tuple(sorted(filed.categories)), _announced(filed))

    def final(self, story: StoryId) -> StoryId:
        """Give the story that a story is part of at the end."""
        while story in self._merged:
            story = self._merged[story]
        return story

    def _read(self, line: str) -> tuple[str, Unjudged]:
        try:
            said = json.loads(line)
        except ValueError as error:
            raise LineError(f"This is no JSON: {error}.") from error
        if not isinstance(said, dict):
            raise LineError("A line holds one JSON object, with `feed`, `title`, `seen` and so on.")
        feed = self._feeds.get(_text(said, "feed"))
        if feed is None:
            known = ", ".join(sorted(feed.name for feed in self._settings.feeds)[:12])
            raise LineError(
                f"No feed of the configuration has the name or address {_text(said, 'feed')!r}.",
                hint=f"It has {known or 'none'}.",
            )
        seen = _time(said, "seen", feed)
        if seen is None:
            raise LineError("`seen` is missing: the time at which the entry was first seen.")
        entry = _entry(said, feed)
        self._entries += 1
        return _text(said, "id"), Unjudged(
            id=EntryId(self._entries),
            feed=feed.name,
            entry=entry,
            link_key=link_key(entry.link),
            title_key=title_key(entry.title, entry.source),
            seen_at=seen,
            history=False,
        )


def _announced(filed: Filed) -> Decision:
    """What is filed under nothing reaches nobody, whatever was decided about it."""
    return filed.decision if filed.categories else replace(filed.decision, rings=False, turn=0)


def _entry(said: Mapping[str, Any], feed: FeedSettings) -> Entry:
    tags = said.get("categories") or ()
    if not isinstance(tags, list | tuple):
        raise LineError("`categories` is a list of the publisher's own.")
    given = _text(said, "id") or _text(said, "link")
    return Entry(
        key=given,
        id=given,
        title=plain(_text(said, "title"), 500),
        link=_text(said, "link").strip(),
        summary=newspaper.clean(plain(_text(said, "summary"))),
        author=plain(_text(said, "author"), 200),
        published=_time(said, "published", feed),
        tags=tuple(dict.fromkeys(plain(str(tag), 100) for tag in tags if tag))[:_MOST_TAGS],
        language=_text(said, "language"),
        source=_text(said, "source"),
    )


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int):
        raise LineError(f"`{name}` is not a text.")
    return str(value)


def _time(said: Mapping[str, Any], name: str, feed: FeedSettings) -> datetime | None:
    text = _text(said, name)
    if not text:
        return None
    time = read_date(text, korean=feed.language == "ko")
    if time is None:
        raise LineError(f"`{name}` is no time that can be read: {text[:40]!r}.")
    return time


def lines_of(source: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Number the lines that hold anything."""
    for number, line in enumerate(source, 1):
        if line.strip():
            yield number, line
