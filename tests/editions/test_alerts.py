from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.editions.alerts import HELD_WORTH, NotOwed, decide, free_at, raised
from digests.editions.filters import About
from digests.editions.timetable import in_quiet
from digests.model import (
    Address,
    Alerts,
    Broadcast,
    BroadcastId,
    Candidate,
    Chat,
    ChatId,
    ChatKind,
    EditionId,
    Owed,
    Priority,
    Quiet,
    State,
    StoryId,
    Subject,
    What,
    alert_key,
)
from digests.settings import BreakingSettings

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2026, 11, 24, 12, tzinfo=SEOUL).astimezone(UTC)
NIGHT = datetime(2026, 11, 24, 2, tzinfo=SEOUL).astimezone(UTC)
MORNING = datetime(2026, 11, 24, 7, tzinfo=SEOUL).astimezone(UTC)
QUIET = Quiet(time(23), time(7))
HOLD = Quiet(time(23), time(7), hold=True)
AESPA, SPOILER = Subject(What.NAME, "aespa"), Subject(What.WORDS, "spoiler")
RULES = BreakingSettings(max_per_hour=3, max_per_day=8)
WORTH = RULES.worth


def chat(**chosen: object) -> Chat:
    plain = Chat(
        id=ChatId(4),
        address=Address(400),
        kind=ChatKind.PRIVATE,
        language="ko",
        zone="Asia/Seoul",
        zone_known=True,
        zone_asks=0,
        alerts=Alerts.ON,
        quiet=QUIET,
        digest_times=(time(8),),
        next_digest_at=datetime(2026, 11, 25, 8, tzinfo=SEOUL).astimezone(UTC),
        digested_seq=None,
        digested_at=None,
        paused_at=None,
        paused_why="",
    )
    return replace(plain, **chosen)  # type: ignore[arg-type]


def candidate(of: Chat | None = None, **facts: object) -> Candidate:
    plain = Candidate(of or chat(), NOON - timedelta(days=9), alerts_last_hour=0, alerts_last_day=0)
    return replace(plain, **facts)  # type: ignore[arg-type]


def decided(
    one: Candidate, now: datetime = NOON, about: About | None = None, score: float | None = None
) -> Owed | NotOwed:
    broadcast = Broadcast(
        id=BroadcastId(1),
        edition=EditionId(7),
        story=StoryId(12),
        categories=frozenset({"kpop"}),
        decided_at=now,
        expires_at=now + WORTH,
        position=ChatId(0),
        last_chat=ChatId(99),
        score=score,
    )
    return decide(one, broadcast, rules=RULES, zone=SEOUL, now=now, about=about)


def owed(one: Candidate, now: datetime = NOON) -> Owed:
    answer = decided(one, now)
    assert isinstance(answer, Owed)
    return answer


def test_an_alert_is_owed_at_once_and_sounds() -> None:
    assert decided(candidate()) == Owed(
        chat=ChatId(4),
        key="alert:12:1",
        edition=EditionId(7),
        priority=Priority.ALERT,
        state=State.OWED,
        due_at=NOON,
        expires_at=NOON + WORTH,
        silent=False,
    )


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (candidate(chat(alerts=Alerts.OFF)), "alerts off"),
        (candidate(chat(paused_at=NOON)), "paused"),
        (candidate(subscribed_at=NOON + timedelta(seconds=1)), "subscribed later"),
        (candidate(chat(alerts=Alerts.OFF), alerts_last_hour=9), "alerts off"),
    ],
)
def test_who_is_not_owed_and_why(one: Candidate, reason: str) -> None:
    assert decided(one) == NotOwed(reason)


@pytest.mark.parametrize(
    ("mutes", "about", "reason"),
    [
        ({SPOILER}, About(StoryId(3), frozenset({SPOILER})), "muted"),
        ({SPOILER}, About(StoryId(3), frozenset({AESPA})), ""),
        ({AESPA, SPOILER}, About(StoryId(3), frozenset({AESPA})), "muted"),
        ({SPOILER}, None, ""),
        (set(), About(StoryId(3), frozenset({SPOILER})), ""),
    ],
)
def test_what_a_chat_mutes_does_not_ring_there(mutes: set[Subject], about: About | None, reason: str) -> None:
    decision = decided(candidate(mutes=frozenset(mutes)), about=about)
    assert (decision.reason if isinstance(decision, NotOwed) else "") == reason


def test_a_follower_whose_digest_told_it_meanwhile_is_not_owed_it_again() -> None:
    later = NOON + timedelta(minutes=5)
    told = candidate(chat(digested_at=later, digested_seq=4, named_seq=9), named_seq=9)
    assert decided(told) == NotOwed("in its digest")
    assert isinstance(decided(candidate(chat(digested_at=later, named_seq=8), named_seq=9)), Owed)
    assert isinstance(decided(candidate(chat(digested_at=later), named_seq=9)), Owed)


def test_who_subscribed_at_the_very_moment_is_owed() -> None:
    assert isinstance(decided(candidate(subscribed_at=NOON)), Owed)


LATE = Broadcast(
    BroadcastId(1), EditionId(7), StoryId(12), frozenset(), NOON - WORTH, NOON, ChatId(0), ChatId(99)
)


def test_an_audience_reached_too_late_finds_the_alert_in_its_next_digest() -> None:
    reader = chat(digest_times=(time(8),), next_digest_at=MORNING)
    answer = decide(candidate(reader), LATE, rules=RULES, zone=SEOUL, now=NOON)
    assert isinstance(answer, Owed)
    assert (answer.state, answer.due_at) == (State.HELD, MORNING)
    assert answer.expires_at == MORNING + HELD_WORTH


def test_an_audience_reached_too_late_is_owed_nothing_where_there_are_no_digests() -> None:
    reader = chat(digest_times=(), next_digest_at=None)
    assert decide(candidate(reader), LATE, rules=RULES, zone=SEOUL, now=NOON) == NotOwed("expired")


def test_what_is_late_is_held_for_nobody_who_would_not_have_been_owed_it() -> None:
    for one, reason in (
        (candidate(chat(alerts=Alerts.OFF)), "alerts off"),
        (candidate(chat(paused_at=NOON)), "paused"),
        (candidate(had_chance=True), "broke before"),
    ):
        assert decide(one, LATE, rules=RULES, zone=SEOUL, now=NOON) == NotOwed(reason)


def test_how_long_an_alert_is_worth_sending_is_a_setting() -> None:
    capped = candidate(
        chat(digest_times=(), next_digest_at=None),
        alerts_last_hour=3,
        hour_frees_at=NOON + timedelta(minutes=9),
    )
    broadcast = replace(LATE, expires_at=NOON + timedelta(minutes=30))
    rules = replace(RULES, worth=timedelta(minutes=30))
    answer = decide(capped, broadcast, rules=rules, zone=SEOUL, now=NOON)
    assert isinstance(answer, Owed)
    assert answer.expires_at == NOON + timedelta(minutes=39)


@pytest.mark.parametrize(
    ("hour", "day", "state"), [(0, 0, State.OWED), (0, 1, State.OWED), (1, 1, State.HELD), (0, 2, State.HELD)]
)
def test_a_chat_that_wants_few_gets_the_first_of_an_hour_and_two_a_day(
    hour: int, day: int, state: State
) -> None:
    answer = owed(candidate(chat(alerts=Alerts.FEW), alerts_last_hour=hour, alerts_last_day=day))
    assert (answer.state, answer.silent) == (state, False)


def test_few_is_never_more_than_the_operators_caps() -> None:
    none = replace(RULES, max_per_hour=1, max_per_day=1)
    one = candidate(
        chat(alerts=Alerts.FEW, digest_times=()), alerts_last_day=1, day_frees_at=NOON + timedelta(hours=5)
    )
    assert free_at(one, none, SEOUL, NOON) == NOON + timedelta(hours=5)


def test_a_chat_that_wants_them_silent_gets_them_silent_by_day() -> None:
    answer = owed(candidate(chat(alerts=Alerts.SILENT)))
    assert (answer.state, answer.silent, answer.due_at) == (State.OWED, True, NOON)


def test_in_quiet_hours_an_alert_comes_at_once_and_silently() -> None:
    answer = owed(candidate(), NIGHT)
    assert (answer.state, answer.silent, answer.due_at) == (State.OWED, True, NIGHT)


def test_quiet_hours_that_hold_keep_it_for_the_digest() -> None:
    answer = owed(candidate(chat(quiet=HOLD)), NIGHT)
    assert answer.state is State.HELD
    assert answer.due_at == chat().next_digest_at
    assert answer.expires_at == answer.due_at + HELD_WORTH


def test_with_digests_off_what_quiet_hours_hold_comes_when_they_end() -> None:
    answer = owed(candidate(chat(quiet=HOLD, digest_times=(), next_digest_at=None)), NIGHT)
    assert (answer.state, answer.silent, answer.due_at) == (State.OWED, False, MORNING)
    assert answer.expires_at == MORNING + WORTH


@pytest.mark.parametrize("over", [{"alerts_last_hour": 3}, {"alerts_last_day": 8}])
def test_over_a_cap_it_is_held_for_the_digest(over: dict[str, Any]) -> None:
    assert owed(candidate(**over)).state is State.HELD


@pytest.mark.parametrize("under", [{"alerts_last_hour": 2}, {"alerts_last_day": 7}])
def test_up_to_a_cap_it_is_owed(under: dict[str, int]) -> None:
    assert owed(candidate(**under)).state is State.OWED


@pytest.mark.parametrize(
    ("over", "due"),
    [
        (
            {"alerts_last_hour": 3, "hour_frees_at": NOON + timedelta(minutes=20)},
            NOON + timedelta(minutes=20),
        ),
        ({"alerts_last_day": 8, "day_frees_at": NOON + timedelta(hours=5)}, NOON + timedelta(hours=5)),
        (
            {
                "alerts_last_hour": 3,
                "hour_frees_at": NOON + timedelta(minutes=20),
                "alerts_last_day": 8,
                "day_frees_at": NOON + timedelta(hours=5),
            },
            NOON + timedelta(hours=5),
        ),
        ({"alerts_last_hour": 3}, NOON + timedelta(hours=1)),
    ],
)
def test_with_digests_off_what_a_cap_holds_comes_when_it_frees(over: dict[str, Any], due: datetime) -> None:
    answer = owed(candidate(chat(digest_times=(), next_digest_at=None), **over))
    assert (answer.state, answer.due_at, answer.expires_at) == (State.OWED, due, due + WORTH)


def test_with_digests_off_each_that_waits_for_a_cap_to_free_takes_a_place_of_its_own() -> None:
    hour, dues = timedelta(hours=1), [NOON - timedelta(minutes=minutes) for minutes in (10, 20, 30)]
    waiting = []
    for _ in range(4):
        facts = {
            "alerts_last_hour": len(dues),
            "hour_frees_at": min(dues) + hour,
            "dues": tuple(sorted(dues)[::-1]),
        }
        due = owed(candidate(chat(digest_times=()), **facts)).due_at
        waiting.append(due)
        dues.append(due)
    first = NOON + timedelta(minutes=30)
    assert waiting == [first, first + timedelta(minutes=10), first + timedelta(minutes=20), first + hour]


def test_a_cap_that_frees_in_holding_hours_waits_for_their_end() -> None:
    evening = datetime(2026, 11, 23, 22, 50, tzinfo=SEOUL).astimezone(UTC)
    full = candidate(chat(quiet=HOLD, digest_times=(), next_digest_at=None), alerts_last_hour=3)
    assert owed(full, evening).due_at == MORNING


def test_a_turn_has_a_key_of_its_own() -> None:
    assert alert_key(StoryId(12), 2) == "alert:12:2" != alert_key(StoryId(12))


hours = st.integers(0, 23).map(time)


@given(
    quiet=st.none() | st.builds(Quiet, hours, hours, st.booleans()),
    alerts=st.sampled_from([Alerts.ON, Alerts.SILENT]),
    times=st.sampled_from([(), (time(8),)]),
    hour=st.integers(0, 5),
    day=st.integers(0, 10),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
def test_what_is_decided_is_never_lost_nor_loud_at_night(
    *, quiet: Quiet | None, alerts: Alerts, times: tuple[time, ...], hour: int, day: int, now: datetime
) -> None:
    due_next = now + timedelta(hours=9) if times else None
    of = chat(quiet=quiet, alerts=alerts, digest_times=times, next_digest_at=due_next)
    answer = owed(candidate(of, subscribed_at=now, alerts_last_hour=hour, alerts_last_day=day), now)
    assert now <= answer.due_at < answer.expires_at
    assert answer.state in {State.OWED, State.HELD}
    assert answer.state is State.OWED or times
    if answer.state is State.OWED and in_quiet(quiet, SEOUL, answer.due_at):
        assert answer.silent
        assert not (quiet and quiet.hold)
    if hour >= RULES.max_per_hour or day >= RULES.max_per_day:
        assert answer.due_at > now


def test_a_threshold_rises_as_a_cap_is_used_up() -> None:
    heights = [raised(5.0, used, 8) for used in range(9)]
    assert heights == sorted(heights)
    assert heights[:4] == [5.0] * 4
    assert heights[7] == 10.0
    assert heights[8] == float("inf")
    assert raised(5.0, 0, 1) == 5.0
    assert raised(5.0, 0, 0) == float("inf")


@pytest.mark.parametrize(
    ("had", "score", "state"),
    [
        (0, 5.0, State.OWED),
        (1, 5.0, State.OWED),
        (2, 5.5, State.HELD),  # the last of an hour is kept for what is twice as much
        (2, 12.0, State.OWED),
        (2, None, State.OWED),
        (3, 12.0, State.HELD),
    ],
)
def test_what_is_left_of_a_cap_is_for_the_better_news(had: int, score: float | None, state: State) -> None:
    answer = decided(candidate(alerts_last_hour=had), score=score)
    assert isinstance(answer, Owed)
    assert answer.state is state
