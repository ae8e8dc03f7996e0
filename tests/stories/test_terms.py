from datetime import UTC, datetime

import pytest

from digests.model import Entry
from digests.stories.gist import Gist
from digests.stories.korean import bare
from digests.stories.lexicon import Lexicon, stem
from digests.stories.terms import Reader

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
READER = Reader.load()


def read(title: str, summary: str = "", language: str = "ko") -> Gist:
    return READER.read(Entry("k", title, summary=summary), language, NOON)


@pytest.mark.parametrize(
    ("word", "left"),
    [
        ("아이브는", "아이브"),
        ("아이브가", "아이브"),
        ("아이브의", "아이브"),
        ("부산에서는", "부산"),
        ("회의", "회의"),
        ("회의가", "회의"),
        ("전문가", "전문가"),
        ("물가", "물가"),
        ("체포됐다", "체포"),
        ("비가", "비"),
    ],
)
def test_particles_are_taken_off_and_words_that_end_like_them_stay(word: str, left: str) -> None:
    assert bare(word, READER.lexicon) == left


def test_society_is_no_meeting() -> None:
    assert "=summit" not in read("사회의 변화").terms


@pytest.mark.parametrize(
    ("korean", "english", "shared"),
    [
        ("여객선 좌초", "Ferry runs aground", {"=ferry", "=aground"}),
        ("가수 한들 결혼", "Singer to marry", {"=singer", "=marry"}),
        ("검찰, 기업 압수수색", "Prosecutors raid company", {"=prosecutor", "=raid", "=company"}),
        ("대통령 거부권 행사", "President vetoes", {"=president", "=veto"}),
        ("美 대통령", "U.S. American president", {"=united states", "=president"}),
        ("檢 기소", "Prosecutors indict", {"=prosecutor", "=indict"}),
        ("과징금 2천140억원", "Fined 214 bln won", {"=fine", "#2.14e+11"}),
        ("187명 탑승", "187 aboard", {"#187"}),
        ("규모 4.3 지진", "Magnitude 4.3 quake", {"=quake", "#4.3"}),
        ("28일 임시공휴일", "Sept. 28 a public holiday", {"=holiday", "#d28"}),
    ],
)
def test_both_languages_have_terms_in_common(korean: str, english: str, shared: set[str]) -> None:
    assert shared <= set(read(korean).terms)
    assert shared <= set(read(english, language="en").terms)


@pytest.mark.parametrize(
    ("plain", "marked"),
    [
        ("여객선 좌초", "[속보] 여객선 좌초"),
        ("여객선 좌초", "[종합2보] 여객선 좌초"),
        ("여객선 좌초", "<속보> 여객선 좌초"),
        ("Ferry aground", "UPDATE 2-Ferry aground"),
        ("Ferry aground", "FLASH: Ferry aground"),
        ("Ferry aground", "RPT-Ferry aground"),
    ],
)
def test_a_newsrooms_marks_are_no_terms(plain: str, marked: str) -> None:
    assert read(marked).terms == read(plain).terms


def test_a_name_with_a_suffix_has_terms_in_common_with_the_name_alone() -> None:
    assert set(read("늘봄시 축제").terms) & set(read("늘봄 축제").terms) >= {"늘봄"}


def test_decomposed_text_reads_as_composed() -> None:
    import unicodedata

    title = "늘봄도 앞바다서 여객선 좌초"
    assert read(unicodedata.normalize("NFD", title)).terms == read(title).terms


def test_what_stands_below_the_title_weighs_less_and_the_dateline_nothing() -> None:
    gist = read("여객선 좌초", "[늘봄=도담통신] 한들 기자 = 승객이 다쳤다.")
    weights = dict(gist.weighed())
    assert weights["=aground"] == 1
    assert 0 < weights["승객"] < 1
    assert "통신" not in weights
    assert gist.title == {"=ferry", "여객선", "=aground", "좌초"}


def test_today_is_no_number_of_an_event_and_another_day_is() -> None:
    assert "#d24" not in read("24일 개막").terms
    assert "#d30" in read("30일 개막").terms


def test_a_round_up_has_no_terms() -> None:
    assert read("9시 뉴스 다시보기: 여객선 좌초").terms == ()


def test_an_entry_that_is_too_old_has_no_terms() -> None:
    assert READER.read(Entry("k", "여객선 좌초"), "ko", NOON, exact=True).terms == ()


def test_a_label_is_the_column_and_a_picture_is_known() -> None:
    assert read("[날씨] 전국 맑음").column == "날씨"
    assert read("[봄포토] 손인사").photo
    assert not read("[속보] 여객선 좌초").column


def test_names_are_read_in_pairs_and_in_small_letters_where_a_writer_uses_no_others() -> None:
    assert "tin kettle" in read("Tin Kettle announce tour", language="en").spoken
    assert "tin kettle" in read("tin kettle announce a TOUR", language="en").spoken
    assert "pyomunseok" not in read("Mun-seok Pyo dies", language="en").spoken
    assert "munseok" in read("Mun-seok Pyo dies", language="en").spoken


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("recalls", "recalled"),
        ("fine", "fined"),
        ("stop", "stopped"),
        ("singer's", "singers"),
        ("raid", "raiding"),
        ("party", "parties"),
    ],
)
def test_inflections_are_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_every_word_of_the_lists_names_one_concept_and_every_opener_is_one() -> None:
    lexicon = Lexicon.load()
    assert lexicon.openers <= set(lexicon.shares)
    assert len(lexicon.korean) > 900
    assert len(lexicon.english) > 900
