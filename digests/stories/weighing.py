"""How much speaks for ringing and how much against, as reasons with weights."""

from collections.abc import Iterator
from dataclasses import dataclass

from digests.model import Reason
from digests.stories.newswords import NewsWords
from digests.stories.pace import Rates, surprise
from digests.stories.so_far import SoFar, voices
from digests.stories.told import Figures, Happening, Told
from digests.stories.turns import is_fact

_GRAVE = 5.5
_MANY = 3
_VOICES = 3  # further ones that count
_CIRCUMSTANCE = 2.5
_STRONG = 4.0  # from this weight on a happening is more than a circumstance
_FELT, _UNFELT = 4.0, 3.0  # magnitudes: from here a quake rings, below there nobody feels it
_HURTS = {
    "death", "suicide", "critical", "hurt", "missing", "attack", "arrest", "booked", "scandal", "accident", "collapse",
    "fire", "explosion", "indict", "sentence", "poisoning",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weighed:
    """One reason and its weight: above 0 it speaks for ringing. `never`: whatever else is said, it does not ring."""

    reason: Reason
    weight: float
    never: bool = False


def weigh(told: Told, so_far: SoFar, words: NewsWords, rates: Rates) -> tuple[Weighed, ...]:
    """Weigh all that was read of an entry. `rates`: what is usual for the feeds that told it, as far as that is known."""
    facts = tuple(one for one in told.happenings if is_fact(one, so_far, words))
    return (
        *_marks(told, words),
        *_happened(told, facts, words),
        *_doubts(told, facts, words),
        *_pieces(told, facts, words),
        *_burst(told, so_far, facts, words, rates),
    )


def sensitive(told: Told, words: NewsWords) -> tuple[str, ...]:
    """Say of what kinds sensitive news it is; what is only rumoured or denied counts as well."""
    kinds = {words.signs[one.code].sensitive for one in told.happenings} - {""}
    if "minor" in kinds and not _HURTS & {one.code for one in told.happenings}:
        kinds.discard("minor")
    return tuple(sorted(kinds))


def _marks(told: Told, words: NewsWords) -> Iterator[Weighed]:
    seen = set()
    for reason in told.marks:
        if reason.code not in seen:
            yield Weighed(reason, words.weights[reason.code])
        else:
            yield Weighed(reason, 0.0)
        seen.add(reason.code)
    first = any(
        "1보" in reason.evidence for reason in told.marks
    )  # a wire's first bulletin: it knows what it marks
    if "marker" in seen and ("authority" in told.bearings or first):
        yield Weighed(Reason("authority"), words.weights["authority"])
    if "roundup" in told.bearings:
        yield Weighed(Reason("roundup", "", "against"), words.weights["roundup"])


def _happened(told: Told, facts: tuple[Happening, ...], words: NewsWords) -> Iterator[Weighed]:
    """Weigh what happened: of each group the weightiest, the title in full, what stands below in part."""
    facts = tuple(one for one in facts if not unproven(one, told, words))
    best = _weightiest(told, facts, words)
    left, left_below = words.weights["most"], words.weights["most_below"]
    for one, weight in best:
        counted = min(weight, left, left if one.title else left_below)
        left -= max(0.0, counted)
        left_below -= 0.0 if one.title else max(0.0, counted)
        if weight:
            yield Weighed(Reason(one.code, one.evidence, "for" if weight > 0 else "against"), counted)
    leading = {one.code for one, _ in best}
    for one in facts:
        if one.code not in leading and words.signs[one.code].weight > 0:
            yield Weighed(Reason(one.code, one.evidence), 0.0)
    if people := _many(told.figures):
        yield Weighed(Reason("many", people), words.weights["many"])
    if "statement" in told.bearings and any(weight >= _CIRCUMSTANCE for _, weight in best):
        yield Weighed(Reason("official"), words.weights["official"])


def _weightiest(told: Told, facts: tuple[Happening, ...], words: NewsWords) -> list[tuple[Happening, float]]:
    """Give the weightiest of each group, the weightiest first."""
    codes = {one.code for one in facts}
    part = words.weights["opaque" if _is_opaque(told, facts, words) else "below"]
    best: dict[str, tuple[Happening, float]] = {}
    for one in facts:
        sign = words.signs[one.code]
        weight = _magnitude(told, sign.weight) if one.code == "quake" else sign.weight
        # That all ended well counts where something was amiss, and said in the title; that nobody was hurt, anywhere.
        if weight < 0 and ((sign.of and not sign.of & codes) or not (one.title or one.code == "unharmed")):
            continue
        weight *= 1.0 if one.title else part if one.early else words.weights["below"]
        if sign.group not in best or best[sign.group][1] < weight:
            best[sign.group] = (one, weight)
    return sorted(best.values(), key=lambda pair: -pair[1])


def _is_opaque(told: Told, facts: tuple[Happening, ...], words: NewsWords) -> bool:
    """Whether the title tells of nothing and the teaser below it of one thing, as a report does: who says so, or when.

    What tells of many things below such a title sums up, or strings together.
    """
    groups = {words.groups[one.code] for one in facts if words.signs[one.code].weight >= _STRONG}
    return (
        told.brief
        and len(groups) < _MANY
        and not any(one.title for one in told.happenings)
        and bool(told.bearings & {"statement", "timely"})
    )


def _many(figures: Figures) -> str:
    """Say of how many people it tells, where they are many."""
    for kind, least in (("dead", 3), ("missing", 3), ("hurt", 5), ("ill", 10)):
        if (count := getattr(figures, kind)) >= least:
            return f"{kind} {count}"
    return ""


def unproven(one: Happening, told: Told, words: NewsWords) -> bool:
    """Whether it is of the kind that is guessed at, and nobody stands for it."""
    guessed = told.kind == "blog" or told.bearings & {"hearsay", "exclusive", "rumour"}
    return (
        words.signs[one.code].proof
        and not told.bearings & {"statement", "proof"}
        and bool(guessed or one.code == "romance")
    )


def _magnitude(told: Told, weight: float) -> float:
    magnitude = told.figures.magnitude
    if not magnitude:
        return weight
    return 6.0 if magnitude >= _FELT else -6.0 if magnitude < _UNFELT else 1.0


def _doubts(told: Told, facts: tuple[Happening, ...], words: NewsWords) -> Iterator[Weighed]:
    told_weights, bearings = words.weights, told.bearings
    strong = any(words.signs[one.code].weight >= _STRONG and one.title for one in facts)
    for one in told.happenings:
        if one.doubt and one.doubt != "weak" and one.title and words.signs[one.code].weight >= _STRONG:
            yield Weighed(
                Reason(one.doubt, one.evidence, "against"), 0.0 if strong else told_weights["doubted"]
            )
        elif not one.doubt and unproven(one, told, words):
            yield Weighed(Reason("unproven", one.evidence, "against"), told_weights["doubted"])
    vouched = bool(bearings & {"statement", "proof"})
    if "rumour" in bearings and not (strong and vouched):
        yield Weighed(Reason("rumour", "", "against"), told_weights["rumour"])
    if "hearsay" in bearings and not vouched:
        yield Weighed(Reason("hearsay", "", "against"), told_weights["hearsay"])
    if "question" in bearings:
        yield Weighed(Reason("question", "", "against"), told_weights["question"])
    if "denial" in bearings and not any(one.code == "false_alarm" for one in facts):
        grave = any(words.signs[one.code].weight >= _GRAVE and one.title for one in facts)
        weight = told_weights["denial"] * (0.3 if grave else 1.0)
        yield Weighed(Reason("denial", "", "against"), weight)


def _pieces(told: Told, facts: tuple[Happening, ...], words: NewsWords) -> Iterator[Weighed]:
    """Weigh the kinds of piece; what happened in the title spares the softer ones."""
    happened = {one.code for one in facts if one.title}
    grave = any(words.signs[code].weight >= _GRAVE for code in happened)
    for reason in told.pieces:
        piece = words.pieces.get(reason.code)
        if (
            reason.code == "notice"
            and reason in told.labelled
            and "death" in happened
            and "renowned" in told.bearings
        ):
            yield Weighed(
                reason, 0.0
            )  # [부고] tells of families, and now and then of somebody whom everybody knows
        elif piece is None or reason in told.labelled:
            yield Weighed(reason, -10.0, never=True)
        elif piece.outweighed and grave:
            yield Weighed(reason, piece.weight / 2)
        elif piece.spares & happened:
            yield Weighed(reason, 0.0)
        else:
            yield Weighed(reason, piece.weight, never=piece.never)


def _burst(
    told: Told, so_far: SoFar, facts: tuple[Happening, ...], words: NewsWords, rates: Rates
) -> Iterator[Weighed]:
    """Weigh who else tells it just now, each by how seldom it publishes at this hour; the one that proves most is the first to tell.

    A rumour gains nothing by it, and a text without any happening little.
    """
    heard = voices(so_far, told)
    if len(heard) > 1 and not told.bearings & {"rumour", "hearsay"}:
        grave = any(one.title and words.signs[one.code].weight >= _CIRCUMSTANCE for one in facts)
        further = sorted((surprise(rates.get(feed)) for feed in heard), reverse=True)[1 : _VOICES + 1]
        weight = words.weights["burst"] * (sum(further) if grave else min(1.0, sum(further)))
        yield Weighed(Reason("burst", str(len(heard))), weight)
