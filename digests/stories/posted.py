"""Which stories hold a term: how common it is, and which stories have rare terms in common with an entry."""

from collections.abc import Collection, Sequence
from math import log, log2

from digests.model import StoryId
from digests.stories.gist import Gist
from digests.stories.lexicon import Lexicon
from digests.stories.scoring import SHARED, Asked, Term, Weights, prior

_COMMON = 400  # stories: a term of more finds no candidates
_LOOKED_AT = (
    1_000  # stories that are met by the terms of an entry, the rare terms first: what bounds its price
)


class Posted:
    """The terms of stories, the other way round."""

    def __init__(self, lexicon: Lexicon, weights: Weights) -> None:
        self._lexicon = lexicon
        self._weights = weights
        # Most terms stand in one story only: a set for each would be most of the memory there is.
        self._one: dict[str, StoryId] = {}
        self._many: dict[str, set[StoryId]] = {}
        self._pairs = 0  # of a term and a story that holds it

    def add(self, term: str, story: StoryId) -> None:
        """Remember that a story holds a term now that it did not hold."""
        self._pairs += 1
        many = self._many.get(term)
        if many is not None:
            many.add(story)
        elif (other := self._one.pop(term, None)) is not None:
            self._many[term] = {other, story}
        else:
            self._one[term] = story

    def drop(self, term: str, story: StoryId) -> None:
        """Remember that a story holds a term no more."""
        self._pairs -= 1
        many = self._many.get(term)
        if many is None:
            del self._one[term]
            return
        many.discard(story)
        if len(many) == 1:
            self._one[term] = many.pop()
            del self._many[term]

    def ask(self, gists: Sequence[Gist], but: StoryId | None, stories: int) -> Asked:
        """Weigh entries, taken together, for comparing: a term by how many stories but one hold it."""
        if len(gists) == 1:
            terms = dict(gists[0].weighed())
        else:
            terms = {}
            for gist in gists:
                for term, weight in gist.weighed():
                    terms[term] = max(weight, terms.get(term, 0.0))
        weights, shares, single = self._weights, self._lexicon.shares, self._one
        mu, background = weights.mu, weights.background
        scale = mu / (self._pairs + background)
        asked: list[Term] = []
        found: list[Collection[StoryId]] = []
        at, own, shared, concepts = 0, 0.0, 0.0, 0.0
        for term, weight in terms.items():
            posted: Collection[StoryId] | None = self._many.get(term)
            if posted is None:
                posted = (single[term],) if term in single else ()
            found.append(posted)
            others = len(posted) - (but is not None and but in posted)
            known = shares.get(term) or prior(term, weights)
            # Never below the prior: among many stories chance meets oftener, and a rare word must not prove more for it.
            share = max(mu * known, scale * (others + background * known))
            if term[0] == "=":
                concepts += weight
                asked.append((term, weight, share, True, True, at))
                continue
            at += 1
            if term[0] in SHARED:
                shared += weight
                asked.append((term, weight, share, True, False, at))
            else:
                own += weight
                asked.append((term, weight, share, False, False, at))
        opened = gists[0].openers.union(*(gist.openers for gist in gists[1:]))
        wary = weights.many * max(0.0, log2(stories / weights.few)) if stories else 0.0
        places = gists[0].places.union(*(gist.places for gist in gists[1:]))
        once = gists[0].once if len(gists) == 1 else frozenset()
        tones = frozenset(gist.tone for gist in gists if gist.tone)
        named = gists[0].sorts.union(*(gist.sorts for gist in gists[1:]))
        return Asked(
            tuple(asked),
            tuple(found),
            gists[0].language,
            opened,
            tones,
            places,
            own,
            shared,
            concepts,
            wary,
            once,
            self._lexicon.by_sort(named) if named else (),
        )

    def guess(self, asked: Asked, among: frozenset[StoryId] | None = None) -> dict[StoryId, float]:
        """Guess which stories may fit: those that share rare terms with what is asked, and how much these prove."""
        found: dict[StoryId, float] = {}
        cap = self._weights.cap
        for posted, (_, weight, share, _, _, _) in self._rare(asked):
            value = weight * min(cap, log(1 + 1 / share))
            for story in posted if among is None else among.intersection(posted):
                found[story] = found.get(story, 0.0) + value
        return found

    def _rare(self, asked: Asked) -> list[tuple[Collection[StoryId], Term]]:
        """Give the terms that find stories, in their order: the rarest ones, if together they would find too many."""
        finds = [
            (posted, term)
            for posted, term in zip(asked.found, asked.terms, strict=True)
            if posted and len(posted) <= _COMMON
        ]
        sizes = [len(posted) for posted, _ in finds]
        if sum(sizes) <= _LOOKED_AT:
            return finds
        room, most = _LOOKED_AT, 0
        for size in sorted(sizes):
            room -= size
            if room < 0:
                break
            most = size
        return [one for one, size in zip(finds, sizes, strict=True) if size <= most]
