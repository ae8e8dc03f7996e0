"""What the pace means, in words that people use."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cli.limits_words import chats, limits, paying, takes
from bot.cli.wording import length, rate
from digests.store.audiences import Audiences, Rush

SEOUL = ZoneInfo("Asia/Seoul")
EIGHT = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)  # in Seoul


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "under a second"),
        (0.9, "under a second"),
        (1, "1 second"),
        (1.4, "1 second"),
        (33.3, "33 seconds"),
        (89.4, "89 seconds"),
        (89.6, "2 minutes"),
        (333, "6 minutes"),
        (1_333, "22 minutes"),
        (89 * 60, "89 minutes"),
        (90 * 60, "1.5 hours"),
        (2 * 3_600, "2 hours"),
        (9.3 * 3_600, "9.5 hours"),
        (10.4 * 3_600, "10 hours"),
        (47 * 3_600, "47 hours"),
        (48 * 3_600, "2 days"),
        (40 * 86_400, "40 days"),
    ],
)
def test_a_time_is_said_in_one_unit_and_rounded(seconds: float, words: str) -> None:
    assert length(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("per_second", "words"),
    [
        (30, "30/s"),
        (30.0, "30/s"),
        (1_000, "1,000/s"),
        (100_000, "100,000/s"),
        (0.5, "0.5/s"),
        (16.666, "16.67/s"),
        (0, "0/s"),
        (0.001, "0.001/s"),
    ],
)
def test_a_pace_is_said_without_decimals_that_say_nothing(per_second: float, words: str) -> None:
    assert rate(per_second) == words


def test_one_chat_is_no_chats() -> None:
    assert (chats(1), chats(2), chats(40_000)) == ("1 chat", "2 chats", "40,000 chats")


def test_a_pace_of_nearly_nothing_does_not_run_out_of_numbers() -> None:
    assert takes(10**9, 1e-9) == timedelta(days=3_650)


def said(audiences: Audiences, per_second: float = 30) -> list[str]:
    return list(limits(audiences, per_second, SEOUL, timedelta(hours=6)))


def test_an_alert_and_the_busiest_digest_are_told_in_sentences() -> None:
    found = said(Audiences({"drama": 20_000, "kpop": 40_000}, 52_000, Rush(EIGHT, 20_000)))
    assert found == [
        "An alert in kpop to 40,000 chats takes 22 minutes at 30/s.",
        "One to all 52,000 chats takes 29 minutes.",
        "The 08:00 digest to 20,000 chats takes 11 minutes.",
        paying(52_000),
    ]
    assert found[3] == (
        "Paid broadcasts would make that 52 seconds at 1,000/s, for about 5,040 Stars each time: "
        "see sending.paid_broadcast."
    )


def test_where_there_is_nobody_nothing_is_said() -> None:
    assert said(Audiences({}, 0, None)) == []


def test_a_few_readers_need_not_hear_of_paying() -> None:
    assert said(Audiences({"kpop": 1}, 1, Rush(EIGHT, 1))) == [
        "An alert in kpop to 1 chat takes under a second at 30/s.",
        "The 08:00 digest to 1 chat takes under a second.",
    ]
    assert len(said(Audiences({"kpop": 8_970}, 8_970, None))) == 1
    assert len(said(Audiences({"kpop": 9_000}, 9_000, None))) == 2


def test_a_pace_below_the_free_one_is_not_to_be_paid_for() -> None:
    assert said(Audiences({"kpop": 1_000}, 1_000, None), 2) == [
        "An alert in kpop to 1,000 chats takes 8 minutes at 2/s.",
        "Telegram takes 30/s for nothing: see sending.messages_per_second.",
    ]
    assert said(Audiences({"kpop": 20_000}, 20_000, None), 2)[-1] == paying(20_000)


def test_digests_alone_name_the_pace() -> None:
    assert said(Audiences({}, 0, Rush(EIGHT, 3_000))) == [
        "The 08:00 digest to 3,000 chats takes 2 minutes at 30/s."
    ]


def test_who_pays_already_is_not_told_to() -> None:
    found = said(Audiences({"kpop": 900_000}, 1_000_000, None), 1_000)
    assert found == [
        "An alert in kpop to 900,000 chats takes 15 minutes at 1,000/s.",
        "One to all 1,000,000 chats takes 17 minutes.",
    ]


def test_what_takes_longer_than_an_alert_is_worth_is_said() -> None:
    found = said(Audiences({"kpop": 1_000_000}, 1_000_000, None))
    assert found[:2] == [
        "An alert in kpop to 1,000,000 chats takes 9.5 hours at 30/s.",
        "Whoever it does not reach within 6 hours finds it in the next digest instead.",
    ]


def test_stars_are_for_what_is_above_the_free_rate() -> None:
    assert paying(1_000).startswith("Paid broadcasts would make that 1 second at 1,000/s, for about 97 Stars")
    assert "for about 97,000 Stars" in paying(1_000_000)
