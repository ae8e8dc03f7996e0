"""What a reader is told who asks why an alert came."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from bot.formatter.markup import units
from bot.formatter.reasons import POP_UP, fits_a_pop_up, for_a_pop_up, phrases, why
from bot.texts import Texts, Voice
from digests.model import AlertContent, Card, StoryId, Version

VERSION = Version("en", "Nova Lane leave their label", "https://a.example/1", "Magpie Post")
CONTENT = AlertContent(
    Card(StoryId(1), datetime(2026, 11, 24, tzinfo=UTC), ("kpop",), {"en": VERSION}), ("marker", "leaves")
)
SIGNS = tomllib.loads(files("digests.stories").joinpath("data/happenings.toml").read_text(encoding="utf-8"))
OF_MARKS_AND_TURNS = (
    "feed", "tag", "marker", "exclusive", "official", "authority", "burst", "many", "turn", "turn_confirmed", "toll"
)  # fmt: skip


@pytest.fixture(params=["en", "ko"])
def voice(request: pytest.FixtureRequest) -> Voice:
    return Texts.load().voice(request.param)


@pytest.mark.parametrize(
    "code", [*OF_MARKS_AND_TURNS, *(code for code, sign in SIGNS.items() if sign["weight"] > 0)]
)
def test_every_reason_that_something_rang_for_has_words(voice: Voice, code: str) -> None:
    said = phrases(voice)[code]
    assert said
    assert said in why(voice, replace(CONTENT, reasons=(code,)), [], [])


def test_it_says_what_is_followed_what_it_rang_for_and_who_told_it() -> None:
    voice = Texts.load().voice("en")
    assert why(voice, CONTENT, ["K-pop", "Nova Lane"], ["K-pop"]).splitlines() == [
        "Followed here: K-pop and Nova Lane",
        "It broke: marked as breaking, somebody leaves a group",
        "Sources: Magpie Post",
    ]


def test_what_is_followed_no_more_is_named_by_its_category() -> None:
    assert "분야: 케이팝" in why(Texts.load().voice("ko"), CONTENT, [], ["케이팝"])


def test_a_reason_that_is_not_known_is_passed_over_and_none_is_said_plainly(voice: Voice) -> None:
    told = why(voice, replace(CONTENT, reasons=("of_2019", "marker")), [], [])
    assert "of_2019" not in told
    assert phrases(voice)["marker"] in told
    assert "of_2019" not in why(voice, replace(CONTENT, reasons=("of_2019",)), [], [])
    assert why(voice, replace(CONTENT, reasons=()), [], []).strip()


def test_two_reasons_of_one_name_are_said_once() -> None:
    told = why(Texts.load().voice("en"), replace(CONTENT, reasons=("accident", "fall")), [], [])
    assert told.count("an accident") == 1


def test_sources_that_an_edit_counted_are_told_as_a_number() -> None:
    card = replace(CONTENT.card, sources=6)
    told = why(Texts.load().voice("en"), replace(CONTENT, card=card, also=("A", "B", "C", "D")), [], [])
    assert "Sources: A, B, C and 3 more" in told


def test_what_is_too_long_for_a_pop_up_is_cut_to_it() -> None:
    long = "🎤 " * 300
    assert not fits_a_pop_up(long)
    assert units(for_a_pop_up(long)) <= POP_UP
    assert fits_a_pop_up(why(Texts.load().voice("ko"), CONTENT, ["케이팝"], ["케이팝"]))
