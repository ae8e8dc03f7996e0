"""Which stories hold a term: how common it is, and which stories have rare terms in common with an entry."""

from collections import defaultdict
from collections.abc import Sequence
from math import log, log2

from digests.model import StoryId
from digests.stories.gist import Gist
from digests.stories.lexicon import Lexicon
from digests.stories.scoring import SHARED, Asked, Term, Weights, prior

_COMMON = 400  # stories: a term of more finds no candidates


class Common:
    """What a story has in common with what is asked."""

    __slots__ = ("guess", "terms")

    def __init__(self) -> None:
        self.guess = 0.0
        self.terms: list[Term] = []


class Posted:
    """The terms of stories, the other way round."""

    def __init__(self, lexicon: Lexicon, weights: Weights) -> None:
        self._lexicon = lexicon
        self._weights = weights
        self._stories: dict[str, set[StoryId]] = defaultdict(set)
        self._pairs = 0  # of a term and a story that holds it

    def add(self, term: str, story: StoryId) -> None:
        """Remember that a story holds a term now."""
        self._stories[term].add(story)
        self._pairs += 1

    def drop(self, term: str, story: StoryId) -> None:
        """Remember that a story holds a term no more."""
        posted = self._stories[term]
        posted.discard(story)
        self._pairs -= 1
        if not posted:
            del self._stories[term]

    def ask(self, gists: Sequence[Gist], but: StoryId | None, stories: int) -> Asked:
        """Weigh entries, taken together, for comparing: a term by how many stories but one hold it."""
        if len(gists) == 1:
            terms = dict(gists[0].weighed())
        else:
            terms = {}
            for gist in gists:
                for term, weight in gist.weighed():
                    terms[term] = max(weight, terms.get(term, 0.0))
        weights = self._weights
        scale = weights.mu / (self._pairs + weights.background)
        asked: list[Term] = []
        at, own, shared, concepts = 0, 0.0, 0.0, 0.0
        for term, weight in terms.items():
            posted = self._stories.get(term, ())
            others = len(posted) - (but is not None and but in posted)
            known = prior(term, self._lexicon, weights)
            # Never below the prior: among many stories chance meets oftener, and a rare word must not prove more for it.
            share = max(weights.mu * known, scale * (others + weights.background * known))
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
        return Asked(tuple(asked), gists[0].language, opened, places, own, shared, concepts, wary)

    def common(self, asked: Asked) -> dict[StoryId, Common]:
        """Give the stories that share rare terms with what is asked, these terms, and a guess at what they prove."""
        found: dict[StoryId, Common] = {}
        cap = self._weights.cap
        for term in asked.terms:
            text, weight, share, _, _, _ = term
            posted = self._stories.get(text)
            if posted and len(posted) <= _COMMON:
                value = log(1 + 1 / share)
                value = weight * (min(cap, value))
                for story in posted:
                    one = found.get(story)
                    if one is None:
                        one = found[story] = Common()
                    one.guess += value
                    one.terms.append(term)
        return found

    def often(self, asked: Asked) -> list[Term]:
        """Give the terms that are in too many stories to find any by them."""
        return [term for term in asked.terms if len(self._stories.get(term[0], ())) > _COMMON]
