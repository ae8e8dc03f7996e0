"""The whole judgement of one entry, and the memory that it rests on: the one door the judge step calls.

    read → place (which story) → file (which categories) → decide (does it ring)

`judge` only looks; what it saw is remembered by `keep`, once it is written. Pure: `now` is an argument, and the same entries
in the same order always give the same newsroom.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from digests.model import Begins, Decision, Entry, Filed, Joins, Known, Reason, StoryId, Unjudged
from digests.settings import FeedSettings, Settings
from digests.stories.breaking import decide
from digests.stories.categories import categorise, evident
from digests.stories.familiar import Familiar
from digests.stories.freshness import FeedClock
from digests.stories.gist import Gist
from digests.stories.index import Index, Merge
from digests.stories.language import language_of
from digests.stories.placing import place
from digests.stories.reading import read
from digests.stories.so_far import SoFar, kept, merged
from digests.stories.told import Told
from digests.stories.vocabulary import Vocabulary

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web there are only broken clocks
WINDOW = timedelta(hours=72)  # how long a story is open to what is told in other words


class Read(NamedTuple):
    """What was read of one entry, before it is compared with others."""

    told: Told
    gist: Gist
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was made of one entry, with what was read of it; nothing is, where the entry is older than the window."""

    filed: Filed
    read: Read | None


class Newsroom:
    """Judges entries in the order in which they came, and remembers those of the window."""

    def __init__(self, settings: Settings, vocabulary: Vocabulary) -> None:
        self._words = vocabulary
        self._index = Index(vocabulary.reader.lexicon, vocabulary.weights)
        self._so_far: dict[StoryId, SoFar] = {}
        self._filed: dict[StoryId, Counter[str]] = {}  # "" counts the entries
        self._clocks: dict[str, FeedClock] = {}
        self._familiar = Familiar()
        self.heed(settings)

    def heed(self, settings: Settings) -> None:
        """Know the feeds as they are now."""
        self._settings = settings
        self._feeds = {feed.name: feed for feed in settings.feeds}
        self._slugs = frozenset(category.slug for category in settings.categories)

    def judge(self, unjudged: Unjudged, now: datetime, known: Sequence[Known] = ()) -> Judgement:
        """Judge one entry. `known` are entries of any age that share its link or its title.

        An entry of a feed that is configured no more is filed under nothing.
        """
        exact = place(unjudged, known)
        if _is_old(unjudged):  # it is joined by nothing else, and rings nobody
            return self._made(unjudged, exact, None, now)
        read = self._read(unjudged)
        by_link = isinstance(exact, Joins) and exact.why == "link"
        return self._made(unjudged, exact if by_link else self._index.place(read.gist, now), read, now)

    def keep(self, judgement: Judgement, story: StoryId) -> tuple[Merge, ...]:
        """Remember what was written; gives the stories that turn out to be one now, which is remembered too."""
        self._keep(judgement, story)
        found = tuple(self._index.merges(judgement.filed.unjudged.seen_at))
        for merge in found:
            self._merge(merge)
        return found

    def replay(self, unjudged: Unjudged, story: StoryId, turn: int) -> None:
        """Remember an entry that was judged before, by an earlier run: its story and its ring are what they were."""
        read = None if _is_old(unjudged) else self._read(unjudged)
        made = self._made(unjudged, Joins(story, "link"), read, unjudged.seen_at)
        decision = replace(made.filed.decision, rings=turn > 0, turn=turn)
        self._keep(replace(made, filed=replace(made.filed, decision=decision)), story)

    def settle(self) -> None:
        """Have done with replaying: what was one story then is not looked at again."""
        self._index.settle()

    def forget(self, now: datetime) -> None:
        """Let go of stories that nothing told of within the window."""
        for story in self._index.forget(now - WINDOW):
            self._so_far.pop(story, None)
            self._filed.pop(story, None)

    def _read(self, unjudged: Unjudged) -> Read:
        entry, feed = unjudged.entry, self._feed(unjudged.feed)
        language, names = language_of(entry, feed), self._names(entry)
        told = read(
            entry,
            feed,
            self._words.news,
            seen_at=unjudged.seen_at,
            language=language,
            history=unjudged.history,
        )
        gist = self._words.reader.read(
            entry,
            language,
            unjudged.seen_at,
            link_key=unjudged.link_key,
            title_key=unjudged.title_key,
            feed=unjudged.feed,
            names=names,
        )
        return Read(told, gist, names)

    def _made(
        self, unjudged: Unjudged, placement: Joins | Begins, read: Read | None, now: datetime
    ) -> Judgement:
        entry, feed = unjudged.entry, self._feed(unjudged.feed)
        story = placement.story if isinstance(placement, Joins) else None
        filing = categorise(
            entry,
            feed,
            self._slugs,
            self._words.categories,
            told=self._told(story),
            familiar=self._familiar.of(entry, self._slugs),
        )
        filed = Filed(
            unjudged=unjudged,
            placement=placement,
            categories=filing.categories,
            at=told_at(unjudged),
            language=language_of(entry, feed),
            decision=self._decided(unjudged, placement, read, filing.categories, now),
            why_categories=filing.reasons,
            names=read.names if read else self._names(entry),
        )
        return Judgement(filed, read)

    def _decided(
        self,
        unjudged: Unjudged,
        placement: Joins | Begins,
        read: Read | None,
        categories: frozenset[str],
        now: datetime,
    ) -> Decision:
        """Decide with what the story told so far, if it is sure enough to be that story: else it is as good as new."""
        if read is None:
            code = "history" if unjudged.history else "stale"
            return Decision(rings=False, reasons=(Reason(code, told_at(unjudged).isoformat(), "against"),))
        told = self._so_far.get(placement.story, SoFar()) if isinstance(placement, Joins) else SoFar()
        decision = decide(
            read.told,
            told if isinstance(placement, Joins) and placement.sure else SoFar(),
            self._clocks.get(unjudged.feed, FeedClock()),
            self._settings.breaking,
            now,
            words=self._words.news,
            categories=categories,
        )
        return replace(decision, turn=told.rung + 1) if decision.rings else decision

    def _names(self, entry: Entry) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.id for one in self._words.names.found(entry.title, entry.summary)))

    def _keep(self, judgement: Judgement, story: StoryId) -> None:
        filed, entry = judgement.filed, judgement.filed.unjudged.entry
        self._familiar.keep(entry, evident(filed.why_categories))
        if judgement.read is None:
            return
        turn = filed.decision.turn if filed.decision.rings and filed.categories else 0
        self._index.keep(judgement.read.gist, story, alerted=turn > 0)
        self._so_far[story] = kept(
            self._so_far.get(story, SoFar()),
            judgement.read.told,
            self._words.news,
            turn=turn,
            rumour=filed.decision.rumour,
        )
        self._filed.setdefault(story, Counter()).update({"": 1, **dict.fromkeys(filed.categories, 1)})
        name = filed.unjudged.feed
        self._clocks[name] = self._clocks.get(name, FeedClock()).seen(
            entry.published or entry.updated, filed.unjudged.seen_at
        )

    def _merge(self, merge: Merge) -> None:
        self._index.carry(merge)
        if merge.link:
            return
        so_far, votes = self._so_far.pop(merge.loser, SoFar()), self._filed.pop(merge.loser, Counter())
        self._so_far[merge.winner] = merged(self._so_far.get(merge.winner, SoFar()), so_far)
        self._filed.setdefault(merge.winner, Counter()).update(votes)

    def _told(self, story: StoryId | None) -> frozenset[str]:
        """Give the categories that at least half of a story's entries have."""
        votes = self._filed.get(story) if story is not None else None
        if not votes:
            return frozenset()
        return frozenset(slug for slug, count in votes.items() if slug and 2 * count >= votes[""])

    def _feed(self, name: str) -> FeedSettings:
        return self._feeds.get(name) or FeedSettings(url="", name=name, categories=())


def told_at(unjudged: Unjudged) -> datetime:
    """Give the time an entry is shown with: as published, not after it was seen, not before EARLIEST."""
    published = unjudged.entry.published or unjudged.entry.updated or unjudged.seen_at
    return max(EARLIEST, min(published, unjudged.seen_at))


def _is_old(unjudged: Unjudged) -> bool:
    return told_at(unjudged) < unjudged.seen_at - WINDOW
