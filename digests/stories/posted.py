"""Which stories hold a term: how common it is, and which stories have rare terms in common with an entry."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from math import log, log2
from typing import cast

from digests.model import StoryId
from digests.stories.gist import Gist, together
from digests.stories.lexicon import Lexicon
from digests.stories.scoring import SHARED, Asked, Finds, Term, Weights, prior

_SHRINKS = 32  # stories fewer, at which a term's array is made anew
_COMMON = 400  # stories: a term of more finds no candidates
_LOOKED_AT = (
    1_000  # stories that are met by the terms of an entry, the rare terms first: what bounds its price
)


class Posted:
    """The terms of stories, the other way round."""

    def __init__(self, lexicon: Lexicon, weights: Weights) -> None:
        self._lexicon = lexicon
        self._weights = weights
        # Most terms stand in one story only, which stands for itself here; several are an array, the earliest first.
        self._stories: dict[str, StoryId | array[int]] = {}
        self._pairs = 0  # of a term and a story that holds it

    def __len__(self) -> int:
        """Give how many terms there are."""
        return len(self._stories)

    def add(self, term: str, story: StoryId) -> None:
        """Remember that a story holds a term now that it did not hold."""
        self._pairs += 1
        held = self._stories.get(term)
        if held is None:
            self._stories[term] = story
        elif isinstance(held, array):
            held.insert(bisect_left(held, story), story)
        else:
            self._stories[term] = array("q", sorted((held, story)))

    def drop(self, term: str, story: StoryId) -> None:
        """Remember that a story holds a term no more."""
        self._pairs -= 1
        held = self._stories[term]
        if not isinstance(held, array):
            del self._stories[term]
            return
        del held[bisect_left(held, story)]
        if len(held) == 1:
            self._stories[term] = StoryId(held[0])
        elif len(held) % _SHRINKS == 0:  # an array keeps the room that it had at its fullest
            self._stories[term] = held[:]

    def ask(self, gists: Sequence[Gist], but: StoryId | None, stories: int) -> Asked:
        """Weigh entries, taken together, for comparing: a term by how many stories but one hold it, whose entries they are.

        A term that no other story holds is missed by all of them alike: only its weight counts.
        """
        weights, shares, held = self._weights, self._lexicon.shares, self._stories
        mu, background = weights.mu, weights.background
        scale = mu / (self._pairs + background)
        asked: list[Term] = []
        found: list[Finds] = []
        holders: Finds
        at, own, shared, concepts, lone = 0, 0.0, 0.0, 0.0, 0
        alone = gists[0].weighed() if len(gists) == 1 else None
        for term, weight in alone or together(gist.weighed() for gist in gists).items():
            first = term[0]
            concept = first == "="
            common = concept or first in SHARED
            if concept:
                concepts += weight
            else:
                at += 1
                if common:
                    shared += weight
                else:
                    own += weight
            posted = held.get(term)
            if posted is None:
                continue
            if isinstance(posted, array):
                holders, others = posted, len(posted) - (but is not None)
            elif but is not None:
                lone += 1
                continue
            else:
                holders, others = (posted,), 1
            known = shares.get(term) or prior(term, weights)
            # Never below the prior: among many stories chance meets oftener, and a rare word must not prove more for it.
            least, learned = mu * known, scale * (others + background * known)
            asked.append((term, weight, max(least, learned), common, concept, at))
            found.append(holders)
        opened = gists[0].openers.union(*(gist.openers for gist in gists[1:]))
        wary = weights.many * max(0.0, log2(stories / weights.few)) if stories else 0.0
        places = gists[0].places.union(*(gist.places for gist in gists[1:]))
        once = gists[0].once if len(gists) == 1 else frozenset()
        tones = frozenset(gist.tone for gist in gists if gist.tone)
        named = gists[0].sorts.union(*(gist.sorts for gist in gists[1:]))
        return Asked(
            tuple(asked),
            tuple(found),
            lone,
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
        found: dict[int, float] = {}
        cap, so_far = self._weights.cap, found.get
        for posted, (_, weight, share, _, _, _) in _rare(asked):
            value = weight * min(cap, log(1 + 1 / share))
            for story in posted if among is None else among.intersection(posted):
                found[story] = so_far(story, 0.0) + value
        return cast("dict[StoryId, float]", found)


def _rare(asked: Asked) -> list[tuple[Finds, Term]]:
    """Give the terms that find stories, in their order: the rarest ones, if together they would find too many."""
    finds = [
        (posted, term)
        for posted, term in zip(asked.found, asked.terms, strict=True)
        if len(posted) <= _COMMON
    ]
    sizes = [len(posted) for posted, _ in finds]
    room = _LOOKED_AT - asked.lone
    if sum(sizes) <= room:
        return finds
    most = 1 if asked.lone else 0
    for size in sorted(sizes):
        room -= size
        if room < 0:
            break
        most = size
    return [one for one, size in zip(finds, sizes, strict=True) if size <= most]
