"""Rumours ring by proof or a statement, never by the number of those who tell them."""

import pytest

from tests.stories.newsdesk import Story, codes


def test_a_rumour_does_not_ring_however_many_tell_it() -> None:
    story = Story()
    for minute in range(8):
        decision = story.tells(f"배우 서이경 결혼설…{minute + 3}월 식장 예약?", minute)
        assert not decision.rings
        assert decision.rumour


def test_several_papers_within_minutes_speak_for_a_plain_report() -> None:
    story = Story()
    assert "burst" not in codes(story.tells("Haebit lighthouse keeper walks out at dawn"))
    assert "burst" in codes(story.tells("Keeper of Haebit lighthouse gone before dawn", 3))


def test_copies_of_one_release_are_one_source() -> None:
    story = Story()
    text = "Haebit Lights will exchange its table lamps free of charge for every buyer in all shops from Monday on."
    story.tells("Haebit Lights to exchange lamps", below=text)
    assert "burst" not in codes(story.tells("Table lamps exchanged, says Haebit Lights", 2, below=text))


def test_a_denial_goes_to_those_who_were_shown_the_rumour() -> None:
    story = Story()
    assert story.tells("배우 서이경·감독 마진호 열애설").rumour
    decision = story.tells("서이경 측 “열애 사실무근”", 60)
    assert decision.denial
    assert not decision.rings


def test_a_denial_of_what_nobody_was_shown_goes_to_nobody() -> None:
    assert not Story().tells("서이경 측 “열애 사실무근”").denial


def test_a_statement_ends_the_rumour_and_rings() -> None:
    story = Story()
    assert not story.tells("Gaon said to be in talks for Bluebird").rings
    decision = story.tells("Gaon to buy Bluebird for 600 bln won, filing shows", 600)
    assert decision.rings
    assert not decision.rumour
    assert decision.turn == 1


def test_an_exclusive_on_a_romance_needs_something_to_show() -> None:
    assert not Story().tells("[단독] 배우 유성·가수 린 열애").rings
    assert "unproven" in codes(Story().tells("[단독] 배우 유성·가수 린 열애"))
    assert Story().tells("[단독] 배우 유성·가수 린 열애…데이트 사진 포착").rings


@pytest.mark.parametrize(
    ("title", "doubt"),
    [
        ("지하철 파업 가능성 커져", "possible"),
        ("Airline may recall its newest jets", "possible"),
        ("Minister denies he resigned over the loan", "denied"),
        ("배우 노해찬 체포? 소속사는 침묵", "asked"),
        ("해킹 모의 훈련에 은행 40곳", "drill"),
        ("No arrests after derby in Mokdan", "negated"),
        ("다리 붕괴 막았다", "negated"),
        ("그룹 하늬 해체 초읽기", "possible"),
        ("해체한 그룹 하늬, 예능서 재회", "past"),
    ],
)
def test_what_is_not_said_as_a_fact_does_not_ring(title: str, doubt: str) -> None:
    decision = Story().tells(title)
    assert not decision.rings
    assert doubt in codes(decision)
