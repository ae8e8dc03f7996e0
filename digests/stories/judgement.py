"""The whole judgement of one entry, and the memory that it rests on: the one door the judge step calls.

    read → place (which story) → file (which categories) → decide (does it ring)

`judge` only looks; what it saw is remembered by `keep`, once it is written. Pure: `now` is an argument, and the same entries
in the same order always give the same newsroom.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from digests.model import Begins, Decision, Entry, Filed, Joins, Known, Reason, StoryId, Unjudged
from digests.settings import FeedSettings, Settings
from digests.stories.alerts import Alerts
from digests.stories.breaking import decide
from digests.stories.categories import categorise, evident, filed_under
from digests.stories.familiar import Familiar
from digests.stories.freshness import FeedClock
from digests.stories.gist import Gist
from digests.stories.index import Index, Merge
from digests.stories.language import language_of
from digests.stories.pace import Pace, Rates
from digests.stories.placing import place
from digests.stories.reading import read
from digests.stories.so_far import SoFar, kept, merged
from digests.stories.terms import EVERYDAY
from digests.stories.told import Told
from digests.stories.vocabulary import Vocabulary

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web there are only broken clocks
_EVERYWHERE = frozenset(("institution", "dish", "chart", "award"))  # kinds of names
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


class _Remembered(NamedTuple):
    """What is remembered of one entry, judged now or by an earlier run."""

    unjudged: Unjudged
    gist: Gist | None  # None: it is older than the window
    told: Told | None  # None: it is yet to be read for the rules
    categories: frozenset[str]
    evident: frozenset[str]  # those that it has on evidence of its own
    turn: int  # which ring of its story it was; 0: none
    rumour: bool


class Newsroom:
    """Judges entries in the order in which they came, and remembers those of the window."""

    def __init__(self, settings: Settings, vocabulary: Vocabulary) -> None:
        self._words = vocabulary
        self._index = Index(vocabulary.reader.lexicon, vocabulary.weights)
        self._so_far: dict[StoryId, SoFar] = {}
        self._unread: dict[
            StoryId, list[_Remembered]
        ] = {}  # what `_so_far` is to hold as well, once it is asked for
        self._filed: dict[StoryId, Counter[str]] = {}  # "" counts the entries
        self._clocks: dict[str, FeedClock] = {}
        self._paces: dict[str, Pace] = {}
        self._familiar = Familiar()
        self._alerts = Alerts(vocabulary.news)
        self.heed(settings)

    @property
    def size(self) -> tuple[int, int]:
        """How many entries are remembered, and of how many stories."""
        return self._index.entries, len(self._index)

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
        return self._made(unjudged, exact if by_link else self._placed(unjudged.entry, read, now), read, now)

    def keep(self, judgement: Judgement, story: StoryId) -> tuple[Merge, ...]:
        """Remember what was written; gives the stories that turn out to be one now, which is remembered too."""
        filed, decision = judgement.filed, judgement.filed.decision
        self._remember(
            _Remembered(
                filed.unjudged,
                judgement.read.gist if judgement.read else None,
                judgement.read.told if judgement.read else None,
                filed.categories,
                evident(filed.why_categories),
                decision.turn if decision.rings and filed.categories else 0,
                decision.rumour,
            ),
            story,
            begins=isinstance(filed.placement, Begins),
        )
        found = tuple(self._index.merges(judgement.filed.unjudged.seen_at))
        for merge in found:
            self._merge(merge)
        return found

    def replay(
        self,
        unjudged: Unjudged,
        story: StoryId,
        *,
        turn: int,
        why_categories: Sequence[Reason],
        rumour: bool,
        begins: bool,
    ) -> None:
        """Remember an entry that was judged before, by an earlier run: nothing is decided again, it is only read.

        `story` is the one that it is of now, `begins` whether that story began with it; `turn` which of its rings it was.
        """
        self._remember(
            _Remembered(
                unjudged,
                None if _is_old(unjudged) else self._gist(unjudged),
                None,
                (categories := filed_under(why_categories)),
                evident(why_categories),
                turn if categories else 0,
                rumour,
            ),
            story,
            begins=begins,
        )

    def settle(self, linked: Iterable[tuple[StoryId, StoryId]] = ()) -> None:
        """Have done with replaying. `linked` are stories that rang both, and were found to be one."""
        self._index.settle(linked)

    def rang_since(self, moment: datetime) -> tuple[StoryId, ...]:
        """Give the stories of which something rang since then."""
        return self._alerts.since(moment)

    def forget(self, now: datetime) -> None:
        """Let go of stories that nothing told of within the window."""
        for story in self._index.forget(now - WINDOW):
            self._so_far.pop(story, None)
            self._unread.pop(story, None)
            self._filed.pop(story, None)
            self._alerts.forget(story)

    def _read(self, unjudged: Unjudged) -> Read:
        names = self._names(unjudged.entry)
        return Read(self._told_by(unjudged), self._gist(unjudged, names), names)

    def _told_by(self, unjudged: Unjudged) -> Told:
        """Read an entry for the rules of breaking news."""
        feed = self._feed(unjudged.feed)
        return read(
            unjudged.entry,
            feed,
            self._words.news,
            seen_at=unjudged.seen_at,
            language=language_of(unjudged.entry, feed),
            history=unjudged.history,
        )

    def _gist(self, unjudged: Unjudged, names: tuple[str, ...] | None = None) -> Gist:
        """Read an entry for the index."""
        entry = unjudged.entry
        return self._words.reader.read(
            entry,
            language_of(entry, self._feed(unjudged.feed)),
            unjudged.seen_at,
            link_key=unjudged.link_key,
            title_key=unjudged.title_key,
            feed=unjudged.feed,
            names=self._telling(self._names(entry) if names is None else names),
        )

    def _placed(self, entry: Entry, read: Read, now: datetime) -> Joins | Begins:
        """Place an entry by what it says, and by what rang before."""
        return self._alerts.place(entry.title, read.gist, read.told, self._index, self._told_so_far, now=now)

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
        told = self._told_so_far(placement.story) if isinstance(placement, Joins) else SoFar()
        before = told if isinstance(placement, Joins) and placement.sure else SoFar()
        if isinstance(placement, Joins) and placement.why == "link" and not told.rung:
            before = self._rung_elsewhere(unjudged.entry, read, now) or before
        decision = decide(
            read.told,
            before,
            self._clocks.get(unjudged.feed, FeedClock()),
            self._settings.breaking,
            now,
            words=self._words.news,
            categories=categories,
            rates=self._rates(told, unjudged.feed, now),
        )
        return replace(decision, turn=told.rung + 1) if decision.rings else decision

    def _rung_elsewhere(self, entry: Entry, read: Read, now: datetime) -> SoFar | None:
        """Give what a story has told that rang, and that an entry tells of by its words, though its link leads to one that never did.

        A live blog keeps its address, and with it its story, while what it waits for rings in another.
        """
        other = self._placed(entry, read._replace(gist=replace(read.gist, link_key="")), now)
        told = self._told_so_far(other.story) if isinstance(other, Joins) and other.sure else SoFar()
        return told if told.rung else None

    def _rates(self, told: SoFar, feed: str, now: datetime) -> Rates:
        """Give what is usual at this hour for the feeds that told a story, as far as it is known."""
        feeds = {feed, *(voice.feed for voice in told.voices)}
        usual = {one: self._paces[one].usual(now) for one in feeds if one in self._paces}
        return {one: rate for one, rate in usual.items() if rate is not None}

    def _names(self, entry: Entry) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.id for one in self._words.names.found(entry.title, entry.summary)))

    def _telling(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Mark the names of offices and of what is eaten: they are in the news every day, and tell few events apart."""
        known = self._words.names
        everyday = {one for one in names if (name := known.get(one)) and name.kind in _EVERYWHERE}
        return tuple(f"{EVERYDAY}{one}" if one in everyday else one for one in names)

    def _remember(self, one: _Remembered, story: StoryId, *, begins: bool) -> None:
        entry = one.unjudged.entry
        self._familiar.keep(entry, one.evident)
        if one.gist is None:
            return
        self._index.keep(one.gist, story, alerted=one.turn > 0, begins=begins)
        if one.turn:
            self._alerts.rang(story, one.unjudged.seen_at)
        if one.told is None:
            self._unread.setdefault(story, []).append(one)
        else:
            self._so_far[story] = self._with(self._told_so_far(story), one.told, one)
        self._filed.setdefault(story, Counter()).update({"": 1, **dict.fromkeys(one.categories, 1)})
        name = one.unjudged.feed
        self._clocks[name] = self._clocks.get(name, FeedClock()).seen(
            entry.published or entry.updated, one.unjudged.seen_at
        )
        if not one.unjudged.history:  # what was there before the feed was read came all at once
            self._paces[name] = self._paces.get(name, Pace()).seen(one.unjudged.seen_at)

    def _told_so_far(self, story: StoryId) -> SoFar:
        """Give what a story has told. What an earlier run judged is read here, since of most stories nothing more is told."""
        so_far = self._so_far.get(story, SoFar())
        if story in self._unread:
            for one in self._unread.pop(story):
                so_far = self._with(so_far, self._told_by(one.unjudged), one)
            self._so_far[story] = so_far
        return so_far

    def _with(self, so_far: SoFar, told: Told, one: _Remembered) -> SoFar:
        return kept(so_far, told, self._words.news, turn=one.turn, rumour=one.rumour)

    def _merge(self, merge: Merge) -> None:
        self._index.carry(merge)
        if merge.link:
            return
        so_far, votes = self._told_so_far(merge.loser), self._filed.pop(merge.loser, Counter())
        self._so_far[merge.winner] = merged(self._told_so_far(merge.winner), so_far)
        self._so_far.pop(merge.loser, None)
        self._alerts.merge(merge.winner, merge.loser)
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
