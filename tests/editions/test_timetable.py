from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.editions.timetable import digest_key, in_quiet, instant, next_due, quiet_ends, zone_of
from digests.model import Quiet

SEOUL = ZoneInfo("Asia/Seoul")
LONDON = ZoneInfo("Europe/London")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # changes by half an hour
APIA = ZoneInfo("Pacific/Apia")  # had no 30 December 2011


def local(zone: ZoneInfo, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


@pytest.mark.parametrize(
    ("times", "zone", "after", "due"),
    [
        ([time(8)], SEOUL, local(SEOUL, "2026-11-24 07:59:59"), local(SEOUL, "2026-11-24 08:00")),
        ([time(8)], SEOUL, local(SEOUL, "2026-11-24 08:00"), local(SEOUL, "2026-11-25 08:00")),
        (
            [time(7, 30), time(19, 30)],
            SEOUL,
            local(SEOUL, "2026-11-24 12:00"),
            local(SEOUL, "2026-11-24 19:30"),
        ),
        (
            [time(19, 30), time(7, 30)],
            SEOUL,
            local(SEOUL, "2026-11-24 20:00"),
            local(SEOUL, "2026-11-25 07:30"),
        ),
        ([time(0)], SEOUL, local(SEOUL, "2026-12-31 23:59"), local(SEOUL, "2027-01-01 00:00")),
        # 29 March 2026: 01:00 becomes 02:00 in London. 25 October: 02:00 becomes 01:00.
        ([time(1, 30)], LONDON, local(LONDON, "2026-03-28 12:00"), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ([time(1, 30)], LONDON, datetime(2026, 3, 29, 1, tzinfo=UTC), local(LONDON, "2026-03-30 01:30")),
        ([time(8)], LONDON, local(LONDON, "2026-03-28 12:00"), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        ([time(1, 30)], LONDON, local(LONDON, "2026-10-24 12:00"), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ([time(1, 30)], LONDON, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), local(LONDON, "2026-10-26 01:30")),
        ([time(1, 30)], LONDON, datetime(2026, 10, 25, 1, 10, tzinfo=UTC), local(LONDON, "2026-10-26 01:30")),
        ([time(2, 30)], BERLIN, local(BERLIN, "2026-03-28 12:00"), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (
            [time(2, 10), time(2, 30)],
            BERLIN,
            local(BERLIN, "2026-03-28 12:00"),
            local(BERLIN, "2026-03-29 03:00"),
        ),
        (
            [time(2, 15)],
            LORD_HOWE,
            local(LORD_HOWE, "2026-10-03 12:00"),
            local(LORD_HOWE, "2026-10-04 02:30"),
        ),
        ([time(8)], APIA, local(APIA, "2011-12-29 09:00"), local(APIA, "2011-12-31 00:00")),
        ([time(8)], APIA, local(APIA, "2011-12-31 00:00"), local(APIA, "2011-12-31 08:00")),
    ],
)
def test_the_next_due_instant(times: list[time], zone: ZoneInfo, after: datetime, due: datetime) -> None:
    assert next_due(times, zone, after) == due.astimezone(UTC)


def test_a_time_a_few_seconds_ahead_still_comes_today() -> None:
    assert next_due([time(8)], SEOUL, local(SEOUL, "2026-11-24 07:59:57")) == local(SEOUL, "2026-11-24 08:00")


def test_without_times_nothing_is_due() -> None:
    assert next_due([], SEOUL, local(SEOUL, "2026-11-24 07:59")) is None


def test_a_digest_after_days_of_silence_is_due_once() -> None:
    assert next_due([time(8)], SEOUL, local(SEOUL, "2026-11-24 09:00")) == local(SEOUL, "2026-11-25 08:00")


zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
minutes = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))


def reached(zone: ZoneInfo, due: datetime) -> datetime:
    """What the local clock shows, for comparing with a wall time."""
    return due.astimezone(zone).replace(tzinfo=None, fold=0)


@given(st.lists(minutes, min_size=1, max_size=3), zones, moments)
def test_what_is_due_is_ahead_and_never_before_its_local_minute(
    times: list[time], zone: ZoneInfo, after: datetime
) -> None:
    due = next_due(times, zone, after)
    assert due is not None
    assert due > after
    shown = reached(zone, due)
    exact = shown.time() in times
    skipped = reached(zone, due - timedelta(seconds=1)) < shown - timedelta(seconds=1)
    assert exact or skipped
    assert not exact or due.astimezone(zone).fold == 0


@given(minutes, zones, moments)
def test_nothing_due_is_passed_over(at: time, zone: ZoneInfo, after: datetime) -> None:
    """Between now and what comes next the local clock does not show that time."""
    due = next_due([at], zone, after)
    moment = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    while moment < due:
        shown = reached(zone, moment)
        if (shown.hour, shown.minute) == (at.hour, at.minute) and shown.second == 0:
            assert moment.astimezone(zone).fold == 1, (
                "only the second showing of a doubled time is passed over"
            )
        moment += timedelta(minutes=7) if due - moment > timedelta(hours=4) else timedelta(minutes=1)


@given(minutes, zones, st.dates(datetime(1990, 1, 3).date(), datetime(2037, 1, 1).date()))
def test_each_local_day_comes_once_and_has_a_key_of_its_own(at: time, zone: ZoneInfo, day: date) -> None:
    """A week of due instants is the week's seven local days, skipped and doubled hours or not."""
    days = [day + timedelta(days=n) for n in range(7)]
    expected = sorted({instant(one, at, zone) for one in days})
    found, after = [], expected[0] - timedelta(microseconds=1)
    while after < expected[-1]:
        after = next_due([at], zone, after)
        found.append(after)
    assert found == expected
    assert len({digest_key(due, zone) for due in found}) == len(found)


CHANGES = [  # zone, the day, the gap's end in UTC, a skipped time
    ("Europe/London", "2026-03-29", "2026-03-29T01:00+00:00", time(1, 30)),
    ("America/New_York", "2026-03-08", "2026-03-08T07:00+00:00", time(2, 59)),
    ("America/Santiago", "2026-09-06", "2026-09-06T04:00+00:00", time(0, 15)),
    ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00+00:00", time(0, 0)),
]


@pytest.mark.parametrize(("zone", "day", "end", "at"), CHANGES)
def test_a_skipped_time_comes_right_after_the_gap(zone: str, day: str, end: str, at: time) -> None:
    assert instant(datetime.fromisoformat(day).date(), at, ZoneInfo(zone)) == datetime.fromisoformat(end)


@given(zones, moments)
def test_a_digest_key_tells_the_local_minute(zone: ZoneInfo, due: datetime) -> None:
    assert digest_key(due, zone) == f"digest:{due.astimezone(zone).strftime('%Y-%m-%d:%H:%M')}"


def test_a_digest_key_as_it_is_stored() -> None:
    assert digest_key(local(SEOUL, "2026-11-24 08:00"), SEOUL) == "digest:2026-11-24:08:00"


@pytest.mark.parametrize(
    ("name", "hours"),
    [("Asia/Seoul", 9), ("UTC", 0), ("UTC+09:00", 9), ("UTC-03:30", -3.5), ("UTC+00:00", 0)],
)
def test_a_zone_is_an_iana_name_or_an_offset(name: str, hours: float) -> None:
    assert datetime(2026, 1, 1, tzinfo=zone_of(name)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    "name", ["", "Seoul", "America", "../etc/passwd", "/etc/passwd", "UTC+25:00", "UTC+9", "a\0b"]
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is zoneinfo's or ours
        zone_of(name)


NIGHT = Quiet(time(23), time(7))
SIESTA = Quiet(time(13), time(15))


@pytest.mark.parametrize(
    ("quiet", "at", "inside"),
    [
        (NIGHT, "22:59:59", False),
        (NIGHT, "23:00", True),
        (NIGHT, "00:00", True),
        (NIGHT, "06:59:59", True),
        (NIGHT, "07:00", False),
        (SIESTA, "12:59", False),
        (SIESTA, "13:00", True),
        (SIESTA, "15:00", False),
        (Quiet(time(8), time(8)), "08:00", False),
        (Quiet(time(0), time(0)), "12:00", False),
        (None, "03:00", False),
    ],
)
def test_quiet_hours_hold_from_their_start_to_before_their_end(
    quiet: Quiet | None, at: str, inside: bool
) -> None:
    assert in_quiet(quiet, SEOUL, local(SEOUL, f"2026-11-24 {at}")) is inside


@pytest.mark.parametrize(
    ("quiet", "zone", "now", "end"),
    [
        (NIGHT, SEOUL, local(SEOUL, "2026-11-24 23:30"), local(SEOUL, "2026-11-25 07:00")),
        (NIGHT, SEOUL, local(SEOUL, "2026-11-25 06:59"), local(SEOUL, "2026-11-25 07:00")),
        (NIGHT, SEOUL, local(SEOUL, "2026-11-25 12:00"), local(SEOUL, "2026-11-25 12:00")),
        (
            Quiet(time(23), time(1, 30)),
            LONDON,
            local(LONDON, "2026-03-28 23:30"),
            datetime(2026, 3, 29, 1, tzinfo=UTC),
        ),
        # doubled: 01:30 ends it, the clock falls back to 01:00 and it holds once more
        (
            Quiet(time(23), time(1, 30)),
            LONDON,
            local(LONDON, "2026-10-25 01:10", 1),
            local(LONDON, "2026-10-25 01:30", 1),
        ),
    ],
)
def test_when_quiet_hours_end(quiet: Quiet | None, zone: ZoneInfo, now: datetime, end: datetime) -> None:
    assert quiet_ends(quiet, zone, now) == end.astimezone(UTC)


@given(minutes, minutes, st.booleans(), zones, moments)
def test_quiet_hours_always_end_outside_themselves_and_within_two_days(
    start: time, end: time, hold: bool, zone: ZoneInfo, now: datetime
) -> None:
    quiet = Quiet(start, end, hold)
    ends = quiet_ends(quiet, zone, now)
    assert not in_quiet(quiet, zone, ends)
    assert (ends > now) if in_quiet(quiet, zone, now) else (ends == now)
    assert ends - now <= timedelta(days=2)


def test_a_fixed_offset_is_a_zone_like_any_other() -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    assert next_due([time(8)], india, datetime(2026, 1, 1, tzinfo=UTC)) == datetime(
        2026, 1, 1, 2, 30, tzinfo=UTC
    )
