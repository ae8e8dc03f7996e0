"""From what is sent to what a message keeps: trimmed, split, counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.telegram.entities import Entity, arrange, weight
from bot.playground.telegram.found import find
from bot.playground.telegram.refusals import Refused
from bot.playground.telegram.shown import shown
from bot.playground.telegram.text import Formatted, formatted, said


def kept(markup: str) -> tuple[str, list[tuple[str, int, int]]]:
    made = formatted(markup, "HTML")
    return made.text, [(e.kind, e.start, e.end) for e in made.entities]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("  plain \n", ("plain", [])),
        ("<b> bold </b>", ("bold", [("bold", 0, 4)])),
        ("<b>bold</b>  ", ("bold", [("bold", 0, 4)])),
        ("x<b> </b>y", ("x y", [])),
        ("x<code> </code>y", ("x y", [("code", 1, 2)])),
        ("<blockquote><code> a</code></blockquote>", (" a", [("blockquote", 0, 2), ("code", 0, 2)])),
        ("<b>a</b><b>b</b>", ("ab", [("bold", 0, 2)])),
        ("<b>a<b>b</b>c</b>", ("abc", [("bold", 0, 3)])),
        ("a\tb\r\nc", ("a b\nc", [])),
        ("<b>a\r\n</b>c", ("a\nc", [("bold", 0, 2)])),
        ("<b>a<i>b</i>c</b>", ("abc", [("bold", 0, 1), ("bold", 1, 3), ("italic", 1, 2)])),
        (
            "<b>to <a href='x.org'>you</a> now</b>",
            ("to you now", [("bold", 0, 3), ("text_link", 3, 6), ("bold", 3, 6), ("bold", 7, 10)]),
        ),
        ("<b>a<code>b</code>c</b>", ("abc", [("bold", 0, 1), ("code", 1, 2), ("bold", 2, 3)])),
        ("<a href='x.org'><code>b</code></a>", ("b", [("code", 0, 1)])),
        ("<a href='x.org'>a<code>b</code></a>", ("ab", [("text_link", 0, 2)])),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", ("ab", [("blockquote", 0, 2)])),
        ("<a href='x.org'>a<blockquote>b</blockquote></a>", ("ab", [("blockquote", 1, 2)])),
    ],
)
def test_a_message_keeps_what_the_server_makes_of_it(
    markup: str, expected: tuple[str, list[tuple[str, int, int]]]
) -> None:
    assert kept(markup) == expected


@pytest.mark.parametrize(
    ("text", "mode", "sentence"),
    [
        ("", "HTML", "message text is empty"),
        ("  \n ", "HTML", "text must be non-empty"),
        ("<b></b>", "HTML", "text must be non-empty"),
        ("<b> </b>", "HTML", "text must be non-empty"),
        ("x" * 4097, None, "message is too long"),
        ("🎤" * 2049, "HTML", "message is too long"),
        ("x", "BBCode", "unsupported parse_mode"),
    ],
)
def test_a_text_is_refused(text: str, mode: str | None, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        formatted(text, mode)
    assert refused.value.description == f"Bad Request: {sentence}"


def test_markdown_is_refused_honestly() -> None:
    with pytest.raises(Refused, match="does not parse MarkdownV2"):
        formatted("*x*", "MarkdownV2")


@pytest.mark.parametrize("text", ["x" * 4096, "🎤" * 2048, "<b>" + "x" * 4096 + "</b>", "&amp;" * 4096])
def test_the_limit_counts_utf16_units_after_parsing(text: str) -> None:
    assert formatted(text, "HTML").text


def test_of_many_entities_the_first_100_stay() -> None:
    made = formatted(" ".join(f"<b>{n}</b>" for n in range(130)), "HTML")
    assert len(made.entities) == 100
    assert made.text.split()[99] == "99"
    assert made.entities[-1].end == len(" ".join(map(str, range(100))))


def test_links_go_before_styles_when_there_are_too_many() -> None:
    made = formatted(" ".join(f"<b>x</b> <a href='x.org'>{n}</a>" for n in range(90)), "HTML")
    kinds = [e.kind for e in made.entities]
    assert kinds.count("text_link") == 90
    assert kinds.count("bold") == 10


def test_what_the_server_finds_does_not_count() -> None:
    made = formatted(" ".join(f"<b>x</b> #tag{n}" for n in range(100)), "HTML")
    kinds = [e.kind for e in made.entities]
    assert (kinds.count("bold"), kinds.count("hashtag")) == (100, 100)


def test_entities_that_weigh_too_much_are_refused() -> None:
    def page(size: int) -> str:
        return " ".join(f"<a href='https://x.org/{'p' * size}'>{n}</a>" for n in range(100))

    assert len(formatted(page(40), "HTML").entities) == 100
    with pytest.raises(Refused, match="ENTITIES_TOO_LONG"):
        formatted(page(120), "HTML")


def test_the_weight_of_an_entity_grows_with_its_address() -> None:
    assert weight([Entity("bold", 0, 1)]) == 12
    assert weight([Entity("text_link", 0, 1, "http://x.org/")]) == 12 + 16


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start now", [("bot_command", "/start")]),
        ("/subscribe@SosikBot kpop", [("bot_command", "/subscribe@SosikBot")]),
        ("see /help, please", [("bot_command", "/help")]),
        ("a/b and //x and /구독", []),
        ("@ann_reads #kpop $KRW", [("mention", "@ann_reads"), ("hashtag", "#kpop"), ("cashtag", "$KRW")]),
        ("#케이팝 #2026", [("hashtag", "#케이팝")]),
        ("see https://example.org/a(b)c. Now", [("url", "https://example.org/a(b)c")]),
        ("(https://example.org/x)", [("url", "https://example.org/x")]),
        ("example.com, e.g. now", [("url", "example.com")]),
        ("ann@example.org", [("email", "ann@example.org")]),
        ("https://example.org/#kpop", [("url", "https://example.org/#kpop")]),
        ("v1.2.3 and 10.5", []),
        ("🎤 /help", [("bot_command", "/help")]),
    ],
)
def test_the_server_finds_things_by_itself(text: str, expected: list[tuple[str, str]]) -> None:
    units = text.encode("utf-16-le")
    found = [(e.kind, units[2 * e.start : 2 * e.end].decode("utf-16-le")) for e in find(text)]
    assert found == expected


def test_nothing_is_found_where_the_sender_put_a_link_or_code() -> None:
    assert kept("<a href='x.org'>#kpop</a> <code>/start</code>")[1] == [("text_link", 0, 5), ("code", 6, 12)]
    assert kept("<b>#kpop</b>")[1] == [("hashtag", 0, 5), ("bold", 0, 5)]


def test_entities_may_be_handed_over_instead_of_markup() -> None:
    shape = {"type": "text_link", "offset": 0, "length": 2, "url": "x.org"}
    assert formatted("<b", None, [shape]) == Formatted("<b", (Entity("text_link", 0, 2, "http://x.org/"),))
    with pytest.raises(Refused, match="ends after the end of the text"):
        formatted("a", None, [shape])


def test_what_people_type_has_no_markup() -> None:
    assert said(" <b>hi</b> ") == Formatted("<b>hi</b>")


@pytest.mark.parametrize(
    ("markup", "page"),
    [
        ("a &lt; <b>b</b>", "a &lt; <b>b</b>"),
        (
            "<a href='https://x.org/?a=1&b=\"2\"'>x</a>",
            '<a href="https://x.org/?a=1&amp;b=&quot;2&quot;" target="_blank" rel="noopener noreferrer">x</a>',
        ),
        ("🎤<i>x</i>🎤", "🎤<i>x</i>🎤"),
        ("<b>a<i>b</i></b>", "<b>a</b><b><i>b</i></b>"),
    ],
)
def test_a_message_is_shown_as_safe_html(markup: str, page: str) -> None:
    made = formatted(markup, "HTML")
    assert shown(made.text, made.entities) == page


_KINDS = st.sampled_from(["bold", "italic", "code", "text_link", "blockquote", "spoiler", "pre"])
_ENTITIES = st.builds(
    lambda kind, start, size: Entity(
        kind, start, start + size, "http://x.org/" if kind == "text_link" else ""
    ),
    _KINDS,
    st.integers(0, 20),
    st.integers(1, 12),
)


@given(st.lists(_ENTITIES, max_size=10))
def test_arranged_entities_nest_and_stay_so(entities: list[Entity]) -> None:
    arranged = arrange(entities)
    for place, entity in enumerate(arranged):
        for other in arranged[place + 1 :]:
            assert other.start >= entity.end or other.end <= entity.end
            if other.start < entity.end:
                assert entity.kind not in ("code", "pre")
                assert entity.kind != other.kind
    assert arrange(arranged) == arranged


@given(st.lists(_ENTITIES, max_size=10), st.text(alphabet="a<&🎤 \"'", min_size=34, max_size=34))
def test_shown_html_closes_what_it_opens(entities: list[Entity], text: str) -> None:
    page = shown(text, arrange(entities))
    opened: list[str] = []
    at = 0
    while (at := page.find("<", at)) != -1:
        end = page.index(">", at)
        tag = page[at + 1 : end].split()[0]
        if tag.startswith("/"):
            assert opened.pop() == tag[1:]
        else:
            opened.append(tag)
        at = end
    assert opened == []
