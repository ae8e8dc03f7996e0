"""How long an answer stays fresh (RFC 9111, 4.2)."""

from datetime import UTC, datetime, timedelta

import pytest

from digests.feeds.lifetime import fresh_for
from digests.feeds.moving import is_proved, told
from digests.feeds.notices import forbids_copying

DATE = "Tue, 24 Nov 2026 12:00:00 GMT"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "public"}, None),
        ({"Cache-Control": "max-age=300"}, 300),
        ({"Cache-Control": 'public, MAX-AGE="300"'}, 300),
        ({"Cache-Control": "s-maxage=900"}, None),
        ({"Cache-Control": "s-maxage=900, max-age=60"}, 60),
        ({"Cache-Control": "max-age=300", "Age": "100"}, 200),
        ({"Cache-Control": "max-age=300", "Age": "1000"}, 0),
        ({"Cache-Control": "max-age=300, no-cache"}, 0),
        ({"Cache-Control": "no-store"}, 0),
        ({"Cache-Control": "max-age=soon"}, None),
        ({"Cache-Control": "max-age=60", "Expires": "Tue, 24 Nov 2026 18:00:00 GMT", "Date": DATE}, 60),
        ({"Expires": "Tue, 24 Nov 2026 12:10:00 GMT", "Date": DATE}, 600),
        ({"Expires": "Tue, 24 Nov 2026 11:10:00 GMT", "Date": DATE}, 0),
        ({"Expires": "0", "Date": DATE}, 0),
        ({"Expires": "-1"}, 0),
        ({"Expires": "Tue, 24 Nov 2026 12:10:00 GMT"}, 0),
    ],
)
def test_freshness_is_the_servers_word(headers: dict[str, str], seconds: int | None) -> None:
    assert fresh_for(headers) == (None if seconds is None else timedelta(seconds=seconds))


def test_a_move_is_believed_when_it_is_told_for_a_day() -> None:
    here, there = "https://new.example/feed", "https://other.example/feed"
    move = told(None, here, NOW)
    for hours in (6, 12, 18):
        move = told(move, here, NOW + timedelta(hours=hours))
        assert not is_proved(move, NOW + timedelta(hours=hours))
    assert is_proved(told(move, here, NOW + timedelta(days=1)), NOW + timedelta(days=1))
    assert not is_proved(told(move, there, NOW + timedelta(days=1)), NOW + timedelta(days=1))
    assert told(move, None, NOW) is None
    twice = told(told(None, here, NOW), here, NOW + timedelta(days=2))
    assert not is_proved(twice, NOW + timedelta(days=2)), "two polls are no proof"


@pytest.mark.parametrize(
    "notice",
    [
        "무단 전재·재배포 금지",
        "무단전재 및 재배포 금지",
        "무단 복제 및 전재를 금합니다",
        "ⓒ 새벽일보, 무단전재-재배포금지",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "utf-16"])
def test_a_notice_against_copying_is_found_in_every_encoding(notice: str, encoding: str) -> None:
    body = f"<rss><channel><item><description>눈이 왔다. {notice}</description></item></channel></rss>"
    assert forbids_copying(body.encode(encoding, "replace"))


@pytest.mark.parametrize(
    "text",
    [
        "<rss><channel><item><description>무단 횡단 금지 구역이 늘어난다.</description></item></channel></rss>",
        "<rss><channel><item><description>무단 이용이 늘었다.</description></item></channel></rss>",
        "<rss><channel><item><description>Unauthorized use of drones is prohibited.</description></item></rss>",
        "<rss><channel><copyright>All rights reserved.</copyright></channel></rss>",
        "",
    ],
)
def test_what_is_no_notice_is_none(text: str) -> None:
    assert not forbids_copying(text.encode())


def test_an_english_notice_counts_in_the_feeds_head() -> None:
    head = (
        "<rss><channel><copyright>Redistribution is strictly prohibited.</copyright><item/></channel></rss>"
    )
    assert forbids_copying(head.encode())
