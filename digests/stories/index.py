"""The index of stories within the window: which story an entry tells of, and which stories are one after all.

`place` asks and touches nothing; `keep` follows the commit. Nothing here is random, asks a clock or touches a store: an
index is what was kept in it, so that one rebuilt from the store places as the old one did. Used by one task at a time.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from digests.model import Begins, Joins, StoryId
from digests.stories.apart import apart
from digests.stories.gist import Gist
from digests.stories.heard import Heard
from digests.stories.lexicon import Lexicon
from digests.stories.placing import TITLE_WINDOW
from digests.stories.posted import Common, Posted
from digests.stories.scoring import Told, Weights, fit

_CANDIDATES = 5  # stories that are scored in full
_FLOOD = timedelta(minutes=30)  # between two pictures of one flood
_AGAIN = (10, 40, 120, 300, 800)  # entries after its birth, when a small story is looked at again
_LOOKS = 8  # at small stories, after one entry
_NEAR = -3.0  # a score from which the rules that keep entries apart are asked


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
        self._stories: dict[StoryId, Told] = {}
        self._posted = Posted(lexicon, self._weights)
        self._known = lexicon.shares
        self._heard = Heard()
        self._titles: dict[str, list[tuple[StoryId, Gist]]] = defaultdict(list)
        self._links: dict[str, list[StoryId]] = defaultdict(list)
        self._pictures: dict[str, list[tuple[StoryId, datetime]]] = defaultdict(list)  # by feed, the last few
        self._due: list[tuple[int, StoryId]] = []
        self._kept = 0
        self._linked: set[frozenset[StoryId]] = set()

    def __len__(self) -> int:
        """Give how many stories there are."""
        return len(self._stories)

    def __contains__(self, story: object) -> bool:
        return story in self._stories

    # -- asking -------------------------------------------------------------------------------------------------

    def place(self, gist: Gist, now: datetime) -> Joins | Begins:
        """Tell whether an entry joins a story or begins one: by its link, by its title, then by its words."""
        if found := self._links.get(gist.link_key) if gist.link_key else None:
            return Joins(found[0], "link")
        for story, other in self._titles.get(gist.title_key, ()) if gist.title_key else ():
            if abs(gist.seen_at - other.seen_at) <= TITLE_WINDOW and not apart(gist, other):
                return Joins(story, "title")
        best = self._best([gist], now.timestamp())
        if best is None or best[1] < 0:
            return Begins()
        sure = best[1] >= self._weights.sure and not self._names_others(gist, self._stories[best[0]])
        return Joins(best[0], "words", sure=sure, score=round(best[1], 2))

    def _names_others(self, gist: Gist, story: Told) -> bool:
        """Whether it names somebody, and nothing that the story names: two arrests share all words but that."""
        if not (gist.spoken and gist.language in story.mass and gist.openers):
            return False
        if any(term[0] != "=" and term not in self._known and term in story.terms for term in gist.terms):
            return False
        return not self._heard.answer(gist.names(), gist.language, len(self._stories)).get(story.id)

    def related(self, story: StoryId, n: int) -> tuple[StoryId, ...]:
        """Give the stories nearest to one, at most `n`, the nearest first; none for a story that is not here."""
        told = self._stories.get(story)
        if told is None:
            return ()
        scored = self._scores(told.gists, told.last, but=story)
        return tuple(one for one, _ in heapq.nlargest(n, scored, key=lambda pair: (pair[1], -pair[0])))

    # -- keeping ------------------------------------------------------------------------------------------------

    def keep(self, gist: Gist, story: StoryId, *, alerted: bool = False) -> None:
        """Remember an entry as one of a story's, and whether it rang: after the commit that filed it there."""
        self._kept += 1
        held = self._stories.get(story)
        if held is None:
            held = self._stories[story] = Told(story, gist.seen_at)
            for after in _AGAIN:
                heapq.heappush(self._due, (self._kept + after, story))
        held.alerted = held.alerted or alerted
        self._add(held, gist)

    def drop(self, gist: Gist, story: StoryId) -> None:
        """Forget one entry again, as if it had not been kept."""
        held = self._stories[story]
        held.gists.remove(gist)
        for term, weight in gist.weighed():
            left = held.terms[term] - weight
            if left > 1e-9:  # sums of floats
                held.terms[term] = left
            else:
                del held.terms[term]
                self._posted.drop(term, story)
        held.mass[gist.language] -= self._mass(gist)
        held.whole -= self._mass(gist)
        held.places = {place for one in held.gists for place in one.places}
        held.openers = {term for one in held.gists for term in one.openers}
        if not any(one.language == gist.language for one in held.gists):
            held.mass.pop(gist.language)
        held.last = max((one.seen_at.timestamp() for one in held.gists), default=0.0)
        held.first = min((one.seen_at for one in held.gists), default=held.first)
        self._heard.drop(gist.language, story, gist.spoken)
        _remove(self._links, gist.link_key, story)
        _remove(self._titles, gist.title_key, (story, gist))
        _remove(self._pictures, gist.feed, (story, gist.seen_at))
        if not held.gists:
            del self._stories[story]

    def merges(self, now: datetime) -> tuple[Merge, ...]:
        """Tell whether a small story turned out to be a part of another: none or one; call it after each entry.

        A merge is to be written and then given to `carry` before the next is asked for; it is told once.
        """
        for _ in range(_LOOKS):
            if not self._due or self._due[0][0] > self._kept:
                break
            _, small = heapq.heappop(self._due)
            told = self._stories.get(small)
            if (
                told
                and len(told.gists) <= self._weights.small
                and (merge := self._absorbed(told, now.timestamp()))
            ):
                return (merge,)
        return ()

    def carry(self, merge: Merge) -> None:
        """Follow a merge that was written: the loser's entries are the winner's now. A link moves nothing."""
        if merge.link:
            return
        loser, winner = self._stories[merge.loser], self._stories[merge.winner]
        for gist in tuple(loser.gists):
            self.drop(gist, loser.id)
            self._add(winner, gist)
        winner.gists.sort(key=lambda gist: gist.seen_at)
        winner.alerted = winner.alerted or loser.alerted

    def forget(self, before: datetime) -> tuple[StoryId, ...]:
        """Forget the entries that were seen before; gives the stories of which no other is left."""
        old = [
            (gist, story.id)
            for story in self._stories.values()
            if story.first < before
            for gist in story.gists
            if gist.seen_at < before
        ]
        for gist, story in old:
            self.drop(gist, story)
        gone = tuple(dict.fromkeys(story for _, story in old if story not in self._stories))
        self._linked = {pair for pair in self._linked if pair.isdisjoint(gone)} if gone else self._linked
        return gone

    def settle(self) -> None:
        """Look at nothing again that was kept so far: after the window was read back from a store."""
        self._due.clear()

    # -- within -------------------------------------------------------------------------------------------------

    def _add(self, told: Told, gist: Gist) -> None:
        for term, weight in gist.weighed():
            if term not in told.terms:
                self._posted.add(term, told.id)
            told.terms[term] = told.terms.get(term, 0.0) + weight
        mass = self._mass(gist)
        told.mass[gist.language] = told.mass.get(gist.language, 0.0) + mass
        told.whole += mass
        told.openers |= gist.openers
        told.places |= gist.places
        told.gists.append(gist)
        told.last = max(told.last, gist.seen_at.timestamp())
        told.first = min(told.first, gist.seen_at)
        self._heard.keep(gist.language, told.id, gist.spoken)
        if gist.link_key:
            self._links[gist.link_key].append(told.id)
        if gist.title_key:
            self._titles[gist.title_key].append((told.id, gist))
        if gist.photo and told.gists[0].photo:
            self._pictures[gist.feed].append((told.id, gist.seen_at))

    def _mass(self, gist: Gist) -> float:
        """How much an entry says: its terms, concepts by what they count for beside their words."""
        echo = self._weights.echo
        return sum(weight * echo if term[0] == "=" else weight for term, weight in gist.weighed())

    def _best(
        self, gists: Sequence[Gist], now: float, but: StoryId | None = None
    ) -> tuple[StoryId, float] | None:
        """Find the story that fits best and that nothing keeps apart."""
        scored = sorted(self._scores(gists, now, but), key=lambda one: (-one[1], one[0]))
        for story, score in scored:
            if score < _NEAR:
                return None
            if not self._apart(gists, self._stories[story]):
                return story, score
        return None

    def _scores(
        self, gists: Sequence[Gist], now: float, but: StoryId | None = None
    ) -> Iterator[tuple[StoryId, float]]:
        """Score the stories that share rare terms, sounds or a flood of pictures with these entries, taken together."""
        asked = self._posted.ask(gists, but, len(self._stories))
        names: dict[str, float] = {}
        for gist in gists:
            for word, weight in gist.names():
                names[word] = max(weight, names.get(word, 0.0))
        heard = self._heard.answer(names.items(), asked.language, len(self._stories)) if names else {}
        flood = self._flood(gists)
        common = self._posted.common(asked)
        if but is not None:
            common.pop(but, None)
        for story in (*heard, *flood):
            if story != but:
                common.setdefault(story, Common()).guess += self._weights.joins
        often = self._posted.often(asked)
        best = heapq.nlargest(_CANDIDATES, common.items(), key=lambda one: (one[1].guess, -one[0]))
        for story, one in best:
            told, terms = self._stories[story], one.terms
            if often:
                terms = sorted(
                    (*terms, *(term for term in often if term[0] in told.terms)), key=lambda term: term[5]
                )
            sounds = heard[story].values() if story in heard else ()
            yield (
                story,
                fit(asked, told, terms, sounds, now=now, weights=self._weights) + flood.get(story, 0.0),
            )

    def _flood(self, gists: Sequence[Gist]) -> dict[StoryId, float]:
        """Give what a picture's nearness in time to others of its feed counts for, by their story."""
        if len(gists) != 1 or not gists[0].photo:
            return {}
        near: dict[StoryId, float] = {}
        for story, at in self._pictures.get(gists[0].feed, ())[-20:]:
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

    def _absorbed(self, small: Told, now: float) -> Merge | None:
        best = self._best(small.gists, now, but=small.id)
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
        return median(dict(self._scores([gist], now, but=small.id)).get(into, -9.0) for gist in small.gists)


def _remove(table: dict[str, list], key: str, value: object) -> None:  # type: ignore[type-arg]
    held = table.get(key)
    if held and value in held:
        held.remove(value)
        if not held:
            del table[key]
