"""Turns, edits, denials, and news that asks for restraint, as a reader gets them."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.formatter.markup import text
from bot.formatter.message import Message
from bot.formatter.render import Formatter
from bot.texts import Texts
from digests.model import AlertContent, Card, DigestContent, Language, StoryId, Version
from digests.settings import Category

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
ENGLISH = Version(
    "en",
    "Singer Baek Narin dies at 31",
    "https://magpie.example/narin",
    "Magpie Post",
    "She was found in her flat.",
    author="Jo Reporter",
    image="https://magpie.example/narin.jpg",
)
CARD = Card(StoryId(7), NOW, ("kpop",), {"en": ENGLISH}, breaking=True)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")


@pytest.fixture(scope="module")
def formatter() -> Formatter:
    return Formatter(Texts.load(), (Category("kpop", {"en": "K-pop", "ko": "케이팝"}),))


def shown(formatter: Formatter, content: AlertContent, language: Language = "en") -> Message:
    return formatter.alert(content, language=language, zone=SEOUL)


def titled(title: str, language: Language = "en", sensitive: str = "death,suicide") -> AlertContent:
    version = replace(ENGLISH, title=title, language=language)
    return AlertContent(replace(CARD, versions={language: version}), sensitive=sensitive)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("sensitive", ["death", "death,suicide", "sexual", "minor"])
@pytest.mark.parametrize("turn", [1, 2])
def test_sensitive_news_has_no_emoji_anywhere(
    formatter: Formatter, language: Language, sensitive: str, turn: int
) -> None:
    message = shown(formatter, AlertContent(CARD, sensitive=sensitive, turn=turn), language)
    labels = "".join(button.label for row in message.keyboard for button in row)
    assert not EMOJI.search(message.html + labels)


def test_a_turn_says_that_it_goes_on_and_an_alert_does_not(formatter: Formatter) -> None:
    assert text(shown(formatter, AlertContent(CARD, turn=2)).html).startswith("🚨 Update: Singer")
    assert text(shown(formatter, AlertContent(CARD, turn=3), "ko").html).startswith("🚨 후속: [EN] Singer")
    assert text(shown(formatter, AlertContent(CARD)).html).startswith("🚨 Singer")


@pytest.mark.parametrize(
    "title",
    [
        "Singer Baek Narin found dead at home",
        "Baek Narin, 31, took her own life, police say",
        "Baek Narin dies after falling from hotel balcony",
        "Baek Narin dies of overdose",
        "Baek Narin dead: why did nobody see the depression?",
        "Baek Narin’s last message to fans before her death",
    ],
)
def test_a_title_that_tells_how_where_or_why_somebody_died_by_suicide_is_not_repeated(
    formatter: Formatter, title: str
) -> None:
    message = shown(formatter, titled(title))
    assert "Narin" not in message.html
    assert text(message.html).splitlines()[0] == "A death has been reported"
    assert 'href="https://magpie.example/narin"' in message.html


@pytest.mark.parametrize(
    "title",
    [
        "가수 백나린 극단적 선택",
        "백나린, 자택서 숨진 채 발견",
        "백나린 투신 사망",
        "백나린 사망…경찰 “유서 발견”",
        "악플에 시달린 백나린 사망",
        "[속보] 가수 백나린, 한강서 숨져",
    ],
)
def test_the_same_in_korean(formatter: Formatter, title: str) -> None:
    message = shown(formatter, titled(title, "ko"), "ko")
    assert "백나린" not in message.html
    assert text(message.html).splitlines()[0] == "부고가 전해졌어요"


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Singer Baek Narin dies at 31", "en"),
        ("Baek Narin’s agency confirms her death", "en"),
        ("가수 백나린 사망…향년 31세", "ko"),
        ("백나린 소속사 “비통한 소식 전해”", "ko"),
    ],
)
def test_a_title_that_names_the_death_alone_is_shown_as_written(
    formatter: Formatter, title: str, language: Language
) -> None:
    assert text(shown(formatter, titled(title, language), language).html).splitlines()[0] == title


def test_of_a_suicide_no_excerpt_no_author_and_no_picture_is_shown_but_a_number_to_call(
    formatter: Formatter,
) -> None:
    english, korean = (shown(formatter, titled("Baek Narin dies at 31"), one) for one in ("en", "ko"))
    for message in (english, korean):
        assert message.preview is None
        assert "flat" not in message.html
        assert "Jo Reporter" not in message.html
        assert "109" in message.html
    assert "in Korea 109" in english.html
    assert "24시간" in korean.html


def test_other_deaths_keep_their_excerpt_and_picture_and_name_no_number(formatter: Formatter) -> None:
    message = shown(formatter, titled("Actor dies at home at 91", sensitive="death"))
    assert "at home" in message.html
    assert "flat" in message.html
    assert message.preview
    assert "109" not in message.html


@pytest.mark.parametrize("sensitive", ["sexual", "minor", "minor,sexual"])
def test_nobody_is_pictured_to_whom_it_was_done(formatter: Formatter, sensitive: str) -> None:
    assert shown(formatter, titled("Coach arrested", sensitive=sensitive)).preview is None


def test_a_held_alert_shows_the_same_restraint_in_the_digest(formatter: Formatter) -> None:
    digest = DigestContent(NOW, NOW, ())
    held = titled("Baek Narin found dead at home")
    (message,) = formatter.digest(digest, language="en", zone=SEOUL, now=NOW, also=(held,))
    assert "home" not in message.html
    assert "A death has been reported" in message.html


def test_of_a_story_whose_alert_and_turn_were_held_the_digest_tells_the_turn(formatter: Formatter) -> None:
    first = AlertContent(CARD)
    second = replace(titled("Baek Narin’s funeral is private", sensitive=""), turn=2)
    (message,) = formatter.digest(
        DigestContent(NOW, NOW, ()), language="en", zone=SEOUL, now=NOW, also=(first, second)
    )
    assert "funeral" in message.html
    assert "dies at 31" not in message.html


def test_an_edit_names_others_and_counts_all(formatter: Formatter) -> None:
    content = AlertContent(replace(CARD, sources=5), also=("Magpie Post", "Dalbit", "Harbour Wire"))
    lines = text(shown(formatter, content).html).splitlines()
    assert lines[1].startswith("Magpie Post · ")
    assert "Also in Dalbit and Harbour Wire · 5 sources" in lines


def test_a_denial_rings_no_bell_and_has_no_buttons(formatter: Formatter) -> None:
    message = shown(formatter, replace(titled("Agency: they are not dating", sensitive=""), denial=True))
    assert text(message.html).startswith("Rumour denied: Agency")
    assert message.keyboard == ()
