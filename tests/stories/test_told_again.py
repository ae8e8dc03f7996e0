"""What rang a short while ago and is told again in other words, and what is only like it. All news here is invented."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from digests.backtest import Backtest, Judged
from digests.settings import Category, FeedSettings, Settings
from tests.words import vocabulary

BEGUN = datetime(2026, 11, 24, 1, tzinfo=UTC)
CATEGORIES = ("kpop", "drama", "beauty", "food", "korea")


def judged(*told: tuple[int, str], live: bool = False) -> list[Judged]:
    """Judge titles, each some minutes after the beginning and of another feed; none is in the window before.

    `live`: the first and the last are one entry that changed.
    """
    feeds = tuple(
        FeedSettings(f"https://paper-{at}.example/feed", f"paper-{at}", ("korea",)) for at in range(len(told))
    )
    test = Backtest(Settings(tuple(Category(one, {"en": one}) for one in CATEGORIES), feeds), vocabulary())
    found = []
    for at, (minute, title) in enumerate(told):
        of = 0 if live and at == len(told) - 1 else at
        seen = (BEGUN + timedelta(minutes=minute)).isoformat()
        line = {
            "feed": f"paper-{of}",
            "id": str(of),
            "link": f"https://paper-{of}.example/{of}",
            "title": title,
            "seen": seen,
            "published": seen,
            "language": "en" if title.isascii() else "ko",
        }
        found.append(test.judge(json.dumps(line)))
    return found


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("검찰, 한결제약 본사 압수수색…임상자료 조작 의혹", "Prosecutors raid Hangyeol Pharm over doctored trial data"),
        ("육군 헬기 야산에 추락…조종사 숨져", "URGENT: Helicopter crashes in South Korea, pilot killed"),
        ("[속보] 美, 한국산 자동차에 25% 관세 부과", "US to impose 25 pct tariff on South Korean cars"),
        ("걸그룹 유리구슬 전원, 소속사 상대 전속계약 해지 소송", "GLASS BEAD Members File Suit To Leave Agency"),
        ("[긴급] 서울 전역에 공습경보 발령", '[속보] 서울시 "대피 준비하라" 경계경보 문자'),
        ("대전 백화점서 흉기 난동…5명 다쳐", "Knife attacker wounds five at South Korean department store"),
    ],
)  # fmt: skip
def test_what_rang_does_not_ring_again_in_other_words(first: str, again: str) -> None:
    one, other = judged((0, first), (9, again))
    assert one.decision.rings
    assert (other.story, other.decision.rings) == (one.story, False)


@pytest.mark.parametrize(
    ("minutes", "first", "other"),
    [
        (60, "서울 지하철 2호선 전 구간 멈춰…신호 장애", "인천공항 관제 시스템 먹통…항공기 이착륙 중단"),
        (40, "청원산단서 염소가스 새어…인근 주민 대피령", "고성 산불, 주택가로 확산…대응 3단계·주민 대피령"),
        (
            190,
            "서해안고속도로서 고속버스 넘어져 5명 숨져",
            "중부고속도로서 관광버스가 트럭 들이받아 3명 사망",
        ),
        (90, "식약처, 금속 나온 삼오식품 칼국수 회수", "'매끈' 제모크림 화상 피해 잇따라…식약처 회수 명령"),
        (14, "BREAKING: Prime minister Gu Sangmok resigns", "[속보] 국방부 장관 사의 표명"),
        (25, "배우 문가온, 필로폰 투약 혐의로 긴급체포", "가수 차오름, 전 여자친구 폭행 혐의로 체포"),
        (240, "[속보] 국회, 법무부 장관 탄핵안 가결", "[속보] 국회, 'AI기본법 개정안' 본회의 통과"),
    ],
)
def test_what_is_only_like_what_rang_rings(minutes: int, first: str, other: str) -> None:
    one, two = judged((0, first), (minutes, other))
    assert one.decision.rings
    assert two.decision.rings
    assert two.story != one.story


@pytest.mark.parametrize(
    ("hours", "first", "following"),
    [
        (13.0, '[속보] 합참 "북한, 동해로 탄도미사일 발사"', '[속보] 합참 "북한, 서해로 순항미사일 발사"'),
        (24.0, "North Korea fires ballistic missile", "North Korea fires another ballistic missile, its second in two days"),
        (1.0, "[속보] 울릉도 해역 규모 4.7 지진", "[속보] 울릉도 해역서 규모 5.3 지진 또 발생"),
    ],
)  # fmt: skip
def test_the_next_missile_or_quake_at_the_same_place_rings(hours: float, first: str, following: str) -> None:
    one, other = judged((0, first), (round(60 * hours), following))
    assert other.decision.rings
    assert other.story != one.story


def test_a_strike_that_is_called_off_is_a_turn_of_the_strike() -> None:
    one, other = judged(
        (0, "서울 지하철 노조 내일 총파업 돌입"), (480, "서울 지하철 노사 협상 타결…파업 철회")
    )
    assert other.story == one.story
    assert (other.decision.rings, other.decision.turn) == (True, 2)


def test_the_dead_of_an_accident_are_counted_within_the_hour() -> None:
    _, counted = judged(
        (0, "<속보> 한터대교 62중 추돌…최소 7명 사상"), (25, "[2보] 한터대교 추돌 2명 숨지고 31명 다쳐")
    )
    assert not counted.decision.rings


def test_agencies_that_say_so_confirm_a_romance_without_naming_it() -> None:
    _, confirmed = judged(
        (0, "[단독] 윤가람·서하준, 1년째 열애…공항 데이트 사진 포착"),
        (50, '윤가람·서하준 소속사 "연인 맞다"'),
    )
    assert (confirmed.decision.rings, confirmed.decision.turn) == (True, 2)


def test_a_singer_and_an_actor_are_news_of_both_trades() -> None:
    (one,) = judged((0, "가수 한봄·배우 최이랑, 결혼 4년 만에 이혼"))
    assert set(one.categories) == {"kpop", "drama"}


def test_a_first_line_that_names_nothing_tells_of_what_rang_minutes_ago() -> None:
    one, other = judged(
        (0, "[속보] 서해고속도로 담여터널 앞 20여 대 연쇄추돌…2명 사망"),
        (3, "[1보] 새벽 고속도로서 21중 추돌…2명 사망·다수 부상"),
    )
    assert one.decision.rings
    assert (other.story, other.decision.rings) == (one.story, False)


def test_a_toll_that_has_grown_a_little_by_the_next_day_is_told_again() -> None:
    first, grown = judged(
        (0, "만둣집 '달무리관' 손님 47명 식중독…영업정지"),
        (990, "달무리관 식중독 의심환자 58명으로…장염비브리오 검사"),
    )
    assert first.decision.rings
    assert (grown.story, grown.decision.rings) == (first.story, False)


def test_a_missile_is_no_part_of_what_crossed_the_border_in_the_morning() -> None:
    boat, *_, missile = judged(
        (0, '[속보] 합참 "동해 NLL 이남서 북한 소형 선박 발견"'),
        (2, '북한 선박, 동해 NLL 넘어와…군 "신병 확보"'),
        (6, "URGENT - Seoul military says small North Korean vessel crossed maritime line off east coast"),
        (660, "URGENT - North Korea fires ballistic missile off east coast, Seoul military says"),
    )
    assert boat.decision.rings
    assert missile.story != boat.story
    assert missile.decision.rings


def test_a_live_blog_that_began_before_the_vote_does_not_ring_for_it_again() -> None:
    live, vote, changed = judged(
        (0, "Live: Lawmakers gather for a long night on the floor"),
        (70, "URGENT-South Korea parliament impeaches broadcasting regulator in 171-98 vote"),
        (85, "Live: Broadcasting regulator suspended as Assembly votes 171-98"),
        live=True,
    )
    assert (live.decision.rings, vote.decision.rings, changed.decision.rings) == (False, True, False)


def test_a_group_that_goes_on_while_one_serves_has_lost_nobody() -> None:
    one, other = judged(
        (0, "LANTERN ROW’s Do Hyeon to begin military service on May 4"),
        (170, "Lantern Row to go on as four as Do Hyeon reports for duty"),
    )
    assert one.decision.rings
    assert (other.story, other.decision.rings) == (one.story, False)


@pytest.mark.parametrize(
    "title",
    [
        "충청·호남 한파경보…등굣길 빙판 조심하세요",
        "담여천 수색 사흘째…드론 4대 투입",
        "[단독] 파도게임즈, 물결엔터 인수 막바지 협상",
        "LANTERN ROW presale halted after booking site crashes, leaving hundreds of thousands in line",
        "Ministry drafts night curfew for child actors",
        "A toolbox, 90 million won and the end of the road for a onetime party hopeful",
        "Pyongyang ends 51 days of calm with a letter",
    ],
)
def test_what_only_sounds_like_an_event_does_not_ring(title: str) -> None:
    assert not judged((0, title))[0].decision.rings


@pytest.mark.parametrize(
    "title", ["Pyongyang launches into East Sea before dawn", '‘등대지기’ 측 "도해늘 하차…1~3회 전량 재촬영"']
)
def test_what_is_told_in_plain_words_rings(title: str) -> None:
    assert judged((0, title))[0].decision.rings
