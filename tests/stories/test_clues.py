"""What a pattern finds is found as well where only patterns of which a clue stands in the text are tried."""

import json
import random
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.stories.clues import Clues, clues_of
from digests.stories.newswords import Pair, Worth
from digests.stories.regex_clues import clues_of_regexes
from digests.stories.wording import compiled, fold, parts_of
from tests.words import vocabulary

CASES = Path(__file__).parents[1] / "cases" / "newsroom"
WORDS = vocabulary().news


def of_data(name: str) -> dict[str, Any]:
    return tomllib.loads(files("digests.stories").joinpath("data", f"{name}.toml").read_text("utf-8"))


LISTS = of_data("words")


@pytest.mark.parametrize(
    ("line", "clues"),
    [
        ("dies", {"dies"}),
        ("leuk*", {"leuk*"}),
        ("body … (found|recovered)", {"found", "recovered"}),
        ("lost (his|her) li(fe|ves)", {"lost"}),
        ("li(fe|ves) of (the |)", {"life", "lives"}),
        ("# dead", {"dead"}),
        ("(the|) show", {"show", "theshow"}),
        ("(rescue|rescues) (on|off)", {"rescue", "rescues"}),
        ("#th anniversary", {"anniversary"}),
        ("life-threatening", {"threatening"}),
    ],
)
def test_an_english_line_tells_its_clues(line: str, clues: set[str]) -> None:
    assert clues_of([line], {}, korean=False) == clues


@pytest.mark.parametrize(
    ("line", "clues"),
    [
        ("사망", {"*사망*"}),
        ("극단적 선택", {"*극단적*"}),
        ("#명 사망", {"*사망*"}),
        ("하늘의 (별|빛)", {"*하늘의*"}),
        ("_불_", {"*불*"}),
        ("[단독 *", {"*단독*"}),
    ],
)
def test_a_korean_line_tells_parts_of_words(line: str, clues: set[str]) -> None:
    assert clues_of([line], {}, korean=True) == clues


@pytest.mark.parametrize("line", ["#", "… #", "♥"])
def test_a_line_without_words_is_always_tried(line: str) -> None:
    assert clues_of(["dies", line], {}, korean=False) is None
    assert list(Clues([None]).worth("whatever")) == [0]


def test_no_line_is_never_tried() -> None:
    assert list(Clues([frozenset(), frozenset({"dies"})]).worth("he dies")) == [1]


@pytest.mark.parametrize(
    ("regex", "clues"),
    [
        (r"it('s| is) time (to|for|we)", {"time"}),
        (r"heroines?", {"heroine", "heroines"}),
        (r"in defen[cs]e of", {"defen*"}),
        (r"commemorat\w*", {"commemorat*"}),
        (r"^obituary(?! prize)", {"obituary"}),
        (r"(?:one|two) songs", {"songs"}),
    ],
)
def test_a_regular_expression_tells_its_clues(regex: str, clues: set[str]) -> None:
    assert clues_of_regexes([regex], korean=False) == clues


@pytest.mark.parametrize(
    "regex", [r"\d+%", r"[•▪■*].{3,80}", r"(a|b)*", r"(?P<name>dies)", r"(unclosed", r"x{2}"]
)
def test_what_is_not_understood_or_tells_nothing_is_always_tried(regex: str) -> None:
    assert clues_of_regexes([regex], korean=False) is None


@pytest.mark.parametrize("text", ["DİES", "dıes", "dieſ", "\u212aill"])  # what `re` takes for i, s, k
def test_letters_that_are_one_without_regard_to_case_are_one_here(text: str) -> None:
    lines = ["dies", "kill"]
    assert compiled(lines, {}, korean=False).search(text)  # type: ignore[union-attr]
    assert list(Clues([clues_of(lines, {}, korean=False)]).worth(text)) == [0]


# -- nothing is missed ----------------------------------------------------------------------------------------------


def texts() -> list[str]:
    """Real ones would be better: all titles and summaries of the labelled newsrooms, as they are read."""
    found = []
    for path in sorted(CASES.glob("*/entries.jsonl")):
        for line in path.read_text("utf-8").split("\n"):
            if line.strip():
                entry = json.loads(line)
                found += [fold(entry["title"]), fold(entry["summary"])]
    return found


def patterns() -> list[tuple[Worth, list[Pair]]]:
    return [
        (WORDS.worth_signs, [sign.words for sign in WORDS.signs.values()]),
        (WORDS.worth_beside, [sign.beside for sign in WORDS.signs.values()]),
        (WORDS.worth_bearings, list(WORDS.bearings.values())),
        (WORDS.worth_titles, [piece.title for piece in WORDS.pieces.values()]),
        (WORDS.worth_below, [piece.below for piece in WORDS.pieces.values()]),
    ]


def missed(text: str) -> list[tuple[int, int, bool]]:
    """The patterns that are found in a text and would not have been tried."""
    return [
        (which, number, korean)
        for which, (worth, pairs) in enumerate(patterns())
        for korean in (True, False)
        for number in set(range(len(pairs))) - set(worth.of(korean).worth(text))
        if (pattern := pairs[number].of(korean)) and pattern.search(text)
    ]


def test_no_pattern_is_missed_in_labelled_news() -> None:
    some = texts()[::5]
    assert len(some) > 200
    assert [(text, found) for text in some if (found := missed(text))] == []


def written(line: str, chance: random.Random, *, korean: bool) -> str:
    """Write a text that a line stands for: an alternative of each, some words for a gap, a number."""
    alternatives: list[list[str]] = [[""]]
    for part in parts_of(line):
        if part == "(":
            alternatives.append([""])
        elif part == "|":
            alternatives[-1].append("")
        elif part == ")":
            closed = chance.choice(alternatives.pop())
            alternatives[-1][-1] += closed
        elif part.startswith("{"):
            alternatives[-1][-1] += written(chance.choice(LISTS[part[1:-1]]), chance, korean=korean)
        else:
            alternatives[-1][-1] += {
                "#": chance.choice(("3", "12명", "열") if korean else ("3", "12", "several")),
                "*": chance.choice(("", "ing", "ed")),
                "_": "",
            }.get(part, " " if "…" in part or part.isspace() else part)
    return alternatives[0][-1]


SECTIONS = [
    (name, number, kind, korean)
    for name, count in (("happenings", len(WORDS.signs)), ("bearings", len(WORDS.bearings)))
    for number in range(count)
    for kind, korean in (("ko", True), ("en", False))
]


@given(st.sampled_from(SECTIONS), st.randoms(use_true_random=False))
def test_no_line_of_the_lists_is_missed_in_a_text_that_it_stands_for(
    section: tuple[str, int, str, bool], chance: random.Random
) -> None:
    name, number, kind, korean = section
    lines = list(of_data(name).values())[number].get(kind)
    if not lines:
        return
    before = chance.choice(("", "그", "The ", "'"))
    text = fold(before + written(chance.choice(lines), chance, korean=korean))
    if name == "happenings":
        worth, pairs = WORDS.worth_signs, [sign.words for sign in WORDS.signs.values()]
    else:
        worth, pairs = WORDS.worth_bearings, list(WORDS.bearings.values())
    pattern = pairs[number].of(korean)
    for cased in (text, text.upper()):
        if pattern and pattern.search(cased):
            assert number in set(worth.of(korean).worth(cased)), cased
