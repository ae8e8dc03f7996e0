"""What is known of one entry when stories are told apart: read once, kept small, compared often."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from digests.model import Language

NOTHING: frozenset[str] = frozenset()  # one for all: by itself an empty set takes as much as a full one


def gathered(terms: Iterable[str]) -> frozenset[str]:
    """Give what is left of some terms as a set, `NOTHING` where none is."""
    return frozenset(terms) or NOTHING


@dataclass(frozen=True, slots=True)
class Gist:
    """One entry as the index sees it. `terms` and `weights` go together, as do `spoken` and `volumes`; none stands twice."""

    language: Language
    seen_at: datetime
    terms: tuple[str, ...] = ()  # in the order of the text, the title first; see terms.py
    weights: tuple[float, ...] = ()  # 1 for a term of the title, less below it
    spoken: tuple[str, ...] = ()  # words that may be names, in lower case, to be compared by sound
    volumes: tuple[float, ...] = ()  # their weights
    headed: int = 0  # how many of the terms stand in the title
    link_key: str = ""
    title_key: str = ""
    feed: str = ""
    column: str = ""  # the label of a series that it stands under: "날씨", "sd포토"
    photo: bool = False  # a picture, one of many
    serials: frozenset[str] = NOTHING  # "23회", "(6)": which part of a series it tells of
    openers: frozenset[str] = NOTHING  # concepts of the title that open a story
    once: frozenset[str] = NOTHING  # concepts of the title of what does not happen twice within an hour
    sorts: frozenset[str] = NOTHING  # concepts of its title of things of which an event has one sort
    acts: bool = False  # whether its title tells what an office did
    tone: str = ""  # "light" or "grave", where the title tells of nothing of the other kind
    places: frozenset[str] = NOTHING  # of its title, without 시 or county
    subject: frozenset[str] = NOTHING  # terms of a title's opening that ends with a comma: of whom it tells
    bearers: frozenset[str] = NOTHING  # terms of the names that its title bears, as far as the form shows

    @property
    def title(self) -> frozenset[str]:
        """The terms of the title alone."""
        return frozenset(self.terms[: self.headed])

    @property
    def below(self) -> frozenset[str]:
        """The terms that stand only below the title."""
        return frozenset(self.terms[self.headed :])

    @property
    def figures(self) -> frozenset[str]:
        """Its numbers."""
        return frozenset(term for term in self.terms if term[0] == "#")

    def weighed(self) -> Iterator[tuple[str, float]]:
        """Give each term with its weight."""
        return zip(self.terms, self.weights, strict=True)

    def names(self) -> Iterator[tuple[str, float]]:
        """Give each word that may be a name with its weight."""
        return zip(self.spoken, self.volumes, strict=True)


def together(entries: Iterable[Iterable[tuple[str, float]]]) -> dict[str, float]:
    """Give the terms of entries, or their names, each once, with the highest of its weights."""
    first, *others = entries
    found = dict(first)
    for entry in others:
        for term, weight in entry:
            if weight > found.get(term, 0.0):
                found[term] = weight
    return found
