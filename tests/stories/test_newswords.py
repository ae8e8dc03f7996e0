"""The word lists: whole, readable by an operator, and extendable."""

from pathlib import Path

import pytest

from digests.errors import SosikError
from digests.stories import markers
from digests.stories.newswords import NewsWords
from digests.stories.reasons import REASONS
from digests.stories.wording import compiled

WORDS = NewsWords.load()


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    codes = {*WORDS.signs, *WORDS.pieces, *markers.KINDS, *(one.doubt for one in WORDS.doubters)}
    codes |= {
        "marker",
        "feed",
        "tag",
        "authority",
        "official",
        "burst",
        "many",
        "turn",
        "turn_confirmed",
        "toll",
    }
    codes |= {"rumour", "hearsay", "question", "denial", "unproven", "second_source", "roundup"}
    codes |= {"history", "stale", "future", "told", "known"}
    assert codes == set(REASONS)
    assert all(sentence.endswith(".") for sentence in REASONS.values())


def test_what_a_section_refers_to_is_there() -> None:
    for piece in WORDS.pieces.values():
        assert piece.spares <= set(WORDS.signs), piece.code
    for doubter in WORDS.doubters:
        assert doubter.spares <= set(WORDS.signs), doubter.doubt
    for sign in WORDS.signs.values():
        assert sign.beside_codes | sign.of <= set(WORDS.signs), sign.code


def test_an_operators_section_takes_the_place_of_ours_and_a_new_one_is_added(tmp_path: Path) -> None:
    (tmp_path / "happenings.toml").write_text(
        '[eclipse]\nweight = 6\nen = ["eclipse"]\n[birth]\nweight = 9\nen = ["hatches"]\n', "utf-8"
    )
    words = NewsWords.load(tmp_path)
    assert words.signs["eclipse"].weight == 6
    assert words.signs["birth"].words.en
    assert not words.signs["birth"].words.en.search("gives birth")
    assert words.signs["death"].weight == WORDS.signs["death"].weight


@pytest.mark.parametrize(
    "wrong",
    [
        "[eclipse",
        '[eclipse]\nen = ["sun"]\n',
        '[eclipse]\nweight = 1\nen = ["{moons}"]\n',
        '[eclipse]\nweight = 1\nen = ["sun |"]\n',
    ],
)
def test_words_that_cannot_be_read_are_told_with_their_place(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "happenings.toml").write_text(wrong, "utf-8")
    with pytest.raises(SosikError, match=tmp_path.name):
        NewsWords.load(tmp_path)


@pytest.mark.parametrize(
    ("line", "korean", "yes", "no"),
    [
        ("총 파업", True, ["총파업 돌입", "총 파업"], ["총무 파업"]),
        ("_불_", True, ["공장 불 커져"], ["불법 공장", "이불"]),
        ("배 … 침몰", True, ["배 한 척 침몰"], ["배. 그리고 침몰"]),
        ("#명 … 숨", True, ["3명 숨져", "1천200명이 숨"], ["명이 숨"]),
        ("(가|나)다", True, ["나다"], ["라다"]),
        ("strike* over", False, ["strikes over pay"], ["overstrike", "strike"]),
        ("after (her|) arrest", False, ["after her arrest", "after arrest"], ["arrest"]),
        ("# dead", False, ["12 dead", "Three dead"], ["dead 12"]),
        ("{ships} … sinks", False, ["Ferry with 9 sinks"], ["Ferry. Sinks"]),
        ("names … holiday", False, ["Cabinet names Sept. 28 a holiday"], ["Cabinet names. Holiday"]),
        ("raid", False, ["Police raid"], ["afraid", "raiders", "anti-raid"]),
    ],
)
def test_the_little_language_of_the_lists(line: str, korean: bool, yes: list[str], no: list[str]) -> None:
    pattern = compiled([line], {"ships": ["ferry"]}, korean=korean)
    assert pattern
    assert all(pattern.search(text) for text in yes)
    assert not any(pattern.search(text) for text in no)
