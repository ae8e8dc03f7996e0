from dataclasses import replace
from datetime import UTC, datetime

import pytest

from digests.editions.restraint import restrained, restrained_card, telling
from digests.model import AlertContent, Card, StoryId, Version

VERSION = Version(
    "en", "Actor dies", "https://a.example", "Daily", "At home.", "Jo", "https://a.example/picture.jpg"
)


def content(sensitive: str, title: str = "Actor dies") -> AlertContent:
    korean = Version("ko", title, "https://b.example", "일보", "자택에서.", image="https://b.example/1.jpg")
    card = Card(StoryId(1), datetime(2026, 11, 24, tzinfo=UTC), ("kpop",), {"en": VERSION, "ko": korean})
    return AlertContent(card, sensitive=sensitive)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Actor dies", ""),
        ("Actor dies by suicide", "word"),
        ("배우 극단선택", "word"),
        ("Actor kills himself", "word"),
        ("Actor jumps from roof", "method"),
        ("배우 목매 숨져", "method"),
        ("Actor found dead in hotel", "place"),
        ("배우, 오피스텔 14층서", "place"),
        ("Actor dies after years of debt", "motive"),
        ("생활고 겪던 배우 별세", "motive"),
        ("Actor’s season of farewells", ""),  # "sea" and "well" stand inside other words
        ("배우 별세…빈소 마련", ""),
    ],
)
def test_a_title_is_looked_through_for_what_it_should_not_tell(title: str, kind: str) -> None:
    assert telling(title) == kind


def test_news_that_asks_for_none_is_left_as_it_is() -> None:
    for sensitive in ("", "death"):
        shown = restrained(content(sensitive), plainly="Somebody died")
        assert shown.card.versions == content(sensitive).card.versions


def test_each_version_is_looked_at_by_itself() -> None:
    shown = restrained(content("suicide", "배우 투신"), plainly="…").card.versions
    assert (shown["en"].title, shown["ko"].title) == ("Actor dies", "…")
    assert [(one.excerpt, one.author, one.image) for one in shown.values()] == [("", "", "")] * 2
    assert [one.link for one in shown.values()] == ["https://a.example", "https://b.example"]


@pytest.mark.parametrize("sensitive", ["sexual", "minor"])
def test_what_was_done_to_the_defenceless_is_told_without_a_picture(sensitive: str) -> None:
    shown = restrained(content(sensitive), plainly="…").card.versions["en"]
    assert (shown.title, shown.excerpt, shown.image) == ("Actor dies", "At home.", "")


def test_what_any_entry_told_of_the_story_counts_for_its_alert_as_well() -> None:
    rang = content("death", "Actor dies in hotel")
    known = replace(rang, card=replace(rang.card, sensitive=("death", "suicide")))
    shown = restrained(known, plainly="Somebody died")
    assert shown.sensitive == "death,suicide"
    assert (shown.card.versions["ko"].title, shown.card.versions["ko"].excerpt) == ("Somebody died", "")


def test_a_story_in_a_list_is_told_with_the_same_restraint_as_its_alert() -> None:
    for sensitive in ("suicide", "sexual", "death"):
        alert = restrained(content(sensitive, "배우 투신"), plainly="…")
        alone = restrained_card(replace(content("").card, sensitive=(sensitive,)), plainly="…")
        assert alone.versions["en"] == alert.card.versions["en"]
