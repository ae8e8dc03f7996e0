"""What a story says in a line or two: whole sentences of one description, the best ones, never a word cut in two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.editions.summary import MOST, excerpt, sentences_of, summary

FERRY = "Minister resigns over ferry contract"
LONG = (
    "It was a long evening in the old capital with the galleries nearly empty and the tea gone cold at last."
)


@pytest.mark.parametrize(
    ("title", "descriptions", "said"),
    [
        (FERRY, [], ""),
        (FERRY, [""], ""),
        (FERRY, ["Han Doyun had been in office for a year."], "Han Doyun had been in office for a year."),
        # The sentence that holds the title's words, not the scene that is set before it.
        (
            FERRY,
            [f"{LONG} Minister Han Doyun resigned over the contract for the island ferry, his office said."],
            "Minister Han Doyun resigned over the contract for the island ferry, his office said.",
        ),
        # Whole sentences that stand beside each other, as many as fit.
        (
            FERRY,
            ["Han Doyun resigned on Tuesday. The ferry contract went to his cousin. " + LONG + " " + LONG],
            "Han Doyun resigned on Tuesday. The ferry contract went to his cousin.",
        ),
        # What two papers say outweighs what one says.
        (
            "Storm nears Jeju",
            [
                "Fishermen mend nets and shrug at it all. Flights are cancelled until Thursday noon.",
                "Airlines cancelled flights until Thursday.",
                "Flights until Thursday are cancelled, the airport says.",
            ],
            "Fishermen mend nets and shrug at it all. Flights are cancelled until Thursday noon.",
        ),
        ("Same title", ["Same title"], ""),
        ("Same title again", ["same title…"], ""),
        ("Same title", ["Same title. And this is what happened there."], "And this is what happened there."),
        ("Storm", ["The roof flew off. Read more at the Daily."], "The roof flew off."),
        ("Storm", ["Click here to read on."], ""),
        ("태풍", ["지붕이 날아갔다. 기사 더 보기", "무단 전재 및 재배포 금지"], "지붕이 날아갔다."),
        (
            "해달, 서울 공연 예매 시작",
            ["날씨가 추워졌다. 해달의 서울 공연 예매가 12월 2일 시작된다. 이는 2년 만이다."],
            "날씨가 추워졌다. 해달의 서울 공연 예매가 12월 2일 시작된다. 이는 2년 만이다.",
        ),
    ],
)
def test_what_a_story_says(title: str, descriptions: list[str], said: str) -> None:
    assert summary(title, descriptions) == said


def test_the_shown_entrys_own_words_are_taken_where_others_say_the_same() -> None:
    own, other = "Han Doyun left the ministry on Tuesday.", "Han Doyun left the ministry this Tuesday."
    assert summary(FERRY, [own, other]) == own
    assert summary(FERRY, [other, own]) == other


def test_another_papers_sentence_is_taken_where_it_tells_more_of_the_title() -> None:
    other = "The minister resigned over a ferry contract that went to his cousin."
    assert summary(FERRY, ["More to follow.", other]) == other


def test_a_sentence_that_rests_on_the_one_before_it_does_not_stand_alone() -> None:
    text = f"{LONG} He also said that the ferry contract would be looked at. The ministry says nothing yet."
    assert not summary(FERRY, [text]).startswith("He also")


def test_what_the_publisher_cut_is_passed_over_for_a_whole_sentence() -> None:
    text = "Han Doyun resigned on Tuesday morning. The ferry contract that went to his cousin will be looked at by the […]"
    assert summary(FERRY, [text]) == "Han Doyun resigned on Tuesday morning."


def test_a_single_long_sentence_is_cut_after_a_word() -> None:
    text = "Minister Han Doyun resigned " + "and so did the one before him " * 9 + "in the end."
    said = summary(FERRY, [text])
    assert len(said) <= MOST
    assert said.endswith("…")
    assert text.startswith(said[:-1] + " ")


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Mr. Gal met Dr. Mo at 5 p.m. on Friday.", ["Mr. Gal met Dr. Mo at 5 p.m. on Friday."]),
        ("The U.S. Navy came. J. Park saw it.", ["The U.S. Navy came.", "J. Park saw it."]),
        ("It grew 1.4 percent. “Good,” he said.", ["It grew 1.4 percent.", "“Good,” he said."]),
        ("“Stop.” They left.", ["“Stop.”", "They left."]),
        ("눈이 온다. 많이 온다. 2일까지다.", ["눈이 온다.", "많이 온다.", "2일까지다."]),
        ("no sentence at all", ["no sentence at all"]),
        ("", []),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences


words = st.sampled_from(
    [
        "Minister",
        "resigned.",
        "Ferry",
        "the",
        "contract.",
        "He",
        "also",
        "눈이",
        "온다.",
        "…",
        "“Yes.”",
        "1.4",
        "U.S.",
    ]
)
texts = st.one_of(
    st.lists(words, max_size=80).map(" ".join),
    st.text(max_size=400),
    st.text("ab ,.가나다", min_size=150, max_size=400),
)


@given(st.text(max_size=60) | st.just(FERRY), st.lists(texts, max_size=5))
def test_a_summary_is_short_and_in_a_descriptions_own_words(title: str, descriptions: list[str]) -> None:
    said = summary(title, descriptions)
    plain = [" ".join(text.split()) for text in descriptions]
    assert len(said) <= MOST
    assert not said or any(said in text or (said[-1] == "…" and said[:-1] in text) for text in plain)
    assert said == summary(title, descriptions)


@given(st.lists(st.text("abcdefg가나다", min_size=1, max_size=12), min_size=1, max_size=80))
def test_no_word_is_cut_in_two(some: list[str]) -> None:
    text = " ".join(some)
    for said in (excerpt(text), summary("A title", [text])):
        assert set(said.removesuffix("…").split()) <= set(some)


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
        ("하나둘셋넷다섯여섯일곱", 8, ""),
        ("a " + "b" * 30, 10, "a…"),
        ("春の海ひねもすのたり", 8, "春の海ひねもす…"),
    ],
)
def test_an_excerpt_ends_after_a_word(text: str, most: int, cut: str) -> None:
    assert excerpt(text, most) == cut


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("ab ,.가나…", min_size=150, max_size=400))
def test_an_excerpt_is_never_longer_nor_invented(text: str) -> None:
    plain = " ".join(text.split())
    said = excerpt(text)
    assert len(said) <= MOST
    assert said in {plain, ""} or (said.endswith("…") and plain.startswith(said[:-1]))
