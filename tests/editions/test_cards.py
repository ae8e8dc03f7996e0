from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.editions.cards import card
from digests.model import Card, Entry, Language, StoryFacts, StoryId, Telling

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def told(
    title: str = "Moon Band parts with its agency",
    *,
    feed: str = "daily",
    language: Language = "en",
    minutes: int = 0,
    source: str = "",
    **more: Any,
) -> Telling:
    entry = Entry(key=f"{feed}-{title}", title=title, **{"link": f"https://{feed}.example/1", **more})
    return Telling(feed, source, entry, language, NOON + timedelta(minutes=minutes))


def made(*entries: Telling) -> Card:
    facts = StoryFacts(StoryId(7), NOON, frozenset({"kpop", "drama"}), entries, alerted=False)
    return card(facts, breaking=True)


def test_a_card_of_one_entry() -> None:
    one = made(
        told(
            summary="After seven years.",
            author="Mo Rae",
            image="https://daily.example/1.jpg",
            source="The Daily",
        )
    )
    version = one.versions["en"]
    assert (one.story, one.at, one.categories, one.breaking, one.sources) == (
        7,
        NOON,
        ("drama", "kpop"),
        True,
        1,
    )
    assert (version.title, version.excerpt) == ("Moon Band parts with its agency", "After seven years.")
    assert (version.source, version.author, version.image) == (
        "The Daily",
        "Mo Rae",
        "https://daily.example/1.jpg",
    )


def test_each_language_has_its_own_lead() -> None:
    one = made(told("달밴드, 소속사와 결별", feed="wire", language="ko"), told(minutes=90))
    assert set(one.versions) == {"ko", "en"}
    assert one.version("ko").title == "달밴드, 소속사와 결별"
    assert one.version("en").source == "daily"


def test_the_earliest_leads_among_equals() -> None:
    assert (
        made(told("Late", minutes=5, feed="a"), told("Early", minutes=1, feed="b")).versions["en"].title
        == "Early"
    )


def test_a_later_entry_with_a_picture_and_an_excerpt_leads() -> None:
    later = told(
        "With all", minutes=5, feed="b", image="https://b.example/1.jpg", summary="More is told here."
    )
    assert made(told("Bare"), later).versions["en"].title == "With all"


def test_sources_are_feeds_not_entries() -> None:
    assert made(told("A"), told("B"), told("C", feed="wire")).sources == 2


def test_without_a_publishers_name_the_feeds_name_is_the_source() -> None:
    assert made(told(feed="wire")).versions["en"].source == "wire"


def test_an_excerpt_that_says_the_title_again_is_left_out() -> None:
    assert made(told(summary="Moon Band parts with its agency")).versions["en"].excerpt == ""
    assert made(told(summary="moon band parts…")).versions["en"].excerpt == ""


def test_an_entry_without_a_title_is_shown_by_its_words_else_its_link() -> None:
    wordy = made(told("", summary="Moon Band, live tonight.")).versions["en"]
    assert (wordy.title, wordy.excerpt) == ("Moon Band, live tonight.", "")
    assert made(told(" ")).versions["en"].title == "https://daily.example/1"
    assert made(told("", link="")).versions["en"].title == "daily"


def test_a_story_without_entries_has_no_card() -> None:
    with pytest.raises(ValueError, match="Nothing tells of story 7"):
        made()


def test_a_card_says_the_best_that_any_of_its_entries_says_in_that_language() -> None:
    said = (
        "The members spoke of seven good years. Moon Band and its agency part in December, both sides said."
    )
    one = made(
        told(summary="More to follow soon.", image="https://daily.example/1.jpg"),
        told("Moon Band parts ways with its agency", feed="wire", summary=said, minutes=5),
        told("달밴드, 소속사와 결별", feed="post", language="ko", summary="달밴드가 12월에 소속사를 떠난다."),
    )
    assert one.versions["en"].title == "Moon Band parts with its agency"
    assert "part in December" in one.versions["en"].excerpt
    assert one.versions["ko"].excerpt == "달밴드가 12월에 소속사를 떠난다."


@pytest.mark.parametrize("lead_forbids", [True, False])
def test_what_forbids_to_be_shown_gives_nothing_to_a_summary(lead_forbids: bool) -> None:
    first = replace(told(summary="Seven years end in December."), title_only=lead_forbids)
    second = replace(
        told("Moon Band leaves", feed="wire", minutes=5, summary="The agency regrets it."),
        title_only=not lead_forbids,
    )
    said = made(first, second).versions["en"]
    assert said.excerpt == ("The agency regrets it." if lead_forbids else "Seven years end in December.")
    both = replace(second, title_only=True)
    assert made(replace(first, title_only=True), both).versions["en"].excerpt == ""


def test_minutes_and_comments_are_those_of_the_entry_that_is_shown() -> None:
    shown = told(summary="Seven years end.", image="https://daily.example/1.jpg")
    shown = replace(shown, entry=replace(shown.entry, minutes=4, comments=12))
    other = told("Other", feed="wire")
    other = replace(other, entry=replace(other.entry, minutes=9, comments=99))
    version = made(other, shown).versions["en"]
    assert (version.minutes, version.comments) == (4, 12)


def test_the_weight_is_the_greatest_of_the_feeds() -> None:
    facts = StoryFacts(StoryId(7), NOON, frozenset({"kpop"}), (told(), told(feed="wire")), alerted=False)
    assert card(facts, breaking=False).weight == 1
    assert card(facts, breaking=False, weights={"wire": 2.5}).weight == 2.5
    assert card(facts, breaking=False, weights={"wire": 0.5, "daily": 0.25}).weight == 0.5


entries = st.builds(
    told,
    st.sampled_from(["A", "B", ""]),
    feed=st.sampled_from(["daily", "wire"]),
    language=st.sampled_from(["en", "ko"]),
    minutes=st.integers(0, 3),
    image=st.sampled_from(["", "https://x.example/1.jpg"]),
    summary=st.sampled_from(["", "Some words."]),
)


@given(
    st.lists(entries, min_size=1, max_size=6, unique_by=lambda one: (one.feed, one.entry.key)), st.randoms()
)
def test_a_card_does_not_depend_on_the_order_of_its_entries(
    given_entries: list[Telling], chance: Random
) -> None:
    shuffled = list(given_entries)
    chance.shuffle(shuffled)
    assert made(*shuffled) == made(*given_entries)
    assert set(made(*given_entries).versions) == {one.language for one in given_entries}
    assert all(version.title for version in made(*given_entries).versions.values())


def rumoured(*entries: Telling) -> bool:
    return made(*entries).rumour


def test_a_story_that_was_first_told_as_a_rumour_is_one_until_somebody_stands_for_it() -> None:
    rumour = replace(told("Two of Moon Band are said to be dating"), rumour=True)
    repeated = replace(told("Fans react", feed="wire", minutes=9))
    statement = replace(told("Agency: they are dating", feed="ink", minutes=20), vouched=True)
    assert rumoured(rumour)
    assert rumoured(repeated, rumour), "the order in which they are given is none"
    assert not rumoured(rumour, repeated, statement)


def test_a_rumour_beside_what_was_told_plainly_makes_no_rumour_of_the_story() -> None:
    assert not rumoured(told(), replace(told(feed="gossip", minutes=5), rumour=True))


def test_a_story_is_as_sensitive_as_any_of_its_entries() -> None:
    one = replace(told(), sensitive=("death",))
    other = replace(told(feed="wire", minutes=5), sensitive=("death", "suicide"))
    assert made(one, other, told(feed="ink")).sensitive == ("death", "suicide")
    assert made(told()).sensitive == ()
