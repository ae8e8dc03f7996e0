import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from bot.formatter.markup import plain, shorten, text, units
from bot.formatter.measure import MAX_ENTITIES, MAX_UNITS, fitting, measure, pack
from bot.formatter.message import Message
from bot.playground.telegram.text import formatted


@pytest.mark.parametrize(
    ("html", "size"),
    [
        ("", (0, 0)),
        ("hello", (5, 0)),
        ("&lt;3 &amp; &#39;x&#39;", (8, 0)),
        ("<b>bold</b> and <i>more</i>", (13, 2)),
        ("<b><a href='https://a.example'>both</a></b>", (4, 2)),
        ("<b></b>nothing in it", (13, 0)),
        ("🎤", (2, 0)),
        ("소식", (2, 0)),
        ("👩‍🎤", (5, 0)),
    ],
)
def test_lengths_are_utf16_units_after_parsing(html: str, size: tuple[int, int]) -> None:
    measured = measure(html)
    assert (measured.units, measured.entities) == size


def story(number: int, address: int = 30) -> str:
    return (
        f'<b><a href="https://a.example/{number:0{address}}">Story {number}</a></b>\n<i>Magpie Post · 08:00</i>\n'
        + "word " * 30
    )


@given(st.lists(st.integers(1, 1500), min_size=1, max_size=40), st.booleans())
def test_blocks_are_packed_whole_and_in_order(addresses: list[int], heads: bool) -> None:
    blocks = [f"head {n}\n" * heads + story(n, address) for n, address in enumerate(addresses)]
    packed = pack(blocks)
    assert "\n\n".join(packed) == "\n\n".join(blocks)
    for html in packed:
        assert measure(html).fits
        formatted(html, "HTML")


def test_no_message_is_begun_while_the_next_block_still_fits() -> None:
    packed = pack([story(n) for n in range(60)])
    for before, after in itertools.pairwise(packed):
        first = after.split("\n\n", 1)[0]
        assert not measure(before + "\n\n" + first).fits


def test_the_hundredth_entity_still_counts_and_the_next_begins_a_message() -> None:
    packed = pack(["<b>x</b>"] * (MAX_ENTITIES + 1))
    assert [measure(html).entities for html in packed] == [MAX_ENTITIES, 1]


def test_addresses_count_too() -> None:
    packed = pack([story(n, 1900) for n in range(8)])
    assert len(packed) == 2
    assert all(measure(html).raw <= 9000 for html in packed)


@given(st.text(), st.integers(0, 300))
def test_a_block_too_long_for_any_message_is_cut_without_breaking_it(filling: str, words: int) -> None:
    html = f"<b>{escape(filling)}</b> <i>" + "소식 news 🎤 " * (400 + words) + "<u>end</u></i>"
    (short,) = pack([html])
    assert measure(short).fits
    assert text(short).endswith("…")
    formatted(short, "HTML")


def test_a_block_with_too_many_entities_keeps_the_first_of_them() -> None:
    short = fitting("<b>x</b> " * 400)
    assert measure(short).fits
    assert measure(short).entities == MAX_ENTITIES
    assert measure(fitting("<a href='https://a.example/" + "x" * 20_000 + "'>far</a>")).fits


@given(st.text(), st.integers(1, 40))
def test_shortening_keeps_the_beginning_and_the_length(line: str, most: int) -> None:
    short = shorten(line, most)
    assert units(short) <= most
    assert line.startswith(short.removesuffix("…"))
    assert (short == line) == (units(line) <= most) or short == line


@pytest.mark.parametrize(
    ("line", "most", "expected"),
    [
        ("A long headline about nothing", 29, "A long headline about nothing"),
        ("A long headline about nothing", 25, "A long headline about…"),
        ("A long headline about nothing", 16, "A long headline…"),
        ("Unbreakableheadline", 10, "Unbreakab…"),
        ("해달, 2년 만에 서울에서", 10, "해달, 2년 만에…"),
        ("🎤🎤🎤🎤", 5, "🎤🎤…"),
    ],
)
def test_text_is_cut_between_words_where_one_is_near(line: str, most: int, expected: str) -> None:
    assert shorten(line, most) == expected


def test_a_message_without_markup_still_has_its_links() -> None:
    message = Message(
        '🚨 <b><a href="https://a.example/?x=1&amp;y=2">R&amp;B &lt;3</a></b>\n<i>Magpie Post · 08:00</i>'
    )
    assert message.plain == "🚨 R&B <3 https://a.example/?x=1&y=2\nMagpie Post · 08:00"
    assert plain('<a href="https://a.example">one</a><a href="https://b.example">two</a>, three') == (
        "one https://a.example two https://b.example , three"
    )


def test_a_message_without_markup_drops_its_links_before_it_grows_too_long() -> None:
    message = Message("\n\n".join(story(n, 1000) for n in range(8)))
    assert units(message.plain) <= MAX_UNITS
    assert message.plain == text(message.html)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_what_is_measured_is_what_telegram_counts(words: str) -> None:
    html = f"start <b>{escape(words)}</b> <i>{escape(words)}</i> end"
    seen = formatted(html, "HTML")
    assert units(seen.text) <= measure(html).units
    if not re.search("[\x00-\x1f\u2028-\u202e\u0333\u033f\u030a]", words):
        assert seen.text == text(html)
    assert measure(html).units <= MAX_UNITS
