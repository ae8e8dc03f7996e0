import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts.cities import CANDIDATES, Gazetteer, UnknownZoneError, fold, zone_of
from bot.texts.keyboard import latin_keys

GAZETTEER = Gazetteer.load()
SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)


def zones(text: str) -> list[str]:
    return [place.zone for place in GAZETTEER.find(text).places]


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("seoul", "Asia/Seoul"),
        ("SEOUL", "Asia/Seoul"),
        ("  Seoul  ", "Asia/Seoul"),
        ("서울", "Asia/Seoul"),
        ("서울특별시", "Asia/Seoul"),
        ("부산", "Asia/Seoul"),
        ("부산시", "Asia/Seoul"),
        ("Busan", "Asia/Seoul"),
        ("New York", "America/New_York"),
        ("new_york", "America/New_York"),
        ("newyork", "America/New_York"),
        ("뉴욕", "America/New_York"),
        ("NYC", "America/New_York"),
        ("Boston", "America/New_York"),
        ("San Francisco", "America/Los_Angeles"),
        ("LA", "America/Los_Angeles"),
        ("로스엔젤레스", "America/Los_Angeles"),
        ("São Paulo", "America/Sao_Paulo"),
        ("sao paulo", "America/Sao_Paulo"),
        ("상파울루", "America/Sao_Paulo"),
        ("München", "Europe/Berlin"),
        ("St. John's", "America/St_Johns"),
        ("st johns", "America/St_Johns"),
        ("Beijing", "Asia/Shanghai"),
        ("북경", "Asia/Shanghai"),
        ("Osaka", "Asia/Tokyo"),
        ("뭄바이", "Asia/Kolkata"),
        ("Hanoi", "Asia/Bangkok"),
        ("Saigon", "Asia/Ho_Chi_Minh"),
        ("Kiev", "Europe/Kyiv"),
        ("London, UK", "Europe/London"),
        ("Seoul time", "Asia/Seoul"),
        ("뉴욕 시간", "America/New_York"),
        ("Asia/Seoul", "Asia/Seoul"),
        ("asia/seoul", "Asia/Seoul"),
        ("EUROPE/LONDON", "Europe/London"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Eastern", "America/New_York"),
        ("KST", "Asia/Seoul"),
        ("kst", "Asia/Seoul"),
        ("EST", "America/New_York"),
        ("PST", "America/Los_Angeles"),
        ("Korea", "Asia/Seoul"),
        ("한국", "Asia/Seoul"),
        ("대한민국", "Asia/Seoul"),
        ("한국 시간", "Asia/Seoul"),
        ("Japan", "Asia/Tokyo"),
        ("영국", "Europe/London"),
        ("필리핀", "Asia/Manila"),
        ("tjdnf", "Asia/Seoul"),
        ("ehzy", "Asia/Tokyo"),
        ("ＳＥＯＵＬ", "Asia/Seoul"),
        (unicodedata.normalize("NFD", "서울"), "Asia/Seoul"),  # as a Mac writes it
    ],
)
def test_what_a_person_types_finds_the_zone_and_no_question(text: str, zone: str) -> None:
    assert zones(text) == [zone]
    assert GAZETTEER.find(text).sure


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("UTC", "UTC"),
        ("gmt", "UTC"),
        ("UTC+0", "UTC"),
        ("-00:00", "UTC"),
        ("UTC+9", "UTC+09:00"),
        ("utc +9", "UTC+09:00"),
        ("UTC 9", "UTC+09:00"),
        ("GMT+9", "UTC+09:00"),
        ("+9", "UTC+09:00"),
        ("+0930", "UTC+09:30"),
        ("UTC+05:45", "UTC+05:45"),
        ("UTC-03:30", "UTC-03:30"),
        ("UTC−3", "UTC-03:00"),
        ("UTC–3", "UTC-03:00"),
        ("UTC+14", "UTC+14:00"),
        ("UTC-12", "UTC-12:00"),
        ("Etc/GMT-9", "UTC+09:00"),  # the tz database turns the signs of these round
        ("Etc/UTC", "UTC"),
    ],
)
def test_an_offset_is_a_zone_of_its_own(text: str, zone: str) -> None:
    assert zones(text) == [zone]
    assert GAZETTEER.find(text).sure


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "9",
            "07:30",
            "UTC+",
            "UTC+15",
            "UTC-12:30",
            "UTC+9:75",
            "+",
            "-",
            ",",
            "시",
            "time",
            "🎤",
            "\u202e",
        ),
        *(
            "hello",
            "kpop",
            "off",
            "on",
            "안녕하세요",
            "구독",
            "케이팝",
            "<b>",
            "' OR 1=1 --",
            "../../etc/passwd",
            "한" * 5000,
        ),
    ],
)
def test_what_is_no_place_finds_none(text: str) -> None:
    assert zones(text) == []
    assert not GAZETTEER.find(text).sure


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Bostn", "America/New_York"),
        ("Tokio", "Asia/Tokyo"),
        ("Melborne", "Australia/Melbourne"),
        ("뉴옥", "America/New_York"),
        ("싱가폴", "Asia/Singapore"),
        ("쌍파울로", "America/Sao_Paulo"),
        ("Lond", "Europe/London"),
        ("오사", "Asia/Tokyo"),
    ],
)
def test_a_misspelt_or_unfinished_name_is_guessed_and_asked_back(text: str, zone: str) -> None:
    assert zones(text)[0] == zone
    assert not GAZETTEER.find(text).sure


def test_a_city_keeps_the_name_it_was_asked_by() -> None:
    (place,) = GAZETTEER.find("busan").places
    assert (place.zone, place.name("en"), place.name("ko"), place.name("fr")) == (
        "Asia/Seoul",
        "Busan",
        "부산",
        "Busan",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("USA", ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"]),
        ("미국", ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"]),
        ("CST", ["America/Chicago", "Asia/Shanghai"]),
        ("Georgia", ["America/New_York", "Asia/Tbilisi"]),
    ],
)
def test_a_name_of_several_zones_is_a_question(text: str, expected: list[str]) -> None:
    assert zones(text) == expected
    assert not GAZETTEER.find(text).sure


def test_the_beginning_of_many_names_brings_the_well_known_ones() -> None:
    names = [place.name("en") for place in GAZETTEER.find("san").places]
    assert "San Francisco" in names
    assert len(names) == CANDIDATES


def test_everything_that_can_be_found_is_a_zone_that_exists() -> None:
    for places in (*GAZETTEER.by_name.values(), *GAZETTEER.atlas.by_zone_name.values()):
        for place in places:
            assert zone_of(place.zone).utcoffset(SUMMER.replace(tzinfo=None)) is not None
            assert set(place.names) == {"en", "ko"}
            assert all(place.names.values())


def test_every_place_is_found_again_by_its_zone_and_by_its_names() -> None:
    for (place,) in GAZETTEER.atlas.by_zone_name.values():
        assert zones(place.zone) == [place.zone]
        assert GAZETTEER.place(place.zone).zone == place.zone


@pytest.mark.parametrize(
    ("zone", "name"),
    [("Asia/Seoul", "서울"), ("Asia/Calcutta", "콜카타"), ("UTC+09:00", "UTC+09:00"), ("UTC", "UTC")],
)
def test_a_kept_zone_has_a_name_for_readers(zone: str, name: str) -> None:
    assert GAZETTEER.place(zone).name("ko") == name


@pytest.mark.parametrize(
    "name", ["", "Seoul", "America", "UTC+9", "UTC+99:00", "../Asia/Seoul", "A\0B", "한국"]
)
def test_a_name_that_no_zone_has_is_our_own_error(name: str) -> None:
    with pytest.raises(UnknownZoneError):
        zone_of(name)
    with pytest.raises(UnknownZoneError):
        GAZETTEER.place(name)


def test_a_zone_of_an_offset_is_as_far_away_as_it_says() -> None:
    moment = datetime(2026, 1, 1)
    assert zone_of("UTC-03:30").utcoffset(moment) == timedelta(hours=-3, minutes=-30)
    assert zone_of("UTC+09:00").utcoffset(moment) == timedelta(hours=9)
    assert zone_of("UTC").utcoffset(moment) == timedelta(0)


def test_korean_readers_see_seoul_first_and_english_ones_go_from_west_to_east() -> None:
    korean = [place.name("ko") for place in GAZETTEER.likely("ko", SUMMER)]
    english = [place.name("en") for place in GAZETTEER.likely("en", SUMMER)]
    assert korean == ["서울", "로스앤젤레스", "뉴욕", "런던", "베를린", "호찌민", "도쿄", "시드니"]
    assert english == [
        "Los Angeles",
        "New York",
        "London",
        "Jakarta",
        "Singapore",
        "Manila",
        "Seoul",
        "Sydney",
    ]


def test_readers_of_a_language_we_do_not_speak_see_the_english_places() -> None:
    assert GAZETTEER.likely("fr", SUMMER) == GAZETTEER.likely("en", SUMMER)


@pytest.mark.parametrize(
    ("korean", "keys"),
    [("서울", "tjdnf"), ("케이팝", "zpdlvkq"), ("뉴욕 1", "sbdyr 1"), ("꽃", "Rhc"), ("abc", "abc")],
)
def test_korean_on_latin_keys(korean: str, keys: str) -> None:
    assert latin_keys(korean) == keys


@given(st.text(max_size=200))
def test_no_text_breaks_the_search_and_what_it_finds_is_few_and_real(text: str) -> None:
    found = GAZETTEER.find(text)
    assert len(found.places) <= CANDIDATES
    assert len({place.zone for place in found.places}) == len(found.places)
    assert found.sure <= (len(found.places) == 1)
    for place in found.places:
        zone_of(place.zone)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=30))
def test_a_name_is_a_zone_or_our_own_error(name: str) -> None:
    try:
        zone_of(name)
    except UnknownZoneError as error:
        assert name == "" or repr(name) in str(error)  # noqa: PT017 - both outcomes are right


@given(st.integers(-12 * 60, 14 * 60))
def test_every_offset_in_use_is_understood_and_kept(minutes: int) -> None:
    away = timedelta(minutes=minutes)
    written = f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60}:{abs(minutes) % 60:02}"
    (place,) = GAZETTEER.find(written).places
    assert zone_of(place.zone).utcoffset(datetime(2026, 1, 1)) == away
