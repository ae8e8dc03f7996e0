import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.feeds.identity import Marks, keys, link_key, title_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://daily.example/news/1", "http://daily.example/news/1"),
        ("https://daily.example/news/1", "https://www.daily.example/news/1/"),
        ("https://daily.example/news/1", "HTTPS://Daily.Example:443/news/1#comments"),
        (
            "https://daily.example/news/1",
            "https://daily.example/news/1?utm_source=rss&utm_medium=feed&fbclid=x",
        ),
        ("https://daily.example/news/1", " https://daily.example/\nnews/1?ref=rss "),
        ("https://daily.example/v?idxno=7&page=2", "https://daily.example/v?page=2&gclid=q&idxno=7"),
        ("https://daily.example/뉴스/1", "https://daily.example/%EB%89%B4%EC%8A%A4/1"),
        ("https://daily.example/%7euser/a", "https://daily.example/~user/a"),
    ],
)
def test_links_to_one_page_are_one(one: str, other: str) -> None:
    assert link_key(one) == link_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://daily.example/news/1", "https://daily.example/news/2"),
        ("https://daily.example/v?idxno=7", "https://daily.example/v?idxno=8"),
        ("https://daily.example/v?idxno=7", "https://daily.example/v"),
        ("https://daily.example/News", "https://daily.example/news"),
        ("https://m.daily.example/1", "https://daily.example/1"),
        ("https://daily.example:8080/1", "https://daily.example/1"),
        ("https://daily.example/#!/1", "https://daily.example/#!/2"),
        ("https://daily.example/?q=%B0%A1", "https://daily.example/?q=%B0%A2"),  # EUC-KR
        ("https://daily.example/a?ref=2021", "https://daily.example/a?ref=2022"),
        ("https://a.example/1", "https://b.example/1"),
    ],
)
def test_links_to_two_pages_are_two(one: str, other: str) -> None:
    assert link_key(one) != link_key(other)
    assert link_key(one)
    assert link_key(other)


@pytest.mark.parametrize(
    "link",
    ["", "https://daily.example", "https://www.daily.example/", "https://daily.example/index.html",
     "https://daily.example/?utm_source=rss", "https://daily.example/#top", "mailto:a@b.example", "urn:uuid:1",
     "/relative/1", "https://", "https://[::1", "https://daily.example:port/1", "javascript:alert(1)"],
)  # fmt: skip
def test_a_front_page_and_what_is_no_link_identify_nothing(link: str) -> None:
    assert link_key(link) == ""


@pytest.mark.parametrize(
    ("one", "other", "source"),
    [
        ("Moon Band parts with its agency", "Moon Band parts with its agency - The Korea Herald", "The Korea Herald"),
        ("Moon Band parts with its agency", "Moon Band Parts With Its Agency | Korea Herald", "The Korea Herald"),
        ("Moon Band parts with its agency", "BREAKING: Moon Band parts with its agency!", ""),
        ("Moon Band parts with its agency", "(LEAD) Moon Band parts with its agency", "Wire"),
        ("Moon Band’s new record “Tide”", 'Moon Band\'s new record "Tide"', ""),
        ("달빛밴드, 소속사와 결별", "[속보] 달빛밴드, 소속사와 결별", ""),
        ("달빛밴드, 소속사와 결별", "속보: 달빛밴드 소속사와 결별(종합2보)", ""),
        ("달빛밴드, 소속사와 결별", "[단독][속보] 달빛 밴드, 소속사와 결별 | 소식일보", "소식일보 - 연예"),
        ("달빛밴드, 소속사와 결별", "달빛밴드, 소속사와 결별", ""),
    ],
)  # fmt: skip
def test_titles_of_one_story_are_one(one: str, other: str, source: str) -> None:
    assert title_key(one) == title_key(other, source) != ""


@pytest.mark.parametrize(
    ("one", "other", "source"),
    [
        ("Moon Band sells 1 million records", "Moon Band sells 2 million records", ""),
        (
            "Moon Band parts with its agency - Star Daily",
            "Moon Band parts with its agency - Sun Daily",
            "Moon Daily",
        ),
        ("Record-breaking: Moon Band sells out", "Moon Band sells out", ""),
        ("달빛밴드 소속사와 결별", "별빛밴드 소속사와 결별", ""),
    ],
)
def test_titles_of_two_stories_are_two(one: str, other: str, source: str) -> None:
    assert title_key(one, source) != title_key(other, source)


@pytest.mark.parametrize(
    "title",
    ["", "News", "Moon Band", "[속보]", "달빛밴드", "오늘의 날씨", "[오늘의 날씨] 11월 24일", "오늘의 운세 (24일)",
     "Photo of the day", "News in brief: Nov. 24", "Weather forecast", "🎤🎤🎤🎤🎤🎤🎤🎤🎤🎤🎤🎤🎤", "Sosik Daily - Sosik Daily"],
)  # fmt: skip
def test_a_title_that_many_stories_may_have_identifies_nothing(title: str) -> None:
    assert title_key(title, "Sosik Daily") == ""


def test_an_entry_is_known_by_its_id_then_its_link_then_its_content() -> None:
    named, linked, bare, other = keys(
        [
            Marks("tag:1", "https://daily.example/1", "One"),
            Marks("", "https://www.daily.example/2?utm_source=rss", "Two"),
            Marks("", "https://daily.example/", "Three", "text"),
            Marks("", "", "Three", "other text"),
        ]
    )
    assert named == "id:tag:1"
    assert linked == "link:daily.example/2"
    assert bare != other
    assert keys([Marks("tag:1", "https://elsewhere.example/", "Another title")]) == [named]


def test_entries_that_share_one_guid_and_differ_in_all_else_both_survive() -> None:
    one, other = (
        Marks("0", "https://daily.example/1", "One thing"),
        Marks("0", "https://daily.example/2", "Another"),
    )
    assert len(set(keys([one, other]))) == 2
    assert set(keys([one, other])) == set(keys([other, one]))


def test_one_entry_listed_twice_is_one() -> None:
    first = Marks("7", "https://daily.example/7", "A title")
    assert len(set(keys([first, Marks("7", "https://daily.example/7", "A mended title")]))) == 1
    assert len(set(keys([first, Marks("7", "https://daily.example/7?page=all", "A title")]))) == 1


def test_entries_without_ids_that_all_link_to_their_section_both_survive() -> None:
    section = "https://daily.example/news"
    assert len(set(keys([Marks("", section, "One thing"), Marks("", section, "Another")]))) == 2


@given(
    st.lists(
        st.builds(
            Marks, st.text(max_size=5), st.text(max_size=30), st.text(max_size=300), st.text(max_size=9)
        )
    )
)
def test_every_entry_gets_a_short_key(entries: list[Marks]) -> None:
    made = keys(entries)
    assert len(made) == len(entries)
    assert all(0 < len(key) <= 200 for key in made)


@given(st.text(max_size=300), st.text(max_size=20))
def test_any_text_has_a_link_key_and_a_title_key(text: str, source: str) -> None:
    assert len(link_key(text)) <= 200
    assert len(link_key(f"https://daily.example/{text}?{text}")) <= 200
    assert len(title_key(text, source)) <= 200
