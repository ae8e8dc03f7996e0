"""What speaks against an entry's telling of a story whose words it shares: other names, another place, or nothing that names the event."""

from digests.stories.gist import Gist
from digests.stories.held import Held
from digests.stories.lexicon import Lexicon
from digests.stories.scoring import Told

_NAMING = 1e-3  # a known word that is rarer names an event
_FEW_HAVE = 4  # characters from which a number names an event: "#4.6", "#187"


class Against:
    """Holds an entry against a story, knowing what words are everybody's."""

    def __init__(self, lexicon: Lexicon, held: Held) -> None:
        self._lexicon = lexicon
        self._held = held
        self._known = lexicon.shares
        self._usual = lexicon.grave | lexicon.usual | lexicon.acts

    def names_others(self, gist: Gist, story: Told) -> bool:
        """Whether it names somebody, and nothing that the story names: two arrests share all words but that."""
        if gist.photo or not gist.bearers or gist.language not in story.mass:
            return False
        if not any(one.bearers and one.language == gist.language for one in story.gists):
            return False
        held = story.terms
        if not gist.bearers.isdisjoint(held) or any(
            term in held and term not in self._known and _is_own(term) for term in gist.terms
        ):
            return False
        heard = self._held.heard.answer(
            gist.names(), gist.language, len(self._held.stories), frozenset((story.id,))
        )
        return not heard.get(story.id)

    def is_nameless(self, gist: Gist, story: Told) -> bool:
        """Whether it tells of what happens every day, and shares nothing with the story that names the event.

        What names it is a word that we do not know, a name, a place, a sound, a number that few have, or a rare thing.
        """
        if gist.tone != "grave" and not gist.acts:
            return False
        held = story.terms
        for term in gist.terms:
            if term not in held:
                continue
            known = self._known.get(term)
            if known is not None and (known > _NAMING or self._lexicon.concept_of(term) in self._usual):
                continue
            if known is not None or _is_own(term):
                return False
        heard = self._held.heard.answer(
            gist.names(), gist.language, len(self._held.stories), frozenset((story.id,))
        )
        return not heard.get(story.id)

    def is_elsewhere(self, gist: Gist, story: Told) -> bool:
        """Whether both tell of something grave and name where, the one here and the other there, and share no name."""
        if gist.tone != "grave" or not gist.places or gist.language not in story.mass:
            return False
        there = [one.places for one in story.gists if one.language == gist.language and one.places]
        if not there or any(not gist.places.isdisjoint(places) for places in there):
            return False
        held = story.terms
        return not any(self.names_it(term) and term in held for term in gist.title)

    def names_something(self, gist: Gist) -> bool:
        """Whether a title names a place, somebody, or what no list knows."""
        return bool(gist.places or gist.bearers) or any(self.names_it(term) for term in gist.title)

    def names_it(self, term: str) -> bool:
        """Whether a term is one that no list knows, and that may be an event's own."""
        return term[0] != "#" and term not in self._known and _is_own(term)


def _is_own(term: str) -> bool:
    """Whether a term that no list knows may be an event's own: no concept nor its words, no office, no day of the month, no number that many have."""
    return (
        term[0] != "="
        and " " not in term
        and not term.startswith("@~")
        and not term.startswith("#d")
        and (term[0] != "#" or len(term) >= _FEW_HAVE)
    )
