"""Deaths, self-harm, sexual crime and minors: silently, and not on one unsure voice."""

import pytest

from tests.stories.newsdesk import Story, codes


@pytest.mark.parametrize(
    ("title", "kinds"),
    [
        ("배우 한결 숨진 채 발견", ("death",)),
        ("Singer Ma Jeongok dies at 77", ("death",)),
        ("배우 한결, 극단적 선택 추정", ("suicide",)),
        ("Actor dies in apparent suicide", ("death", "suicide")),
        ("유명 감독 성추행 혐의 구속", ("sexual",)),
        ("초등생 4명, 돌진한 승용차에 다쳐", ("minor",)),
        ("한은, 기준금리 0.25%p 인하", ()),
        ("어린이집 2곳 새로 연다", ()),
    ],
)
def test_sensitive_news_is_known_by_its_kind_and_comes_silently(title: str, kinds: tuple[str, ...]) -> None:
    decision = Story().tells(title)
    assert decision.sensitive == kinds
    assert decision.silent == bool(kinds)


def test_a_death_that_a_blog_tells_waits_for_a_second_source() -> None:
    story = Story()
    first = story.tells("singer ma jeongok has died 😭", kind="blog")
    assert not first.rings
    assert "second_source" in codes(first)
    second = story.tells("Veteran singer Ma Jeongok dies at 77", 6, kind="press")
    assert second.rings
    assert second.turn == 1


def test_one_blog_is_no_second_source_for_itself() -> None:
    story = Story()
    story.tells("singer ma jeongok has died 😭", kind="blog", feed="fans")
    assert not story.tells("ma jeongok died. thread of her best songs", 6, kind="blog", feed="fans").rings


@pytest.mark.parametrize("kind", ["wire", "press", ""])
def test_a_wires_or_papers_plain_report_of_a_death_is_enough(kind: str) -> None:
    assert Story().tells("Veteran singer Ma Jeongok dies at 77", kind=kind).rings
    assert Story().tells("원로가수 마정옥 별세", kind=kind).rings


def test_a_death_by_hearsay_waits_too() -> None:
    assert (
        not Story().tells("Singer Ma Jeongok dead, online posts say", below="Nobody has confirmed it.").rings
    )
