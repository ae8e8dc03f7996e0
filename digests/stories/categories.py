"""Under which categories an entry is filed, and on what evidence: sections, then words, then what its feed is filed under."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from digests.errors import SosikError
from digests.model import Entry, Reason
from digests.settings import FeedSettings
from digests.stories.labels import kind_of_tag, plainly
from digests.stories.misleading import hidden, misleading

_STRENGTH = {"sure": 3.0, "likely": 1.5, "hint": 0.5}
_SECTION = 3.0  # a publisher's section that the words know
_GENERAL = 1.0  # one that holds everything (society, nation): of a category that has offices
_MAP = 4.0  # a section that the operator mapped
_FEED = 1.5  # what the feed is filed under ...
_TRADE = 2.5  # ... where that is one trade
_TOLD = 2.5  # what the story was filed under before
_SUMMARY = 0.5  # what stands in the summary counts half
_FAINT = 1.5  # of a map or a name, where nothing else speaks
_ENOUGH = 3.0  # to be filed at all, or beside the feed's own
_BESIDE = 0.72  # of the best score: a second subject
_TRADES = 0.6  # of the best score: a trade goes before what is everybody's
_OFFICE = 3.0  # of the words of offices: korea is added
_TWO = 2
_CALLED = 1.0  # of the word for one whose trade it is, in the title
_OPINIONS = frozenset({"opinion", "column", "editorial"})
_MOST_WORDS = 4  # of one category that are told as evidence

_LONGEST = 8  # syllables of a word that is looked for
_LATIN = re.compile(r"[a-z0-9][a-z0-9+&.'’-]*")
_KOREAN = re.compile(r"[가-힣㐀-鿿㎏%+0-9a-z]+")
_TAKES_AWAY = re.compile(r"(?:'s|’s|s'|s’)$")


@dataclass(frozen=True, slots=True)
class Filing:
    """The categories of an entry; for each a reason of code `map`, `section`, `words`, `name`, `office`, `story` or `feed`."""

    categories: frozenset[str]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class CategoryWords:
    """What tells a category: sections of publishers, words with their weights, words of offices."""

    sections: Mapping[str, str] = field(default_factory=dict)  # folded -> slug
    english: Mapping[str, tuple[tuple[str, float], ...]] = field(
        default_factory=dict
    )  # word or phrase -> slugs
    korean: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    offices: frozenset[str] = (
        frozenset()
    )  # slugs that words of offices add; among the words these are "!slug", callings "&slug"
    mixed: frozenset[str] = frozenset()  # sections that hold several categories
    misleading: re.Pattern[str] = field(default_factory=misleading)

    @classmethod
    def read(cls, *documents: Mapping[str, Any]) -> "CategoryWords":
        """Put together what documents of the form of data/categories.toml say; later ones add to earlier ones."""
        sections: dict[str, str] = {}
        words: dict[str, dict[str, dict[str, float]]] = {"en": defaultdict(dict), "ko": defaultdict(dict)}
        offices: set[str] = set()
        mixed: set[str] = set()
        for document in documents:
            mixed |= {plainly(name) for name in document.get("mixed", ())}
            for slug, said in document.items():
                if slug == "mixed":
                    continue
                sections |= {plainly(name): slug for name in said.get("sections", ())}
                for language, under in words.items():
                    for strength, listed in said.get(language, {}).items():
                        for word in listed:
                            here = under[plainly(word)]
                            here[slug] = max(here.get(slug, 0.0), _STRENGTH[strength])
                offices |= {slug} if said.get("authority") else set()
                for language, word, mark, strength in _marked(said):
                    words[language][plainly(word)][f"{mark}{slug}"] = strength
        return cls(
            sections,
            {word: tuple(of.items()) for word, of in words["en"].items()},
            {word: tuple(of.items()) for word, of in words["ko"].items()},
            frozenset(offices),
            frozenset(mixed),
        )

    @classmethod
    def load(cls, folder: Path | None = None) -> "CategoryWords":
        """Read ours, and add those of `folder`/categories.toml. Raises SosikError: what is wrong with it."""
        ours = tomllib.loads(files("digests.stories").joinpath("data/categories.toml").read_text("utf-8"))
        theirs = folder / "categories.toml" if folder else None
        if theirs is None or not theirs.exists():
            return cls.read(ours)
        try:
            return cls.read(ours, tomllib.loads(theirs.read_text("utf-8")))
        except (ValueError, OSError, KeyError, AttributeError, TypeError) as error:
            raise SosikError(f"The words in {theirs} cannot be read: {error}.") from error


def _marked(said: Mapping[str, Any]) -> Iterator[tuple[str, str, str, float]]:
    """Give the words of a category that speak for more than itself: language, word, mark and strength."""
    for key, mark, strength in (("callings", "&", _CALLED), ("authority", "!", _OFFICE)):
        for language, listed in said.get(key, {}).items():
            yield from ((language, word, mark, strength) for word in listed)


def categorise(
    entry: Entry,
    feed: FeedSettings,
    known: Collection[str],
    words: CategoryWords,
    *,
    told: Collection[str] = (),
    familiar: Mapping[str, tuple[float, str]] | None = None,
) -> Filing:
    """File an entry: by sections and words together; where they are silent as its story is, or as its feed.

    `known` are the slugs there are: what points elsewhere is left out. `told` is what the story was filed under by
    others. Letters are compared without regard to case, composition (NFC or NFD) and width.
    """
    scores: dict[str, float] = defaultdict(float)
    reasons: list[Reason] = []
    found = _found(entry, words)
    for reason, slug, score in (*_by_section(entry, feed, words), *_by_words(found)):
        if slug in known:
            scores[slug] += score
            reasons.append(reason)
    for slug, (score, name) in (familiar or {}).items():
        if slug not in words.offices:
            scores[slug] += score
            reasons.append(Reason("name", f"{name} → {slug}"))
    own = tuple(slug for slug in feed.categories if slug in known)
    for slug in told:
        scores[slug] += _TOLD
    for slug in own:
        scores[slug] += _TRADE if len(own) == 1 and slug not in words.offices else _FEED
    best = max(scores.values(), default=0.0)
    if best < _ENOUGH:
        return _faintly(reasons, scores, told, own)
    trades = max((score for slug, score in scores.items() if slug not in words.offices), default=0.0)
    if trades >= max(_ENOUGH, best * _TRADES):  # what is about a trade and the nation is about the trade ...
        best = trades
    chosen = {
        slug
        for slug, score in scores.items()
        if score >= max(_ENOUGH, best * _BESIDE) and (slug not in words.offices or best != trades)
    }
    chosen |= (both := _of_both(found, chosen) & set(known))
    reasons += [Reason("words", f"{', '.join(found.get(f'&{slug}', ()))} → {slug}") for slug in sorted(both)]
    for office in words.offices & set(known):
        _with_office(office, found.get(f"!{office}", {}), chosen, reasons, told=told, own=own)
    said = {one.evidence.rpartition(" → ")[2] for one in reasons}
    reasons += [Reason("story" if slug in told else "feed", slug) for slug in sorted(chosen - said)]
    return Filing(
        frozenset(chosen), tuple(one for one in reasons if one.evidence.rpartition(" → ")[2] in chosen)
    )


def _faintly(
    reasons: Collection[Reason], scores: Mapping[str, float], told: Collection[str], own: Collection[str]
) -> Filing:
    """File what hardly speaks for itself: by the map, else by a name, else as its story is, else as its feed is."""
    for code in ("map", "name"):
        found = tuple(reason for reason in reasons if reason.code == code)
        slugs = frozenset(reason.evidence.rpartition(" → ")[2] for reason in found)
        if slugs and max(scores[slug] for slug in slugs) >= _FAINT:
            return Filing(slugs, found)
    code, fallback = ("story", frozenset(told)) if told else ("feed", frozenset(own))
    return Filing(fallback, tuple(Reason(code, slug) for slug in sorted(fallback)))


def filed_under(reasons: Iterable[Reason]) -> frozenset[str]:
    """Give the categories that reasons speak for: all that an entry was filed under, since each has a reason."""
    return frozenset(reason.evidence.rpartition(" → ")[2] for reason in reasons)


def evident(reasons: Iterable[Reason]) -> frozenset[str]:
    """Give the categories that an entry has on evidence of its own, not by its feed, its story or a name alone."""
    return filed_under(reason for reason in reasons if reason.code in {"map", "section", "words", "office"})


def _of_both(found: Mapping[str, Mapping[str, float]], chosen: Collection[str]) -> set[str]:
    """Give the trades of all whom a title calls by their trade, beside one that is chosen: a singer weds an actor."""
    called = {slug[1:] for slug, of in found.items() if slug[0] == "&" and max(of.values()) >= _CALLED}
    return set() if len(called) < _TWO or called.isdisjoint(chosen) else called - set(chosen)


def _with_office(
    office: str,
    found: Mapping[str, float],
    chosen: set[str],
    reasons: list[Reason],
    *,
    told: Collection[str],
    own: Collection[str],
) -> None:
    """Add the category of offices beside another where they are at the centre; drop it where they are not."""
    others = chosen - {office}
    if others and (sum(found.values()) >= _OFFICE or office in told):
        chosen.add(office)
        reasons.append(Reason("office", f"{', '.join(found)} → {office}"))
    elif others and office in chosen and not found:
        chosen.discard(office)
    elif not others and found and (beside := set(own) - {office}):
        chosen |= beside  # a music magazine writes of takeovers too: those of its own trade
        reasons += [Reason("feed", one) for one in sorted(beside)]


def _by_section(
    entry: Entry, feed: FeedSettings, words: CategoryWords
) -> Iterator[tuple[Reason, str, float]]:
    mapped = {plainly(theirs): ours for theirs, ours in feed.category_map.items()}
    for tag in entry.tags:
        folded = plainly(tag)
        if slug := mapped.get(folded, ""):
            yield Reason("map", f"{tag} → {slug}"), slug, _MAP / 2 if folded in words.mixed else _MAP
        elif slug := words.sections.get(folded, ""):
            yield Reason("section", f"{tag} → {slug}"), slug, _GENERAL if slug in words.offices else _SECTION


def _by_words(found: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[Reason, str, float]]:
    for slug, here in found.items():
        if slug[0] not in "!&":
            told = sorted(here, key=lambda word: -here[word])[:_MOST_WORDS]
            yield Reason("words", f"{', '.join(told)} → {slug}"), slug, sum(here.values())


def _found(entry: Entry, words: CategoryWords) -> dict[str, dict[str, float]]:
    """Weigh the words of each category. Opinions speak in pictures ("the soju was not to blame"): theirs count half."""
    pictures = _SUMMARY if any(kind_of_tag(tag) in _OPINIONS for tag in entry.tags) else 1.0
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for text, weight in ((entry.title, pictures), (entry.summary[:400], pictures * _SUMMARY)):
        folded = words.misleading.sub(hidden, plainly(text))
        for word, of in (*_english(folded, words.english), *_korean(folded, words.korean)):
            for slug, score in of:
                found[slug][word] = max(found[slug].get(word, 0.0), score * weight)
    return found


def _english(folded: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    tokens = [_singular(token.strip(".'’-&"), table) for token in _LATIN.findall(folded)]
    spans: Iterable[str] = (
        *tokens,
        *(" ".join(two) for two in pairwise(tokens)),
        *(" ".join(tokens[at : at + 3]) for at in range(len(tokens) - 2)),
    )
    for span in dict.fromkeys(spans):
        if span in table:
            yield span, table[span]


def _singular(token: str, table: Mapping[str, Any]) -> str:
    if token.endswith(("'s", "’s", "s'", "s’")):
        token = _TAKES_AWAY.sub("", token)
    if token in table or not token.endswith("s"):
        return token
    return next((short for short in (token[:-2], token[:-1]) if short in table), token)


def _korean(folded: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Find two syllables at a word's start, three and more anywhere in it, one where it is the word."""
    if folded.isascii():
        return
    seen: set[str] = set()
    for word in _KOREAN.findall(folded):
        for part in _parts(word):
            usual = len(part) >= 3 or (len(part) == 2 and word.startswith(part)) or len(word) <= 2
            key = part if usual and part in table else f"*{part}"
            if key not in seen and key in table:
                seen.add(key)
                yield key, table[key]


def _parts(word: str) -> Iterator[str]:
    if word.isascii():
        yield word
        return
    for begin in range(len(word)):
        for end in range(begin + 1, min(len(word), begin + _LONGEST) + 1):
            yield word[begin:end]
