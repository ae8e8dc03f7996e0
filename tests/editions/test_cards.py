from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.editions.cards import EXCERPT, card, excerpt
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


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("", 10, ""),
        ("short", 10, "short"),
        ("ten chars!", 10, "ten chars!"),
        ("eleven char", 10, "eleven…"),
        ("nine char s", 10, "nine char…"),
        ("nine char, s", 11, "nine char…"),
        ("  white \n space ", 20, "white space"),
        ("달밴드가 칠 년 만에 돌아온다", 11, "달밴드가 칠 년…"),
        ("하나둘셋넷다섯여섯일곱", 8, "하나둘셋넷다섯…"),
        ("a " + "b" * 30, 10, "a bbbbbbb…"),
    ],
)
def test_an_excerpt_ends_at_a_border_of_words(text: str, most: int, cut: str) -> None:
    assert excerpt(text, most) == cut


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("ab ,.가나…", min_size=150, max_size=400))
def test_an_excerpt_is_never_longer_nor_invented(text: str) -> None:
    plain = " ".join(text.split())
    said = excerpt(text)
    assert len(said) <= EXCERPT
    assert said == plain or (said.endswith("…") and plain.startswith(said[:-1]))


@given(st.lists(st.text("abcdefg", min_size=1, max_size=12), min_size=30, max_size=80).map(" ".join))
def test_no_word_is_cut_in_two(text: str) -> None:
    said = excerpt(text)
    assert said == text or text[len(said) - 1] == " "


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
