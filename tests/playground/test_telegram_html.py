"""HTML parse mode: what the server takes, what it refuses and in which words."""

import html
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Chat, Message, MessageEntity

from bot.playground.telegram.entities import Entity, length16
from bot.playground.telegram.markup import parse
from bot.playground.telegram.refusals import Refused
from bot.playground.telegram.text import formatted


def entities(markup: str) -> list[tuple[str, int, int]]:
    return [(e.kind, e.start, e.end) for e in parse(markup)[1]]


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("b", "bold"),
        ("strong", "bold"),
        ("i", "italic"),
        ("em", "italic"),
        ("u", "underline"),
        ("ins", "underline"),
        ("s", "strikethrough"),
        ("strike", "strikethrough"),
        ("del", "strikethrough"),
        ("tg-spoiler", "spoiler"),
        ("code", "code"),
        ("pre", "pre"),
        ("blockquote", "blockquote"),
        ("B", "bold"),
    ],
)
def test_a_tag_becomes_its_entity(tag: str, kind: str) -> None:
    assert parse(f"소식 <{tag}>아침</{tag}>!") == ("소식 아침!", [Entity(kind, 3, 5)])


@pytest.mark.parametrize(
    ("markup", "text", "expected"),
    [
        ("<b>🎤</b> on", "🎤 on", [("bold", 0, 2)]),
        ("🎤<i>🎤</i>", "🎤🎤", [("italic", 2, 4)]),
        ('<span class="tg-spoiler">end</span>', "end", [("spoiler", 0, 3)]),
        ("<span class='tg-spoiler'>end</span>", "end", [("spoiler", 0, 3)]),
        ("<blockquote expandable>long</blockquote>", "long", [("expandable_blockquote", 0, 4)]),
        ("<b>a</>", "a", [("bold", 0, 1)]),
        ("<b>a</b  >", "a", [("bold", 0, 1)]),
        ("<b  >a</B>", "a", [("bold", 0, 1)]),
        ("<b></b>x", "x", []),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 2)]),
        ("<i><b>a</b></i>", "a", [("bold", 0, 1), ("italic", 0, 1)]),
        ("<b lang=ko id = 'x'>a</b>", "a", [("bold", 0, 1)]),
    ],
)
def test_markup_becomes_text_and_entities(
    markup: str, text: str, expected: list[tuple[str, int, int]]
) -> None:
    assert parse(markup)[0] == text
    assert entities(markup) == expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("&lt;3", "<3"),
        ("R&amp;B", "R&B"),
        ("R&B", "R&B"),
        ("&quot;Go&quot;", '"Go"'),
        ("&lt3", "<3"),
        ("&#39;", "'"),
        ("&#x1F3A4;", "🎤"),
        ("&apos;", "&apos;"),
        ("&nbsp;", "&nbsp;"),
        ("&hellip;", "&hellip;"),
        ("&LT;", "&LT;"),
        ("&#0;", "&#0;"),
        ("&#1114111;", "&#1114111;"),
        ("&#000000060;", "&#000000060;"),
        ("&", "&"),
        ("&;", "&;"),
        ("a > b", "a > b"),
    ],
)
def test_only_four_names_and_numbers_are_references(written: str, meant: str) -> None:
    assert parse(written) == (meant, [])


@pytest.mark.parametrize(
    ("markup", "language"),
    [
        ('<pre><code class="language-python">x</code></pre>', "python"),
        ('<code class="language-c"><pre>x</pre></code>', "c"),
    ],
)
def test_code_with_a_language_inside_pre_is_one_pre(markup: str, language: str) -> None:
    assert parse(markup)[1] == [Entity("pre", 0, 1, language)]


def test_a_language_without_pre_around_means_nothing() -> None:
    assert parse('<code class="language-python">x</code>')[1] == [Entity("code", 0, 1)]
    assert parse('<pre><code class="language-python">x</code> </pre>')[1] == [
        Entity("pre", 0, 2),
        Entity("code", 0, 1),
    ]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://example.org/a?b=1&amp;c=2#d", "https://example.org/a?b=1&c=2#d"),
        ("HTTPS://Example.ORG", "https://example.org/"),
        ("example.org", "http://example.org/"),
        ("example.org:8080/x", "http://example.org:8080/x"),
        ("http://127.0.0.1:8000/story", "http://127.0.0.1:8000/story"),
        ("https://example.org?q=1", "https://example.org/?q=1"),
        ("https://한국.example/길", "https://한국.example/길"),
        ("tg://resolve?domain=SosikBot", "tg://resolve?domain=SosikBot"),
        ("http://localhost/x", None),
        ("javascript:alert(1)", None),
        ("mailto:ann@example.org", None),
        ("/relative", None),
        ("http://", None),
        ("https://exa mple.org", None),
    ],
)
def test_a_link_is_kept_normalised_or_dropped(address: str, kept: str | None) -> None:
    found = parse(f'<a href="{address}">story</a>')[1]
    assert [e.argument for e in found] == ([kept] if kept else [])


def test_a_link_without_address_takes_its_text() -> None:
    assert parse("<a>example.org/x</a>")[1] == [Entity("text_link", 0, 13, "http://example.org/x")]


def test_a_link_to_a_user_is_a_mention() -> None:
    assert parse('<a href="tg://user?id=42">Ann</a>')[1] == [Entity("text_mention", 0, 3, "42")]


def test_custom_emoji_and_times_keep_what_they_are() -> None:
    markup = '<tg-emoji emoji-id="77">🎤</tg-emoji> <tg-time unix="1790000000" format="wDT">soon</tg-time>'
    emoji, time = parse(markup)[1]
    assert emoji.as_api() == {"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "77"}
    assert time.as_api() == {
        "type": "date_time",
        "offset": 3,
        "length": 4,
        "unix_time": 1790000000,
        "date_time_format": "wDT",
    }


@pytest.mark.parametrize(
    ("markup", "sentence"),
    [
        ("아침 <p>", 'Unsupported start tag "p" at byte offset 7'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("I <3", "Unclosed start tag at byte offset 2"),
        ("I <3 you", 'Unsupported start tag "3" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<H1>x</H1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</i>", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("🎤<b>x</strong>", 'Unmatched end tag at byte offset 8, expected "</b>", found "</strong>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("x</", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b>x</b y>", "Unclosed end tag at byte offset 4"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b ", 'Unclosed start tag "b" at byte offset 0'),
        ("<b =x>y</b>", 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<b />", 'Empty attribute name in the tag "b" at byte offset 0'),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=http://x.org>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('é<span class="red">x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 2'),
        ('<tg-emoji emoji-id="no">x</tg-emoji>', "Invalid custom emoji identifier specified"),
        ('<tg-time unix="1" format="rt">x</tg-time>', "Invalid date format used"),
        (
            "&#xD83D;",
            (
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            ),
        ),
    ],
)
def test_wrong_markup_is_refused_in_the_servers_words(markup: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(markup)
    assert refused.value.code == 400
    assert refused.value.description == f"Bad Request: can't parse entities: {sentence}"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_an_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert parse(html.escape(text, quote=False)) == (text, [])


_PIECES = st.sampled_from(
    [
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<a href='x.org'>",
        "</a>",
        "<code>",
        "</code>",
        "<blockquote>",
        "</blockquote>",
        "</>",
        "<",
        ">",
        "&",
        "&lt;",
        " ",
        "\n",
        "a",
        "🎤",
        "소",
    ]
)


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_whatever_is_sent_is_refused_or_becomes_entities_inside_the_text(markup: str) -> None:
    try:
        made = formatted(markup, "HTML")
    except Refused:
        return
    size = length16(made.text)
    assert size > 0
    assert all(0 <= e.start < e.end <= size for e in made.entities)
    open_ends: list[int] = []
    for entity in made.entities:  # each stands wholly in what is open around it
        while open_ends and open_ends[-1] <= entity.start:
            open_ends.pop()
        assert not open_ends or entity.end <= open_ends[-1]
        open_ends.append(entity.end)


_TREES = st.recursive(
    st.text(alphabet="ab 🎤소<&\n", min_size=1, max_size=5).map(lambda text: html.escape(text, quote=False)),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag.split()[0]}>",
        st.sampled_from(
            ["b", "i", "u", "s", "tg-spoiler", "code", "pre", "blockquote", 'a href="https://x.org/"']
        ),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)


@given(_TREES)
def test_what_python_telegram_bot_makes_of_a_message_is_the_same_message(markup: str) -> None:
    try:
        made = formatted(markup, "HTML")
    except Refused:
        return
    entities = [MessageEntity.de_json(dict(e.as_api()), None) for e in made.entities]
    now = datetime(2026, 11, 24, tzinfo=UTC)
    message = Message(1, now, Chat(1, "private"), text=made.text, entities=entities)
    assert formatted(message.text_html, "HTML") == made
