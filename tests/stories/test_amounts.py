import pytest

from digests.stories.amounts import amounts, days


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("과징금 2천140억원", "a fine of 214 bln won"),
        ("1조6천억원에 인수", "for W1.6 trillion"),
        ("41만 병 회수", "410,000 bottles"),
        ("31만2천원", "312,000 won"),
        ("500만 관객", "5 million tickets"),
        ("5백만 관객", "5m tickets"),
        ("187명 탑승", "187 aboard"),
        ("4.1% 상승", "up 4.1 pct"),
        ("규모 4.3", "magnitude 4.3"),
        ("1천140만명", "11.4 million people"),
    ],
)
def test_an_amount_is_one_in_both_languages(korean: str, english: str) -> None:
    assert amounts(korean, korean=True) == amounts(english, korean=False) != []


@pytest.mark.parametrize("text", ["14일", "오전 7시 20분", "9월"])
def test_dates_and_hours_are_no_amounts(text: str) -> None:
    assert amounts(text, korean=True) == []


@pytest.mark.parametrize("text", ["Sept. 28", "at 7:05 p.m.", "11 am"])
def test_nor_in_english(text: str) -> None:
    assert amounts(text, korean=False) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("28일 휴일", {28}),
        ("on Sept. 28", {28}),
        ("April 2 and May 3", {2, 3}),
        ("10일째 파업", set()),
        ("45일", set()),
    ],
)
def test_days_of_a_month(text: str, found: set[int]) -> None:
    assert days(text) == found
