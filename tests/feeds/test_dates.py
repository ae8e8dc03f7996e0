from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.feeds.dates import read_date


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Sat, 30 Jul 2022 09:04:28 +0900", utc(2022, 7, 30, 0, 4, 28)),
        ("Sat, 30 Jul 2022 09:04:28 GMT", utc(2022, 7, 30, 9, 4, 28)),
        ("Sat,30 Jul 2022 09:04:28+0900", utc(2022, 7, 30, 0, 4, 28)),
        ("30 Jul 22 09:04 EST", utc(2022, 7, 30, 14, 4)),
        ("Sat, 30 Jul 2022 09:04:28 KST", utc(2022, 7, 30, 0, 4, 28)),
        ("Sat, 30 Jul 2022 09:04:28 KST+0900", utc(2022, 7, 30, 0, 4, 28)),
        ("Sat, 30 Jul 2022 09:04:28 GMT+9", utc(2022, 7, 30, 0, 4, 28)),
        ("Sat, 30 Jul 2022 09:04:28 UTC+09:00", utc(2022, 7, 30, 0, 4, 28)),
        ("Sat, 30 07 2022 09:04:28 +0900", utc(2022, 7, 30, 0, 4, 28)),
        ("토, 30 7월 2022 09:04:28 +0900", utc(2022, 7, 30, 0, 4, 28)),
        ("Saturday, 30-Jul-22 09:04:28 UTC", utc(2022, 7, 30, 9, 4, 28)),
        ("Sat Jul 30 09:04:28 2022", utc(2022, 7, 30, 9, 4, 28)),
        ("Sat Jul 30 09:04:28 KST 2022", utc(2022, 7, 30, 0, 4, 28)),
        ("Sat, 30 Jul 2022 09:04:28 +0000 (Coordinated Universal Time)", utc(2022, 7, 30, 9, 4, 28)),
        ("Sat, 30 July 2022 09:04:28 PM +0900", utc(2022, 7, 30, 12, 4, 28)),
        ("July 30, 2022 9:04 AM", utc(2022, 7, 30, 9, 4)),
        ("Sat, July 30th, 2022, 9:04 p.m. EDT", utc(2022, 7, 31, 1, 4)),
        ("7/30/2022 9:04:28 PM", utc(2022, 7, 30, 21, 4, 28)),
        ("2022-07-30T09:04:28Z", utc(2022, 7, 30, 9, 4, 28)),
        ("2022-07-30t09:04:28z", utc(2022, 7, 30, 9, 4, 28)),
        ("2022-07-30T09:04:28.123+09:00", utc(2022, 7, 30, 0, 4, 28, 123000)),
        ("2022-07-30T09:04+0900", utc(2022, 7, 30, 0, 4)),
        ("2022-07-30T09:04:28-0330", utc(2022, 7, 30, 12, 34, 28)),
        ("2022-07-30T24:00:00Z", utc(2022, 7, 31)),
        ("2016-12-31T23:59:60Z", utc(2017, 1, 1)),
        ("2013.12.24 16:29:20", utc(2013, 12, 24, 16, 29, 20)),
        ("2013. 12. 24. 16:29", utc(2013, 12, 24, 16, 29)),
        ("2013/12/24 16:29:20 KST", utc(2013, 12, 24, 7, 29, 20)),
        ("20220730090428", utc(2022, 7, 30, 9, 4, 28)),
        ("20220730T090428Z", utc(2022, 7, 30, 9, 4, 28)),
        ("202207300904", utc(2022, 7, 30, 9, 4)),
        ("20220730", utc(2022, 7, 30)),
        ("2022-07-30", utc(2022, 7, 30)),
        ("1659139468", utc(2022, 7, 30, 0, 4, 28)),
        ("1659139468123", utc(2022, 7, 30, 0, 4, 28, 123000)),
        ("  2022-07-30\n 09:04:28  ", utc(2022, 7, 30, 9, 4, 28)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", utc(1970, 1, 1)),
        ("Sat, 30 Jul 2199 09:04:28 GMT", utc(2199, 7, 30, 9, 4, 28)),  # absurd, and not our business here
    ],
)
def test_a_date_in_any_shape_that_feeds_use_is_read(text: str, when: datetime) -> None:
    assert read_date(text) == when


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2022-07-30 09:04:28", utc(2022, 7, 30, 0, 4, 28)),
        ("2022-07-30 오전 9:04:28", utc(2022, 7, 30, 0, 4, 28)),
        ("2022-07-30 오후 9:04:28", utc(2022, 7, 30, 12, 4, 28)),
        ("2022-07-30 오전 12:04:28", utc(2022, 7, 29, 15, 4, 28)),
        ("2022년 7월 30일 (토) 오후 12시 4분", utc(2022, 7, 30, 3, 4)),
        ("2022년 7월 30일 9시", utc(2022, 7, 30, 0)),
        ("2022.07.30 (토) 09:04", utc(2022, 7, 30, 0, 4)),
        ("20220730090428", utc(2022, 7, 30, 0, 4, 28)),
        ("Sat, 30 Jul 2022 09:04:28", utc(2022, 7, 30, 0, 4, 28)),
        ("Sat, 30 Jul 2022 09:04:28 GMT", utc(2022, 7, 30, 9, 4, 28)),  # a zone that is there is believed
        ("1659139468", utc(2022, 7, 30, 0, 4, 28)),  # seconds have no zone
    ],
)
def test_a_time_without_a_zone_in_a_korean_feed_is_korean_time(text: str, when: datetime) -> None:
    assert read_date(text, korean=True) == when


@pytest.mark.parametrize(
    "text",
    ["", "  ", "yesterday", "32 Jul 2022", "2022-13-01", "2022-02-30 10:00", "2022-07-30 25:00:00", "0000-01-01",
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "Sat, 30 Foo 2022 09:04:28 GMT", "12", "-1",
     "2022-07-30T09:04:28+99:99", "99999999999999999999", "٢٠٢٢-٠٧-٣٠T٩٩:٠٠"],
)  # fmt: skip
def test_a_hopeless_date_is_none(text: str) -> None:
    assert read_date(text) is None


@given(
    st.text(max_size=60) | st.text(alphabet="0123456789-:./TZ +오전월일년JulSat,", max_size=40), st.booleans()
)
def test_any_text_is_a_date_in_utc_or_none(text: str, korean: bool) -> None:
    when = read_date(text, korean=korean)
    assert when is None or when.tzinfo is UTC


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1), timezones=st.timezones()))
def test_every_iso_time_is_read_as_python_reads_it(when: datetime) -> None:
    offset = when.utcoffset()
    if offset is not None and offset.total_seconds() % 60 == 0:
        assert read_date(when.isoformat()) == when.astimezone(UTC)
