from pathlib import Path

import pytest

from digests.feeds import fast, reference, trust
from digests.feeds.charset import decode
from digests.feeds.document import Document, Parsed
from digests.feeds.parse import Doubtful, glance, parse

URL = "https://daily.example/news/feed"
NAMESPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:strange="https://strange.example/ns"'
)


def rss(items: str, channel: str = "<title>Daily</title>", attributes: str = 'version="2.0"') -> str:
    return f"<rss {attributes} {NAMESPACES}><channel>{channel}{items}</channel></rss>"


def atom(
    entries: str, feed: str = "<title>Daily</title>", namespace: str = "http://www.w3.org/2005/Atom"
) -> str:
    return f'<feed xmlns="{namespace}" xml:lang="en">{feed}{entries}</feed>'


ALIKE = {
    "RSS 2.0": rss("<item><title>A</title><link>https://a.example/1</link><guid>g1</guid></item><item><title>B</title></item>"),
    "RSS 0.91": rss("<item><title>A</title><link>/1</link></item>", attributes='version="0.91"'),
    "RSS 0.90": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">'
    "<channel><title>Daily</title></channel><item><title>A</title><link>https://a.example/1</link></item></rdf:RDF>",
    "RSS 1.0": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Daily</title><items><rdf:Seq><rdf:li rdf:resource="r"/>'
    '</rdf:Seq></items></channel><item rdf:about="https://a.example/about"><title>A</title><dc:date>2026-11-24T09:00:00+09:00</dc:date>'
    "<dc:subject>Music</dc:subject><dc:creator>Lee</dc:creator></item></rdf:RDF>",
    "Atom 1.0": atom(
        '<entry><title>A</title><id>urn:1</id><link rel="self" href="s"/><link href="1?a=1&amp;b=2"/><updated>2026-11-24T00:00:00Z</updated>'
        "<author><name>Lee</name><uri>u</uri></author><summary>S</summary></entry>"
    ),
    "Atom 0.3": atom("<entry><title mode='escaped' type='text/html'>A &lt;b&gt;c&lt;/b&gt;</title><link rel='alternate' type='text/html' "
                     "href='https://a.example/1'/><issued>2026-11-24T00:00:00Z</issued></entry>", namespace="http://purl.org/atom/ns#"),
    "Atom with prefixes": '<atom:feed xmlns:atom="http://www.w3.org/2005/Atom"><atom:title>Daily</atom:title><atom:entry>'
    '<atom:title>A</atom:title><atom:link href="https://a.example/1"/></atom:entry></atom:feed>',
    "XHTML in Atom": atom('<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <b>b &amp; c</b> &lt;T&gt;</div></title>'
                          '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One<br/>two</p></div></content></entry>'),
    "quotations": rss("<item><title><![CDATA[A & <b>B</b>]]></title><link><![CDATA[https://a.example/?a=1&b=2]]></link></item>"),
    "escaped twice": rss("<item><title>A &amp;amp; B</title><link>https://a.example/?a=1&amp;amp;b=2</link></item>"),
    "upper case": "<RSS><CHANNEL><TITLE>Daily</TITLE><ITEM><TITLE>A</TITLE><LINK>https://a.example/1</LINK></ITEM></CHANNEL></RSS>",
    "items outside the channel": "<rss><channel><title>Daily</title></channel><item><title>A</title></item></rss>",
    "an empty image": rss("<image></image><item><title>A</title><link>https://a.example/1</link></item>"),
    "relative links": '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/x/"><title>Daily</title><entry xml:base="y/">'
    '<title>A</title><link href="1"/></entry><entry><title>B</title><link href="../2"/></entry></feed>',
    "a guid that is the link": rss("<item><title>A</title><guid>https://a.example/g</guid></item>"
                                   '<item><title>B</title><guid isPermaLink="false">https://a.example/h</guid></item>'),
    "an empty link": rss("<item><title>A</title><link/><guid>https://a.example/g</guid></item>"),
    "Media RSS": rss('<item><media:group><media:title>Film</media:title><media:content url="f.mp4" type="video/mp4"><media:title>x</media:title>'
                     '</media:content></media:group><title>A</title></item><item><media:title>Only</media:title></item>'),
    "strange elements": rss("<item><strange:x><strange:y>1</strange:y></strange:x><title>A</title></item>"),
    "double-encoded letters": rss(f"<item><title>{'café'.encode().decode('latin-1')}</title></item>"),
    "Windows' letters": rss("<item><title>\x93A\x94</title></item>"),
    "a namespace that nobody knows": '<rss xmlns="https://nobody.example/"><channel><title>Daily</title><item><title>A</title></item></channel></rss>',
    "Dublin Core": rss("<item><dc:title>A</dc:title><dc:creator>Lee</dc:creator><dcterms:created>2026-11-24</dcterms:created></item>"),
    "white space": rss("<item><title>\n  A\n  B </title><link>\n https://a.example/1\n</link></item>"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ALIKE)
def test_the_fast_reader_reads_as_feedparser_does(kind: str) -> None:
    text = ALIKE[kind]
    ours = glance(Document(text.encode(), URL))
    assert isinstance(ours, Parsed), kind
    found = reference.ask(text, URL)
    assert found is not None
    theirs = Parsed(found, URL)
    assert ours.title == theirs.title
    assert ours.keys == theirs.keys
    for mine, other in zip(ours.entries, theirs.entries, strict=True):
        assert (mine.title, mine.link, mine.published) == (other.title, other.link, other.published)
        assert (mine.author, mine.tags, mine.language) == (other.author, other.tags, other.language)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (rss("<item><title>A"), "not well-formed"),
        (rss("<item><title>A</b></title></item>"), "not well-formed"),
        (rss("<item><title>A <b>B</b></title></item>"), "an element inside <title>"),
        (rss("<item><strange:x><title>A</title></strange:x></item>"), "<title> inside an element that is not known"),
        (rss("<item><title>A</title><item><title>B</title></item></item>"), "an entry inside an entry"),
        (rss("<item></item>"), "entries with nothing in them"),
        (rss('<item><title mode="base64">QQ==</title></item>'), "a <title> of another kind"),
        (atom('<entry><title>A</title><content type="image/png">x</content></entry>'), "a <content> of another kind"),
        ('<entry xmlns="http://www.w3.org/2005/Atom"><title>A</title></entry>', "no usual root (<entry>)"),
        ('<Channel xmlns="http://purl.org/net/rss1.1#"><items><item><title>A</title></item></items></Channel>', "no usual root"),
        ('<channel><item href="https://a.example/"><title>A</title></item></channel>', "an entry as CDF has it"),
        ('<!DOCTYPE rss [<!ENTITY a "b">]>' + rss("<item><title>&a;</title></item>"), "entities of its own"),
        ('<!DOCTYPE rss SYSTEM "x.dtd">' + rss("<item><title>&x;</title></item>"), "references without a meaning"),
    ],
)  # fmt: skip
def test_what_the_fast_reader_cannot_be_trusted_with_it_says(document: str, reason: str) -> None:
    reading = fast.read(document, URL)
    assert any(reason in one for one in trust.reasons(document, reading)), trust.reasons(document, reading)
    assert trust.reasons(document, reading) == trust.reasons(document, fast.read(document, URL))


@pytest.mark.parametrize("kind", ALIKE)
def test_a_usual_document_is_trusted(kind: str) -> None:
    assert trust.reasons(ALIKE[kind], fast.read(ALIKE[kind], URL)) == ()


def test_fewer_entries_than_the_text_shows_are_not_trusted() -> None:
    text = ALIKE["RSS 2.0"]
    reading = fast.read(text, URL)
    reading.raw.entries.pop()
    assert trust.reasons(text, reading) == ("fewer entries read (1) than there are",)


@pytest.mark.parametrize(
    ("item", "title", "link"),
    [
        ("<title>R&D</title><link>https://a.example/?a=1&b=2</link>", "R&D", "https://a.example/?a=1&b=2"),
        ("<title>caf&eacute;&nbsp;&nope;</title>", "café &nope;", ""),
        ("<title>Moon\x0b Band&#0;</title>", "Moon Band", ""),
    ],
)
def test_loose_ampersands_and_the_like_are_mended_for_the_fast_reader(
    item: str, title: str, link: str
) -> None:
    parsed = glance(Document(rss(f"<item>{item}</item>").encode(), URL))
    assert isinstance(parsed, Parsed)
    assert parsed.why[0].startswith("mended: not well-formed")
    assert (parsed.entries[0].title, parsed.entries[0].link) == (title, link)


@pytest.mark.parametrize(
    "document",
    [
        "<rss><channel><title>Daily</title><item><title>A</title><media:thumbnail url='https://a.example/t.jpg'/></item></channel></rss>",
        rss("<item><title>A</title></item>") + "\n<script>count()</script>",
        (
            '<!DOCTYPE rdf:RDF [<!ENTITY % HTMLlat1 PUBLIC "-//DTD" "https://d.example/xhtml-lat1.ent"> %HTMLlat1;]>'
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item><title>A</title></item></rdf:RDF>'
        ),
        rss(
            "<item><image><title>Logo</title><link>https://a.example/logo</link></image><title>A</title></item>"
        ),
    ],
    ids=[
        "a prefix that is nowhere declared",
        "something behind the feed",
        "a file of entities",
        "an image in an item",
    ],
)
def test_faults_that_many_feeds_have_need_no_feedparser(document: str) -> None:
    parsed = parse(Document(document.encode(), URL))
    assert parsed.parser == "fast", parsed.why
    (entry,) = parsed.entries
    (theirs,) = Parsed(reference.ask(document, URL), URL).entries  # type: ignore[arg-type]
    assert (entry.title, entry.link, entry.image) == (theirs.title, theirs.link, theirs.image)
    assert entry.title == "A"


def test_what_is_doubtful_is_read_by_feedparser_and_says_why() -> None:
    document = Document(rss("<item><title>A <b>B</b></title></item>").encode(), URL)
    assert isinstance(glance(document), Doubtful)
    parsed = parse(document)
    assert (parsed.parser, parsed.why) == ("feedparser", ("an element inside <title>",))
    assert parsed.entries[0].title == "A B"


def test_where_feedparser_refuses_the_entries_before_the_damage_are_kept() -> None:
    whole = rss(
        "".join(f"<item><title>Title {n}</title></item>" for n in range(9))
        + f"<item><title>{'x' * 4_100_000}"
    )
    parsed = parse(Document(whole.encode(), URL))
    assert [entry.title for entry in parsed.entries] == [f"Title {n}" for n in range(9)]
    assert "feedparser refused" in parsed.why[-1]


def test_entries_are_cleaned_when_somebody_looks() -> None:
    parsed = parse(Document(ALIKE["RSS 2.0"].encode(), URL))
    assert "entries" not in vars(parsed)
    assert parsed.keys[0] == "id:https://daily.example/news/g1"
    assert parsed.entry(1).title == "B"
    assert "entries" not in vars(parsed)
    assert parsed.entries[1] == parsed.entry(1)


def test_an_entry_carries_what_is_said_about_it() -> None:
    text = "달빛밴드가 새 음반을 낸다. " * 100
    (entry,) = parse(
        Document(
            rss(
                f"<item><title>A</title><guid isPermaLink='false'>n-1</guid><description>Short</description>"
                f"<content:encoded>&lt;p&gt;{text}&lt;/p&gt;&lt;img src='/b.jpg'&gt;</content:encoded>"
                "<slash:comments>12</slash:comments><source url='https://h.example/feed'>The Moon Herald</source>"
                "<dc:date>2026-11-24T09:00:00+09:00</dc:date></item>"
            ).encode(),
            URL,
        )
    ).entries
    assert (entry.id, entry.summary, entry.comments, entry.source) == ("n-1", "Short", 12, "The Moon Herald")
    assert entry.content == text.strip()
    assert entry.minutes == 2
    assert entry.image == "https://daily.example/b.jpg"
    assert entry.updated == entry.published
    assert entry.updated is not None


def test_a_teaser_tells_no_minutes_and_no_comments_are_not_none_at_all() -> None:
    (entry,) = parse(
        Document(rss("<item><title>A</title><description>Short</description></item>").encode(), URL)
    ).entries
    assert (entry.minutes, entry.comments) == (None, None)
    assert entry.content == "Short"


def test_a_publisher_named_in_the_entry_is_its_source() -> None:
    one, other = parse(
        Document(
            rss(
                "<item><title>A</title><dc:publisher>The Herald</dc:publisher></item><item><title>B</title></item>"
            ).encode(),
            URL,
        )
    ).entries
    assert (one.source, other.source) == ("The Herald", "Daily")


def test_what_a_feed_wishes_is_kept_as_it_says_it() -> None:
    parsed = parse(
        Document(
            rss(
                "",
                "<title>Daily</title><ttl>60</ttl><skipHours><hour>0</hour><hour>24</hour><hour>13</hour></skipHours><skipDays>"
                "<day>Sunday</day></skipDays><sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>daily</sy:updatePeriod>"
                "<atom:link rel='hub' href='https://hub.example/'/>",
            ).encode(),
            URL,
        )
    )
    assert parsed.ttl is not None
    assert parsed.update_period is not None
    assert (parsed.ttl.seconds, parsed.update_period.days) == (3_600, 1)
    assert (parsed.skip_hours, parsed.skip_days) == ({0, 13}, {6})
    assert parsed.links("hub") == ("https://hub.example/",)


def test_real_documents_need_no_feedparser_nearly_always(test_data: Path) -> None:
    documents = [path.read_bytes() for path in sorted((test_data / "feeds").glob("*.xml"))]
    assert documents
    doubtful = [
        body for body in documents if (text := decode(body)) and trust.reasons(text, fast.read(text, URL))
    ]
    assert len(doubtful) * 10 < len(documents)
