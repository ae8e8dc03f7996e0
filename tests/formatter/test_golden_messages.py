"""The messages that readers see most, as they leave the bot: read them when they change.

SOSIK_UPDATE_GOLDEN=1 writes them anew.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.formatter import keyboards
from bot.formatter.markup import text
from bot.formatter.measure import measure
from bot.formatter.message import Message
from bot.formatter.render import Formatter
from bot.playground.telegram.text import formatted
from bot.texts import Texts
from digests.model import AlertContent, Card, DigestContent, Language, Section, StoryId, Version
from digests.settings import Category

GOLDEN = Path(__file__).parent / "golden"
SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)  # Tuesday, 08:00 in Seoul
SINCE = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)

CATEGORIES = (
    Category("kpop", {"en": "K-pop", "ko": "케이팝"}, emoji="🎤"),
    Category("drama", {"en": "Drama & Film", "ko": "드라마·영화"}, emoji="🎬"),
    Category("beauty", {"en": "Beauty", "ko": "뷰티"}, emoji="💄"),
    Category("food", {"en": "Food", "ko": "음식"}, emoji="🍜"),
    Category("korea", {"en": "Korea", "ko": "시사"}, emoji="🏛"),
)
PLACES: dict[Language, tuple[keyboards.Place, ...]] = {
    "en": (
        ("Seoul", "Asia/Seoul"),
        ("London", "Europe/London"),
        ("New York", "America/New_York"),
        ("Los Angeles", "America/Los_Angeles"),
        ("Manila", "Asia/Manila"),
        ("São Paulo", "America/Sao_Paulo"),
    ),
    "ko": (
        ("서울", "Asia/Seoul"),
        ("런던", "Europe/London"),
        ("뉴욕", "America/New_York"),
        ("로스앤젤레스", "America/Los_Angeles"),
        ("도쿄", "Asia/Tokyo"),
        ("시드니", "Australia/Sydney"),
    ),
}


def at(day: int, clock: str) -> datetime:
    """A day of November 2026 by Seoul's clock."""
    return datetime(2026, 11, day, *map(int, clock.split(":")), tzinfo=SEOUL).astimezone(UTC)


COMEBACK = Card(
    StoryId(1),
    at(24, "06:41"),
    ("kpop",),
    {
        "en": Version(
            "en",
            "HAEDAL end their long break with two nights in Seoul",
            "https://magpie.example/haedal-return?utm=a&b=1",
            "Magpie Post",
            "The five return on 13 March after two years away. Tickets go on sale on 2 December, their agency says.",
            image="https://magpie.example/pictures/haedal.jpg",
            minutes=4,
            comments=12,
        ),
        "ko": Version(
            "ko",
            "[속보] 해달, 2년 만에 서울에서 이틀간 공연",
            "https://ggachi.example/news/1041",
            "까치신문",
            "5인조 그룹 해달이 3월 13일 무대에 돌아온다. 소속사는 예매가 12월 2일 시작된다고 밝혔다.",
        ),
    },
    breaking=True,
    sources=3,
)
DUO = Card(
    StoryId(2),
    at(23, "21:15"),
    ("kpop",),
    {
        "en": Version(
            "en",
            "Rookie duo Pine & Plum <3 their first number one",
            "https://persimmon.example/pine-plum",
            "Persimmon Daily",
            "“We were making kimchi when the call came,” says Plum, still laughing on the phone.",
        )
    },
)
HARBOUR = Card(
    StoryId(3),
    at(23, "18:02"),
    ("drama",),
    {
        "en": Version(
            "en",
            "“Tangerine Harbour” will get a second season",
            "https://magpie.example/harbour",
            "Magpie Post",
            "Filming on Jeju begins in spring, with the whole cast on board.",
            image="https://magpie.example/pictures/harbour.jpg",
        ),
        "ko": Version(
            "ko",
            "‘귤항구’ 시즌2 제작 확정…전 출연진 그대로",
            "https://ggachi.example/news/1038",
            "까치신문",
            "내년 봄 제주에서 촬영을 시작한다.",
        ),
    },
    sources=2,
)
LETTER = Card(
    StoryId(4),
    at(24, "05:30"),
    ("drama",),
    {
        "ko": Version(
            "ko",
            "겨울 바다에서 온 편지, 다음 달 개봉",
            "https://dalbit.example/film/77",
            "달빛매거진",
            "손글씨로 쓴 시나리오가 영화가 되기까지 7년이 걸렸다.",
            minutes=2,
            comments=1,
        )
    },
)
CARTS = Card(
    StoryId(5),
    at(23, "16:20"),
    ("food",),
    {
        "en": Version(
            "en",
            "The sweet potato carts are back",
            "https://persimmon.example/carts",
            "Persimmon Daily",
            "Winter begins when the alleys smell of them. A map of forty carts that still use wood.",
        ),
        "ko": Version(
            "ko",
            "군고구마 수레가 돌아왔다",
            "https://dalbit.example/food/12",
            "달빛매거진",
            "골목에 그 냄새가 나면 겨울이다. 아직 장작을 쓰는 수레 40곳의 지도.",
        ),
    },
)
BUS = Card(
    StoryId(6),
    at(24, "00:48"),
    ("korea",),
    {
        "en": Version(
            "en", "Parliament passes the night bus bill", "https://magpie.example/bus", "Magpie Post"
        ),
        "ko": Version("ko", "심야버스법 국회 통과", "https://ggachi.example/news/1040", "까치신문"),
    },
    breaking=True,
)
SAD = Card(
    StoryId(7),
    at(24, "06:10"),
    ("kpop",),
    {
        "en": Version(
            "en",
            "Singer Baek Narin found dead at her home, note left",
            "https://magpie.example/narin",
            "Magpie Post",
            "The door of her flat was locked from inside, police said.",
            image="https://magpie.example/pictures/narin.jpg",
        ),
        "ko": Version(
            "ko",
            "가수 백나린 사망…향년 31세",
            "https://ggachi.example/news/1050",
            "까치신문",
            "경찰은 자택에서 유서를 찾았다고 밝혔다.",
        ),
    },
    breaking=True,
)
FLOOD = Card(
    StoryId(8),
    at(24, "03:12"),
    ("korea",),
    {
        "en": Version(
            "en",
            "Flood warning for the lower Naru, two villages cleared",
            "https://magpie.example/naru-flood",
            "Magpie Post",
            "The dam was opened at two in the morning.",
        ),
        "ko": Version(
            "ko", "[속보] 나루강 하류 홍수경보…두 마을 대피", "https://ggachi.example/news/1045", "까치신문"
        ),
    },
    breaking=True,
    sources=4,
)
POWDER = Card(
    StoryId(9),
    at(23, "22:40"),
    ("beauty",),
    {
        "ko": Version(
            "ko", "품절 대란 ‘감꽃 파우더’ 판매 중단", "https://dalbit.example/beauty/31", "달빛매거진"
        )
    },
    breaking=True,
)
DATING = Card(
    StoryId(10),
    at(24, "02:20"),
    ("kpop",),
    {
        "en": Version(
            "en",
            "Are Baek Jimin of HAEDAL and an actor seeing each other?",
            "https://persimmon.example/jimin",
            "Persimmon Daily",
            "Somebody who knows somebody saw them at the seaside.",
        ),
        "ko": Version("ko", "[단독] 해달 백지민 열애설", "https://dalbit.example/star/5", "달빛매거진"),
    },
    rumour=True,
)
DIGEST = DigestContent(
    SINCE,
    NOW,
    (Section("kpop", (DUO,)), Section("drama", (HARBOUR, LETTER)), Section("food", (CARTS,))),
    more=4,
    lead=COMEBACK,
    missed=(FLOOD, POWDER),
)

Written = Callable[[Formatter, Language], tuple[Message, ...]]
MESSAGES: dict[str, Written] = {
    "welcome": lambda formatter, language: (
        formatter.reply(
            "welcome",
            language=language,
            digest_times=(time(8),),
            keyboard=keyboards.onboarding(formatter.voice(language), CATEGORIES, {"kpop"}),
        ),
    ),
    "subscribed": lambda formatter, language: (
        formatter.reply(
            "subscribed",
            language=language,
            new=CATEGORIES[:2],
            already=CATEGORIES[3:4],
            cards=(COMEBACK, DUO),
            zone=SEOUL,
            now=NOW,
        ),
    ),
    "already_subscribed": lambda formatter, language: (
        formatter.reply("already_subscribed", language=language, already=CATEGORIES[:1]),
    ),
    "alert": lambda formatter, language: (
        formatter.alert(AlertContent(COMEBACK), language=language, zone=SEOUL),
    ),
    "alert_in_a_group": lambda formatter, language: (
        formatter.alert(AlertContent(BUS), language=language, zone=SEOUL, group=True, silent=True),
    ),
    "alert_edited": lambda formatter, language: (
        formatter.alert(
            AlertContent(
                replace(COMEBACK, sources=6),
                also=("Magpie Post", "까치신문", "Persimmon Daily", "Harbour Wire", "달빛매거진"),
            ),
            language=language,
            zone=SEOUL,
        ),
    ),
    "turn": lambda formatter, language: (
        formatter.alert(AlertContent(BUS, turn=2), language=language, zone=SEOUL),
    ),
    "turn_of_a_suicide": lambda formatter, language: (
        formatter.alert(
            AlertContent(SAD, turn=2, sensitive="death,suicide"), language=language, zone=SEOUL, silent=True
        ),
    ),
    "denial": lambda formatter, language: (
        formatter.alert(AlertContent(DUO, denial=True), language=language, zone=SEOUL, silent=True),
    ),
    "digest": lambda formatter, language: formatter.digest(
        DIGEST,
        language=language,
        zone=SEOUL,
        now=NOW,
        also=(AlertContent(BUS), AlertContent(COMEBACK)),
        ask_zone=PLACES[language],
    ),
    "digest_with_restraint": lambda formatter, language: formatter.digest(
        DigestContent(
            SINCE,
            NOW,
            (Section("kpop", (DATING, DUO)),),
            lead=replace(SAD, sensitive=("death", "suicide")),
            missed=(replace(SAD, story=StoryId(11), sensitive=("suicide",)), replace(POWDER, rumour=True)),
        ),
        language=language,
        zone=SEOUL,
        now=NOW,
    ),
    "digest_done": lambda formatter, language: (
        formatter.reply(
            "digest_done",
            language=language,
            next_at=at(25, "08:00"),
            zone=SEOUL,
            now=NOW,
            ask_zone=True,
            keyboard=keyboards.zones(PLACES[language], NOW),
        ),
    ),
    "nothing_new": lambda formatter, language: (
        formatter.empty_digest(language=language, zone=SEOUL, now=NOW, since=SINCE),
    ),
    "latest": lambda formatter, language: formatter.stories(
        (LETTER, HARBOUR), language=language, zone=SEOUL, now=NOW, category=CATEGORIES[1]
    ),
    "no_breaking": lambda formatter, language: formatter.stories(
        (), language=language, zone=SEOUL, now=NOW, kind="breaking"
    ),
    "trending": lambda formatter, language: formatter.stories(
        (FLOOD, COMEBACK, HARBOUR), language=language, zone=SEOUL, now=NOW, kind="trending"
    ),
    "no_trending": lambda formatter, language: formatter.stories(
        (), language=language, zone=SEOUL, now=NOW, category=CATEGORIES[3], kind="trending"
    ),
    "related": lambda formatter, language: formatter.stories(
        (DUO, LETTER), language=language, zone=SEOUL, now=NOW, kind="related"
    ),
    "error": lambda formatter, language: (formatter.reply("error", language=language),),
}


@pytest.fixture(scope="module")
def formatter() -> Formatter:
    return Formatter(Texts.load(), CATEGORIES)


def page(messages: tuple[Message, ...]) -> str:
    return "\n\n======== next message ========\n\n".join(map(written, messages)) + "\n"


def written(message: Message) -> str:
    above = f"(picture: {message.preview.url})\n" if message.preview else ""
    above += "(silent)\n" if message.silent else ""
    rows = [
        " ".join(f"[{button.label} → {button.data or button.url}]" for button in row)
        for row in message.keyboard
    ]
    return "\n".join([above + message.html, *([""] if rows else []), *rows])


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_reads_as_it_was_agreed(formatter: Formatter, name: str, language: Language) -> None:
    messages = MESSAGES[name](formatter, language)
    golden = GOLDEN / f"{name}.{language}.txt"
    if os.environ.get("SOSIK_UPDATE_GOLDEN"):
        golden.write_text(page(messages), encoding="utf-8")
    assert page(messages) == golden.read_text(encoding="utf-8")
    for message in messages:
        assert measure(message.html).fits
        assert formatted(message.html, "HTML").text == text(message.html)
    assert messages == MESSAGES[name](formatter, language)  # nothing in it depends on when or how often


def test_no_golden_message_is_forgotten() -> None:
    expected = {f"{name}.{language}.txt" for name in MESSAGES for language in ("en", "ko")}
    assert {path.name for path in GOLDEN.iterdir()} == expected
