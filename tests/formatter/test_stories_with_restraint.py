"""Rumours and news that asks for restraint, wherever a story stands that is no alert: digests, lists, a first look."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.formatter.markup import text
from bot.formatter.message import Message
from bot.formatter.render import Formatter
from bot.texts import Texts
from digests.model import Card, DigestContent, Language, Section, StoryId, Version
from digests.settings import Category

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
KPOP = Category("kpop", {"en": "K-pop", "ko": "케이팝"})
CARD = Card(
    StoryId(7),
    NOW,
    ("kpop",),
    {
        "en": Version(
            "en",
            "Baek Narin found dead at home, note left",
            "https://magpie.example/narin",
            "Magpie Post",
            "The door of her flat was locked.",
            author="Jo Reporter",
            image="https://magpie.example/narin.jpg",
        ),
        "ko": Version(
            "ko",
            "백나린, 자택서 숨진 채 발견…유서 남겨",
            "https://ggachi.example/narin",
            "까치신문",
            "자택 문은 잠겨 있었다.",
        ),
    },
)
SUICIDE = replace(CARD, sensitive=("death", "suicide"))
OTHER = Card(StoryId(8), NOW, ("kpop",), {"en": Version("en", "A stage", "https://a.example", "A")})


@pytest.fixture(scope="module")
def formatter() -> Formatter:
    return Formatter(Texts.load(), (KPOP,))


def a_digest(**places: object) -> Callable[[Formatter, Language], Message]:
    def made(formatter: Formatter, language: Language) -> Message:
        content = DigestContent(**({"since": NOW, "upto": NOW, "sections": ()} | places))  # type: ignore[arg-type]
        (message,) = formatter.digest(content, language=language, zone=SEOUL, now=NOW)
        return message

    return made


def a_list(kind: str, *cards: Card) -> Callable[[Formatter, Language], Message]:
    def made(formatter: Formatter, language: Language) -> Message:
        (message,) = formatter.stories(cards, language=language, zone=SEOUL, now=NOW, kind=kind)  # type: ignore[arg-type]
        return message

    return made


def a_first_look(*cards: Card) -> Callable[[Formatter, Language], Message]:
    def made(formatter: Formatter, language: Language) -> Message:
        return formatter.reply(
            "subscribed", language=language, new=[KPOP], already=[], cards=cards, zone=SEOUL, now=NOW
        )

    return made


def places(card: Card) -> dict[str, Callable[[Formatter, Language], Message]]:
    """Everywhere that a story is shown in without an alert."""
    return {
        "the lead": a_digest(lead=card),
        "a section": a_digest(sections=(Section("kpop", (card,)),)),
        "don’t miss": a_digest(lead=OTHER, missed=(card,)),
        **{kind: a_list(kind, card) for kind in ("latest", "breaking", "trending", "related")},
        "a first look": a_first_look(card),
    }


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("place", places(CARD))
def test_a_suicide_is_told_without_method_place_or_motive_wherever_it_stands(
    formatter: Formatter, place: str, language: Language
) -> None:
    message = places(SUICIDE)[place](formatter, language)
    said = text(message.html)
    for word in ("home", "note", "flat", "자택", "유서", "잠겨", "Jo Reporter"):
        assert word not in said
    assert {"en": "A death has been reported", "ko": "부고가 전해졌어요"}[language] in said
    assert CARD.version(language).link in message.html
    assert "109" in said
    assert message.preview is None


@pytest.mark.parametrize("place", places(CARD))
def test_what_is_not_sensitive_is_shown_as_written_and_names_no_number(
    formatter: Formatter, place: str
) -> None:
    message = places(CARD)[place](formatter, "en")
    assert "found dead at home" in message.html
    assert "109" not in message.html


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("place", ["the lead", "breaking", "trending"])
def test_no_emoji_heads_what_is_sad(formatter: Formatter, place: str, language: Language) -> None:
    death = replace(CARD, sensitive=("death",))
    of_itself = {"the lead": 1}.get(place, 0)  # the greeting of the whole digest
    assert len(EMOJI.findall(places(death)[place](formatter, language).html)) == of_itself
    assert len(EMOJI.findall(places(CARD)[place](formatter, language).html)) == of_itself + 1


def test_of_a_list_one_sad_story_is_enough(formatter: Formatter) -> None:
    assert not EMOJI.search(a_list("trending", OTHER, SUICIDE)(formatter, "en").html)
    assert "👀" not in a_digest(lead=OTHER, missed=(OTHER, SUICIDE))(formatter, "en").html


@pytest.mark.parametrize(("language", "mark"), [("en", "Rumour: "), ("ko", "미확인: ")])
@pytest.mark.parametrize("place", places(CARD))
def test_a_rumour_is_marked_as_one_wherever_it_stands(
    formatter: Formatter, place: str, language: Language, mark: str
) -> None:
    rumour = replace(CARD, rumour=True)
    title = CARD.version(language).title
    assert mark + title in text(places(rumour)[place](formatter, language).html)
    assert mark not in text(places(CARD)[place](formatter, language).html)
