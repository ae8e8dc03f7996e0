from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import jinja2
import pytest

from bot.formatter.markup import text
from bot.formatter.message import Preview
from bot.formatter.render import Formatter
from bot.formatter.wording import excerpt
from bot.texts import Texts
from digests.model import (
    AlertContent,
    Card,
    DigestContent,
    Language,
    NoticeContent,
    Section,
    Shortage,
    StoryId,
    Version,
)
from digests.settings import Category

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)  # Tuesday, 08:00 in Seoul
KPOP = Category("kpop", {"en": "K-pop", "ko": "케이팝"}, emoji="🎤")
DRAMA = Category("drama", {"en": "Drama", "ko": "드라마"}, emoji="🎬")
VERSION = Version(
    "en", "Pine & Plum <3 Jeju", "https://magpie.example/1", "Magpie Post", "They moved to the island."
)
CARD = Card(StoryId(1), NOW - timedelta(hours=1), ("kpop",), {"en": VERSION})


@pytest.fixture(scope="module")
def formatter() -> Formatter:
    return Formatter(Texts.load(), (KPOP, DRAMA))


def told(version: Version, number: int = 1) -> Card:
    return replace(CARD, story=StoryId(number), versions={version.language: version})


def alert(formatter: Formatter, card: Card, language: Language = "en") -> str:
    return formatter.alert(AlertContent(card), language=language, zone=SEOUL).html


def test_the_title_is_the_link_and_is_shown_as_written(formatter: Formatter) -> None:
    html = alert(formatter, CARD)
    assert '<b><a href="https://magpie.example/1">Pine &amp; Plum &lt;3 Jeju</a></b>' in html
    assert text(html).splitlines()[:2] == ["🚨 Pine & Plum <3 Jeju", "Magpie Post · 07:00 · K-pop"]


@pytest.mark.parametrize(
    "link", ["", "javascript:alert(1)", "tg://resolve?domain=x", "https://a b.example", "https://["]
)
def test_a_link_that_leads_nowhere_safe_is_no_link(formatter: Formatter, link: str) -> None:
    html = alert(formatter, told(replace(VERSION, link=link)))
    assert "<a " not in html
    assert "<b>Pine &amp; Plum &lt;3 Jeju</b>" in html


def test_a_story_known_only_in_the_other_language_is_marked(formatter: Formatter) -> None:
    korean = Version("ko", "제주 소식", "https://ggachi.example/1", "까치신문")
    assert "[KO] <b>" in alert(formatter, told(korean), "en")
    assert "[EN] <b>" in alert(formatter, CARD, "ko")
    both = replace(CARD, versions={"en": VERSION, "ko": korean})
    assert "제주 소식" in alert(formatter, both, "ko")
    assert "Jeju" in alert(formatter, both, "en")
    assert "[" not in alert(formatter, both, "ko") + alert(formatter, both, "en")


@pytest.mark.parametrize(
    "excerpt", ["", "Pine & Plum <3 Jeju", "Pine & Plum <3 Jeju.", "Pine & Plum <3 Jeju | Magpie Post"]
)
def test_an_excerpt_that_says_the_title_again_is_left_out(formatter: Formatter, excerpt: str) -> None:
    html = alert(formatter, told(replace(VERSION, excerpt=excerpt)))
    assert len(text(html).splitlines()) == 2


def test_titles_of_a_page_are_cut_and_none_is_empty(formatter: Formatter) -> None:
    assert "…" in alert(formatter, told(replace(VERSION, title="long " * 1000)))
    assert ">Untitled</a>" in alert(formatter, told(replace(VERSION, title=" \u202e\x07 ")))
    assert ">제목 없음</a>" in alert(formatter, told(replace(VERSION, title="", language="ko")), "ko")


def test_right_to_left_titles_turn_nothing_else_round(formatter: Formatter) -> None:
    html = alert(formatter, told(replace(VERSION, title="\u202eخبر عاجل 2026", source="شبكة")))
    assert "\u202e" not in html
    assert ">\u2068خبر عاجل 2026\u2069</a>" in html
    assert "<i>\u2068شبكة\u2069 · 07:00" in html


def test_a_missing_source_leaves_the_time_alone(formatter: Formatter) -> None:
    assert "<i>07:00 · K-pop</i>" in alert(formatter, replace(told(replace(VERSION, source="  ")), sources=3))


def test_times_are_the_readers_and_name_the_day_where_it_is_not_today(formatter: Formatter) -> None:
    (message,) = formatter.stories([CARD], language="en", zone=ZoneInfo("America/New_York"), now=NOW)
    assert "Magpie Post · 17:00" in message.html
    (later,) = formatter.stories([CARD], language="en", zone=SEOUL, now=NOW + timedelta(days=1))
    assert "Magpie Post · Tue 07:00" in later.html


def test_the_picture_is_the_leads_or_the_other_languages(formatter: Formatter) -> None:
    korean = Version(
        "ko", "제주 소식", "https://ggachi.example/1", "까치신문", image="https://ggachi.example/1.jpg"
    )
    card = replace(CARD, versions={"en": VERSION, "ko": korean})
    assert formatter.alert(AlertContent(card), language="en", zone=SEOUL).preview == Preview(
        "https://ggachi.example/1.jpg"
    )
    odd = told(replace(VERSION, image="data:image/png;base64,xxxx"))
    assert formatter.alert(AlertContent(odd), language="en", zone=SEOUL).preview is None


def long_digest(stories: int) -> DigestContent:
    cards = [
        told(replace(VERSION, title=f"Story number {n} of many", excerpt="word " * 40), n)
        for n in range(stories)
    ]
    half = stories // 2
    return DigestContent(
        NOW, NOW, (Section("kpop", tuple(cards[:half])), Section("drama", tuple(cards[half:])))
    )


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_notice_of_stars_says_what_ran_out(formatter: Formatter, language: Language) -> None:
    said = {
        short: formatter.notice(NoticeContent(stars=short), language=language).plain
        for short in ((Shortage.BUDGET,), (Shortage.BALANCE,), (Shortage.BALANCE, Shortage.BUDGET))
    }
    both = said[Shortage.BALANCE, Shortage.BUDGET]
    assert len(set(said.values())) == 3
    for one in (said[Shortage.BUDGET,], said[Shortage.BALANCE,]):
        assert one.splitlines()[0] in both
        assert "30" in one


def test_a_long_digest_is_split_between_stories(formatter: Formatter) -> None:
    content = long_digest(80)
    messages = formatter.digest(
        content, language="en", zone=SEOUL, now=NOW, ask_zone=[("London", "Europe/London")]
    )
    assert len(messages) == 4
    titles = [
        line for message in messages for line in text(message.html).splitlines() if line.startswith("Story ")
    ]
    assert titles == [f"Story number {n} of many" for n in range(80)]
    for message in messages[1:]:
        first = text(message.html).splitlines()[0]
        assert first.startswith("Story number") or first in {"🎬 Drama", "🕰 What time is it where you are?"}
    for message in messages:
        assert not text(message.html).splitlines()[-1].startswith(("🎤", "🎬", "Story"))
    assert [len(message.keyboard) for message in messages] == [0, 0, 0, 1]


def test_a_held_alert_stands_in_the_digest_once(formatter: Formatter) -> None:
    content = DigestContent(NOW, NOW, (Section("kpop", (CARD,)),))
    other = told(replace(VERSION, title="The night bus bill passes"), 2)
    (message,) = formatter.digest(
        content, language="en", zone=SEOUL, now=NOW, also=[AlertContent(CARD), AlertContent(other)]
    )
    assert message.html.count("Pine &amp; Plum") == 1
    assert "🔔 <b>Also broke</b>\n<b><a" in message.html
    assert "2 stories" in message.html


def test_a_digest_of_held_alerts_alone_is_a_digest(formatter: Formatter) -> None:
    card = told(replace(VERSION, image="https://magpie.example/1.jpg"))
    (message,) = formatter.digest(
        DigestContent(NOW, NOW, ()), language="ko", zone=SEOUL, now=NOW, also=[AlertContent(card)]
    )
    assert "이런 속보도 있었어요" in message.html
    assert message.preview == Preview("https://magpie.example/1.jpg")


def test_a_digest_of_nothing_says_so(formatter: Formatter) -> None:
    (message,) = formatter.digest(
        DigestContent(NOW - timedelta(days=1), NOW, ()), language="en", zone=SEOUL, now=NOW
    )
    assert text(message.html).startswith("🍃 Nothing new since Monday 08:00.")


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [(5, "morning"), (11, "morning"), (12, "afternoon"), (17, "afternoon"), (18, "evening"), (4, "evening")],
)
def test_a_digest_greets_by_the_readers_clock(formatter: Formatter, hour: int, greeting: str) -> None:
    now = datetime(2026, 11, 24, hour, 0, tzinfo=SEOUL)
    content = DigestContent(NOW, NOW, (Section("kpop", (CARD,)),))
    (message,) = formatter.digest(content, language="en", zone=SEOUL, now=now)
    assert f"Good {greeting}!" in message.html


def test_stories_of_a_category_that_is_no_more_are_still_told(formatter: Formatter) -> None:
    (message,) = formatter.digest(
        DigestContent(NOW, NOW, (Section("gone", (CARD,)),)), language="en", zone=SEOUL, now=NOW
    )
    assert "<b>More news</b>\n<b><a" in message.html


def test_a_reply_without_a_value_it_needs_is_a_fault_of_ours(formatter: Formatter) -> None:
    with pytest.raises(jinja2.UndefinedError):
        formatter.reply("already_subscribed", language="en")
    with pytest.raises(jinja2.TemplateNotFound):
        formatter.reply("no_such_reply", language="en")


def test_no_line_has_more_than_one_emoji_of_ours(formatter: Formatter) -> None:
    messages = (
        *formatter.digest(
            long_digest(2), language="en", zone=SEOUL, now=NOW, ask_zone=[("Seoul", "Asia/Seoul")]
        ),
        formatter.alert(AlertContent(CARD), language="ko", zone=SEOUL),
    )
    for message in messages:
        for row in message.html.splitlines():
            assert sum(character in "☀🌤🌙🎤🎬🔔🕰🚨✅👍🍃😔" for character in row) <= 1


@pytest.mark.parametrize(
    ("language", "said", "shown"),
    [
        ("en", "It was sweet at four minutes and brave at eight. By twelve, the last train had gone.", 48),
        ("en", "Mr. Mo met Dr. Gal on the pier at noon and nobody else was there to see it happen.", 0),
        ("en", "It rained. By twelve the last train had gone, and so had half of the balcony's people.", 0),
        ("en", "It rained all day long in Seoul.", 32),
        ("ko", "해달이 3월에 돌아온다. 예매는 12월 2일부터 공식 홈페이지에서 시작된다.", 13),
    ],
)
def test_a_line_ends_with_a_sentence_where_one_ends_late_enough(
    language: Language, said: str, shown: int
) -> None:
    line = excerpt(
        Version(language, "A title", "https://a.example", "A", said), 60 if language == "en" else 50
    )
    if shown:
        assert line == said[:shown]
    else:
        assert line.endswith("…")
        assert said.startswith(line[:-1])
