import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.feeds.newspaper import clean
from digests.feeds.pictures import lead_picture
from digests.feeds.plain import Picture, excerpt, plain, read_markup
from digests.feeds.raw import RawPicture


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("I <3 you & me", "I <3 you & me"),
        ("I &lt;3 you &amp; me", "I <3 you & me"),
        ("Use <T> in Java", "Use <T> in Java"),
        ("The <한산: 용의 출현> premiere", "The <한산: 용의 출현> premiere"),
        ("R&D, Q&A; AT&T?a=1&copy=2&lt=3", "R&D, Q&A; AT&T?a=1&copy=2&lt=3"),
        ("5 < 6 > 4 <- ->", "5 < 6 > 4 <- ->"),
        ("<b>Moon</b> <i>Band</i>", "Moon Band"),
        ("<p>One.</p><p>Two<br/>three</p><ul><li>a<li>b</ul>", "One. Two three a b"),
        ("Moon&nbsp;Band&hellip;", "Moon Band…"),
        ("Moon &amp;amp; Band &amp;quot;Tide&amp;quot;", 'Moon & Band "Tide"'),
        ("&amp;lt;b&amp;gt;달빛&amp;lt;/b&amp;gt;", "달빛"),
        ("&#44032;&#xB098;", "가나"),
        ("a<script>alert('<b>')</script>b<style>p{}</style>c", "abc"),
        ("<figure><img src=x><figcaption>photo: us</figcaption></figure>Text", "Text"),
        ("<!-- hidden <b> -->seen<!-- never closed", "seen"),
        ("<![CDATA[seen]]>", "seen"),
        ("<!doctype html><?php x ?>seen <![foo[", "seen <![foo["),
        ("<o:p>x</o:p><my-tag>y</my-tag>", "xy"),
        ("<a href=\"x>y\" title='a'>link</a>", "link"),
        ("<a href='x", "<a href='x"),
        ("zero\u200bwidth\ufeff soft\u00adhyphen", "zerowidth softhyphen"),
        ("\u202eevil\u202c \u2066isolated\u2069", "evil isolated"),
        ("👩\u200d🎤 sings", "👩\u200d🎤 sings"),
        ("a\u200db가\u200d나", "ab가나"),
        ("\x00a\x08\x1bb\x9fc", "abc"),
        ("Z\u0300\u0301\u0302\u0303\u0304\u0305algo", "Z\u0300\u0301\u0302algo"),
        (" \t\r\n\u3000\u3164 a  b \u2028", "a b"),
        ("", ""),
    ],
)
def test_markup_becomes_what_a_person_reads(markup: str, text: str) -> None:
    assert plain(markup) == text


@pytest.mark.parametrize(
    ("limit", "cut"),
    [
        (44, "One sentence stands here. And another one."),
        (40, "One sentence stands here."),
        (30, "One sentence stands here."),
        (20, "One sentence stands…"),
        (19, "One sentence…"),
        (8, "One…"),
        (3, "On…"),
    ],
)
def test_a_text_is_cut_where_it_may_be_cut(limit: int, cut: str) -> None:
    assert excerpt("One sentence stands here. And another one.", limit) == cut


def test_korean_is_cut_after_a_sentence_or_a_word() -> None:
    text = "달빛밴드가 새 음반을 냈다. 팬들은 밤새 기다렸다고 한다."
    assert excerpt(text, 20) == "달빛밴드가 새 음반을 냈다."
    assert excerpt(text, 11) == "달빛밴드가 새…"
    assert excerpt("가" * 50, 10) == "가" * 9 + "…"


@given(st.text(max_size=400), st.integers(1, 200))
def test_an_excerpt_is_never_longer_than_asked_and_begins_like_the_text(text: str, limit: int) -> None:
    cut = excerpt(text, limit)
    assert len(cut) <= limit
    assert text.strip().startswith(cut.removesuffix("…") if len(text.strip()) > limit else cut)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("(서울=소식통신) 김소식 기자 = 달빛밴드가 돌아왔다.", "달빛밴드가 돌아왔다."),
        ("[서울=소식]김소식 이새벽 기자 = 달빛밴드가 돌아왔다.", "달빛밴드가 돌아왔다."),
        ("【부산=소식통신】 달빛밴드가 돌아왔다.", "달빛밴드가 돌아왔다."),
        ("[스타소식 김소식 기자] 달빛밴드가 돌아왔다.", "달빛밴드가 돌아왔다."),
        ("[스타소식=김소식 기자] 달빛밴드가 돌아왔다.", "달빛밴드가 돌아왔다."),
        ("김소식 기자 = 달빛밴드가 돌아왔다.", "달빛밴드가 돌아왔다."),
        ("SEOUL, Nov. 24 (Tidings) -- Moon Band is back.", "Moon Band is back."),
        ("달빛밴드가 돌아왔다. 김소식 기자 sosik@daily.example", "달빛밴드가 돌아왔다."),
        ("달빛밴드가 돌아왔다. sosik@daily.example <저작권자(c) 소식, 무단 전재-재배포 금지>", "달빛밴드가 돌아왔다."),
        ("달빛밴드가 돌아왔다. ⓒ 소식일보, 무단전재 및 재배포 금지", "달빛밴드가 돌아왔다."),
        ("달빛밴드가 돌아왔다. 무단 전재·재배포 금지", "달빛밴드가 돌아왔다."),
        ("달빛밴드가 돌아왔다. / 김소식 기자", "달빛밴드가 돌아왔다."),
        ("기자 출신 작가가 책을 냈다.", "기자 출신 작가가 책을 냈다."),
        ("(사진=소속사) 달빛밴드", "달빛밴드"),
        ("김소식 기자가 만난 사람", "김소식 기자가 만난 사람"),
        ("무단 전재 금지", "무단 전재 금지"),
        ("Moon Band (K-pop) is back.", "Moon Band (K-pop) is back."),
    ],
)  # fmt: skip
def test_a_newspapers_frame_is_taken_off(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


BASE = "https://daily.example/news/1"


@pytest.mark.parametrize(
    ("named", "markup", "picture"),
    [
        ([], '<img src="/a.jpg">', "https://daily.example/a.jpg"),
        ([], '<img src="data:image/gif;base64,R0" data-src="a.jpg">', "https://daily.example/news/a.jpg"),
        ([], '<img src="https://x.example/pixel.gif"><img src=b.jpg>', "https://daily.example/news/b.jpg"),
        ([], '<img src="a.gif" width="1" height="1"><img width="640" src="b.jpg">', "https://daily.example/news/b.jpg"),
        ([], '<img src="https://s.w.org/images/core/emoji/14/72x72/1f3a4.png">', ""),
        ([], '<img src="javascript:x"><img src=""><img><img src="data:x"><img src="ftp://x/a.jpg">', ""),
        ([], "&lt;img src=a.jpg&gt;", "https://daily.example/news/a.jpg"),
        (
            [
                RawPicture("thumbnail", "https://i.example/small.jpg", width="140"),
                RawPicture("content", "https://i.example/film.mp4", type="video/mp4"),
                RawPicture("content", "https://i.example/large.jpg", medium="image", width="1200"),
                RawPicture("content", "https://i.example/middle.jpg", medium="image", width="600"),
            ],
            "<img src=a.jpg>",
            "https://i.example/large.jpg",
        ),
        ([RawPicture("thumbnail", "https://i.example/t.jpg")], "", "https://i.example/t.jpg"),
        (
            [RawPicture("enclosure", "https://i.example/a.mp3", type="audio/mpeg"),
             RawPicture("enclosure", "https://i.example/e.jpg", type="image/jpeg")],
            "",
            "https://i.example/e.jpg",
        ),
        ([RawPicture("image", "t.jpg", "https://i.example/podcast/")], "", "https://i.example/podcast/t.jpg"),
        ([RawPicture("enclosure", "https://i.example/unsaid.webp")], "", "https://i.example/unsaid.webp"),
        ([RawPicture("content", "http://[", medium="image")], "<img src=a.jpg>", "https://daily.example/news/a.jpg"),
    ],
)  # fmt: skip
def test_the_lead_picture_is_a_real_one(named: list[RawPicture], markup: str, picture: str) -> None:
    assert lead_picture(named, read_markup(markup)[1], BASE) == picture


def test_sizes_are_read_in_pixels() -> None:
    pictures = read_markup('<img src=a width="640px" height="50%"><img src=b width=abc>')[1]
    assert pictures == (Picture("a", 640, None), Picture("b", None, None))


@given(st.text(alphabet="<>&;#!-/?'\"= abp가\n\u200d", max_size=300) | st.text(max_size=300))
def test_any_text_becomes_plain_text_on_one_line(markup: str) -> None:
    text = plain(markup, 100)
    assert len(text) <= 100
    assert "\n" not in text
    assert text == text.strip()
    clean(text)


@pytest.mark.parametrize(
    "piece",
    ["<", "</", "<a ", '<a "', "<a b='", "<!--", "<![", "<?", "&", "&amp;", "<script>", "a@b.", "[속보] "],
)
def test_no_markup_takes_long(piece: str) -> None:
    started = time.perf_counter()
    clean(plain(piece * (200_000 // len(piece))))
    assert time.perf_counter() - started < 2
