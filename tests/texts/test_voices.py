from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from markupsafe import Markup

from bot.texts import Texts, Voice
from bot.texts.voice import _filled
from digests.model import Language

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)  # Wednesday 25 November, 08:00 in Seoul


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load()


@pytest.fixture
def korean(texts: Texts) -> Voice:
    return texts.voice("ko")


@pytest.fixture
def english(texts: Texts) -> Voice:
    return texts.voice("en")


def test_a_language_we_do_not_speak_is_answered_in_english(texts: Texts) -> None:
    assert texts.voice("fr").gettext("Done") == "Done"
    assert texts.voice("ko").gettext("Done") == "완료"


@pytest.mark.parametrize(
    ("sentence", "name", "expected"),
    [
        ("%(name)s{을/를} 받아요", "케이팝", "케이팝을 받아요"),
        ("%(name)s{을/를} 받아요", "드라마", "드라마를 받아요"),
        ("<b>%(name)s</b>{은/는} 좋아요", "시사", "<b>시사</b>는 좋아요"),
        ("‘%(name)s’{이라는/라는} 말", "서울", "‘서울’이라는 말"),
        # a value that looks like our notation, or like markup, stays what it is
        ("%(name)s{을/를} 받아요", "{은/는}", "{은/는}을 받아요"),
        ("%(name)s{을/를} 받아요", "100% %(name)s", "100% %(name)s를 받아요"),
    ],
)
def test_particles_are_chosen_as_sentences_are_filled(sentence: str, name: str, expected: str) -> None:
    assert _filled(sentence, {"name": name}) == expected


def test_a_value_is_escaped_and_its_particle_goes_by_what_is_read(korean: Voice) -> None:
    said = korean.markup("You already followed %(categories)s.", categories="<b>R&B</b>")
    assert said == "&lt;b&gt;R&amp;B&lt;/b&gt;는 이미 받고 계셨어요."
    bold = korean.markup("You already followed %(categories)s.", categories=Markup("<b>음식</b>"))
    assert bold == "<b>음식</b>은 이미 받고 계셨어요."


@pytest.mark.parametrize(
    ("items", "language", "expected"),
    [
        ([], "en", ""),
        (["K-pop"], "en", "K-pop"),
        (["K-pop", "Drama"], "en", "K-pop and Drama"),
        (["K-pop", "Drama", "Food"], "en", "K-pop, Drama and Food"),
        (["케이팝", "드라마"], "ko", "케이팝과 드라마"),
        (["드라마", "케이팝"], "ko", "드라마와 케이팝"),
        (["K-pop", "드라마"], "ko", "K-pop과 드라마"),
        (["케이팝", "드라마", "음식"], "ko", "케이팝, 드라마, 음식"),
    ],
)
def test_lists_are_said_as_people_say_them(
    texts: Texts, items: list[str], language: str, expected: str
) -> None:
    assert texts.voice(language).join(items) == expected


@pytest.mark.parametrize(
    ("ago", "english", "korean"),
    [
        (timedelta(minutes=5), "07:55", "07:55"),
        (timedelta(hours=9), "Tue 23:00", "화요일 23:00"),
        (timedelta(days=6), "Thu 08:00", "목요일 08:00"),
        (timedelta(days=7), "18 Nov 08:00", "11월 18일 08:00"),
        (timedelta(days=365), "25 Nov 2025 08:00", "2025년 11월 25일 08:00"),
        (-timedelta(days=1), "26 Nov 08:00", "11월 26일 08:00"),
    ],
)
def test_a_time_says_its_day_only_where_that_is_not_today(
    texts: Texts, ago: timedelta, english: str, korean: str
) -> None:
    assert texts.voice("en").clock(NOW - ago, NOW, SEOUL) == english
    assert texts.voice("ko").clock(NOW - ago, NOW, SEOUL) == korean


def test_today_is_the_readers_today(english: Voice) -> None:
    at = NOW - timedelta(hours=9)  # Tuesday 14:00 UTC
    assert english.clock(at, NOW, ZoneInfo("Europe/London")) == "14:00"
    assert english.clock(at, NOW, SEOUL) == "Tue 23:00"


@pytest.mark.parametrize(
    ("ahead", "english", "korean"),
    [
        (timedelta(hours=11), "today at 19:00", "오늘 19:00"),
        (timedelta(days=1), "tomorrow at 08:00", "내일 08:00"),
        (timedelta(days=2), "Friday at 08:00", "금요일 08:00"),
    ],
)
def test_the_next_digest_is_announced_as_one_says_it(
    texts: Texts, ahead: timedelta, english: str, korean: str
) -> None:
    assert texts.voice("en").coming(NOW + ahead, NOW, SEOUL) == english
    assert texts.voice("ko").coming(NOW + ahead, NOW, SEOUL) == korean


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("Asia/Seoul", "en", "Seoul"),
        ("Asia/Seoul", "ko", "서울"),
        ("America/New_York", "en", "New York"),
        ("UTC", "ko", "UTC"),
        ("UTC+09:00", "ko", "UTC+09:00"),
        (str(timezone(timedelta(hours=-3, minutes=-30))), "en", "UTC-03:30"),
    ],
)
def test_a_zone_is_called_by_its_city(texts: Texts, zone: str, language: Language, expected: str) -> None:
    assert texts.voice(language).place(zone) == expected


def test_days_are_named_in_full(english: Voice, korean: Voice) -> None:
    assert english.day(NOW.astimezone(SEOUL)) == "Wednesday, 25 November"
    assert korean.day(NOW.astimezone(SEOUL)) == "11월 25일 수요일"
