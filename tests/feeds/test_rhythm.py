from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digests.feeds.rhythm import next_poll, place_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
intervals = st.timedeltas(timedelta(milliseconds=500), DAY)
places = st.floats(0, 1, exclude_max=True)


@given(intervals, places)
def test_a_healthy_feed_never_waits_longer_than_its_interval(interval: timedelta, place: float) -> None:
    poll = next_poll(interval=interval, now=NOW, place=place)
    assert NOW < poll.at <= NOW + interval
    assert poll.reason == "on schedule"
    after = next_poll(interval=interval, now=poll.at, place=place).at
    assert abs(after - poll.at - interval) < timedelta(milliseconds=1)


def test_feeds_are_spread_over_the_interval_and_a_restart_moves_none() -> None:
    interval = timedelta(minutes=10)
    polls = {
        url: next_poll(interval=interval, now=NOW, place=place_of(url)).at
        for url in (f"https://daily.example/feed/{number}" for number in range(2_000))
    }
    by_minute = Counter((at - NOW) // timedelta(minutes=1) for at in polls.values())
    assert len(by_minute) == 10
    assert max(by_minute.values()) < 300
    url, at = next(iter(polls.items()))
    restarted = next_poll(interval=interval, now=at - timedelta(milliseconds=5), place=place_of(url))
    assert restarted.at == at


def test_the_wait_doubles_with_each_failure_up_to_a_day_and_recovers_at_once() -> None:
    waits = [
        next_poll(interval=timedelta(minutes=5), now=NOW, place=0.5, failures=failures).at - NOW
        for failures in range(1, 40)
    ]
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (5, 10, 20, 40)]
    assert waits[-1] == DAY
    assert waits == sorted(waits)
    assert next_poll(interval=timedelta(minutes=5), now=NOW, place=0.5).at <= NOW + timedelta(minutes=5)


def test_a_very_short_interval_does_not_wait_a_day() -> None:
    poll = next_poll(interval=timedelta(milliseconds=500), now=NOW, place=0.5, failures=1_000)
    assert poll.at - NOW == timedelta(seconds=144)
    assert poll.reason == "failed 1000 times in a row"


def test_retry_after_is_honoured_within_a_day_and_never_hastens() -> None:
    def wait(retry_after: timedelta) -> timedelta:
        poll = next_poll(
            interval=timedelta(minutes=5), now=NOW, place=0.5, failures=1, retry_after=retry_after
        )
        return poll.at - NOW

    assert wait(timedelta(hours=1)) == timedelta(hours=1)
    assert wait(timedelta(days=400)) == DAY
    assert wait(timedelta(0)) == wait(timedelta(seconds=-5)) == timedelta(minutes=5)


@given(intervals, places, st.integers(0, 10**6), st.none() | st.timedeltas(-DAY, 1000 * DAY))
def test_the_next_poll_always_comes_within_two_days(
    interval: timedelta, place: float, failures: int, retry_after: timedelta | None
) -> None:
    poll = next_poll(interval=interval, now=NOW, place=place, failures=failures, retry_after=retry_after)
    assert NOW < poll.at <= NOW + 2 * DAY
    assert poll.reason


@given(st.text())
def test_a_place_lies_within_the_interval_and_stays(url: str) -> None:
    assert 0 <= place_of(url) < 1
    assert place_of(url) == place_of(url)
