"""Under which categories an entry is filed: sections, then words, names that were met, the story, the feed."""

from dataclasses import replace
from pathlib import Path

import pytest

from digests.errors import SosikError
from digests.model import Entry
from digests.settings import FeedSettings
from digests.stories.categories import CategoryWords, Filing, categorise, evident
from digests.stories.familiar import Familiar
from tests.words import vocabulary

KNOWN = ("kpop", "drama", "beauty", "food", "korea")
WIRE = FeedSettings(
    url="https://wire.example/",
    name="wire",
    categories=("korea",),
    category_map={"연예": "kpop", "Stage": "kpop"},
)
FANS = FeedSettings(url="https://fans.example/", name="fans", categories=("kpop",))


def filed(title: str, *tags: str, feed: FeedSettings = WIRE, summary: str = "", **more: object) -> Filing:
    entry = Entry(key="1", title=title, summary=summary, tags=tags)
    return categorise(entry, feed, KNOWN, vocabulary().categories, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "categories"),
    [
        ("걸그룹 물빛소다, 두 번째 미니앨범 선공개곡 발매", {"kpop"}),
        ("Girl group Mulbit Soda to release second mini album", {"kpop"}),
        ("주말극 '달빛 세탁소' 시청률 21.3%…배우 한이재 호평", {"drama"}),
        ("Weekend drama ends with its best ratings, says broadcaster", {"drama"}),
        ("올리브영 세럼 열두 개를 발라 봤다", {"beauty"}),
        ("The sunscreen and lip tint everyone is queueing for", {"beauty"}),
        ("미쉐린 셰프의 국밥 레시피", {"food"}),
        ("A chef’s recipe for cold noodles", {"food"}),
        ("국회 본회의, 예산안 처리…여야 막판 합의", {"korea"}),
        ("Central bank holds base rate as inflation slows", {"korea"}),
    ],
)
def test_words_tell_what_a_story_is_about_whatever_the_feed(title: str, categories: set[str]) -> None:
    assert filed(title).categories == categories


@pytest.mark.parametrize(
    ("title", "categories"),
    [
        ("경찰, 마약 투약 혐의 아이돌 가수 체포", {"kpop", "korea"}),
        ("Police arrest rapper over gambling", {"kpop", "korea"}),
        ("공정위, 화장품 업체에 과징금 120억", {"beauty", "korea"}),
        ("Food ministry orders recall of bottled tea after factory raid", {"food", "korea"}),
        ("가수 한이재, 새 앨범으로 컴백", {"kpop"}),
    ],
)
def test_offices_add_korea_to_a_trade(title: str, categories: set[str]) -> None:
    assert filed(title).categories == categories


def test_the_publishers_section_speaks_through_the_feeds_map() -> None:
    filing = filed("한이재, 손 흔들며", "연예")
    assert filing.categories == {"kpop"}
    assert ("map", "연예 → kpop") in {(reason.code, reason.evidence) for reason in filing.reasons}


def test_where_nothing_speaks_it_is_filed_as_its_feed_is_and_says_so() -> None:
    filing = filed("Good morning, everyone", feed=FANS)
    assert filing.categories == {"kpop"}
    assert [(reason.code, reason.evidence) for reason in filing.reasons] == [("feed", "kpop")]


def test_what_is_silent_goes_with_its_story_rather_than_with_its_feed() -> None:
    assert filed("THEY DID IT", feed=FANS, told=("drama",)).categories >= {"drama"}


def test_a_map_to_a_category_that_is_not_there_counts_for_nothing() -> None:
    feed = replace(WIRE, category_map={"Stage": "gone"})
    assert filed("Good morning, everyone", "Stage", feed=feed).categories == {"korea"}


def test_pictures_of_speech_in_an_opinion_do_not_make_it_food() -> None:
    assert filed("Our view: the soju was not to blame", "Opinion").categories == {"korea"}


def test_one_syllable_is_a_word_only_where_it_stands_alone() -> None:
    assert "food" not in filed("배추김치 없는 배").categories - filed("배추김치").categories
    assert filed("굴 한 접시").categories == {"food"}
    assert filed("굴착기 넘어져").categories == {"korea"}


def test_a_name_that_was_met_under_a_category_tells_of_it_later() -> None:
    familiar = Familiar()
    for number in range(3):
        familiar.keep(Entry(key=str(number), title="배우 차서담, 새 드라마 주연", tags=()), {"drama"})
    photo = Entry(key="9", title="[포토] 차서담, 손인사")
    found = familiar.of(photo, KNOWN)
    assert found["drama"][1] == "차서담"
    assert "drama" in categorise(photo, FANS, KNOWN, vocabulary().categories, familiar=found).categories


def test_a_word_that_is_met_everywhere_tells_of_nothing() -> None:
    familiar = Familiar()
    for number, slug in enumerate(KNOWN):
        familiar.keep(Entry(key=str(number), title="Seoul wakes up"), {slug})
    assert familiar.of(Entry(key="9", title="Seoul sleeps"), KNOWN) == {}


def test_only_evidence_of_its_own_is_learned_from() -> None:
    assert evident(filed("Good morning, everyone", feed=FANS).reasons) == frozenset()
    assert evident(filed("Girl group to release mini album").reasons) == {"kpop"}


def test_an_operators_words_are_added_to_ours(tmp_path: Path) -> None:
    (tmp_path / "categories.toml").write_text(
        '[kpop.en]\nsure = ["zither"]\n[gardens]\nsections = ["Garden"]\n[gardens.en]\nsure = ["rose"]\n'
    )
    words = CategoryWords.load(tmp_path)
    entry = Entry(key="1", title="A zither recital in Jeonju")
    assert categorise(entry, WIRE, KNOWN, words).categories == {"kpop"}
    roses = Entry(key="2", title="A rose by any name", tags=("Garden",))
    assert categorise(roses, WIRE, (*KNOWN, "gardens"), words).categories == {"gardens"}


def test_an_operators_words_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "categories.toml").write_text("[kpop\n")
    with pytest.raises(SosikError, match=r"categories\.toml"):
        CategoryWords.load(tmp_path)
