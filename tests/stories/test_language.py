import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Entry
from digests.settings import FeedSettings
from digests.stories.language import hangul_share, language_of


def feed(language: str = "") -> FeedSettings:
    return FeedSettings(url="https://daily.example/feed", name="daily", categories=(), language=language)


@pytest.mark.parametrize(
    ("configured", "own", "title", "language"),
    [
        ("ko", "en", "Moon Band returns", "ko"),
        ("", "en", "달밴드 돌아온다", "en"),
        ("", "ko-KR", "Moon Band", "ko"),
        ("", "EN_us", "Moon Band", "en"),
        ("", "ja", "달밴드, 3년 만에 돌아온다", "ko"),
        ("", "ja", "Moon Band returns", "en"),
        ("", "", "달밴드, 3년 만에 돌아온다", "ko"),
        ("", "", unicodedata.normalize("NFD", "달밴드, 3년 만에 돌아온다"), "ko"),
        ("", "", "MOON BAND, 'Silver Tide' 뮤직비디오 1억 뷰 돌파", "ko"),
        ("", "", "How 먹방 became a word that English knows", "en"),
        ("", "", "", "en"),
        ("", "", "12:30 !!", "en"),
        ("", "kok", "달밴드", "ko"),
        ("", "kok", "Moon Band", "en"),  # Konkani is not Korean
    ],
)
def test_the_feed_says_else_the_entry_else_its_letters(
    configured: str, own: str, title: str, language: str
) -> None:
    assert language_of(Entry("k", title, language=own), feed(configured)) == language


@given(st.text())
def test_the_share_of_hangul_is_a_share(text: str) -> None:
    assert 0 <= hangul_share(text) <= 1
