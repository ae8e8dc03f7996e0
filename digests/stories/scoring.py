"""How well an entry fits a story: a streaming mixture of stories (a Dirichlet process), read as a score.

    score = alpha * log(entries of the story / 3) - fading by the time since the last
            + sum over the entry's terms of weight * log(p(term | story) / p(term))

p(term | story) mixes the story's own counts with `mu` terms of background; p(term) is how often a term stands in stories
at all, learned from the stories themselves over a small prior. A term that a story lacks costs what the story's mass
says, so a thin story forgives and a rich one does not. Only what both languages share is missed by a story that no entry of
the entry's language tells of yet: there names are compared by sound.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

from digests.model import Language, StoryId
from digests.stories.gist import NOTHING, Gist

SHARED = "=#@"  # what terms of both languages begin with
_LN2 = 0.6931
_LATER = 3.0  # hours from which a single name that is shared joins no other kind of event
_PROOF = 4.0  # what a term must count for to be evidence by itself


@dataclass(frozen=True, slots=True)
class Weights:
    """What the score is made of. One set for every newsroom, tuned on both development sets at once: docs/stories.md."""

    joins: float = 6.0  # to join a story
    across: float = 5.25  # to join a story that no entry of the language tells of yet
    absorbs: float = 8.0  # for a story of few entries to go into another
    gathers: float = 4.0  # the same of `several` entries or more
    each: float = -4.0  # and so much above `joins` for the middle one of its entries, each taken by itself
    newest: int = (
        100  # entries that a story is known by; more would make it fit everything, and its price grow
    )
    several: int = 4
    small: int = 60  # entries: a larger story is absorbed by none
    sure: float = 0.25  # above `joins`, to take an entry for one that was told already
    mu: float = 75.0  # terms of background that a story is mixed with
    alpha: float = 1.8
    crowd: float = 4.0  # entries from which a story draws others for being large
    half_life: float = 2.5  # hours
    fade: float = 4.0  # what time may cost at most
    echo: float = 0.25  # of a concept's weight where the words of the language speak for themselves
    cap: float = 7.0  # of one term
    sound: float = 4.0  # of one name by its sound
    floor: float = 2.0  # of one missing term
    other: float = 2.5  # what it costs when both open a story, and not the same one
    once: float = 2.0  # for what does not happen twice within an hour
    at_once: float = 1.0  # hours
    news: float = 3.0  # what it costs after these that a title tells of such a thing, and the story never did
    tone: float = 2.5  # what it costs when one is everyday business and the other grave
    sort: float = (
        4.5  # what it costs when both name a thing of one kind, and not the same one: a subway, an airport
    )
    elsewhere: float = 6.0  # what it costs when both name their place, and not the same one
    alone: float = 1.5  # what it costs when one name is all that is shared, some hours after the last entry
    alone_hours: float = 8.0
    miss: float = 0.3  # a missing concept costs at least this
    flood: float = 10.0  # for a picture right after another of its feed
    background: float = 8000.0  # terms that the priors count for
    many: float = (
        0.3  # above `joins`, for each doubling of the stories beyond `few`: chance meets oftener among many
    )
    few: int = 300
    word: float = 2e-05  # prior of a word that nobody knows
    pair: float = 0.0002  # of a pair of Korean syllables
    number: float = 1e-4
    little: float = 3e-3  # of a number below a hundred


@dataclass(slots=True)
class Told:
    """A story as the index holds it: what its entries say, summed up."""

    id: StoryId
    summed: dict[str, float] | None = None  # the weights of its terms; None: it has one entry, see `terms`
    mass: dict[Language, float] = field(default_factory=dict)
    whole: float = 0.0  # the mass of all languages
    places: frozenset[str] = NOTHING
    openers: frozenset[str] = NOTHING
    tones: frozenset[str] = NOTHING
    sorts: frozenset[str] = NOTHING
    gists: list[Gist] = field(default_factory=list)  # of the newest entries: those that say what it is about
    entries: list[tuple[int, Gist]] = field(
        default_factory=list
    )  # all, with their numbers: in the order in which all were kept
    last: float = 0.0  # when its last entry was seen, a POSIX timestamp
    alerted: bool = False

    @property
    def terms(self) -> dict[str, float]:
        """Give its terms with their weights. Most stories are of one entry: theirs are put together when they are asked for."""
        return dict(self.gists[0].weighed()) if self.summed is None else self.summed


Finds = Sequence[int]  # stories by their number, the earliest first

# One term of what is compared: its text, its weight, mu * p(term), whether both languages share it, whether it is a concept,
# its place among the words (words side by side are one name). A plain tuple: there are a hundred thousand of them a second.
Term = tuple[str, float, float, bool, bool, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared with stories: one entry, or all of a small story taken together."""

    terms: tuple[Term, ...]  # those that some other story holds
    found: tuple[Finds, ...]  # the stories that hold each of them
    lone: int  # how many terms only the story itself holds
    language: Language
    openers: frozenset[str]
    tones: frozenset[str]
    places: frozenset[str]
    own: float  # the weight of all its words
    shared: float  # of its numbers and names
    concepts: float
    wary: float = 0.0  # what is asked for above the threshold, among many stories
    once: frozenset[str] = frozenset()  # concepts of what does not happen twice within an hour
    sorts: tuple[
        tuple[frozenset[str], frozenset[str]], ...
    ] = ()  # of each kind of thing those named, and all there are


def prior(term: str, weights: Weights) -> float:
    """Give how often a term that the lexicon does not know stands among the words of the news, before any were read."""
    first = term[0]
    if first == "#":
        return weights.little if len(term) <= 3 else weights.number
    return weights.pair if first >= "가" else weights.word


def fit(
    asked: Asked,
    story: Told,
    heard: Iterable[tuple[float, float]],
    *,
    now: float,
    weights: Weights,
) -> float:
    """Score how well what is asked fits a story, above the threshold that applies: 0 or more joins."""
    own = story.mass.get(asked.language, 0.0)
    base_all = log(1 + story.whole / weights.mu)
    base_own = log(1 + own / weights.mu)
    missing_own, missing_all = min(base_own, weights.floor), min(base_all, weights.floor)
    missing_concept = min(max(base_all, weights.miss), weights.floor)
    cap, held, echo = weights.cap, story.terms, weights.echo if own else 1.0
    score = -asked.own * missing_own - asked.shared * missing_all - asked.concepts * echo * missing_concept
    evidence, last = 0.0, -2  # evidence: how many things speak for the story
    for text, weight, share, shared, concept, at in asked.terms:
        if text not in held:
            continue
        value = log(1 + held[text] / share) - (base_all if shared else base_own)
        proof = weight if value >= _PROOF else weight * value / _PROOF if value > 0 else 0.0
        value = min(value, cap)
        if concept:
            score += weight * echo * (value + missing_concept)
            evidence += proof * echo
            continue
        score += weight * (value + (missing_all if shared else missing_own))
        if shared or at != last + 1:
            evidence += proof
        last = at
    for weight, value in heard:
        score += weight * min(value, weights.sound)
        evidence += weight
    hours = max(0.0, now - story.last) / 3600
    score += _leaning(asked, story, held, evidence=evidence, hours=hours, weights=weights)
    if evidence < 2:
        score -= weights.alone * (2 - max(1.0, evidence)) * min(1.0, hours / weights.alone_hours)
    score += weights.alpha * log(max(1.0, len(story.gists) / weights.crowd))
    score -= min(weights.fade, hours / weights.half_life * _LN2)
    return score - asked.wary - (weights.joins if own else weights.across)


def _elsewhere(asked: Asked, story: Told, held: Mapping[str, float]) -> bool:
    """Whether both name their place, in a spelling that can be compared, and not the same one."""
    if not story.places.isdisjoint(asked.places) or not held.keys().isdisjoint(asked.places):
        return False
    hangul = asked.language == "ko"
    return any(place[0] == "=" or (place[0] >= "가") == hangul for place in story.places)


def _leaning(
    asked: Asked, story: Told, held: Mapping[str, float], *, evidence: float, hours: float, weights: Weights
) -> float:
    """Say what the kinds of event, their gravity and their places speak for or against."""
    lean = 0.0
    if hours < weights.at_once:
        lean += weights.once * len(asked.once & held.keys())
    elif asked.once and asked.once.isdisjoint(held):
        lean -= weights.news
    if asked.openers and story.openers and story.openers.isdisjoint(asked.openers):
        lean -= weights.other * (2.0 if evidence < 2 and hours > _LATER else 1.0)
    if asked.tones and story.tones and story.tones.isdisjoint(asked.tones):
        lean -= weights.tone
    if asked.sorts and story.sorts:
        lean -= weights.sort * sum(
            story.sorts.isdisjoint(named) and not story.sorts.isdisjoint(kind) for named, kind in asked.sorts
        )
    if asked.places and asked.language in story.mass and story.places and _elsewhere(asked, story, held):
        lean -= weights.elsewhere
    return lean
