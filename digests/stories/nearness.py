"""How well one entry fits another: the score of a story that has told no more than that."""

from collections.abc import Callable, Iterator
from datetime import datetime

from digests.model import StoryId
from digests.stories.gist import Gist
from digests.stories.held import Held
from digests.stories.scoring import Told, Weights, fit
from digests.stories.sent import Near

_TELLINGS = 12  # of a story, the newest: what is told again was told a short while ago


def nearness(
    gist: Gist, story: Told, since: datetime, held: Held, *, weights: Weights, own: Callable[[str], bool]
) -> Iterator[Near]:
    """Hold an entry against each telling of a story since then.

    `own` says of a term whether it may be an event's own, such as a name.
    """
    stories = len(held.stories)
    asked = held.posted.ask([gist], None, stories)
    heard = held.heard.answer(gist.names(), gist.language, stories, frozenset((story.id,))).get(story.id, {})
    for other in story.gists[-_TELLINGS:]:
        if other.seen_at < since:
            continue
        said = dict(other.names())
        sounds = {word: sound for word, sound in heard.items() if word in said}
        score = fit(
            asked, _alone(other, held), sounds.values(), now=gist.seen_at.timestamp(), weights=weights
        )
        named = any(said[word] == 1.0 and sound[0] == 1.0 for word, sound in sounds.items()) or any(
            own(term) for term in gist.title & other.title
        )
        known = (
            bool(sounds)
            or not gist.title.isdisjoint(other.bearers)
            or not other.title.isdisjoint(gist.bearers)
        )
        clash = _others_known(gist, other) or any(
            other.sorts.isdisjoint(those) and not other.sorts.isdisjoint(kind) for those, kind in asked.sorts
        )
        yield Near(
            score,
            language=gist.language == other.language,
            strangers=bool(gist.bearers and other.bearers) and not known,
            named=named,
            sorts=clash,
        )


def _others_known(one: Gist, other: Gist) -> bool:
    """Whether both tell of somebody or something that the newsroom knows by name, and of nobody in common."""
    mine, theirs = ({term for term in gist.terms if term[0] == "@"} for gist in (one, other))
    return bool(mine and theirs) and mine.isdisjoint(theirs)


def _alone(gist: Gist, held: Held) -> Told:
    """Give what a story would be that one entry tells."""
    mass = held.mass(gist)
    return Told(
        StoryId(0),
        mass={gist.language: mass},
        whole=mass,
        places=gist.places,
        openers=gist.openers,
        sorts=gist.sorts,
        tones=frozenset((gist.tone,)) if gist.tone else frozenset(),
        gists=[gist],
        last=gist.seen_at.timestamp(),
    )
