"""What readers follow or mute in plain words and sources, found in texts."""

import pytest

from digests.model import Entry, Subject, What
from digests.stories.wanted import Wanted, name_subject, source_subject, words_subject


def words(typed: str) -> Subject:
    subject = words_subject(typed)
    assert subject is not None
    return subject


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("spoiler", "SPOILER: how the finale ends"),
        ("spoiler", "Spoilers ahead for episode 9"),
        ("comeback stage", "The Comeback-Stage that nobody saw"),
        ("컴백", "가을에 컴백을 한다"),
        ("컴백", "컴백!"),
        ("콘서트", "콘서트에서 만나요"),
        ("스포일러", "스포일러는 싫어요"),
        ("팬 미팅", "팬미팅이 열린다"),
        ("ＡＢＣ", "abc of fandom"),
        ("カムバック", "カムバック!"),
        ("新曲", "話題の新曲を聞く"),
        ("a.b*", "a.b* stands here"),
    ],
)
def test_words_are_found_whole(typed: str, title: str) -> None:
    assert Wanted.of([words(typed)]).found(title) == {words(typed)}


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("art", "The party starts"),
        ("회의", "국회의원이 나섰다"),
        ("비", "비만을 이기는 법"),
        ("컴백", "컴백홈 다시 듣기"),
        ("comeback stage", "A comeback without a stage"),
        ("カム", "カムバック"),
        ("a.*b", "a long way to b"),
        (".*", "anything at all"),
        ("tv", "tvs everywhere"),
    ],
)
def test_a_part_of_a_word_is_none_and_nothing_is_a_pattern(typed: str, title: str) -> None:
    subject = words_subject(typed)
    assert Wanted.of([subject] if subject else []).found(title) == set()


def test_words_without_letters_are_none() -> None:
    assert words_subject("!?") is None
    assert source_subject(" - ") is None


def test_every_word_that_is_wanted_is_found_also_where_they_overlap() -> None:
    wanted = [words(typed) for typed in ("fan", "fan meeting", "meeting", "tour")]
    assert Wanted.of(wanted).found("A fan meeting in Busan") == set(wanted[:3])


def test_names_and_sources_are_found_by_what_is_known_of_the_text() -> None:
    name, source, other = name_subject("aespa"), source_subject("Seoul Daily"), source_subject("Hanguk")
    assert source
    assert other
    wanted = Wanted.of([name, source, other])
    assert wanted.found("title", names=["aespa", "ive"], sources=["SEOUL-daily", ""]) == {name, source}


def test_an_entrys_tags_and_its_summary_count_as_its_words() -> None:
    wanted = Wanted.of([words("spoiler"), words("tour"), words("ticket")])
    entry = Entry(
        key="1", title="Winter tour", summary="Tickets are gone.", tags=("Spoiler",), source="Daily"
    )
    assert {one.value for one in wanted.found_in(entry)} == {"spoiler", "tour", "ticket"}


def test_a_word_is_one_however_it_is_written() -> None:
    assert words("Comeback  Stage") == words("comeback-stage") == Subject(What.WORDS, "comeback stage")
    assert source_subject("Seoul Daily") == source_subject("seoul-daily")
