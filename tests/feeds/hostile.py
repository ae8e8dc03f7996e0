"""Documents that are built to keep a parser busy, or to fill its memory. Each is at most 10 MB, as a feed may be."""

from collections.abc import Callable


def rss(items: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>\n{head}<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'


def filled(piece: str, megabytes: float = 9.9) -> str:
    return piece * int(megabytes * 1_000_000 / len(piece.encode()))


def item(inside: str) -> str:
    return f"<item><title>t</title><description>{inside}</description></item>"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">\n' for n in range(12))

# Made on demand: all of them at once would be hundreds of megabytes.
DOCUMENTS: dict[str, Callable[[], str]] = {
    "attributes": lambda: rss("<item " + " ".join(f'a{n}="1"' for n in range(50_000)) + "/>"),
    "very many attributes": lambda: rss("<item " + " ".join(f'a{n}="1"' for n in range(700_000)) + "/>"),
    "comments that do not end": lambda: rss("<!--" * 100_000),
    "ten megabytes of comments that do not end": lambda: rss(filled("<!--")),
    "instructions": lambda: rss("<?" * 100_000),
    "quotations": lambda: rss("<![CDATA[" * 100_000),
    "quotations in text": lambda: rss(item(filled("<![CDATA[x]]>"))),
    "declarations": lambda: rss(filled("<!x ", 3)),
    "depth": lambda: rss(filled("<a>")),
    "items in items": lambda: rss(filled("<item>")),
    "empty items": lambda: rss(filled("<item/>")),
    "items with a letter": lambda: rss(filled("<item><title>t</title></item>")),
    "small items": lambda: rss(filled("<item><title>Moon &amp; Band</title><link>https://a.example/1</link>"
                                      "<pubDate>Sat, 30 Jul 2022 09:04:28 KST</pubDate><category>a</category></item>")),
    "small items, not well-formed": lambda: rss(filled("<item><title>Moon & Band</title><b></item>", 3.9)),
    "elements": lambda: rss(filled("<a/>")),
    "names": lambda: rss("".join(f"<a{n}/>" for n in range(700_000))),
    "namespaces": lambda: rss("".join(f'<a xmlns="u{n}"/>' for n in range(300_000))),
    "bases": lambda: rss("".join('<a xml:base="' + "x/" * 20 + '">' for _ in range(100_000))),
    "one long title": lambda: rss(f"<item><title>{filled('x')}</title></item>"),
    "one long text": lambda: rss(item(filled("&lt;b&gt;x&lt;/b&gt; "))),
    "ampersands": lambda: rss(item(filled("&amp;"))),
    "ampersands, not well-formed": lambda: rss(item(filled("&amp;", 3.9) + "& <b>")),
    "loose ampersands": lambda: rss(item(filled("& "))),
    "open tags in a text": lambda: rss(item("<![CDATA[" + filled("<a href='") + "]]>")),
    "end tags in a text": lambda: rss(item("<![CDATA[" + filled("</") + "]]>")),
    "long articles": lambda: rss(filled(item("<![CDATA[" + "<p>달빛밴드가 <b>돌아왔다</b>.</p><img src='/a.jpg'>" * 60 + "]]>"))),
    "articles in entities": lambda: rss(filled(item("&lt;p&gt;달빛 &amp;amp; 밴드&lt;/p&gt; " * 8))),
    "blank": lambda: "\n" * 9_000_000 + rss(""),
    "blank inside": lambda: rss(item(filled(" \n"))),
    "laughs": lambda: rss(item("&l11;" * 100), f"<!DOCTYPE rss [\n{LAUGHS}]>\n"),
    "a long entity": lambda: rss(item("&a;" * 100_000), f'<!DOCTYPE rss [<!ENTITY a "{"x" * 100_000}">]>\n'),
    "entities": lambda: rss("", "<!DOCTYPE rss [" + "".join(f'<!ENTITY e{n} "x">' for n in range(400_000)) + "]>\n"),
    "emoji": lambda: rss(item(filled("🌊"))),
    "one emoji in much": lambda: rss("🌊" + item(filled("x"))),
    "Korean": lambda: rss(item(filled("달빛"))),
    "tags to feedparser": lambda: rss(item("<b>") + filled("<zz>a</zz>", 0.45)),
    "text to feedparser": lambda: rss(item("<b>x" + filled("달빛 &lt;p&gt; ", 3.9))),
    "links": lambda: rss("<item>" + filled("<link>https://a.example/1</link>") + "</item>"),
    "categories": lambda: rss("<item>" + filled("<category>a</category>") + "</item>"),
    "pictures": lambda: rss("<item>" + filled('<enclosure url="a.jpg" type="image/png"/>') + "</item>"),
    "one guid": lambda: rss(filled("<item><guid>1</guid><title>t</title></item>")),
    "brackets": lambda: "[" * 9_000_000,
    "empty objects": lambda: '{"version":"https://jsonfeed.org/version/1","items":[' + filled("{},") + "{}]}",
    "small objects": lambda: '{"version":"https://jsonfeed.org/version/1","items":[' + filled('{"id":1,"url":"u"},') + "{}]}",
    "numbers": lambda: '{"version":"https://jsonfeed.org/version/1","items":[' + filled("0.5,") + "1]}",
    "strings": lambda: '{"version":"https://jsonfeed.org/version/1","items":[' + filled('"가나",') + '""]}',
    "a huge number": lambda: '{"version":"https://jsonfeed.org/version/1","items":[{"id":' + "9" * 9_000_000 + "}]}",
    "a page": lambda: "<html><body>" + filled("<p>x</p>"),
    "text": lambda: filled("x"),
    "before the feed": lambda: filled("<!-- x -->", 9) + rss(""),
}  # fmt: skip
