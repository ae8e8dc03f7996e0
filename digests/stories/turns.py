"""What of an alerted story is materially new: it rings again, once for each such turn."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from digests.model import Reason
from digests.stories.newswords import NewsWords
from digests.stories.so_far import SoFar
from digests.stories.told import Happening, Told

_MULTIPLIES = 2.5  # a toll that does so is another event than the one people were woken for
_SOON = timedelta(minutes=20)  # what comes sooner after a ring is a fuller count of the same
_HOURS = timedelta(minutes=60)  # from when on a toll may be news again
# What happens to a suspect, and in a lawsuit, in its order: an indictment tells of an arrest, and is not followed by one.
_STAGES = (("booked", "raid", "arrest", "indict", "sentence"), ("lawsuit", "court_order", "sentence"))
# The dead of these are counted within the hour, which is no turn, unless somebody was known to be in danger.
_MISHAPS = {"accident", "collapse", "explosion", "great_fire", "fire", "disaster", "attack"}
_IN_DANGER = {"critical", "missing"}
_AT_ONCE = {"false_alarm", "strike_off"}  # whoever was woken must know
NEEDS = {
    "false_alarm": {"alarm", "missile", "evacuation", "bomb", "disaster", "quake"},
    "strike_off": {"strike"},
}
_CONSEQUENCES = {"leaves": {"enlist"}}  # a group that goes on without one who serves has lost nobody
_OF_PEOPLE = {"marriage", "romance", "breakup", "leaves", "disband", "reunion", "enlist", "dropped"}


def turns(told: Told, so_far: SoFar, words: NewsWords, now: datetime) -> Iterator[tuple[Reason, float]]:
    """Give each thing that is materially new, with the weight that it has."""
    since = now - so_far.rung_at if so_far.rung_at else timedelta(0)
    # What rang by its marks alone is named by the next who tells it.
    soon = since < (_SOON if so_far.named else _HOURS)
    for one in told.happenings:
        sign = words.signs[one.code]
        if (
            one.code == "confirmed"
            or not one.title
            or not sign.turn
            or not is_fact(one, so_far, words)
            or _known(one.code, so_far, words)
        ):
            continue
        if (soon or _counts(one.code, so_far, since)) and one.code not in _AT_ONCE:
            continue
        if one.code in NEEDS and not NEEDS[one.code] & so_far.facts.keys():
            continue
        yield Reason("turn", f"{one.code}: {one.evidence}"), sign.weight
    if _confirms(told, so_far):
        yield Reason("turn_confirmed"), 5.0
    if since >= _HOURS:
        yield from _tolls(told, so_far)


def _counts(code: str, so_far: SoFar, since: timedelta) -> bool:
    """Whether a death is a fuller count of what people were woken for."""
    known = so_far.facts.keys()
    return code == "death" and since < _HOURS and bool(known & _MISHAPS) and not known & _IN_DANGER


def _confirms(told: Told, so_far: SoFar) -> bool:
    """Whether somebody who must know confirms what was only reported until now."""
    said = "officially" in told.bearings or any(
        one.code == "confirmed" and one.title and not one.doubt for one in told.happenings
    )
    codes = {one.code for one in told.happenings if not one.doubt}
    # "They are, says her agency": what they are was told before.
    same = _OF_PEOPLE & so_far.facts.keys() & (codes if codes - {"confirmed"} else {"romance"})
    return said and bool(same) and not so_far.confirmed and "denial" not in told.bearings


def is_fact(one: Happening, so_far: SoFar, words: NewsWords) -> bool:
    """Whether it is told as a fact; a weak word is one where the story gives it its meaning."""
    return not one.doubt or (
        one.doubt == "weak" and bool(words.signs[one.code].beside_codes & so_far.facts.keys())
    )


def _known(code: str, so_far: SoFar, words: NewsWords) -> bool:
    if _CONSEQUENCES.get(code, set()) & so_far.facts.keys():
        return True
    groups = {words.groups[known] for known in so_far.facts if known in words.groups}
    if words.groups[code] in groups:
        return True
    return any(
        stage in so_far.facts
        for stages in _STAGES
        if code in stages
        for stage in stages[stages.index(code) :]
    )


def _tolls(told: Told, so_far: SoFar) -> Iterator[tuple[Reason, float]]:
    for kind, least in (("dead", 2), ("ill", 20), ("hurt", 20), ("missing", 5), ("records", 10_000)):
        count, before = getattr(told.figures, kind), getattr(so_far.alerted, kind)
        if (
            before
            and count > getattr(so_far.told, kind)
            and count >= before * _MULTIPLIES
            and count - before >= least
        ):
            yield Reason("toll", f"{kind} {before} → {count}"), 5.5
