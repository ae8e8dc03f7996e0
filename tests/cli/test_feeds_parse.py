import json
from pathlib import Path

from tests.cli.terminal import sosik, sosik_anew

FEED = """<?xml version="1.0" encoding="euc-kr"?><rss version="2.0" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<channel><title>소식일보</title><item><title>달빛밴드, <![CDATA[<b>밀물</b>]]> 발표</title><link>/news/1</link><guid isPermaLink="false">n-1</guid>
<description>(서울=소식) 김소식 기자 = 새 음반이다.</description><category>K-pop</category><author>김소식</author>
<pubDate>2199-07-30 09:04:28</pubDate><slash:comments>3</slash:comments></item><item><title>둘째</title></item></channel></rss>"""


async def test_entries_are_printed_a_line_each_as_the_poller_reads_them(tmp_path: Path) -> None:
    (tmp_path / "소식.xml").write_bytes(FEED.encode("cp949"))
    ended = await sosik_anew(
        "feeds", "parse", "소식.xml", "--base", "https://daily.example/rss", cwd=tmp_path
    )
    assert (ended.code, ended.err) == (0, "")
    one, other = map(json.loads, ended.out.splitlines())
    assert one == {
        "document": "소식.xml",
        "id": "n-1",
        "title": "달빛밴드, 밀물 발표",
        "link": "https://daily.example/news/1",
        "published": "2199-07-30T00:04:28Z",
        "summary": "새 음반이다.",
        "author": "김소식",
        "categories": ["K-pop"],
        "language": "ko",
        "image": "",
        "source": "소식일보",
        "comments": 3,
        "minutes": None,
    }
    assert (other["title"], other["published"], other["comments"]) == ("둘째", None, None)


async def test_without_a_base_links_stay_as_written_and_http_names_the_letters(tmp_path: Path) -> None:
    body = FEED.replace(' encoding="euc-kr"', "").encode("cp949")
    (tmp_path / "feed").write_bytes(body)
    ended = await sosik(
        "feeds", "parse", "feed", "--content-type", "text/xml; charset=ks_c_5601-1987", cwd=tmp_path
    )
    first = json.loads(ended.out.splitlines()[0])
    assert (first["link"], first["title"]) == ("/news/1", "달빛밴드, 밀물 발표")


async def test_what_cannot_be_read_is_said_beside_what_can(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<!DOCTYPE html><html><title>Gone</title></html>")
    (tmp_path / "feed.xml").write_bytes(FEED.encode("cp949"))
    ended = await sosik("feeds", "parse", "page.html", "nowhere.xml", "feed.xml", cwd=tmp_path)
    assert ended.code == 1
    page, nowhere, *entries = map(json.loads, ended.out.splitlines())
    assert page.keys() == nowhere.keys() == {"document", "error"}
    assert (page["document"], nowhere["document"]) == ("page.html", "nowhere.xml")
    assert "web page" in page["error"]
    assert len(entries) == 2


async def test_it_explains_which_parser_read_a_document_and_why(tmp_path: Path) -> None:
    (tmp_path / "good.xml").write_bytes(FEED.encode("cp949"))
    (tmp_path / "cut.xml").write_text("<rss><channel><item><title>A</title></item>")
    ended = await sosik("feeds", "parse", "--explain", "good.xml", "cut.xml", cwd=tmp_path)
    good, _, cut = map(json.loads, ended.out.splitlines())
    assert (good["parser"], good["why"]) == ("fast", [])
    assert cut["parser"] == "feedparser"
    assert "not well-formed" in cut["why"][0]


async def test_where_a_feed_describes_nothing_itself_its_content_is_told(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><title>A</title><content>What it is about.</content>"
        "</entry><entry><id>2</id><title>B</title><summary>In a line.</summary><content>At length.</content></entry></feed>"
    )
    ended = await sosik("feeds", "parse", "feed.xml", cwd=tmp_path)
    assert [json.loads(line)["summary"] for line in ended.out.splitlines()] == [
        "What it is about.",
        "In a line.",
    ]
