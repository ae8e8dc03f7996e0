"""Feeds whose clocks are wrong."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from digests.stories.freshness import FeedClock, freshness

NOW = datetime(2026, 11, 24, 4, 7, tzinfo=UTC)
SIX_HOURS = timedelta(hours=6)
KOREA = timezone(timedelta(hours=9))


def against(published: datetime | None, clock: FeedClock, seen_at: datetime = NOW) -> list[str]:
    return [reason.code for reason in freshness(published, seen_at, clock, SIX_HOURS, seen_at)]


def learned(*aheads: timedelta) -> FeedClock:
    clock = FeedClock()
    for number, ahead in enumerate(aheads, 1):
        seen_at = NOW - timedelta(hours=number)
        clock = clock.seen(seen_at + ahead, seen_at)
    return clock


def test_a_feed_that_writes_korean_time_as_utc_is_read_aright() -> None:
    clock = learned(timedelta(hours=8, minutes=55), timedelta(hours=8, minutes=52))
    assert clock.offset == timedelta(hours=9)
    assert against(NOW + timedelta(hours=8, minutes=53), clock) == []


def test_what_such_a_feed_publishes_late_is_as_old_as_it_is() -> None:
    clock = learned(timedelta(hours=8, minutes=55), timedelta(hours=8, minutes=52))
    assert against(NOW - timedelta(days=2), clock) == ["stale"]


def test_the_first_entry_of_such_a_feed_is_believed_at_an_odd_minute_and_not_on_the_hour() -> None:
    assert against(NOW + timedelta(hours=8, minutes=56), FeedClock()) == []
    embargo = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
    assert against(embargo, FeedClock()) == ["future"]


def test_a_feed_with_a_right_clock_that_holds_an_entry_for_release_does_not_ring() -> None:
    clock = learned(timedelta(minutes=-3), timedelta(minutes=-8), timedelta(minutes=-2))
    assert against(NOW + timedelta(hours=8, minutes=53), clock) == ["future"]
    assert against(NOW + timedelta(days=14), clock) == ["future"]


def test_one_held_entry_does_not_make_a_clock_wrong() -> None:
    clock = learned(
        timedelta(minutes=-3), timedelta(hours=8, minutes=55), timedelta(minutes=-8), timedelta(minutes=-2)
    )
    assert clock.offset == timedelta(0)


def test_a_feed_that_is_behind_by_its_zone_is_read_aright_after_some_entries() -> None:
    behind = timedelta(hours=-9, minutes=-4)
    assert against(NOW + behind, learned(behind, behind)) == ["stale"]
    assert against(NOW + behind, learned(behind, behind, behind, behind)) == []


@pytest.mark.parametrize(
    "midnight", [datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=KOREA)]
)
def test_a_feed_that_gives_days_without_a_time_is_fresh_on_that_day(midnight: datetime) -> None:
    clock = FeedClock()
    for days in (3, 2, 1):
        clock = clock.seen(midnight - timedelta(days=days), NOW - timedelta(days=days))
    assert against(midnight, clock, seen_at=midnight + timedelta(hours=11)) == []
    assert against(midnight - timedelta(days=2), clock) == ["stale"]


def test_without_a_date_nothing_speaks_against_it() -> None:
    assert against(None, FeedClock()) == []
