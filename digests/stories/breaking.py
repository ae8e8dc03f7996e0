"""Does it ring? Everything that speaks for it and against it is weighed, and all of it is kept."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from types import MappingProxyType

from digests.model import Decision, Reason
from digests.settings import BreakingSettings
from digests.stories.freshness import FeedClock, freshness
from digests.stories.newswords import NewsWords
from digests.stories.pace import Rates
from digests.stories.so_far import SoFar
from digests.stories.told import Told
from digests.stories.turns import is_fact, turns
from digests.stories.weighing import Weighed, sensitive, weigh

_AGES = timedelta(hours=1)  # what a story told so long ago without ringing is not worth ringing for now
_TURN = 0.8  # a turn's threshold is lower: the story has proved itself


def decide(
    told: Told,
    so_far: SoFar,
    clock: FeedClock,
    rules: BreakingSettings,
    now: datetime,
    *,
    words: NewsWords,
    categories: Collection[str] = (),
    rates: Rates = MappingProxyType({}),
) -> Decision:
    """Whether an entry rings: as its story's alert, or as a turn of it. Touches nothing.

    `so_far` are the story's earlier tellings, `clock` what the feed's dates have been like before this entry,
    `categories` where the story is filed: the lowest of their thresholds counts; `rates` what is usual at this hour for the
    feeds that told it, as far as that is known: by it a burst is measured. Every reason is kept, also of what
    does not ring; digests/stories/reasons.py says what each code means.
    """
    weighed = (*weigh(told, so_far, words, rates), *_known(told, so_far, words, now))
    vetoes = (
        *freshness(told.published, told.seen_at, clock, rules.max_age, now),
        *_vetoes(told, so_far, words),
    )
    news = tuple(turns(told, so_far, words, now)) if so_far.rung else ()
    score = sum(one.weight for one in weighed)
    threshold = threshold_of(rules, categories)
    if so_far.rung:
        score = sum(weight for _, weight in news) + sum(one.weight for one in weighed if _of_form(one))
        threshold *= _TURN
        vetoes = vetoes if news else (*vetoes, Reason("told", str(so_far.rung), "against"))
    never = any(one.never for one in weighed)
    rings = not vetoes and not never and score >= threshold
    kinds = sensitive(told, words)
    return Decision(
        rings=rings,
        reasons=(*(one.reason for one in weighed), *(reason for reason, _ in news), *vetoes),
        score=round(score, 2),
        turn=so_far.rung + 1 if rings else 0,
        silent=bool(kinds),
        sensitive=kinds,
        rumour=_is_rumour(told, words),
        denial="denial" in told.bearings and so_far.rumoured,
    )


def threshold_of(rules: BreakingSettings, categories: Collection[str]) -> float:
    """Give the lowest threshold among the categories: who follows that one wants to know."""
    return min((rules.thresholds.get(slug, rules.threshold) for slug in categories), default=rules.threshold)


def _of_form(one: Weighed) -> bool:
    """Whether a weight is about how it is told, not about what: that counts for a turn as well."""
    return one.reason.code in {"marker", "feed", "tag", "authority", "roundup", "official"} or one.weight < 0


def _vetoes(told: Told, so_far: SoFar, words: NewsWords) -> Iterator[Reason]:
    if told.history:
        yield Reason("history", "", "against")
    if _waits(told, so_far, words):
        yield Reason("second_source", "", "against")


def _known(told: Told, so_far: SoFar, words: NewsWords, now: datetime) -> Iterator[Weighed]:
    """Say that all it tells was told in this story long ago, and rang nobody then."""
    codes = {
        one.code
        for one in told.happenings
        if is_fact(one, so_far, words) and words.signs[one.code].weight >= 4
    }
    if codes and not so_far.rung and all(now - so_far.facts.get(code, now) > _AGES for code in codes):
        yield Weighed(Reason("known", "", "against"), words.weights["known"])


def _waits(told: Told, so_far: SoFar, words: NewsWords) -> bool:
    """Whether it is a death that only a blog or hearsay tells: it waits for a second source."""
    dead = any(words.groups[one.code] == "death" and is_fact(one, so_far, words) for one in told.happenings)
    unsure = told.kind == "blog" or ("hearsay" in told.bearings and "statement" not in told.bearings)
    others = {voice.feed for voice in so_far.voices} - {told.feed}
    return dead and unsure and not others


def _is_rumour(told: Told, words: NewsWords) -> bool:
    """Whether it is unproven as told."""
    doubted = any(one.doubt in {"rumoured", "possible", "asked"} and one.title for one in told.happenings)
    sure = (
        any(not one.doubt and one.title and words.signs[one.code].weight >= 4 for one in told.happenings)
        and "hearsay" not in told.bearings
    )
    vouched = bool(told.bearings & {"statement", "proof"})
    return not vouched and (
        "rumour" in told.bearings
        or (doubted and not sure)
        or ("hearsay" in told.bearings and any(words.signs[one.code].weight >= 4 for one in told.happenings))
    )
