"""A table of invented news, each with its decision and a reason: tests/cases/breaking.toml."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digests.model import Decision, Entry
from digests.settings import BreakingSettings, FeedSettings
from digests.stories.breaking import decide
from digests.stories.freshness import FeedClock
from digests.stories.language import language_of
from digests.stories.newswords import NewsWords
from digests.stories.reading import read
from digests.stories.so_far import SoFar, Voice

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "breaking.toml").read_text("utf-8"))["case"]
WORDS = NewsWords.load()


def decided(case: dict[str, Any]) -> Decision:
    feed = FeedSettings(
        url="https://daily.example/feed",
        name="daily",
        categories=("korea",),
        breaking=case.get("marked", False),
        kind=case.get("kind", ""),
    )
    entry = Entry(
        "k",
        case["title"],
        summary=case.get("below", ""),
        tags=tuple(case.get("tags", ())),
        published=NOW - timedelta(minutes=4),
    )
    told = read(entry, feed, WORDS, seen_at=NOW, language=language_of(entry, feed))
    also = {f"paper-{at}": float(rate) for at, rate in enumerate(case.get("also", ()))}
    so_far = SoFar(voices=tuple(Voice(name, NOW - timedelta(minutes=6)) for name in also))
    rates = {**also, "daily": float(case.get("rate", 1))} if also else {}
    return decide(told, so_far, FeedClock(), BreakingSettings(), NOW, words=WORDS, rates=rates)


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_an_invented_case_is_decided_as_a_person_would(case: dict[str, Any]) -> None:
    decision = decided(case)
    assert decision.rings == case["rings"], decision
    assert not case["reason"] or case["reason"] in [reason.code for reason in decision.reasons]
    if "silent" in case:
        assert decision.silent == case["silent"]


def test_the_table_is_large_and_holds_both_answers_in_both_languages() -> None:
    assert len(CASES) >= 60
    korean = [case for case in CASES if any("가" <= letter <= "힣" for letter in case["title"])]
    for part in (korean, [case for case in CASES if case not in korean]):
        assert {case["rings"] for case in part} == {True, False}
        assert len(part) >= 25
