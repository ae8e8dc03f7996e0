"""The index of stories within the window: which story an entry tells of, and which stories are one after all.

`place` asks and touches nothing; `keep` follows the commit. Nothing here is random, asks a clock or touches a store: an
index is what was kept in it, so that one rebuilt from the store places as the old one did. Used by one task at a time.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from digests.model import Begins, Joins, StoryId
from digests.stories.against import Against
from digests.stories.apart import apart
from digests.stories.gist import Gist, together
from digests.stories.held import Held
from digests.stories.lexicon import Lexicon
from digests.stories.nearness import nearness
from digests.stories.placing import TITLE_WINDOW
from digests.stories.scoring import Told, Weights, fit
from digests.stories.sent import Near

_CANDIDATES = 5  # stories that are scored in full
_FLOOD = timedelta(minutes=30)  # between two pictures of one flood
_AGAIN = (10, 40, 120, 300, 800)  # entries after its birth, when a small story is looked at again
_LOOKS = 8  # at small stories, after one entry
_NEAR = -3.0  # a score from which the rules that keep entries apart are asked
_MUCH = 6.0  # a score from which words that name nothing are enough for all that
_SPEAK = 24  # entries of a small story that speak for it by themselves


@dataclass(frozen=True, slots=True)
class Merge:
    """Two stories that are one: `loser` goes into `winner`. Both alerted, they are to be linked instead."""

    winner: StoryId
    loser: StoryId
    score: float
    link: bool = False


class Index:
    """Stories by their words."""

    def __init__(self, lexicon: Lexicon, weights: Weights | None = None) -> None:
        self._weights = weights or Weights()
        self._held = Held(lexicon, self._weights)
        self._stories = self._held.stories
        self._against = Against(lexicon, self._held)
        # When a story is to be looked at again, and when it was looked at before: by entries kept.
        self._due: list[tuple[int, StoryId, int]] = []
        self._kept = 0
        self._touched: dict[StoryId, int] = {}  # when something was told of a story, the last one last
        self._linked: set[frozenset[StoryId]] = set()

    def __len__(self) -> int:
        """Give how many stories there are."""
        return len(self._stories)

    @property
    def entries(self) -> int:
        """How many entries these have."""
        return sum(len(told.entries) for told in self._stories.values())

    def __contains__(self, story: object) -> bool:
        return story in self._stories

    # -- asking -------------------------------------------------------------------------------------------------

    def place(self, gist: Gist, now: datetime) -> Joins | Begins:
        """Tell whether an entry joins a story or begins one: by its link, by its title, then by its words."""
        linked = self._held.linked(gist.link_key)
        if linked is not None:
            return Joins(linked, "link")
        for story, other in self._held.titled(gist.title_key):
            if abs(gist.seen_at - other.seen_at) <= TITLE_WINDOW and not apart(gist, other):
                return Joins(story, "title")
        best = self._best([gist], now.timestamp())
        if best is None or best[1] < 0:
            return Begins()
        told = self._stories[best[0]]
        hours = (now.timestamp() - told.last) / 3600
        once = hours < self._weights.at_once and not gist.once.isdisjoint(told.terms)
        sure = once or best[1] >= self._weights.sure
        return Joins(best[0], "words", sure=sure, score=round(best[1], 2))

    def near(self, gist: Gist, story: StoryId, since: datetime) -> Iterable[Near]:
        """Hold an entry against each telling of a story since then by itself; gives none where something keeps them apart.

        What names nothing itself may well tell of what has a name: a wire's first line, a paper that calls a singer a singer.
        """
        told = self._stories.get(story)
        if told is None or self._apart([gist], told):
            return ()
        if (
            gist.language in told.mass
            and self._against.names_something(gist)
            and self._against.is_nameless(gist, told)
        ):
            return ()
        return nearness(gist, told, since, self._held, weights=self._weights, own=self._against.names_it)

    def related(self, story: StoryId, n: int) -> tuple[StoryId, ...]:
        """Give the stories nearest to one, at most `n`, the nearest first; none for a story that is not here."""
        told = self._stories.get(story)
        if told is None:
            return ()
        scored = self._scores(told.gists[-_SPEAK:], told.last, but=story)
        return tuple(one for one, _ in heapq.nlargest(n, scored, key=lambda pair: (pair[1], -pair[0])))

    # -- keeping ------------------------------------------------------------------------------------------------

    def keep(self, gist: Gist, story: StoryId, *, alerted: bool = False, begins: bool | None = None) -> None:
        """Remember an entry as one of a story's, and whether it rang: after the commit that filed it there.

        `begins`: whether the story began with it, where that is known better than by what is here.
        """
        self._kept += 1
        if begins is None:
            begins = story not in self._stories
        self._held.put(story, [(self._kept, gist)], alerted=alerted)
        self._touch(story)
        if begins:
            for before, after in pairwise((0, *_AGAIN)):
                heapq.heappush(self._due, (self._kept + after, story, self._kept + before))

    def drop(self, gist: Gist, story: StoryId) -> None:
        """Forget one entry again, as if it had not been kept."""
        self._put_again(story, lambda one: one is not gist)

    def merges(self, now: datetime) -> tuple[Merge, ...]:
        """Tell whether a small story turned out to be a part of another: none or one; call it after each entry.

        A merge is to be written and then given to `carry` before the next is asked for; it is told once.
        """
        for _ in range(_LOOKS):
            if not self._due or self._due[0][0] > self._kept:
                break
            _, small, before = heapq.heappop(self._due)
            told = self._stories.get(small)
            if (
                told
                and len(told.entries) <= self._weights.small
                and (merge := self._absorbed(told, now.timestamp(), self._since(small, before)))
            ):
                return (merge,)
        return ()

    def carry(self, merge: Merge) -> None:
        """Follow a merge that was written: the loser's entries are the winner's now. A link moves nothing."""
        if merge.link:
            return
        alerted = self._stories[merge.loser].alerted
        self._held.put(merge.winner, self._held.take(merge.loser), alerted=alerted)
        self._touched.pop(merge.loser)
        self._touch(merge.winner)

    def forget(self, before: datetime) -> tuple[StoryId, ...]:
        """Forget the entries that were seen before; gives the stories of which no other is left."""
        old = self._held.begun(before)
        for story in old:
            self._put_again(story, lambda one: one.seen_at >= before)
        gone = tuple(story for story in old if story not in self._stories)
        for story in gone:
            self._touched.pop(story)
        self._linked = {pair for pair in self._linked if pair.isdisjoint(gone)} if gone else self._linked
        return gone

    def settle(self, linked: Iterable[tuple[StoryId, StoryId]] = ()) -> None:
        """Have done with keeping what was read back from a store: what was due while it was kept was looked at then.

        `linked` are the stories that were told to be one though both rang.
        """
        self._due = [due for due in self._due if due[0] > self._kept]
        heapq.heapify(self._due)
        self._linked |= {frozenset(pair) for pair in linked}

    # -- within -------------------------------------------------------------------------------------------------

    def _touch(self, story: StoryId) -> None:
        self._touched.pop(story, None)
        self._touched[story] = self._kept

    def _since(self, small: StoryId, before: int) -> frozenset[StoryId] | None:
        """Give the stories that something was told of since a small one was looked at; None, all, if of itself too.

        It was held against the others before, and cannot fit them better unless more was told.
        """
        if self._touched[small] > before:
            return None
        since: list[StoryId] = []
        for story, at in reversed(self._touched.items()):
            if at <= before:
                break
            since.append(story)
        return frozenset(since)

    def _put_again(self, story: StoryId, stays: Callable[[Gist], bool]) -> None:
        """Let go of some entries of a story; what is left is as if they had never been there."""
        alerted = self._stories[story].alerted
        entries = [one for one in self._held.take(story) if stays(one[1])]
        if entries:
            self._held.put(story, entries, alerted=alerted)

    def _best(
        self,
        gists: Sequence[Gist],
        now: float,
        but: StoryId | None = None,
        among: frozenset[StoryId] | None = None,
    ) -> tuple[StoryId, float] | None:
        """Find the story that fits best and that nothing keeps apart."""
        scored = sorted(self._scores(gists, now, but, among), key=lambda one: (-one[1], one[0]))
        for story, score in scored:
            if score < _NEAR:
                return None
            told = self._stories[story]
            alone = gists[0] if len(gists) == 1 else None
            if not self._apart(gists, told) and not (
                alone
                and (
                    self._against.names_others(alone, told)
                    or self._against.is_elsewhere(alone, told)
                    or (score < _MUCH and self._against.is_nameless(alone, told))
                )
            ):
                return story, score
        return None

    def _scores(
        self,
        gists: Sequence[Gist],
        now: float,
        but: StoryId | None = None,
        among: frozenset[StoryId] | None = None,
    ) -> Iterator[tuple[StoryId, float]]:
        """Score the stories that share rare terms, sounds or a flood of pictures with these entries, taken together.

        All but one of them, or those `among` some.
        """
        if among is not None and not among:
            return
        posted, stories = self._held.posted, len(self._stories)
        asked = posted.ask(gists, but, stories)
        names = together(gist.names() for gist in gists)
        heard = self._held.heard.answer(names.items(), asked.language, stories, among) if names else {}
        flood = self._flood(gists)
        guessed = posted.guess(asked, among)
        for story in (*heard, *flood):
            guessed[story] = guessed.get(story, 0.0) + self._weights.joins
        if but is not None:
            guessed.pop(but, None)
        for story in _highest(guessed):
            sounds = heard[story].values() if story in heard else ()
            score = fit(asked, self._stories[story], sounds, now=now, weights=self._weights)
            yield story, score + flood.get(story, 0.0)

    def _flood(self, gists: Sequence[Gist]) -> dict[StoryId, float]:
        """Give what a picture's nearness in time to others of its feed counts for, by their story."""
        if len(gists) != 1 or not gists[0].photo:
            return {}
        near: dict[StoryId, float] = {}
        for story, at in self._held.pictures(gists[0].feed):
            share = 1 - abs(gists[0].seen_at - at) / _FLOOD
            if share > 0:
                near[story] = max(near.get(story, 0.0), self._weights.flood * share)
        return near

    def _apart(self, gists: Sequence[Gist], story: Told) -> bool:
        for one in gists:
            serials, subject, feed, opening = one.serials, one.subject, one.feed, one.terms[:2]
            for other in story.gists:
                if (
                    feed == other.feed
                    or (serials and other.serials)
                    or (subject and other.subject)
                    or opening == other.terms[:2]
                ) and apart(one, other):
                    return True
        return False

    def _absorbed(self, small: Told, now: float, among: frozenset[StoryId] | None) -> Merge | None:
        best = self._best(small.gists, now, but=small.id, among=among)
        if best is None:
            return None
        weights, (into, score) = self._weights, best
        needed = weights.absorbs if len(small.gists) < weights.several else weights.gathers
        if score < needed - weights.joins:
            return None
        if len(small.gists) > 1 and self._each(small, into, now) < weights.each:
            return None
        both = small.alerted and self._stories[into].alerted
        if both:
            pair = frozenset((into, small.id))
            if pair in self._linked:
                return None
            self._linked.add(pair)
        if small.alerted and not both:  # readers know it by this number
            into, loser = small.id, into
        else:
            loser = small.id
        return Merge(into, loser, round(score, 2), link=both)

    def _each(self, small: Told, into: StoryId, now: float) -> float:
        """Score each entry of a small story by itself; gives the middle one."""
        step = -(-len(small.gists) // _SPEAK)
        among = frozenset((into,))
        return median(
            dict(self._scores([gist], now, small.id, among)).get(into, -9.0) for gist in small.gists[::step]
        )


def _highest(guessed: dict[StoryId, float]) -> list[StoryId]:
    """Give the stories that are guessed highest, of equal ones the earlier."""
    if len(guessed) > _CANDIDATES:
        least = sorted(guessed.values())[-_CANDIDATES]
        guessed = {story: value for story, value in guessed.items() if value >= least}
    return sorted(guessed, key=lambda story: (-guessed[story], story))[:_CANDIDATES]
