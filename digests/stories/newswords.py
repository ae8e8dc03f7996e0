"""The words of breaking news (`data/*.toml`), made ready: what happened, what casts doubt, what kind of piece it is.

Read once, by `NewsWords.load()`, at the composition root. An operator's folder is read over ours: a section there
takes the place of ours of the same name, and a new one is added.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from digests.errors import SosikError
from digests.stories.clues import Clues, Table, clues_of
from digests.stories.regex_clues import clues_of_regexes
from digests.stories.told import Doubt
from digests.stories.wording import compiled

_FILES = ("words", "happenings", "doubts", "pieces", "bearings", "weights")


@dataclass(frozen=True, slots=True)
class Pair:
    """One pattern for each language, and None where a list is empty."""

    ko: re.Pattern[str] | None
    en: re.Pattern[str] | None

    def of(self, korean: bool) -> re.Pattern[str] | None:  # noqa: FBT001  # which of two, as everywhere here
        """Give the pattern that reads a Korean or an English text."""
        return self.ko if korean else self.en


@dataclass(frozen=True, slots=True)
class Worth:
    """Which of many patterns are worth trying on a text, by their number, for each language."""

    ko: Clues
    en: Clues

    def of(self, korean: bool) -> Clues:  # noqa: FBT001  # which of two, as everywhere here
        """Give the clues of the patterns that read a Korean or an English text."""
        return self.ko if korean else self.en


@dataclass(frozen=True, slots=True)
class Sign:
    """One code of happenings.toml."""

    code: str
    weight: float
    group: str
    turn: bool
    plans: bool
    proof: bool
    sensitive: str
    words: Pair
    lookalikes: Pair
    beside: Pair  # words that count only beside a code of `beside_codes`
    beside_codes: frozenset[str]
    of: frozenset[str]  # a weight below 0 counts only beside one of these


@dataclass(frozen=True, slots=True)
class Doubter:
    """One section of doubts.toml."""

    doubt: Doubt
    joined: Pair
    after: Pair
    before: Pair
    spares: frozenset[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """One section of pieces.toml."""

    code: str
    weight: float
    never: bool
    outweighed: bool  # by something grave in the title: it only speaks against it then
    spares: frozenset[str]
    title: Pair
    below: Pair
    tags: frozenset[str]


@dataclass(frozen=True)
class NewsWords:
    """All the words that breaking news is judged by."""

    signs: Mapping[str, Sign]
    doubters: tuple[Doubter, ...]
    pieces: Mapping[str, Piece]
    bearings: Mapping[str, Pair]
    authority: Pair  # states, courts, police: who need not prove what they say
    weights: Mapping[str, float]
    worth_signs: Worth  # which of `signs`, by their place there
    worth_beside: Worth  # the same of their `beside`
    worth_bearings: Worth
    worth_titles: Worth  # which of `pieces`, by how titles are worded
    worth_below: Worth

    @staticmethod
    def load(folder: Path | None = None) -> "NewsWords":
        """Read our word lists, and over them those of `folder`. SosikError: which file and what is wrong with it."""
        data: dict[str, dict[str, Any]] = {}
        for name in _FILES:
            ours = resources.files("digests.stories").joinpath("data", f"{name}.toml").read_text("utf-8")
            data[name] = tomllib.loads(ours)
            theirs = folder / f"{name}.toml" if folder else None
            if theirs and theirs.exists():
                try:
                    data[name] |= tomllib.loads(theirs.read_text("utf-8"))
                except (ValueError, OSError) as error:
                    raise SosikError(f"The words in {theirs} cannot be read: {error}.") from error
        try:
            return _made(data)
        except (KeyError, TypeError, ValueError, re.error) as error:
            raise SosikError(
                f"The words in {folder or 'digests/stories/data'} do not fit: {error}."
            ) from error

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Which event a code tells of: codes of one group are no news to each other."""
        return {code: sign.group for code, sign in self.signs.items()}


def _made(data: Mapping[str, Mapping[str, Any]]) -> NewsWords:
    lists, tables = data["words"], (Table(), Table())
    return NewsWords(
        {code: _sign(code, told, lists) for code, told in data["happenings"].items()},
        tuple(_doubter(doubt, told, lists) for doubt, told in data["doubts"].items()),
        {code: _piece(code, told) for code, told in data["pieces"].items()},
        {name: _pair(told, "", lists) for name, told in data["bearings"].items()},
        _pair({"ko": ["{state_ko}"], "en": ["{state_en}"]}, "", lists),
        {name: float(weight) for name, weight in data["weights"].items()},
        worth_signs=_worth(data["happenings"], "", lists, tables),
        worth_beside=_worth(data["happenings"], "with_", lists, tables),
        worth_bearings=_worth(data["bearings"], "", lists, tables),
        worth_titles=_worth_of_regexes(data["pieces"], "", tables),
        worth_below=_worth_of_regexes(data["pieces"], "_below", tables),
    )


def _worth(
    sections: Mapping[str, Any], kind: str, lists: Mapping[str, Iterable[str]], tables: tuple[Table, Table]
) -> Worth:
    """Read the clues of all sections' lists of one kind, into a table for Korean and one for English."""
    told = sections.values()
    ko = [clues_of(one.get(f"{kind}ko", ()), lists, korean=True) for one in told]
    en = [clues_of(one.get(f"{kind}en", ()), lists, korean=False) for one in told]
    return Worth(Clues(ko, tables[0]), Clues(en, tables[1]))


def _worth_of_regexes(sections: Mapping[str, Any], kind: str, tables: tuple[Table, Table]) -> Worth:
    told = sections.values()
    ko = [clues_of_regexes(one.get(f"ko{kind}", ()), korean=True) for one in told]
    en = [clues_of_regexes(one.get(f"en{kind}", ()), korean=False) for one in told]
    return Worth(Clues(ko, tables[0]), Clues(en, tables[1]))


def _sign(code: str, told: Mapping[str, Any], lists: Mapping[str, Iterable[str]]) -> Sign:
    return Sign(
        code=code,
        weight=float(told["weight"]),
        group=told.get("group", code),
        turn=told.get("turn", False),
        plans=told.get("plans", False),
        proof=told.get("proof", False),
        sensitive=told.get("sensitive", ""),
        words=_pair(told, "", lists),
        lookalikes=_pair(told, "_not", lists),
        beside=Pair(
            compiled(told.get("with_ko", ()), lists, korean=True),
            compiled(told.get("with_en", ()), lists, korean=False),
        ),
        beside_codes=frozenset(told.get("with", ())),
        of=frozenset(told.get("of", ())),
    )


def _doubter(doubt: str, told: Mapping[str, Any], lists: Mapping[str, Iterable[str]]) -> Doubter:
    return Doubter(
        doubt,  # type: ignore[arg-type]  # an operator may name a doubt of their own
        _pair(told, "_joined", lists),
        _pair(told, "_after", lists),
        _pair(told, "_before", lists),
        frozenset(told.get("spares", ())),
    )


def _piece(code: str, told: Mapping[str, Any]) -> Piece:
    return Piece(
        code=code,
        weight=float(told["weight"]),
        never=told.get("never", False),
        outweighed=told.get("outweighed", False),
        spares=frozenset(told.get("spares", ())),
        title=Pair(_raw(told.get("ko", ()), korean=True), _raw(told.get("en", ()), korean=False)),
        below=Pair(_raw(told.get("ko_below", ()), korean=True), _raw(told.get("en_below", ()), korean=False)),
        tags=frozenset(tag.casefold() for tag in told.get("tags", ())),
    )


def _pair(told: Mapping[str, Any], ending: str, lists: Mapping[str, Iterable[str]]) -> Pair:
    return Pair(
        compiled(told.get(f"ko{ending}", ()), lists, korean=True),
        compiled(told.get(f"en{ending}", ()), lists, korean=False),
    )


def _raw(lines: Iterable[str], *, korean: bool) -> re.Pattern[str] | None:
    """Make one pattern of regular expressions; English ones stand for whole words."""
    whole = "|".join(f"(?:{line})" for line in lines)
    if not whole:
        return None
    return re.compile(whole.replace("_", r"\b") if korean else rf"(?<!\w)(?:{whole})(?!\w)", re.IGNORECASE)
