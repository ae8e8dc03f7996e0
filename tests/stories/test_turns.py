"""What of an alerted story rings again."""

import pytest

from digests.stories.so_far import SoFar, merged
from tests.stories.newsdesk import Story, codes

# minute, does it ring, title
STORIES = {
    "a fire that kills later, and whose owner is charged": """
0 R [1보] 청람 물류센터 화재…직원 40명 대피
12 Q [2보] 청람 물류센터 불…부상자 6명
70 R [속보] 청람 물류센터 화재 실종 소방관 1명 숨진 채 발견
75 Q Firefighter missing in Cheongnam warehouse blaze found dead
200 Q [종합] 청람 물류센터 화재 진화…소방관 1명 순직
300 R [속보] 청람 물류센터 화재 사망 4명으로 늘어
1500 R 경찰, 청람 물류센터 운영사 압수수색
1510 Q 청람 물류센터 화재 운영사 "수사 협조할 것"
3000 R 검찰, 물류센터 대표 구속기소
""",
    "collapsed, then died": """
0 R 가수 로한, 공연 중 쓰러져 병원 이송…의식 없어
30 Q 로한 소속사 "검사 중…확인되지 않은 추측 자제"
400 R 가수 로한 사망…향년 31세
410 Q Singer Rohan dies hours after collapse
600 Q 로한 빈소 마련…동료들 조문 행렬
900 Q Tributes pour in for Rohan
""",
    "arrested, then dropped by the label": """
0 R 래퍼 카일, 마약 혐의 체포
30 Q Rapper Kyle arrested over drugs
35 Q 카일 소속사 "수사에 성실히 임할 것"
60 Q 경찰, 카일 자택 압수수색
300 R 소속사, 카일과 전속계약 해지
310 Q Label terminates contract with Kyle
900 Q 카일 "팬들께 죄송"
""",
    "arrested, then dropped, in three English words": """
0 R Rapper KYLE arrested in gambling inquiry
300 R Brightside Music drops KYLE
""",
    "reported, then confirmed by themselves": """
0 R [단독] 배우 유성·가수 린 열애…심야 데이트 포착
40 Q 유성 측 "확인 중"
120 R 유성·린 측 "교제 중 맞다" 인정
125 Q Actor Yuseong and singer Rin confirm they are dating
""",
    "recalled, then raided": """
0 R 가온식품 만두 회수…금속 조각 검출
200 Q 가온식품 "머리 숙여 사과"
900 R 경찰, 가온식품 공장 압수수색
950 Q 가온식품 대표 "책임 통감"
""",
    "a strike that is called off": """
0 R 지하철 노조, 내일 총파업 돌입
300 Q 파업 앞둔 지하철 노사 밤샘 협상
700 R 지하철 노사 극적 합의…총파업 철회
705 Q Subway strike called off after overnight talks
""",
    "an alarm that was false": """
0 R 동해안 전역에 지진해일 경보
15 R 기상청 "지진해일 경보 오발령"
18 Q Tsunami warning was sent in error, agency says
60 Q 기상청장 "국민께 송구"
""",
    "a toll that multiplies": """
0 R 해군 헬기 해상 추락…탑승 5명 수색
90 R 추락 헬기 탑승자 2명 숨진 채 발견
95 Q Two found dead after navy helicopter crash
300 R 헬기 추락 사망 5명으로…전원 숨져
310 Q 합동분향소 설치
""",
    "the ill multiply": """
0 R 산골 초교 급식 뒤 23명 식중독 증세
10 Q 급식 식중독 의심 31명
900 R 식중독 학생 140명으로…원인은 오염된 지하수
""",
    "stolen data multiply": """
0 R 예매사이트 티켓몽 해킹…회원 40만명 정보 유출
600 R 티켓몽 유출 피해 320만명으로…비밀번호도 털려
700 R 경찰, 티켓몽 본사 압수수색
""",
    "nothing that is new": """
0 R 전국 은행 앱 먹통…이체 막혀
50 Q 은행 앱 접속 장애 복구…"불편 죄송"
""",
    "a rescue is good news, and wakes nobody": """
0 R Ferry with 140 aboard runs aground off Noru Island
40 Q All aboard grounded ferry rescued; nine hurt
""",
    "a marriage, and what is said of it": """
0 R 가수 채연우 결혼…신랑은 동갑내기 의사
5 Q Chae Yeonu to marry doctor
60 Q 채연우 소속사 "혼전임신 아냐"
200 Q 채연우 신혼집은 어디?
""",
    "a law that is vetoed, and voted on again": """
0 R 대통령, 방송법 개정안 재의요구
200 Q 야당 "민의 거부" 반발
1400 R 국회, 방송법 재의결 부결
""",
}


@pytest.mark.parametrize("name", STORIES)
def test_a_story_rings_for_what_is_materially_new_and_for_nothing_else(name: str) -> None:
    story, turn = Story(), 0
    for line in STORIES[name].strip().split("\n"):
        minute, expected, title = line.split(" ", 2)
        decision = story.tells(title, int(minute))
        assert decision.rings == (expected == "R"), (title, decision)
        if decision.rings:
            turn += 1
            assert decision.turn == turn
        elif turn:
            assert decision.turn == 0


def test_a_second_telling_says_that_it_was_told() -> None:
    story = Story()
    assert story.tells("래퍼 카일, 마약 혐의 체포").turn == 1
    assert "told" in codes(story.tells("Rapper Kyle arrested over drugs", 40))


def test_a_turn_says_what_is_new() -> None:
    story = Story()
    story.tells("가온식품 만두 회수…금속 조각 검출")
    decision = story.tells("경찰, 가온식품 공장 압수수색", 600)
    assert [reason.evidence for reason in decision.reasons if reason.code == "turn"] == ["raid: 압수수색"]


def test_what_rang_by_its_marks_alone_is_only_named_by_the_next() -> None:
    story = Story()
    assert story.tells("[속보] 모래섬 등대 관련 중대 발표", marked=True).rings
    assert not story.tells("모래섬 등대장 긴급체포", 25).rings


def test_what_was_told_long_ago_without_ringing_is_less_worth_a_ring() -> None:
    story = Story()
    assert not story.tells("새 드라마 편성 취소").rings
    assert "known" in codes(story.tells("[종합] 새 드라마 편성 취소", 300))


def test_two_stories_that_turn_out_to_be_one_do_not_ring_twice_for_it() -> None:
    one, other = Story(), Story()
    one.tells("래퍼 카일, 마약 혐의 체포")
    other.tells("카일 전속계약 해지설")
    both = Story(merged(one.so_far, other.so_far))
    assert not both.tells("Rapper Kyle arrested over drugs", 40).rings
    assert merged(SoFar(), one.so_far).rung == merged(one.so_far, SoFar()).rung == 1
