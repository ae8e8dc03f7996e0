import contextlib
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests.errors import FeedError
from digests.feeds.charset import codec_of, decode
from digests.feeds.parse import Document, Parsed, parse, titled
from digests.feeds.plain import plain
from digests.model import Entry

URL = "https://daily.example/news/feed"


def rss(items: str, channel: str = "<title>소식일보</title>", encoding: str = "") -> str:
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>' if encoding else ""
    return (
        f'{declaration}<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel>{channel}{items}</channel></rss>"
    )


def read(text: str | bytes, charset: str = "", url: str = URL) -> Parsed:
    return parse(Document(text.encode() if isinstance(text, str) else text, url, charset=charset))


def only(text: str | bytes) -> Entry:
    (entry,) = read(text).entries
    return entry


def test_an_rss_item_becomes_an_entry_in_plain_text() -> None:
    parsed = read(
        rss(
            """<item><title>I &lt;3 you &amp;amp; me</title><link>
              https://daily.example/news/1?utm_source=rss </link><guid isPermaLink="false">n-1</guid>
              <description>&lt;p&gt;(서울=소식) 김소식 기자 = &lt;b&gt;달빛밴드&lt;/b&gt;가 돌아왔다.&lt;/p&gt;&lt;img src="/a.jpg"&gt;</description>
              <author>sosik@daily.example (김소식)</author><category>K-pop</category><category>Breaking</category>
              <pubDate>Tue, 24 Nov 2026 09:04:28 KST</pubDate></item>""",
            "<title>소식일보</title><link>https://daily.example/</link><language>ko-KR</language><ttl>15</ttl>",
        )
    )
    assert (parsed.title, parsed.language, parsed.link) == ("소식일보", "ko", "https://daily.example/")
    assert parsed.ttl == timedelta(minutes=15)
    assert parsed.entries == (
        Entry(
            key="id:n-1",
            title="I <3 you & me",
            link="https://daily.example/news/1?utm_source=rss",
            summary="달빛밴드가 돌아왔다.",
            author="김소식",
            published=datetime(2026, 11, 24, 0, 4, 28, tzinfo=UTC),
            tags=("K-pop", "Breaking"),
            language="ko",
            image="https://daily.example/a.jpg",
            source="소식일보",
            id="n-1",
            content="달빛밴드가 돌아왔다.",
        ),
    )


def test_an_atom_entry_becomes_an_entry() -> None:
    entry = only(
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB" xml:base="https://daily.example/en/">
        <title>Tidings</title><entry><id>tag:1</id><title type="text">Use &lt;b> in HTML</title>
        <link rel="enclosure" href="https://i.example/a.jpg" type="image/jpeg"/><link href="1"/><link href="amp/1"/>
        <source><title>The Moon Herald</title></source><author><name>Lee</name><email>lee@a.example</email></author>
        <category term="music" label="Music"/><updated>2026-11-24T00:00:00Z</updated>
        <content type="html">&lt;p>Text&lt;/p></content></entry></feed>"""
    )
    assert entry == Entry(
        key="id:tag:1",
        title="Use <b> in HTML",
        link="https://daily.example/en/1",
        summary="",  # it describes itself nowhere
        author="Lee",
        published=datetime(2026, 11, 24, tzinfo=UTC),
        updated=datetime(2026, 11, 24, tzinfo=UTC),
        tags=("music", "Music"),
        language="en",
        image="https://i.example/a.jpg",
        source="The Moon Herald",
        id="tag:1",
        content="Text",
        minutes=1,
    )


@pytest.mark.parametrize(
    "document",
    [
        rss(""),
        '<rss version="2.0"/>',
        '<?xml version="1.0"?>\n<!-- made by hand -->\n<feed xmlns="http://www.w3.org/2005/Atom"/>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"/>',
        "<RSS><CHANNEL></CHANNEL></RSS>",
        "<channel></channel>",
    ],
)
def test_a_feed_without_entries_is_a_feed(document: str) -> None:
    assert read(document).entries == ()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("", "The server sent an empty document."),
        (" \n\t", "The server sent an empty document."),
        ("<!DOCTYPE html><html><head><title>소식일보 &amp; co</title>", "There is a web page at this address, not a feed (“소식일보 & co”)."),
        ("<html><body>gone</body></html>", "There is a web page at this address, not a feed."),
        (
            '<!DOCTYPE html><html><head><title>Just a moment...</title><script src="/cdn-cgi/challenge-platform/x">',
            "The server answers with a challenge page for browsers, not with the feed.",
        ),
        ('{"title": "Cakes", "items": [{"id": 1}]}', "The document is JSON, but no JSON Feed."),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [', "The document is damaged JSON."),
        ("[" * 100_000, "The document is damaged JSON."),
        ("Not found", "The document is plain text, not a feed."),
        ('<?xml version="1.0"?><opml version="2.0"><body/></opml>', "The document is no feed."),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "The document is no feed."),
        ("\x89PNG\r\n\x1a\n\x00\x00", "The document is plain text, not a feed."),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_said_in_words(document: str, said: str) -> None:
    with pytest.raises(FeedError) as caught:
        read(document)
    assert caught.value.what == said
    assert caught.value.url == URL


KOREAN = "달빛밴드, 새 음반 ‘밀물’ 발표… 뷁똠방각하"  # with syllables that EUC-KR has not and CP949 has
ITEM = f"<item><title>{KOREAN}</title><link>https://daily.example/1</link></item>"


@pytest.mark.parametrize(
    "label", ["euc-kr", "EUC_KR", "ks_c_5601-1987", "ksc5601", "korean", "windows-949", "x-windows-949", "ms949", "uhc", "cp949"]
)  # fmt: skip
@pytest.mark.parametrize("where", ["declared", "http", "both"])
def test_every_name_of_the_korean_encoding_means_cp949(label: str, where: str) -> None:
    document = rss(ITEM, encoding=label if where != "http" else "").encode("cp949")
    parsed = read(document, label if where != "declared" else "")
    assert parsed.entries[0].title == KOREAN
    assert parsed.title == "소식일보"


@pytest.mark.parametrize(
    ("declared", "charset", "codec"),
    [
        ("", "", "cp949"),
        ("utf-8", "", "cp949"),
        ("utf-8", "euc-kr", "cp949"),
        ("iso-8859-1", "", "utf-8"),
        ("euc-kr", "", "utf-8"),
        ("euc-kr", "utf-8", "utf-8"),
        ("euc-kr", "iso-8859-1", "cp949"),
        ("utf-16", "", "utf-8"),
        ("no-such-encoding", "nonsense", "utf-8"),
        ("punycode", "", "utf-8"),
        ("utf-16", "", "utf-16"),
        ("utf-16", "", "utf-16-le"),
        ("utf-16", "", "utf-16-be"),
        ("utf-8", "", "utf-8-sig"),
        ("utf-32", "", "utf-32"),
    ],
)
def test_a_document_is_read_whatever_its_labels_say(declared: str, charset: str, codec: str) -> None:
    assert read(rss(ITEM, encoding=declared).encode(codec), charset).entries[0].title == KOREAN


@pytest.mark.parametrize(("codec", "label"), [("iso2022_kr", "iso-2022-kr"), ("johab", "johab"), ("cp932", "shift_jis"),
                                              ("gb18030", "gb2312"), ("cp1252", "iso-8859-1"), ("cp1251", "windows-1251")])  # fmt: skip
def test_other_encodings_are_read_by_their_label(codec: str, label: str) -> None:
    title = {
        "cp1252": "Café – “Tide”",
        "cp1251": "Новости дня",
        "cp932": "今日のニュース",
        "gb18030": "今日新闻",
    }.get(codec, "오늘의 소식")
    item = f"<item><title>{title}</title></item>"
    document = rss(item, "<title>x</title>", label).encode(codec)
    assert read(document).entries[0].title == title


@pytest.mark.parametrize("broken", [b"\xed\x95", b"\xff", b"\xc8"])
def test_one_broken_letter_spoils_no_other(broken: bytes) -> None:
    document = (
        rss(ITEM + "<item><title>@@ 소식</title></item>", encoding="utf-8").encode().replace(b"@@", broken)
    )
    first, second = read(document).entries
    assert first.title == KOREAN
    assert second.title.endswith(" 소식")


def test_double_encoded_utf8_is_repaired() -> None:
    document = rss(f"<item><title>{'café'.encode().decode('latin-1')}</title></item>")
    assert only(document).title == "café"


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_are_some_text(body: bytes, label: str) -> None:
    text = decode(body, label)
    text.encode("utf-8")
    codec_of(label)


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ("<link>https://daily.example/?a=1&b=2&copy=3</link>", "https://daily.example/?a=1&b=2&copy=3"),
        ("<link>https://daily.example/a\n b</link>", "https://daily.example/ab"),
        ("<link>/news/1</link>", "https://daily.example/news/1"),
        ("<guid>https://daily.example/g</guid>", "https://daily.example/g"),
        ("<link>javascript:alert(1)</link>", ""),
        ("<link>https://daily.example/first</link><link>https://daily.example/last</link>", "https://daily.example/first"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_link_is_the_first_one_that_a_browser_opens(item: str, link: str) -> None:
    assert only(rss(f"<item><title>t</title>{item}</item>")).link == link


def test_a_damaged_document_is_read_as_far_as_it_goes() -> None:
    whole = rss(
        "".join(
            f"<item><title>Title {n} &nope; R&D</title><link>https://d.example/{n}</link></item>"
            for n in range(9)
        )
    )
    cut = whole[: whole.index("Title 5")]
    assert [entry.title for entry in read(cut).entries[:5]] == [f"Title {n} &nope; R&D" for n in range(5)]


@pytest.mark.parametrize(
    "reference",
    [
        "&#xD800;",
        "&#0;",
        "&#11;",
        "&#x110000;",
        "&#99999999999999999999;",
        "\x0b",
        "\x00",
        "&#" + "9" * 5000 + ";",
    ],
)
def test_characters_that_xml_forbids_are_dropped(reference: str) -> None:
    assert only(rss(f"<item><title>Moon{reference} Band</title></item>")).title == "Moon Band"


def test_a_time_without_a_zone_is_korean_time_where_the_feed_is_korean() -> None:
    def published(title: str, language: str) -> datetime | None:
        item = f"<item><title>{title}</title><pubDate>2026-11-24 09:00:00</pubDate></item>"
        return only(rss(item, f"<title>News</title><language>{language}</language>")).published

    assert published("Moon Band", "en") == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert published("Moon Band", "ko") == datetime(2026, 11, 24, 0, tzinfo=UTC)
    assert published("달빛밴드가 돌아왔다", "en") == datetime(2026, 11, 24, 0, tzinfo=UTC)


def test_a_date_that_cannot_be_read_is_none() -> None:
    assert only(rss("<item><title>t</title><pubDate>soon</pubDate></item>")).published is None


def test_two_entries_with_one_guid_both_survive() -> None:
    one, other = read(
        rss(
            "".join(
                f"<item><guid>0</guid><title>Title {n}</title><link>https://d.example/{n}</link></item>"
                for n in (1, 2)
            )
        )
    ).entries
    assert one.key != other.key


def test_an_entry_without_a_title_can_be_given_the_beginning_of_its_text() -> None:
    entry = only(
        rss(
            "<item><description>Moon Band is back. It took them a long, long year of rest.</description></item>"
        )
    )
    assert entry.title == ""
    assert titled(entry).title == "Moon Band is back. It took them a long, long year of rest."
    named = only(rss("<item><title>Named</title></item>"))
    assert titled(named) is named


LAUGHS = "".join(f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "ha"}{"x" * 90}">\n' for n in range(40))


@pytest.mark.parametrize(
    "document",
    [
        rss("<item " + " ".join(f'a{n}="1"' for n in range(50_000)) + "/>"),
        rss("<!--" * 100_000),
        rss("<?" * 100_000),
        rss("<![CDATA[" * 100_000),
        rss("<item>" * 100_000),
        rss("<a>" * 100_000),
        rss("x" * 5_000_000),
        "\n" * 1_000_000 + rss(""),
        f"<!DOCTYPE rss [\n{LAUGHS}]>" + rss("<item><title>" + "&l39;" * 1_000 + "</title></item>"),
        f'<!DOCTYPE rss [\n<!ENTITY a "{"x" * 100_000}">\n]>' + rss("<item><title>" + "&a;" * 100_000 + "</title></item>"),
        rss("<item><description>" + "&amp;" * 100_000 + "</description></item>"),
        rss("<item><description><![CDATA[" + "</" * 100_000 + "]]></description></item>"),
    ],
    ids=["attributes", "comments", "instructions", "cdata", "items", "depth", "size", "blank", "laughs", "entity", "amps", "html"],
)  # fmt: skip
def test_a_hostile_document_takes_no_time(document: str, deadline: Callable[[float], None]) -> None:
    with contextlib.suppress(FeedError):
        read(document)
    deadline(10)


def test_a_document_over_ten_megabytes_is_refused() -> None:
    with pytest.raises(FeedError, match="larger than 10 MB"):
        read(b" " * 10_000_001)


def sound(parsed: Parsed) -> None:
    for entry in parsed.entries:
        assert entry.key
        for text in (
            entry.key,
            entry.title,
            entry.link,
            entry.summary,
            entry.author,
            entry.source,
            *entry.tags,
        ):
            text.encode()
            assert "\0" not in text
        assert len(entry.title) <= 500
        assert len(entry.summary) <= 2_000


SEEDS = [
    rss(ITEM * 2).encode(),
    rss(ITEM, encoding="euc-kr").encode("cp949"),
    (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><title type='xhtml'><div>t</div></title><entry><id>1</id>"
        b"<link href='1'/><content type='html'>&lt;b&gt;x&lt;/b&gt;</content><updated>2026-11-24T00:00:00Z</updated>"
        b"</entry></feed>"
    ),
    (
        b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel><item><media:content url='x' type='image/png'/>"
        b"<enclosure url='y'/><source url='z'>s</source><pubDate>Sat, 30 Jul 2022</pubDate></item></channel></rss>"
    ),
]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode), st.text(max_size=10))
def test_random_bytes_are_a_feed_or_our_error(body: bytes, charset: str) -> None:
    with contextlib.suppress(FeedError):
        sound(parse(Document(body, URL, charset=charset)))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(
        st.tuples(
            st.integers(0, 600),
            st.integers(0, 30),
            st.binary(max_size=6)
            | st.sampled_from([b"<", b"&", b"]]>", b"<![CDATA[", b"<!--", b"&#xD800;", b"</item>", b"<item>", b"\0", b'"',
                               b"<!", b"<?", b"xmlns:a='", b"type='xhtml'", b"<![x", b"<!ENTITY", b"http://[", b"&#;"]),
        ),
        max_size=6,
    ),
)  # fmt: skip
def test_a_mutated_feed_is_a_feed_or_our_error(seed: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    body = bytearray(seed)
    for place, length, piece in changes:
        body[place : place + length] = piece
    with contextlib.suppress(FeedError):
        sound(parse(Document(bytes(body), URL)))


def test_real_documents_are_read_as_feedparser_reads_them(test_data: Path) -> None:
    documents = sorted((test_data / "feeds").glob("*.xml"))
    assert documents
    for path in documents:
        body = path.read_bytes()
        ours = parse(Document(body, URL))
        theirs = feedparser.parse(
            io.BytesIO(body), response_headers={"content-location": URL, "content-type": "application/xml"}
        )
        assert len(ours.entries) == len(theirs.entries) > 0, path.name
        for entry, item in zip(ours.entries, theirs.entries, strict=True):
            assert entry.title == plain(item.get("title", ""), 500), path.name
            assert entry.link == item.get("link", ""), path.name
        sound(ours)
