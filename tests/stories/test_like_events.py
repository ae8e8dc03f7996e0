"""Two events of one kind, minutes apart and with nothing else in the window: each is its own story. All news here is invented."""

from datetime import timedelta

import pytest

from digests.model import Begins, Joins, StoryId
from digests.stories.categories import CategoryWords
from digests.stories.index import Index
from digests.stories.lexicon import Lexicon
from tests.stories.test_index import MINUTE, READER, read

TWO = [
    ("20대 남성, 흉기 난동 혐의로 체포", "50대 여성, 투자 사기 혐의로 체포"),
    ("가수 모한별, 음주운전 혐의로 체포", "배우 지노람, 음주운전 혐의로 체포"),
    ("가수 모한별 마약 투약 혐의 구속", "래퍼 저스틴킴 마약 투약 혐의 구속"),
    ("Singer Mo Hanbyeol arrested over drug use", "Actor Ji Noram arrested over drug use"),
    ("Singer Mo Hanbyeol arrested over drug use", "배우 지노람 마약 투약 혐의 체포"),
    ("국도서 승용차 추돌…1명 숨져", "고속도로서 화물차 추돌…2명 사망"),
    ("Three hurt in bus crash in Chuncheon", "Two killed in truck crash near Daejeon"),
    ("울산 조선소서 40대 노동자 추락해 숨져", "인천 공사장서 50대 노동자 추락해 숨져"),
    ("Worker falls to death at Ulsan shipyard", "Worker falls to death at Incheon building site"),
    ("아파트 화재로 주민 20명 대피", "상가 화재로 시민 30명 대피"),
    ("노던데이, 5월 11일 컴백", "페이퍼랜턴, 5월 11일 컴백"),
    ("Group LUMI's Garam leaves the group", "SOLACE's Naru leaves group"),
    ("원로배우 곽도남 별세…향년 84세", "원로가수 심부전 별세…향년 79세"),
    ("Veteran actor Kwak Do-nam dies at 84", "Trot singer Shim Bujeon dies at 79"),
]

ONE = [
    ("[속보] 배우 지노람 체포", "Actor Ji Noram arrested"),
    ("[속보] 북한, 탄도미사일 발사", "FLASH: North Korea fires ballistic missile"),
    ("여주서 버스 추돌…2명 사망", "Two dead in bus crash in Yeoju"),
    ("[속보] 원주 아파트 화재…3명 사망", "원주 아파트 불로 3명 숨져"),
    ("[속보] 한은 기준금리 0.25%p 인하", "Bank of Korea cuts key rate by 25 bp"),
    ("배우 서도윤, 음주운전 혐의 체포", '서도윤 측 "음주운전 혐의 체포 죄송"'),
    ("나루 화학공장 폭발…1명 사망", "Explosion at Naru chemical plant kills one"),
]


def stories(*titles: str) -> list[StoryId]:
    """Offer titles three minutes apart, each of another feed; give the story of each."""
    index, begun, found = Index(READER.lexicon), 0, []
    for at, title in enumerate(titles):
        gist = read(title, feed=f"paper-{at}", after=3 * at * MINUTE)
        placed = index.place(gist, gist.seen_at)
        if isinstance(placed, Begins):
            begun += 1
        found.append(placed.story if isinstance(placed, Joins) else StoryId(begun))
        index.keep(gist, found[-1])
    return found


@pytest.mark.parametrize(("first", "second"), TWO)
def test_two_events_of_one_kind_minutes_apart_are_two_stories(first: str, second: str) -> None:
    assert stories(first, second) == [1, 2]
    assert stories(second, first) == [1, 2]


@pytest.mark.parametrize(("first", "second"), ONE)
def test_one_event_told_twice_is_one_story(first: str, second: str) -> None:
    assert stories(first, second) == [1, 1]


def test_a_raid_on_its_agency_is_not_the_story_of_a_groups_first_place() -> None:
    begun = "SEVENTIDE's Do Yunjae to enlist June 9"
    assert stories(begun, "Police raid SEVENTIDE's label Parang Records") == [1, 2]


def test_where_a_wire_writes_from_tells_two_accidents_apart() -> None:
    index = Index(READER.lexicon)
    blast = read("화학공장 폭발로 실종된 직원 3명 숨진 채 발견", "[여수=가온통신] 시신을 수습했다.")
    boat = read(
        "전복 어선 실종자 1명 숨진 채 발견", "[군산=가온통신] 시신을 인양했다.", after=timedelta(hours=2)
    )
    index.keep(blast, StoryId(1))
    assert index.place(boat, boat.seen_at) == Begins()


def test_the_day_of_an_agenda_is_another_agenda() -> None:
    first = read("[15일 일정] 정치·경제·문화", "▲ 국회 국정감사 ▲ 프로배구 개막")
    law = read("[속보] 국회, '수수료 상한법' 본회의 통과", after=timedelta(hours=5))
    index = Index(READER.lexicon)
    index.keep(first, StoryId(1))
    assert index.place(law, law.seen_at) == Begins()


@pytest.mark.parametrize(
    ("word", "concept"),
    [("배우자", "=actor"), ("가수분해", "=singer"), ("무대책", "=stage"), ("배우는", "=actor")],
)
def test_a_word_that_only_begins_like_another_is_not_about_it(word: str, concept: str) -> None:
    lexicon = Lexicon.load()
    assert concept not in [about for _, about in lexicon.about(word)]
    assert lexicon.about(word[:2])[0][1] == concept
    assert CategoryWords.load().misleading.search(word)
