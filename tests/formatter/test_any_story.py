"""Whatever publishers write, the messages are ones that Telegram takes."""

from datetime import UTC, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.formatter.markup import units
from bot.formatter.measure import measure
from bot.formatter.message import Message
from bot.formatter.render import Formatter, ListKind
from bot.playground.telegram.text import formatted
from bot.texts import Texts
from digests.model import AlertContent, Card, DigestContent, Language, Section, StoryId, Version
from digests.settings import Category

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
CATEGORIES = (
    Category("kpop", {"en": "K-pop & <more>", "ko": "케이팝"}, emoji="🎤"),
    Category("drama", {"en": "Drama"}),
)
FORMATTER = Formatter(Texts.load(), CATEGORIES)

pieces = st.sampled_from(
    [
        "<b>", "</b>", "<a href='x'>", "<script>alert(1)</script>", "&amp;", "&lt", "&", "<3", "]]>", "\"'", "{{ now }}",
        "{을/를}", "%(name)s", "%", "\\", "`", "\u202e", "\u2067", "\u200f", "שלום", "خبر عاجل", "👩‍🎤", "🇰🇷", "\ud800", "\x00", "\r\n",
        "\u2028", "해달", "속보", "word ", "한국어로 쓴 긴 제목 ", "x" * 60, "a̐̐̐̐",
    ]
)  # fmt: skip
words = st.one_of(
    st.text(max_size=80),
    st.lists(pieces, max_size=12).map("".join),
    st.lists(pieces, min_size=1, max_size=4).map(lambda some: ("".join(some) * 4096)[:4096]),
)
addresses = st.one_of(
    st.just(""),
    st.text(max_size=40),
    st.sampled_from(
        ["javascript:alert(1)", "http://[broken", "ftp://a.example/x", "https://", "https://a.example/\x00"]
    ),
    words.map(lambda tail: f"https://a.example/{tail}"),
    st.integers(0, 2500).map(lambda length: "https://a.example/?q=" + "가" * length),
    st.integers(0, 2500).map(lambda length: "https://a.example/" + "x" * length),
)


@st.composite
def cards(draw: st.DrawFn) -> Card:
    languages = draw(st.sampled_from([("en",), ("ko",), ("en", "ko")]))
    versions: dict[str, Version] = {
        language: Version(
            language,
            title=draw(words),
            link=draw(addresses),
            source=draw(words),
            excerpt=draw(words),
            image=draw(addresses),
            minutes=draw(st.none() | st.integers(0, 999)),
            comments=draw(st.none() | st.integers(0, 10**9)),
        )
        for language in languages
    }
    return Card(
        StoryId(draw(st.integers(1, 10_000))),
        NOW - timedelta(minutes=draw(st.integers(-1000, 1_000_000))),
        draw(st.sampled_from([("kpop",), ("kpop", "drama"), ("unknown",), ()])),
        versions,
        breaking=draw(st.booleans()),
        sources=draw(st.integers(1, 40)),
    )


languages = st.sampled_from(["en", "ko"])
zones = st.sampled_from([ZoneInfo("Asia/Seoul"), ZoneInfo("America/St_Johns"), UTC])


def check(message: Message) -> None:
    """Telegram takes it whole: no markup refused, none dropped, nothing cut."""
    assert measure(message.html).fits
    seen = formatted(message.html, "HTML")
    assert seen.text
    assert 0 < units(message.plain) <= 4096
    if message.preview:
        assert message.preview.url.startswith(("http://", "https://"))
    for row in message.keyboard:
        assert all(button.label and len(button.data.encode()) <= 64 for button in row)


@given(cards(), languages, zones, st.booleans())
def test_any_alert_is_taken(card: Card, language: Language, zone: ZoneInfo, group: bool) -> None:
    check(FORMATTER.alert(AlertContent(card), language=language, zone=zone, group=group))


@settings(max_examples=40, deadline=None)
@given(
    sections=st.lists(st.lists(cards(), min_size=1, max_size=6), min_size=1, max_size=3),
    held=st.lists(cards(), max_size=3),
    lead=st.none() | cards(),
    missed=st.lists(cards(), max_size=2),
    language=languages,
    zone=zones,
)
def test_any_digest_is_taken(
    *,
    sections: list[list[Card]],
    held: list[Card],
    lead: Card | None,
    missed: list[Card],
    language: Language,
    zone: ZoneInfo,
) -> None:
    content = DigestContent(
        NOW - timedelta(days=1),
        NOW,
        tuple(
            Section(slug, tuple(some))
            for slug, some in zip(("kpop", "drama", "gone"), sections, strict=False)
        ),
        more=len(held),
        lead=lead,
        missed=tuple(missed),
    )
    messages = FORMATTER.digest(
        content,
        language=language,
        zone=zone,
        now=NOW,
        also=[AlertContent(card) for card in held],
        ask_zone=[("London", "Europe/London")],
    )
    for message in messages:
        check(message)
    assert [bool(message.keyboard) for message in messages] == [*[False] * (len(messages) - 1), True]


@settings(max_examples=40, deadline=None)
@given(st.lists(cards(), max_size=12), languages, st.sampled_from(get_args(ListKind)))
def test_any_list_of_stories_is_taken(some: list[Card], language: Language, kind: ListKind) -> None:
    for message in FORMATTER.stories(some, language=language, zone=UTC, now=NOW, kind=kind):
        check(message)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_category_may_be_called_anything(language: Language) -> None:
    strange = Category("odd", {"en": "<i>R&B</i> {을/를} %(n)s", "ko": "<i>알앤비"})
    for name in ("subscribed", "already_subscribed"):
        message = FORMATTER.reply(
            name, language=language, new=[strange], already=[strange], cards=(), zone=UTC, now=NOW
        )
        check(message)
        assert strange.name(language) in message.plain
    check(FORMATTER.reply("welcome", language=language, digest_times=(time(8), time(12, 30), time(19))))
