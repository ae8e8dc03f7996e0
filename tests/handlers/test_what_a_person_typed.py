"""The grammar: what people type, in two languages, on two keyboards, with and without a slash."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handlers.grammar import (
    MOST_TIMES,
    WORDS,
    Command,
    Hours,
    Inside,
    NoLength,
    Switch,
    Times,
    TooMany,
    Unclear,
    alerts_in,
    categories_in,
    command_in,
    digest_in,
    language_in,
    quiet_in,
    rest_of,
    suggestions,
)
from digests.model import Alerts
from digests.settings import Category

CATEGORIES = (
    Category("kpop", {"en": "K-pop", "ko": "케이팝"}, ("k-pop", "idol", "아이돌", "가요"), "🎤"),
    Category(
        "drama", {"en": "Drama & Film", "ko": "드라마·영화"}, ("k-drama", "film", "영화", "드라마"), "🎬"
    ),
    Category("beauty", {"en": "Beauty & Fashion", "ko": "뷰티·패션"}, ("fashion", "패션", "뷰티"), "💄"),
    Category("food", {"en": "Food & Culture", "ko": "음식·문화"}, ("k-food", "음식", "culture"), "🍜"),
    Category("korea", {"en": "Korea", "ko": "시사"}, ("politics", "economy", "정치", "news"), "🇰🇷"),
)


def slugs(text: str) -> list[str]:
    return [category.slug for category in categories_in(text, CATEGORIES).known]


# -- categories -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *(
            "kpop",
            "KPOP",
            "K-Pop",
            "k pop",
            "k_pop",
            "Ｋ－ＰＯＰ",
            "#kpop",
            "‘kpop’",
            "kpop!",
            "\u202ekpop\u202c",
        ),
        *(
            "케이팝",
            "케이팝을",
            "케이팝 소식",
            "케이팝소식",
            "\u110f\u1166\u110b\u1175\u1111\u1161\u11b8",
            "가요",
        ),
        *("🎤", "🎤 K-pop", "kpop news", "the kpop, please"),
        *("zpdlvkq", "Zpdlvkq", "ZPDLVKQ", "ㅏㅔㅐㅔ", "ㅏ-ㅔㅐㅔ", "ㅏ ㅔㅐㅔ"),
        *("kpop kpop 케이팝", "all kpop"),
    ],
)
def test_a_category_is_understood_however_it_is_written(text: str) -> None:
    found = categories_in(text, CATEGORIES)
    assert [category.slug for category in found.known] == ["kpop"]
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("kpop drama", ["kpop", "drama"]),
        ("food,kpop;drama", ["food", "kpop", "drama"]),
        ("K-pop and Drama & Film and beauty", ["kpop", "drama", "beauty"]),
        ("드라마·영화, 뷰티·패션", ["drama", "beauty"]),
        ("케이팝이랑 뷰티 그리고 시사", ["kpop", "beauty", "korea"]),
        ("ㅇㄱ믐 wjdcl", ["drama", "korea"]),
        ("kpop\ndrama\tfood", ["kpop", "drama", "food"]),
        ("kpop, news", ["kpop", "korea"]),
    ],
)
def test_several_categories_are_understood_in_the_order_in_which_they_are_named(
    text: str, wanted: list[str]
) -> None:
    assert slugs(text) == wanted


def test_the_longest_name_is_taken_where_names_begin_alike() -> None:
    food = Category("food", {"en": "Food"})
    dining = Category("dining", {"en": "Food & Drink"})
    named = categories_in("food & drink food", (food, dining))
    assert [category.slug for category in named.known] == ["dining", "food"]


def test_of_two_categories_that_share_a_name_the_first_of_the_settings_has_it() -> None:
    found = categories_in("music", (Category("a", {"en": "A"}, ("music",)), Category("b", {"en": "Music"})))
    assert [category.slug for category in found.known] == ["a"]


@pytest.mark.parametrize("text", ["all", "ALL!", "everything", "전체", "모두 다", "wjscp"])
def test_all_is_every_category(text: str) -> None:
    found = categories_in(text, CATEGORIES)
    assert found.everything
    assert found.known == CATEGORIES


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("hip hop", ("hip", "hop")),
        ("kpop foo-bar", ("foo-bar",)),
        ("<b>x</b> kpop", ("<b>x</b>",)),
        ("kpop/jazz", ("jazz",)),
        ("🤷", ("🤷",)),
        ("jazz, jazz", ("jazz",)),
        ("", ()),
        (" \n ", ()),
    ],
)
def test_words_that_name_no_category_are_given_as_they_were_typed(
    text: str, unknown: tuple[str, ...]
) -> None:
    assert categories_in(text, CATEGORIES).unknown == unknown


@pytest.mark.parametrize(
    ("word", "first"),
    [
        *(("kpip", "kpop"), ("popk", "kpop"), ("케이펍", "kpop"), ("케잉팝", "kpop"), ("zpdlvjq", "kpop")),
        *(
            ("drma", "drama"),
            ("드라", "drama"),
            ("beuty", "beauty"),
            ("fashon", "beauty"),
            ("korean", "korea"),
        ),
    ],
)
def test_a_misspelt_word_suggests_the_category_that_was_meant(word: str, first: str) -> None:
    assert suggestions(word, CATEGORIES)[0].slug == first


@pytest.mark.parametrize("word", ["weather", "날씨", "hello", "xyz", "🤷", "", "k" * 4000])
def test_a_word_like_no_category_suggests_none(word: str) -> None:
    assert suggestions(word, CATEGORIES) == ()


@given(st.text(max_size=300) | st.text(alphabet="kpo 케이팝film드라마영화ㅏㅔㅐ,-&🎤🇰🇷<>/\n", max_size=60))
def test_any_text_names_only_categories_that_there_are_and_each_once(text: str) -> None:
    found = categories_in(text, CATEGORIES)
    named = [category.slug for category in found.known]
    assert set(named) <= {category.slug for category in CATEGORIES}
    assert len(set(named)) == len(named)
    for word in found.unknown:
        assert word
        suggestions(word, CATEGORIES)


@given(st.permutations(CATEGORIES), st.sampled_from([", ", " ", " and ", "\n", " 그리고 "]))
def test_names_in_any_order_are_all_found(categories: list[Category], joint: str) -> None:
    for language in ("en", "ko"):
        text = joint.join(category.name(language) for category in categories)
        assert slugs(text) == [category.slug for category in categories]


# -- commands -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("/subscribe kpop", "subscribe", "kpop"),
        ("/subscribe@SosikBot  kpop drama ", "subscribe", "kpop drama"),
        ("/SUBSCRIBE kpop", "subscribe", "kpop"),
        ("/구독 케이팝", "subscribe", "케이팝"),
        ("구독 케이팝", "subscribe", "케이팝"),
        ("구독: 케이팝, 드라마", "subscribe", "케이팝, 드라마"),
        ("케이팝 구독", "subscribe", "케이팝"),
        ("케이팝 구독해줘", "subscribe", "케이팝"),
        ("rnehr zpdlvkq", "subscribe", "zpdlvkq"),
        ("ㄴㅕㅠㄴㅊ갸ㅠㄷ ㅏㅔㅐㅔ", "subscribe", "ㅏㅔㅐㅔ"),
        ("follow drama", "follow", "drama"),
        ("에스파 팔로우", "follow", "에스파"),
        ("언팔로우 에스파", "unfollow", "에스파"),
        ("Mute spoiler", "mute", "spoiler"),
        ("스포일러 숨기기", "mute", "스포일러"),
        ("unmute spoiler", "unmute", "spoiler"),
        ("구독 취소 케이팝", "unsubscribe", "케이팝"),
        ("케이팝 구독 취소", "unsubscribe", "케이팝"),
        ("해지 전체", "unsubscribe", "전체"),
        ("카테고리", "categories", ""),
        ("관심 분야", "categories", ""),
        ("요약", "digest", ""),
        ("다이제스트 07:30", "digest", "07:30"),
        ("소식 모음 오전 7시 30분", "digest", "오전 7시 30분"),
        ("소식", "digest", ""),
        ("시간대 서울", "timezone", "서울"),
        ("서울 시간대", "timezone", "서울"),
        ("time zone London", "timezone", "London"),
        ("알림 꺼줘", "alerts", "꺼줘"),
        ("속보 알림 무음", "alerts", "무음"),
        ("속보", "breaking", ""),
        ("케이팝 속보", "breaking", "케이팝"),
        ("방해금지 23-7", "quiet", "23-7"),
        ("방해 금지 시간 23:00-07:00", "quiet", "23:00-07:00"),
        ("조용히", "quiet", ""),
        ("최신 소식", "latest", ""),
        ("최신 케이팝", "latest", "케이팝"),
        ("설정", "settings", ""),
        ("도움말", "help", ""),
        ("Help!", "help", ""),
        ("ㅗ디ㅔ", "help", ""),
        ("언어 영어로", "language", "영어로"),
        ("그만", "stop", ""),
        ("중지", "stop", ""),
        ("시작", "start", ""),
    ],
)
def test_commands_are_understood(text: str, name: str, rest: str) -> None:
    assert command_in(text) == Command(name, rest)
    assert rest_of(text) == rest


@pytest.mark.parametrize(
    "text",
    [
        *("hello", "안녕하세요", "", "/", "/nonsense kpop", "케이팝", "🎤"),
        "Stop sending me food news",
        "News about the king",
        "forget about it",
        "Subscribe to what exactly, and what would it cost me a month?",
    ],
)
def test_plain_words_are_no_command(text: str) -> None:
    assert command_in(text) is None


@pytest.mark.parametrize(("name", "words"), WORDS.items())
def test_every_word_of_a_command_is_that_command(name: str, words: tuple[str, ...]) -> None:
    for word in words:
        assert command_in(word) == Command(name), word
        assert command_in(f"/{words[0]} x") == Command(name, "x")


@given(st.text(max_size=5000))
def test_no_text_is_too_much_for_the_grammar(text: str) -> None:
    command = command_in(text)
    assert command is None or (command.name in WORDS and command.rest in text)
    for understand in (digest_in, quiet_in, alerts_in, language_in):
        understand(text)


# -- times ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        *(
            ("07:30", ["07:30"]),
            ("7:30", ["07:30"]),
            ("0730", ["07:30"]),
            ("730", ["07:30"]),
            ("07.30", ["07:30"]),
        ),
        *(
            ("7am", ["07:00"]),
            ("7 AM", ["07:00"]),
            ("7:30pm", ["19:30"]),
            ("7 p.m.", ["19:00"]),
            ("7", ["07:00"]),
        ),
        *(
            ("12am", ["00:00"]),
            ("12pm", ["12:00"]),
            ("24:00", ["00:00"]),
            ("noon", ["12:00"]),
            ("자정", ["00:00"]),
        ),
        *(("오전 7시 30분", ["07:30"]), ("오후 7시", ["19:00"]), ("7시 반", ["07:30"]), ("19시", ["19:00"])),
        *(("밤 11시", ["23:00"]), ("밤 12시", ["00:00"]), ("밤 1시", ["01:00"]), ("새벽 2시", ["02:00"])),
        *(("낮 12시", ["12:00"]), ("낮 2시", ["14:00"]), ("오전 12시", ["00:00"]), ("오후 12시", ["12:00"])),
        *(("일곱시 반", ["07:30"]), ("열두 시", ["12:00"]), ("저녁 여덟 시", ["20:00"])),
        *(("０７：３０", ["07:30"]), ("٠٧:٣٠", ["07:30"])),
        *(("07:30 19:00", ["07:30", "19:00"]), ("19:00, 7:30", ["07:30", "19:00"]), ("8 and 8", ["08:00"])),
        *(
            ("아침 8시, 저녁 7시", ["08:00", "19:00"]),
            ("매일 8시에", ["08:00"]),
            ("at 8 and 20:15", ["08:00", "20:15"]),
        ),
    ],
)
def test_times_of_day_are_read(text: str, wanted: list[str]) -> None:
    assert digest_in(text) == Times(tuple(time.fromisoformat(at) for at in wanted))


@given(st.times(), st.sampled_from(["%H:%M", "%H%M", "%I:%M %p", "%p %I시 %M분", "%H시 %M분"]))
def test_any_time_of_day_is_read_however_it_is_written(at: time, form: str) -> None:
    assert digest_in(at.strftime(form)) == Times((at.replace(second=0, microsecond=0),))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *(("25:00", "25:00"), ("7:75", "7:75"), ("soon", "soon"), ("07:30 soon", "soon"), ("7h", "7h")),
        *(
            ("7:30-19:00", "7:30-19:00"),
            ("-1", "-1"),
            ("99", "99"),
            ("<b>", "<b>"),
            ("12345", "12345"),
            ("🕗", "🕗"),
        ),
    ],
)
def test_what_is_no_time_is_named(text: str, said: str) -> None:
    assert digest_in(text) == Unclear(said)


def test_more_digests_than_a_day_bears_are_refused() -> None:
    assert isinstance(digest_in(" ".join(map(str, range(MOST_TIMES)))), Times)
    assert digest_in(" ".join(map(str, range(MOST_TIMES + 1)))) == TooMany(MOST_TIMES)


@pytest.mark.parametrize("text", ["off", "OFF", "끄기", "꺼줘", "꺼 주세요", "none", "Rjwnj", "ㅐㄹㄹ"])
def test_off_is_off(text: str) -> None:
    assert digest_in(text) == quiet_in(text) == Switch.OFF
    assert alerts_in(text) is Alerts.OFF


@pytest.mark.parametrize("text", ["on", "On!", "켜기", "켜줘", "ㅐㅜ"])
def test_on_is_on(text: str) -> None:
    assert digest_in(text) == quiet_in(text) == Switch.ON
    assert alerts_in(text) is Alerts.ON


@pytest.mark.parametrize("text", ["few", "Fewer", "less", "조금", "조금만", "적게", "덜"])
def test_few_is_few(text: str) -> None:
    assert alerts_in(text) is Alerts.FEW


@pytest.mark.parametrize("text", ["silent", "mute", "무음", "조용히", "소리 없이"])
def test_silent_is_silent(text: str) -> None:
    assert alerts_in(text) is Alerts.SILENT


def test_nothing_said_is_none() -> None:
    assert [understand("  ") for understand in (digest_in, quiet_in, alerts_in, language_in)] == [None] * 4


@pytest.mark.parametrize(
    "text",
    [
        *(
            "23:00-07:00",
            "23-7",
            "23:00 ~ 07:00",
            "23:00–07:00",
            "2300-0700",
            "11pm-7am",
            "from 11 pm to 7 am",
        ),
        *("23:00 07:00", "밤 11시부터 아침 7시까지", "between 23:00 and 7", "２３：００－０７：００"),
    ],
)
def test_quiet_hours_are_read(text: str) -> None:
    assert quiet_in(text) == Hours(time(23), time(7))
    assert quiet_in(f"{text} hold") == quiet_in(f"{text} 보류") == Hours(time(23), time(7), hold=True)
    assert quiet_in(f"{text} 무음") == Hours(time(23), time(7), hold=False)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("hold", Inside(hold=True)),
        ("보류", Inside(hold=True)),
        ("silent", Inside(hold=False)),
        ("23-23", NoLength(time(23))),
        ("23", Unclear("23")),
        ("1-2-3", Unclear("1-2-3")),
        ("at night", Unclear("at")),
    ],
)
def test_what_else_is_said_of_quiet_hours(text: str, wanted: object) -> None:
    assert quiet_in(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        *(("ko", "ko"), ("Korean", "ko"), ("한국어", "ko"), ("한국어로", "ko"), ("gksrnrdj", "ko")),
        *(("en", "en"), ("English", "en"), ("영어", "en"), ("영어로", "en")),
        ("tlh", Unclear("tlh")),
    ],
)
def test_languages_are_named_in_either(text: str, wanted: object) -> None:
    assert language_in(text) == wanted
