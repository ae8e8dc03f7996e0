"""OPML, in and out."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.feeds.opml import OpmlError, Outline, read, write

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn")), min_size=1, max_size=20
)
outlines = st.builds(
    Outline,
    words.map(lambda word: f"https://news.example/{word}"),
    words,
    st.lists(st.from_regex(r"[a-z]{1,9}", fullmatch=True), max_size=3).map(tuple),
    st.sampled_from(["", "en", "ko"]),
)


@given(st.lists(outlines, max_size=8, unique_by=lambda one: one.url))
def test_what_goes_out_comes_in(feeds: list[Outline]) -> None:
    assert read(write(feeds, title="Sosik & <co>", made=NOW).encode()) == tuple(feeds)


def test_folders_and_categories_are_told_the_nearest_first() -> None:
    (feed,) = read(
        b"""<?xml version="1.0"?><OPML version="1.0"><body><outline text="Korea"><outline title="Idols">
        <outline TEXT="A" XMLURL="https://a.example/" category="/music/kpop, news"/></outline></outline></body></OPML>"""
    )
    assert feed == Outline("https://a.example/", "A", ("music/kpop", "news", "Idols", "Korea"))


def test_a_feed_that_stands_there_twice_is_one() -> None:
    twice = '<outline text="A" xmlUrl="https://a.example/"/><outline text="B" xmlUrl="https://a.example/"/>'
    assert [one.name for one in read(f"<opml><body>{twice}</body></opml>".encode())] == ["A"]


def test_korean_of_any_encoding_is_read() -> None:
    text = '<?xml version="1.0" encoding="EUC-KR"?><opml><body><outline text="한겨레" xmlUrl="https://a.example/"/></body></opml>'
    assert read(text.encode("euc-kr"))[0].name == "한겨레"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no well-formed XML"),
        (b"<opml><body>", "no well-formed XML"),
        (b"<rss/>", "no OPML"),
        (b'<!DOCTYPE a [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><opml/>', "declares entities"),
        (b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml>&a;</opml>', "declares entities"),
        (b"<opml>" + b'<outline text="a">' * 60, "nests more than 50 deep"),
        (b"<opml>" + b'<outline xmlUrl="http://a/"/>' * 20_001, "more than 20000 feeds"),
        (b" " * 10_000_001, "larger than 10 MB"),
    ],
)
def test_a_hostile_list_is_an_error_in_words(body: bytes, words: str) -> None:
    with pytest.raises(OpmlError, match=words):
        read(body)


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: f"<opml>{text}</opml>".encode("utf-8", "replace"))
)
def test_nothing_else_is_ever_raised(body: bytes) -> None:
    with contextlib.suppress(OpmlError):
        read(body)
