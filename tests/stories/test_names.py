"""Whom a text is about. Headlines are invented; the names are those of the field."""

import unicodedata
from pathlib import Path

import pytest

from digests.errors import SosikError
from digests.stories.names import Names


@pytest.fixture(scope="module")
def names() -> Names:
    return Names.load()


def ids(names: Names, title: str, summary: str = "") -> set[str]:
    return {found.id for found in names.found(title, summary)}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("에스파가 돌아온다…정규 2집 예고", "aespa"),
        ("[공식] 에스파, 월드투어 추가 공연", "aespa"),
        ("aespa to headline autumn festival", "aespa"),
        ("AESPA’s new single leaks early", "aespa"),
        ("ａｅｓｐａ、東京ドームへ", "aespa"),
        ("エスパがカムバック", "aespa"),
        ("에스파(aespa)의 첫 단독 콘서트", "aespa"),
        ("‘에스파표’ 퍼포먼스 통했다", "aespa"),
        ("방탄소년단은 언제 오나", "bts"),
        ("BTS가 연 하루", "bts"),
        ("블랙핑크와 함께한 밤", "blackpink"),
        ("트와이스랑 떠나는 여행", "twice"),
        ("르세라핌부터 투어스까지, 가을 가요계", "le-sserafim"),
        ("이달의소녀를 기억하나요", "loona"),
        ("TVXQ! return to Tokyo", "tvxq"),
        ("東方神起、五大ドーム", "tvxq"),
        ("Stray Kids’ label answers", "stray-kids"),
        ("소녀시대의 15년", "girls-generation"),
        ("넷플릭스, 새 예능 공개", "netflix-korea"),
        ("기상청이 밝힌 올겨울", "kma"),
        ("식약처도 나섰다", "mfds"),
        ("한국은행이 금리를 묶었다", "bank-of-korea"),
    ],
)
def test_a_name_is_found_in_every_script_and_with_particles(names: Names, title: str, expected: str) -> None:
    assert expected in ids(names, title)


@pytest.mark.parametrize(
    "title",
    [
        "제니퍼 하트, 내한 공연 확정",  # 제니
        "싸이커스의 새 앨범",  # 싸이: 싸이커스 is another group
        "エスパーの超能力少年",  # エスパ
        "여에스파",  # no word begins there
        "I’ve never been to a concert like this",  # IVE
        "V-League: setters on stage at the music hall",  # V
        "V리그 개막, 그룹 응원전",
        "비가 내리는 콘서트장, 팬들 발길",  # 비, the weather
        "비만 아이돌 그룹 논란",  # obesity
        "카이로에서 열린 콘서트 투어",  # Cairo
        "지수 하락에 가요계 주식도 울상",  # an index
        "연준, 금리 인하…음원 투자사 주가 들썩",  # the Fed
        "공연을 볼 수 있지 않을까, 컴백 기대",  # 있지
        "아이들이 만든 콘서트 무대",  # i-dle
        "Rain delays the concert and tour buses",  # Rain
        "He was fined twice over concert tickets and an album",  # TWICE
        "A secret key to the top of the singles chart",  # SECRET, KEY, TOP
        "Winner of the album of the year announced",  # WINNER
        "Treasure hunt at a music festival",  # TREASURE
        "GM names a team to look into the recall",  # &TEAM
        "민지, 유나, 지우: 요즘 인기 있는 이름",  # members say nothing alone
        "카드 수수료 인하, 멤버십 그룹 확대",  # KARD
        "부상으로 시즌을 마친 정국환 감독",  # 정국
        "제2위너 아파트 분양",
    ],
)
def test_what_only_looks_like_a_name_is_none(names: Names, title: str) -> None:
    found = names.found(title)
    assert [one for one in found if one.id != "xikers"] == []


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        ("V to release a solo album", "The BTS member returns in spring.", "v-bts"),
        ("비, 김태희와 함께 봉사", "", "rain"),
        ("가수 비의 월드투어", "정지훈은 내년 봄 무대에 선다.", "rain"),
        ("지수, 드라마 주연 확정", "블랙핑크 지수가 안방을 찾는다.", "jisoo"),
        ("연준의 첫 솔로", "투모로우바이투게더 연준이 솔로로 나선다.", "yeonjun"),
        ("있지, 새 앨범으로 컴백", "JYP엔터테인먼트는 ITZY의 새 앨범을 예고했다.", "itzy"),
        ("IVE drop new single", "", "ive"),
        ("RM is discharged", "BTS will reunite.", "rm"),
        ("Twice Announces World Tour and New Album", "", "twice"),
        ("TWICE’s Nayeon to go solo", "", "nayeon"),
        ("하이브 주가 급등", "", "hybe"),
        ("SM, 실적 발표…에스파 효과", "", "sm"),
    ],
)
def test_an_ambiguous_name_counts_beside_a_word_of_its_context(
    names: Names, title: str, summary: str, expected: str
) -> None:
    assert expected in ids(names, title, summary)


def test_a_member_counts_beside_the_group_or_another_member_only(names: Names) -> None:
    assert ids(names, "카리나 공항 출국") == set()
    assert ids(names, "에스파 카리나 공항 출국") == {"aespa", "aespa.karina"}
    assert ids(names, "카리나·닝닝 공항 출국") == {"aespa.karina", "aespa.ningning"}
    assert "aespa.karina" in ids(names, "Karina steps back", "The aespa leader needs rest.")


def test_a_spelling_of_two_names_counts_for_the_one_that_the_context_speaks_for(names: Names) -> None:
    assert ids(names, "MMA 시상식 열린다", "멜론뮤직어워드 대상은 누구") >= {"melon-music-awards"}
    assert "mma-military" not in ids(names, "MMA 시상식 열린다", "멜론뮤직어워드 대상은 누구")
    assert "mma-military" in ids(names, "MMA: fewer men to enlist", "병무청 sees fewer conscripts")


def test_the_longest_name_is_meant(names: Names) -> None:
    assert ids(names, "NCT 127, 새 앨범") == {"nct-127"}
    assert ids(names, "엔시티 드림의 밤") == {"nct-dream"}


def test_a_members_spelling_with_the_group_tells_of_both(names: Names) -> None:
    assert ids(names, "방탄소년단 뷔, 화보 공개") == {"v-bts", "bts"}


def test_where_and_how_a_name_stands_is_told_and_each_is_told_once(names: Names) -> None:
    first, second = names.found("에스파의 밤, 에스파의 아침", "블랙핑크도 aespa도")
    assert (first.id, first.spelling, first.where) == ("aespa", "에스파", "title")
    assert (second.id, second.spelling, second.where) == ("blackpink", "블랙핑크", "summary")


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_composition_does_not_matter(names: Names, form: str) -> None:
    assert ids(names, unicodedata.normalize(form, "에스파가 돌아온다")) == {"aespa"}


@pytest.mark.parametrize("text", ["에\u200b스\u200b파가 온다", "𝐚𝐞𝐬𝐩𝐚 𝐜𝐨𝐦𝐞𝐛𝐚𝐜𝐤", "\ud800aespa", "&aespa;<b>"])
def test_messy_text_is_read(names: Names, text: str) -> None:
    assert ids(names, text) == {"aespa"}


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b", "a" * 50_000, "에스파" * 9_000, "エ" * 5_000, "V" * 9_000]
)
def test_text_without_a_name_has_none_whatever_its_length(names: Names, text: str) -> None:
    assert names.found(text, text) == ()


def test_what_a_person_types_finds_names(names: Names) -> None:
    def first(typed: str) -> tuple[str, bool]:
        candidate = names.search(typed)[0]
        return candidate.name.id, candidate.sure

    for typed in ("aespa", "AESPA ", "에스파", "ａｅｓｐａ", "에스파(aespa)"):
        assert first(typed) == ("aespa", True)
    assert first("red-velvet") == ("red-velvet", True)
    assert first("비") == ("rain", True)
    assert first("카리나") == ("aespa.karina", True)
    assert first("에스") != ("aespa", True)
    assert {one.name.id for one in names.search("박진영")} == {"jy-park", "park-jin-young-got7"}
    assert first("blackpi") == ("blackpink", False)
    assert names.search("qqqqqqq") == names.search("") == names.search("!") == ()


def test_members_lead_to_their_groups(names: Names) -> None:
    for member in ("aespa.karina", "jisoo", "v-bts"):
        group = names.group_of(member)
        assert group is not None
        assert member in group.members
    assert names.group_of("aespa") is None
    assert names.get("nobody") is None
    karina = names.get("aespa.karina")
    assert karina is not None
    assert (karina.called("en"), karina.called("ko")) == ("KARINA", "카리나")


def test_an_operator_adds_names_and_says_others_differently(tmp_path: Path) -> None:
    file = tmp_path / "names.toml"
    file.write_text(
        """
        [context]
        boats = ["ferry", "여객선"]
        [name.nova-lane]
        kind = "group"
        en = "Nova Lane"
        ko = "노바레인"
        other = ["NVLN"]
        unsure = ["NVLN"]
        context = ["@boats"]
        members = [["Haru", "하루"]]
        [name.aespa]
        kind = "group"
        en = "Another"
        ko = "어나더"
        """,
        "utf-8",
    )
    names = Names.load(file)
    assert ids(names, "노바레인이 온다") == {"nova-lane"}
    assert ids(names, "NVLN tickets") == set()
    assert ids(names, "NVLN on a ferry") == {"nova-lane"}
    assert ids(names, "노바레인 하루") == {"nova-lane", "nova-lane.haru"}
    assert ids(names, "에스파가 온다") == set()
    assert ids(names, "블랙핑크가 온다") == {"blackpink"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[name.x]\nkind = 'group'\nen = 'X'", "name.x.ko: is missing"),
        ("[name.x]\nkind = 'band'\nen = 'X'\nko = '엑'", "name.x.kind: 'band' is not allowed"),
        ("[name.x]\nkind = 'group'\nen = 'X'\nko = '엑'\nother = 'Y'", "name.x.other: is a list of words"),
        ("[name.'X Y']\nkind = 'group'\nen = 'X'\nko = '엑'", "an id has small Latin letters"),
        ("[name.x]\nkind = 'group'\nen = 'X'\nko = '엑'\nmembers = ['a']", "members: is a list of pairs"),
        ("[name.x]\nkind = 'group'\nen = 'X'\nko = '엑'\nnickname = 'a'", "nickname: there is no such key"),
        ("[names.x]", "names: there is no such section"),
        ("name = 1", "name: is a section"),
        ("= 1", "is not valid TOML"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_what_is_wrong(
    tmp_path: Path, written: str, said: str
) -> None:
    file = tmp_path / "names.toml"
    file.write_text(written, "utf-8")
    with pytest.raises(SosikError) as refused:
        Names.load(file)
    assert said in str(refused.value)
    assert str(file) in str(refused.value)


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SosikError, match="cannot be read"):
        Names.load(tmp_path / "none.toml")


def test_every_name_of_ours_can_stand_on_a_button_and_be_found_by_what_it_is_called(names: Names) -> None:
    for name in names.by_id.values():
        assert len(name.id) <= 48
        for typed in (name.en, name.ko):
            assert (
                name.id in {one.name.id for one in names.search(typed) if one.sure}
                or len(names.search(typed)) == 6
            ), name.id
        for related in (name.group, name.agency, *name.members):
            assert not related or related in names.by_id, (name.id, related)
