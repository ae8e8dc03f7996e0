"""auto: how often a feed is worth looking at, from when it published, within what publisher and operator say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.feeds.habits import Bounds, learned, next_auto_poll, observed, spoken, wished
from digests.feeds.pacing import after_success, interval_of
from digests.feeds.parse import Document, parse
from digests.model import Habits
from digests.settings import FeedSettings, PollingSettings

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BOUNDS = Bounds(least=2 * MINUTE, most=6 * HOUR, start=5 * MINUTE)


def every(gap: timedelta, count: int = 20, ago: timedelta = timedelta()) -> Habits:
    return observed(Habits(), [NOW - ago - number * gap for number in range(count)], NOW)


@pytest.mark.parametrize(
    ("gap", "shortest", "longest"),
    [
        (timedelta(seconds=20), 2 * MINUTE, 2 * MINUTE),
        (10 * MINUTE, 2 * MINUTE, 5 * MINUTE),
        (2 * HOUR, 30 * MINUTE, HOUR),
        (DAY, 4 * HOUR, 6 * HOUR),
        (7 * DAY, 6 * HOUR, 6 * HOUR),
    ],
)
def test_a_feed_is_looked_at_about_twice_as_often_as_it_publishes(
    gap: timedelta, shortest: timedelta, longest: timedelta
) -> None:
    assert shortest <= learned(every(gap), NOW, BOUNDS).interval <= longest


def test_silence_lengthens_the_interval_by_itself_and_news_shorten_it_at_once() -> None:
    busy = every(10 * MINUTE)
    waits = [learned(busy, NOW + hours * HOUR, BOUNDS).interval for hours in range(0, 400, 10)]
    assert waits == sorted(waits)
    assert waits[-1] == 6 * HOUR
    later = NOW + 100 * HOUR
    again = observed(busy, [later, *(later - number * MINUTE for number in range(19))], later)
    assert learned(again, later, BOUNDS).interval == 2 * MINUTE


def test_what_is_not_known_yet_is_polled_plainly() -> None:
    for habits in (Habits(), every(DAY, 1), observed(Habits(), [NOW] * 30, NOW)):
        assert learned(habits, NOW, BOUNDS).interval == 5 * MINUTE
    assert "not known" in learned(Habits(), NOW, BOUNDS).reason


def test_dates_of_the_future_and_of_long_ago_teach_nothing() -> None:
    assert observed(Habits(), [NOW + HOUR, NOW + DAY, NOW - 400 * DAY], NOW) == Habits()


def test_the_reason_says_what_was_learned() -> None:
    assert learned(every(HOUR), NOW, BOUNDS).reason == "learned: about 25 entries a day"
    assert learned(every(DAY, 6), NOW, BOUNDS).reason == "learned: about an entry a day"
    assert learned(every(3 * DAY, 4), NOW, BOUNDS).reason == "learned: about an entry in 2 days"


times = st.lists(st.timedeltas(-3 * DAY, 30 * DAY), max_size=60)
lengths = st.timedeltas(timedelta(seconds=1), 3 * DAY)
habits = st.builds(
    lambda ago, keep, hours, days: Habits(
        *_observed(ago), keep_for=keep, skip_hours=frozenset(hours), skip_days=frozenset(days)
    ),
    times,
    st.none() | lengths,
    st.sets(st.integers(0, 23)),
    st.sets(st.integers(0, 6)),
)


def _observed(ago: list[timedelta]) -> tuple[int, datetime | None]:
    seen = observed(Habits(), [NOW - one for one in ago], NOW)
    return seen.recent, seen.since


@given(
    habits, lengths, lengths, st.floats(0, 1, exclude_max=True), st.none() | st.timedeltas(-DAY, 400 * DAY)
)
def test_auto_keeps_within_its_bounds_whatever_anybody_says(
    known: Habits, least: timedelta, most: timedelta, place: float, fresh: timedelta | None
) -> None:
    bounds = Bounds(least, most, 5 * MINUTE)
    poll = next_auto_poll(known, now=NOW, place=place, bounds=bounds, fresh_for=fresh)
    assert NOW < poll.at <= NOW + most
    assert poll.reason


def test_what_a_publisher_asks_for_stretches_auto_up_to_its_longest() -> None:
    def wait(known: Habits, fresh: timedelta | None = None) -> tuple[timedelta, str]:
        poll = next_auto_poll(known, now=NOW, place=0.5, bounds=BOUNDS, fresh_for=fresh)
        return poll.at - NOW, poll.reason

    busy = every(MINUTE)
    assert wait(busy)[0] <= 2 * MINUTE
    assert wait(busy, HOUR) == (HOUR, "the server calls it fresh for 60 min")
    assert wait(busy, timedelta(0))[0] <= 2 * MINUTE
    assert wait(busy, 30 * DAY)[0] == 6 * HOUR
    kept = Habits(busy.recent, busy.since, keep_for=3 * HOUR)
    assert wait(kept, HOUR) == (3 * HOUR, "its publisher says to keep it for 3 h")


def test_auto_leaves_a_publisher_alone_in_its_hours_and_days_of_rest() -> None:
    def at(known: Habits) -> datetime:
        return next_auto_poll(known, now=NOW, place=0.5, bounds=BOUNDS).at

    assert at(Habits(skip_hours=frozenset({12, 13, 14}))).hour == 15
    assert at(Habits(skip_days=frozenset({2}))) == NOW + 6 * HOUR, "and not longer than its longest"
    late = Bounds(2 * MINUTE, 2 * DAY, 5 * MINUTE)
    rested = next_auto_poll(Habits(skip_days=frozenset({2})), now=NOW, place=0.5, bounds=late)
    assert (rested.at.weekday(), rested.at.hour) == (3, 0)
    assert rested.reason == "its publisher rests on Wednesday (skipDays)"


def test_only_auto_waits_for_anybody_longer_than_its_interval() -> None:
    asked = Habits(keep_for=DAY, skip_hours=frozenset(range(8, 20)), skip_days=frozenset({2}))
    for breaking in (False, True):
        plain = FeedSettings("https://a.example/", "a", ("kpop",), breaking=breaking)
        poll = after_success(plain, PollingSettings(), asked, now=NOW, place=0.5, fresh_for=DAY)
        assert poll.at - NOW <= 5 * MINUTE
        assert poll.reason == "on schedule"


def test_a_breaking_feed_on_auto_is_never_slower_than_a_plain_one() -> None:
    feed = FeedSettings("https://a.example/", "a", ("kpop",), breaking=True, auto=True)
    quiet = every(3 * DAY)
    assert interval_of(feed, PollingSettings(), quiet, NOW) <= 5 * MINUTE
    poll = after_success(feed, PollingSettings(), quiet, now=NOW, place=0.5, fresh_for=DAY)
    assert poll.at - NOW <= 5 * MINUTE


def test_a_feeds_wishes_are_read() -> None:
    def of(head: str) -> Habits:
        text = f"<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel>{head}</channel></rss>"
        return wished(parse(Document(text.encode())))

    assert of("<ttl>90</ttl>").keep_for == 90 * MINUTE
    assert of("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>") == Habits(
        keep_for=6 * HOUR
    )
    assert of("<ttl>soon</ttl><title>x</title>") == Habits()
    rest = of("<skipHours><hour>0</hour><hour>23</hour></skipHours><skipDays><day>Sunday</day></skipDays>")
    assert (rest.skip_hours, rest.skip_days) == (frozenset({0, 23}), frozenset({6}))
    always = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    assert of(f"<skipHours>{always}</skipHours>").skip_hours == frozenset()


@pytest.mark.parametrize(
    ("length", "said"),
    [(45 * timedelta(seconds=1), "45 s"), (5 * MINUTE, "5 min"), (3 * HOUR, "3 h"), (2 * DAY, "2 days")],
)
def test_lengths_are_said_as_people_do(length: timedelta, said: str) -> None:
    assert spoken(length) == said
