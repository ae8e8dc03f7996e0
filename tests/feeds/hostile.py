"""Documents that are built to keep a parser busy, or to fill its memory. Each is at most 10 MB, as a feed may be."""

from collections.abc import Callable
from dataclasses import dataclass


def rss(items: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>\n{head}<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'


@dataclass(frozen=True)
class Size:
    """How large a document is made: a share of its full size."""

    share: float = 1.0

    def __call__(self, times: int) -> int:
        return int(times * self.share)

    def filled(self, piece: str, megabytes: float = 9.9) -> str:
        return piece * self(int(megabytes * 1_000_000 / len(piece.encode())))


def item(inside: str) -> str:
    return f"<item><title>t</title><description>{inside}</description></item>"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">\n' for n in range(12))

# Made on demand: all of them at once would be hundreds of megabytes.
DOCUMENTS: dict[str, Callable[[Size], str]] = {
    "attributes": lambda of: rss("<item " + " ".join(f'a{n}="1"' for n in range(of(50_000))) + "/>"),
    "very many attributes": lambda of: rss("<item " + " ".join(f'a{n}="1"' for n in range(of(700_000))) + "/>"),
    "comments that do not end": lambda of: rss("<!--" * of(100_000)),
    "ten megabytes of comments that do not end": lambda of: rss(of.filled("<!--")),
    "instructions": lambda of: rss("<?" * of(100_000)),
    "quotations": lambda of: rss("<![CDATA[" * of(100_000)),
    "quotations in text": lambda of: rss(item(of.filled("<![CDATA[x]]>"))),
    "declarations": lambda of: rss(of.filled("<!x ", 3)),
    "depth": lambda of: rss(of.filled("<a>")),
    "items in items": lambda of: rss(of.filled("<item>")),
    "empty items": lambda of: rss(of.filled("<item/>")),
    "items with a letter": lambda of: rss(of.filled("<item><title>t</title></item>")),
    "small items": lambda of: rss(of.filled("<item><title>Moon &amp; Band</title><link>https://a.example/1</link>"
                                      "<pubDate>Sat, 30 Jul 2022 09:04:28 KST</pubDate><category>a</category></item>")),
    "small items, not well-formed": lambda of: rss(of.filled("<item><title>Moon & Band</title><b></item>", 3.9)),
    "elements": lambda of: rss(of.filled("<a/>")),
    "names": lambda of: rss("".join(f"<a{n}/>" for n in range(of(700_000)))),
    "namespaces": lambda of: rss("".join(f'<a xmlns="u{n}"/>' for n in range(of(300_000)))),
    "bases": lambda of: rss("".join('<a xml:base="' + "x/" * 20 + '">' for _ in range(of(100_000)))),
    "one long title": lambda of: rss(f"<item><title>{of.filled('x')}</title></item>"),
    "one long text": lambda of: rss(item(of.filled("&lt;b&gt;x&lt;/b&gt; "))),
    "ampersands": lambda of: rss(item(of.filled("&amp;"))),
    "ampersands, not well-formed": lambda of: rss(item(of.filled("&amp;", 3.9) + "& <b>")),
    "loose ampersands": lambda of: rss(item(of.filled("& "))),
    "open tags in a text": lambda of: rss(item("<![CDATA[" + of.filled("<a href='") + "]]>")),
    "end tags in a text": lambda of: rss(item("<![CDATA[" + of.filled("</") + "]]>")),
    "long articles": lambda of: rss(of.filled(item("<![CDATA[" + "<p>달빛밴드가 <b>돌아왔다</b>.</p><img src='/a.jpg'>" * 60 + "]]>"))),
    "articles in entities": lambda of: rss(of.filled(item("&lt;p&gt;달빛 &amp;amp; 밴드&lt;/p&gt; " * 8))),
    "blank": lambda of: "\n" * of(9_000_000) + rss(""),
    "blank inside": lambda of: rss(item(of.filled(" \n"))),
    "laughs": lambda _: rss(item("&l11;" * 100), f"<!DOCTYPE rss [\n{LAUGHS}]>\n"),
    "a long entity": lambda of: rss(item("&a;" * of(100_000)), f'<!DOCTYPE rss [<!ENTITY a "{"x" * of(100_000)}">]>\n'),
    "entities": lambda of: rss("", "<!DOCTYPE rss [" + "".join(f'<!ENTITY e{n} "x">' for n in range(of(400_000))) + "]>\n"),
    "emoji": lambda of: rss(item(of.filled("🌊"))),
    "one emoji in much": lambda of: rss("🌊" + item(of.filled("x"))),
    "Korean": lambda of: rss(item(of.filled("달빛"))),
    "tags to feedparser": lambda of: rss(item("<b>") + of.filled("<zz>a</zz>", 0.45)),
    "text to feedparser": lambda of: rss(item("<b>x" + of.filled("달빛 &lt;p&gt; ", 3.9))),
    "links": lambda of: rss("<item>" + of.filled("<link>https://a.example/1</link>") + "</item>"),
    "categories": lambda of: rss("<item>" + of.filled("<category>a</category>") + "</item>"),
    "pictures": lambda of: rss("<item>" + of.filled('<enclosure url="a.jpg" type="image/png"/>') + "</item>"),
    "one guid": lambda of: rss(of.filled("<item><guid>1</guid><title>t</title></item>")),
    "brackets": lambda of: "[" * of(9_000_000),
    "empty objects": lambda of: '{"version":"https://jsonfeed.org/version/1","items":[' + of.filled("{},") + "{}]}",
    "small objects": lambda of: '{"version":"https://jsonfeed.org/version/1","items":[' + of.filled('{"id":1,"url":"u"},') + "{}]}",
    "numbers": lambda of: '{"version":"https://jsonfeed.org/version/1","items":[' + of.filled("0.5,") + "1]}",
    "strings": lambda of: '{"version":"https://jsonfeed.org/version/1","items":[' + of.filled('"가나",') + '""]}',
    "a huge number": lambda of: '{"version":"https://jsonfeed.org/version/1","items":[{"id":' + "9" * of(9_000_000) + "}]}",
    "a page": lambda of: "<html><body>" + of.filled("<p>x</p>"),
    "text": lambda of: of.filled("x"),
    "before the feed": lambda of: of.filled("<!-- x -->", 9) + rss(""),
}  # fmt: skip
