"""The stories that the index holds, and the tables by which they are found: what is put in and taken out.

Entries are numbered in the order in which they were kept, and every table is in that order, whatever was merged or forgotten
meanwhile: an index that is read back from a store holds the very same as one that was never dropped.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import heappop, heappush

from digests.model import StoryId
from digests.stories.gist import Gist
from digests.stories.heard import Heard
from digests.stories.lexicon import Lexicon
from digests.stories.posted import Posted
from digests.stories.scoring import Told, Weights

Numbered = tuple[int, Gist]
_NOTHING = 1e-9  # of a term's weight, which is a sum of floats
_PICTURES = 20  # of a feed: the newest, among which a flood is looked for


class Held:
    """Stories with their entries."""

    def __init__(self, lexicon: Lexicon, weights: Weights) -> None:
        self.stories: dict[StoryId, Told] = {}
        self.posted = Posted(lexicon, weights)
        self.heard = Heard()
        self._weights = weights
        self._titles: dict[str, list[tuple[int, StoryId, Gist]]] = defaultdict(list)
        self._links: dict[str, list[tuple[int, StoryId]]] = defaultdict(list)
        self._pictures: dict[str, list[tuple[int, StoryId, datetime]]] = defaultdict(list)  # by feed
        self._firsts: list[
            tuple[datetime, StoryId]
        ] = []  # when the first entry of each story was seen: a heap

    def linked(self, link_key: str) -> StoryId | None:
        """Give the story of the first entry with this link."""
        found = self._links.get(link_key) if link_key else None
        return found[0][1] if found else None

    def titled(self, title_key: str) -> Iterator[tuple[StoryId, Gist]]:
        """Give the entries with this title, each with its story."""
        for _, story, gist in self._titles.get(title_key, ()) if title_key else ():
            yield story, gist

    def pictures(self, feed: str) -> Iterator[tuple[StoryId, datetime]]:
        """Give the newest pictures of a feed, each with its story and when it was seen."""
        for _, story, seen_at in self._pictures.get(feed, ())[-_PICTURES:]:
            yield story, seen_at

    def begun(self, before: datetime) -> list[StoryId]:
        """Give the stories whose first entry was seen before; each is to be taken out, or put in anew."""
        found: dict[StoryId, None] = {}
        while self._firsts and self._firsts[0][0] < before:
            story = heappop(self._firsts)[1]
            told = self.stories.get(story)
            if told and told.entries[0][1].seen_at < before:  # else it is the first no more
                found[story] = None
        return list(found)

    def put(self, story: StoryId, entries: Iterable[Numbered], *, alerted: bool = False) -> None:
        """Add entries to a story, which may begin with them: each at its place among those it has."""
        told = self.stories.get(story)
        for number, gist in entries:
            if told is None:
                told = self.stories[story] = Told(story)
            self._add(told, number, gist)
        if told is not None:
            told.alerted = told.alerted or alerted

    def take(self, story: StoryId) -> list[Numbered]:
        """Take a story out of everything; gives its entries, in their order."""
        told = self.stories.pop(story)
        for term in told.terms:
            self.posted.drop(term, story)
        self.heard.forget(story, ((gist.language, gist.spoken) for gist in told.gists))
        for number, gist in told.entries:
            _remove(self._links, gist.link_key, number)
            _remove(self._titles, gist.title_key, number)
            _remove(self._pictures, gist.feed if gist.photo else "", number)
        return told.entries

    def mass(self, gist: Gist) -> float:
        """How much an entry says: its terms, concepts by what they count for beside their words."""
        echo = self._weights.echo
        return sum(weight * echo if term[0] == "=" else weight for term, weight in gist.weighed())

    def _add(self, told: Told, number: int, gist: Gist) -> None:
        at = bisect_left(told.entries, number, key=_number)
        told.entries.insert(at, (number, gist))
        if at == 0:
            heappush(self._firsts, (gist.seen_at, told.id))
        after = len(told.entries) - 1 - at  # entries that are newer
        if after < self._weights.newest:
            if told.gists and told.summed is None:
                told.summed = told.terms
            told.gists.insert(len(told.gists) - after, gist)
            self._describe(told, gist)
            if len(told.gists) > self._weights.newest:
                self._leave_out(told, told.gists.pop(0))
        if gist.link_key:
            insort(self._links[gist.link_key], (number, told.id))
        if gist.title_key:
            insort(self._titles[gist.title_key], (number, told.id, gist))
        if gist.photo and told.entries[0][1].photo:
            insort(self._pictures[gist.feed], (number, told.id, gist.seen_at))

    def _describe(self, told: Told, gist: Gist) -> None:
        """Sum up what an entry says into what the story says."""
        terms = told.summed
        if terms is None:
            for term in gist.terms:
                self.posted.add(term, told.id)
        else:
            for term, weight in gist.weighed():
                before = terms.get(term)
                if before is None:
                    self.posted.add(term, told.id)
                    terms[term] = weight
                else:
                    terms[term] = before + weight
        mass = self.mass(gist)
        told.mass[gist.language] = told.mass.get(gist.language, 0.0) + mass
        told.whole += mass
        if not told.openers >= gist.openers:
            told.openers |= gist.openers
        if not told.places >= gist.places:
            told.places |= gist.places
        if not told.sorts >= gist.sorts:
            told.sorts |= gist.sorts
        if gist.tone:
            told.tones |= {gist.tone}
        told.last = max(told.last, gist.seen_at.timestamp())
        self.heard.keep(gist.language, told.id, gist.spoken)

    def _leave_out(self, told: Told, gist: Gist) -> None:
        """Take out what an entry says: newer ones say what the story is about now."""
        terms = told.summed = told.terms
        for term, weight in gist.weighed():
            left = terms[term] - weight
            if left > _NOTHING:
                terms[term] = left
            else:
                del terms[term]
                self.posted.drop(term, told.id)
        mass = self.mass(gist)
        told.mass[gist.language] -= mass
        told.whole -= mass
        same = [one for one in told.gists if one.language == gist.language]
        if not same:
            told.mass.pop(gist.language)
        if gist.openers or gist.places or gist.tone or gist.sorts:
            told.openers = frozenset[str]().union(*(one.openers for one in told.gists))
            told.places = frozenset[str]().union(*(one.places for one in told.gists))
            told.sorts = frozenset[str]().union(*(one.sorts for one in told.gists))
            told.tones = frozenset(one.tone for one in told.gists if one.tone)
        unsaid = set(gist.spoken).difference(*(one.spoken for one in same))
        self.heard.drop(told.id, [(gist.language, unsaid)])


def _number(one: tuple[int, object]) -> int:
    return one[0]


def _remove(table: dict[str, list], key: str, number: int) -> None:  # type: ignore[type-arg]  # of tuples that begin with a number
    held: list[tuple[int, object]] | None = table.get(key) if key else None
    if not held:
        return
    at = bisect_left(held, number, key=_number)
    if at < len(held) and held[at][0] == number:
        del table[key][at]
        if not table[key]:
            del table[key]
