import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts.particles import particle


@pytest.mark.parametrize(
    ("word", "pair", "expected"),
    [
        ("케이팝", "을/를", "을"),
        ("드라마", "을/를", "를"),
        ("서울", "은/는", "은"),
        ("시사", "이/가", "가"),
        ("음식", "과/와", "과"),
        # 으로/로: a final ㄹ takes 로
        ("서울", "으로/로", "로"),
        ("런던", "으로/로", "으로"),
        ("도쿄", "으로/로", "로"),
        ("서울", "이라/라", "이라"),
        # Latin words by their last sound
        ("K-pop", "을/를", "을"),
        ("Drama & Film", "을/를", "을"),
        ("Beauty", "을/를", "를"),
        ("Music", "은/는", "은"),
        ("Pink", "은/는", "는"),
        ("Book", "은/는", "은"),
        ("camp", "을/를", "를"),
        ("Style", "을/를", "을"),
        ("Seoul", "으로/로", "로"),
        ("Korea", "이/가", "가"),
        ("Trending", "이/가", "이"),
        ("internet", "이/가", "이"),
        # capitals letter by letter
        ("BTS", "을/를", "를"),
        ("SM", "을/를", "을"),
        ("RM", "은/는", "은"),
        ("JTBC", "이/가", "가"),
        ("URL", "으로/로", "로"),
        # digits as they are read
        ("7", "을/를", "을"),
        ("2", "을/를", "를"),
        ("10", "이/가", "이"),
        ("100", "으로/로", "으로"),
        ("8", "으로/로", "로"),
        ("3월 1", "으로/로", "로"),
        # times with their unit: 여덟 시, 삼십 분
        ("08:00", "을/를", "를"),
        ("07:30", "을/를", "을"),
        ("19:00", "으로/로", "로"),
        ("07:30", "으로/로", "으로"),
        # what closes a word is silent
        ("‘귤항구’", "이/가", "가"),
        ("“케이팝”", "을/를", "을"),
        ("케이팝 🎤", "을/를", "을"),
        ("뉴스(속보)", "을/를", "를"),
        # what tells nothing
        ("", "을/를", "를"),
        ("🎤", "을/를", "를"),
        ("ニュース", "을/를", "를"),
    ],
)
def test_a_particle_follows_the_sound_of_the_word(word: str, pair: str, expected: str) -> None:
    assert particle(word, pair) == expected


@given(st.text(), st.sampled_from(["을/를", "은/는", "이/가", "과/와", "으로/로"]))
def test_any_word_gets_one_of_the_two_forms(word: str, pair: str) -> None:
    assert particle(word, pair) in pair.split("/")
