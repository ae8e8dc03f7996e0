"""Where a cheap look spares the long way round, it gives what the long way gives."""

from hypothesis import example, given
from hypothesis import strategies as st

from digests.feeds import plain
from digests.feeds.dates import read_any, read_date
from digests.feeds.identity import Marks, keys, link_key, normalised
from digests.feeds.newspaper import clean, unframed

letters = st.text(
    st.sampled_from(
        "aZ .·|\t\n\u00a0\u3000가힣ᅟ\u3164\uffa0\ufffc\u200b\u200d\u00ad\u0300\u0301\u20d0👩\x07é("
    )
    | st.characters(),
    max_size=30,
)


@given(letters)
@example("a  b")
@example(" a b ")
@example("a\ufffcb")
@example("Z\u0300\u0301\u0302\u0303\u0304algo")
def test_a_text_without_anything_odd_is_tidy(text: str) -> None:
    assert plain.tidy(text) == plain.swept(text)


pieces = st.sampled_from(
    [
        "<!--", "-->", "<![CDATA[", "]]>", "<!doctype html>", "<?php ?>", "<p>", "</p>", "<a href='", "'>", "word ",
        "&amp;", "&lt;b&gt;", "<br", "x" * 3_999, "x" * 4_001, ">", "<",
    ]
)  # fmt: skip


@given(st.lists(pieces, max_size=8).map("".join))
def test_a_markup_without_comments_and_huge_tags_has_none_taken_out(markup: str) -> None:
    assert plain._tags_alone(markup) == plain._HUGE.sub(" ", plain._COMMENT.sub(" ", markup))


framed = st.lists(
    st.sampled_from(
        [
            "(서울=소식통신) ", "김소식 기자 = ", "[스타일보 김소식 기자] ", "SEOUL, Nov. 24 (Wire) -- ", "BUSAN, (Yonder) — ",
            "SEOUL ", "The band is back. ", "밀물이 온다. ", "desk@daily.example", " a@b.example ", "무단 전재·재배포 금지",
            "Copyright ⓒ 소식. ", "리포터", "김소식 특파원", "논설위원 ", "= ", "| ", " · ", "'", "(Wire) -- ", "\t",
        ]
    ),
    max_size=6,
).map("".join)  # fmt: skip


@given(framed | st.text(max_size=40))
@example("SEOUL, (Wire) -- It rains.")
@example(" |·")
def test_a_text_without_the_letters_of_a_frame_has_none(text: str) -> None:
    assert clean(text) == unframed(text)


links = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://", "ftp://", "//", ""]),
    st.sampled_from(["paper.example", "www.paper.example", "www.www.", "Paper.Example", "paper.example.", "p:80", "u@p", "", ".", "소식.example"]),
    st.sampled_from(["", "/", "/a/b", "/a/b/", "/index.html", "/a%20b", "/a;b=c", "//", "/가", "/~a/(b)!'", "/a b", "/a\n", "/main.php/"]),
    st.sampled_from(["", "?a=1", "?utm_source=rss", "#top", "#!/a", "?"]),
)  # fmt: skip


@given(links | st.text(max_size=40))
def test_a_link_that_is_written_in_the_usual_way_is_normal(link: str) -> None:
    assert link_key(link) == (normalised(link) if link else "")


usual = st.builds(
    "{}{} {} {} {}:{}:{} {}".format,
    st.sampled_from(["", "Sat, ", "Foo, ", "sat, ", "Sat "]),
    st.sampled_from(["1", "01", "31", "30", "0", "99", "１"]),
    st.sampled_from(["Mar", "Feb", "Sep", "Xyz", "mar", "MAR"]),
    st.sampled_from(["2025", "0000", "0001", "9999", "25"]),
    st.sampled_from(["00", "23", "24", "25", "7"]),
    st.sampled_from(["00", "59", "60"]),
    st.sampled_from(["00", "59", "60", "61"]),
    st.sampled_from(["GMT", "+0900", "-0530", "+2359", "-0000", "+2400", "-9900", "+0060", "+0099", "KST", "UTC", ""]),
)  # fmt: skip
internet = st.builds(
    "{}T{}{}".format,
    st.sampled_from(["2025-03-01", "2025-02-29", "0001-01-01", "9999-12-31", "2025-3-1"]),
    st.sampled_from(["00:00:00", "23:59:60", "24:00:00", "09:04:28", "09:04:28.5", "9:04:28"]),
    st.sampled_from(["Z", "+09:00", "-05:30", "+24:00", "+23:59", "+0900", "", "z", "+00:60"]),
)


@given(usual | internet, st.booleans())
@example("1 Mar 2025 00:00:00 +0900", True)
@example("2025-03-01T23:59:59+09:00", False)
def test_a_date_in_the_shape_of_a_standard_is_what_any_date_is(text: str, korean: bool) -> None:
    assert read_date(text, korean=korean) == read_any(text, korean=korean)


@given(st.lists(st.sampled_from(["id-1", "id-2", "id-3", "x" * 300]), unique=True, max_size=4))
def test_ids_that_are_unique_make_the_keys_that_they_make_among_others(ids: list[str]) -> None:
    entries = [Marks(one, f"https://paper.example/{one}", f"Title {one}") for one in ids]
    crowd = [
        Marks("twice", "https://paper.example/a", "One"),
        Marks("twice", "https://paper.example/b", "Other"),
    ]
    assert keys(entries) == keys([*entries, *crowd])[: len(entries)]
